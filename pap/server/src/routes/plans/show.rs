//! `GET /v1/plans/{plan}`

use actix_web::http::header::ContentType;
use actix_web::{HttpRequest, HttpResponse, web};
use argus_admin::PlanView;

use crate::asked::Asked;
use crate::{Problem, etag};

/// Show a plan.
#[utoipa::path(
    get, path = "/v1/plans/{plan}", tag = "organisations",
    params(("plan" = String, Path, description = "Its name.")),
    responses((status = 200, description = "The plan.", body = PlanView)),
    extensions(("x-problems" = json!(["not-permitted"])))
)]
pub(crate) async fn show_plan(request: HttpRequest, asked: Asked<web::Path<String>>) -> Result<HttpResponse, Problem> {
    let plan = asked.admin.show_plan(&asked.call, &asked.input).await?;
    etag::shown(&request, None, etag::written(&plan)?, ContentType::json())
}
