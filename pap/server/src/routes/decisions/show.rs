//! `GET /v1/decisions/{decision}`

use actix_web::http::header::ContentType;
use actix_web::{HttpRequest, HttpResponse, web};
use argus_admin::WholeDecision;

use crate::asked::Asked;
use crate::{Problem, etag};

/// Show a logged decision, with the request as policies saw it and what they answered.
#[utoipa::path(
    get, path = "/v1/decisions/{decision}", tag = "decisions",
    params(("decision" = String, Path, description = "Its id; a `/` in it is written `%2F`.")),
    responses((status = 200, description = "The decision.", body = WholeDecision))
)]
pub(crate) async fn show_decision(
    request: HttpRequest,
    asked: Asked<web::Path<String>>,
) -> Result<HttpResponse, Problem> {
    let decision = asked.admin.show_decision(&asked.call, &asked.input).await?;
    etag::shown(&request, None, etag::written(&decision)?, ContentType::json())
}
