//! `PATCH /v1/keys/{key}`

use actix_web::{HttpResponse, web};
use argus_admin::{KeyView, schema};

use crate::asked::Asked;
use crate::patch::Patch;
use crate::{Problem, etag};

/// Change a key, where nobody has changed it since it was seen.
///
/// JSON Merge Patch (RFC 7396): what is named is set, what is `null` is unset, the rest stays. Lists are replaced whole.
/// Never to more than a key above it grants, and by who is neither an owner of the organisation nor the holder of a key
/// above it never to more than it grants already.
#[utoipa::path(
    patch, path = "/v1/keys/{key}", tag = "keys",
    params(("key" = String, Path, description = "Its id.", format = Uuid)),
    request_body(
        content = schema::KeyPatch,
        content_type = "application/merge-patch+json",
        example = json!({"owner": "ada@acme.example", "tags": ["ci", "nightly"], "expires_at": null, "expiry_exception": "a build farm"})
    ),
    responses((status = 200, description = "The key as it is now.", body = KeyView)),
    extensions(("x-problems" = json!(["already-exists", "wrong-state", "plan-limit"])))
)]
pub(crate) async fn update_key(asked: Asked<(web::Path<String>, Patch)>) -> Result<HttpResponse, Problem> {
    let (id, Patch { seen, body }) = asked.input;
    Ok(etag::changed(&asked.admin.change_key(&asked.call, &id, &seen, body).await?))
}
