//! `GET /v1/signing-keys`

use actix_web::{HttpRequest, HttpResponse};
use argus_admin::{Listed, SigningKeyView};

use crate::Problem;
use crate::asked::Asked;
use crate::page::page;
use crate::query::Pairs;

/// List the keys that access tokens are signed with, and those that still verify some.
#[utoipa::path(
    get, path = "/v1/signing-keys", tag = "oauth",
    responses((status = 200, description = "A page.", body = Listed<SigningKeyView>)),
    extensions(("x-problems" = json!(["not-permitted"])))
)]
pub(crate) async fn list_signing_keys(request: HttpRequest, asked: Asked<Pairs>) -> Result<HttpResponse, Problem> {
    page(&request, &asked.admin.list_signing_keys(&asked.call, asked.input.0).await?)
}
