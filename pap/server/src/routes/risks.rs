//! `GET /v1/risks`

use actix_web::http::header::ContentType;
use actix_web::{HttpRequest, HttpResponse};
use argus_admin::Risks;

use crate::asked::Asked;
use crate::query::Pairs;
use crate::{Problem, etag};

/// Show what about an organisation's keys makes their loss worse, the worst first, with the numbers that say so.
#[utoipa::path(
    get, path = "/v1/risks", tag = "keys",
    params(
        ("organisation" = Option<String>, Query,
            description = "The organisation; that of the caller's key unless named."),
        ("days" = Option<u32>, Query, description = "For how many days something has to be unused; 90 unless told.")
    ),
    responses((status = 200, description = "All risks.", body = Risks)),
    extensions(("x-problems" = json!(["not-permitted", "invalid-field", "unknown-field"])))
)]
pub(crate) async fn show_risks(request: HttpRequest, asked: Asked<Pairs>) -> Result<HttpResponse, Problem> {
    let risks = asked.admin.show_risks(&asked.call, asked.input.0).await?;
    etag::shown(&request, None, etag::written(&risks)?, ContentType::json())
}
