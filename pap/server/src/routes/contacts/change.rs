//! `PATCH /v1/contacts/{contact}`

use actix_web::{HttpResponse, web};
use argus_admin::{ContactView, schema};

use crate::asked::Asked;
use crate::patch::Patch;
use crate::{Problem, etag};

/// Change where a contact is reached, what it is told, or whether it is told at all. What waits for one that is
/// disabled is given up; what waits for one with another address goes there, at once.
///
/// JSON Merge Patch (RFC 7396): what is named is set, what is `null` is unset, the rest stays. Lists are replaced
/// whole. How it is reached stays, and so does the secret of a webhook: rotate it where its former receiver is not to
/// know it.
#[utoipa::path(
    patch, path = "/v1/contacts/{contact}", tag = "contacts",
    params(("contact" = String, Path, description = "Its id.", format = Uuid)),
    request_body(
        content = schema::ContactPatch,
        content_type = "application/merge-patch+json",
        example = json!({"address": "https://hooks.acme.example/argus", "events": ["key.revoked"], "state": "active"})
    ),
    responses((status = 200, description = "The contact as it is now.", body = ContactView)),
    extensions(("x-problems" = json!(["plan-limit"])))
)]
pub(crate) async fn update_contact(asked: Asked<(web::Path<String>, Patch)>) -> Result<HttpResponse, Problem> {
    let (id, Patch { seen, body }) = asked.input;
    Ok(etag::changed(&asked.admin.change_contact(&asked.call, &id, &seen, body).await?))
}
