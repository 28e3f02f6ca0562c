//! `GET /v1/keys/{key}/advice`

use actix_web::{HttpRequest, HttpResponse, http::header::ContentType, web};
use argus_admin::KeyAdvice;

use crate::asked::Asked;
use crate::query::Pairs;
use crate::{Problem, etag};

/// Say what a key holds and doesn't use, what would be enough, and what else about it deserves a look.
///
/// Uses are counted by scope and by what lies in a project; administrative acts and the asking for decisions as well, beside
/// the decisions. Scopes that reach Argus's own resources are left as they are until these are counted for that long.
#[utoipa::path(
    get, path = "/v1/keys/{key}/advice", tag = "keys",
    params(
        ("key" = String, Path, description = "Its id.", format = Uuid),
        ("days" = Option<u32>, Query, description = "For how many days a scope has to be unused; 90 unless told.")
    ),
    responses((status = 200, description = "The advice.", body = KeyAdvice)),
    extensions(("x-problems" = json!(["not-permitted", "not-found", "invalid-field", "unknown-field"])))
)]
pub(crate) async fn advise_key(
    request: HttpRequest,
    asked: Asked<(web::Path<String>, Pairs)>,
) -> Result<HttpResponse, Problem> {
    let (key, query) = asked.input;
    let advice = asked.admin.advise_key(&asked.call, &key, query.0).await?;
    etag::shown(&request, None, etag::written(&advice)?, ContentType::json())
}
