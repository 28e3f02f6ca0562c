//! `GET /v1/organisations/{organisation}/plan`

use actix_web::http::header::ContentType;
use actix_web::{HttpRequest, HttpResponse, web};
use argus_admin::PlanStanding;

use crate::asked::Asked;
use crate::query::Pairs;
use crate::{Problem, etag};

/// Show what an organisation has more of than its plan lets it, or would have more of than another plan lets it.
#[utoipa::path(
    get, path = "/v1/organisations/{organisation}/plan", tag = "organisations",
    params(
        ("organisation" = String, Path, description = "Its id.", format = Uuid),
        ("plan" = Option<String>, Query, description = "The plan that it is held against; its own unless named.")
    ),
    responses((status = 200, description = "The plan, and what is over it.", body = PlanStanding)),
    extensions(("x-problems" = json!(["invalid-field", "unknown-field"])))
)]
pub(crate) async fn show_organisation_plan(
    request: HttpRequest,
    asked: Asked<(web::Path<String>, Pairs)>,
) -> Result<HttpResponse, Problem> {
    let (id, query) = asked.input;
    let standing = asked.admin.show_organisation_plan(&asked.call, &id, query.0).await?;
    etag::shown(&request, None, etag::written(&standing)?, ContentType::json())
}
