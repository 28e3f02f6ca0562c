//! `PATCH /v1/contacts/{contact}`

use actix_web::{HttpResponse, web};
use argus_admin::{ContactView, schema};

use crate::asked::Asked;
use crate::patch::Patch;
use crate::{Problem, etag};

/// Change what a contact is told, or whether it is told at all. What waits for one that is disabled is given up.
///
/// JSON Merge Patch (RFC 7396): what is named is set, what is `null` is unset, the rest stays. Lists are replaced
/// whole. The address stays what it is: make another contact for another one.
#[utoipa::path(
    patch, path = "/v1/contacts/{contact}", tag = "contacts",
    params(("contact" = String, Path, description = "Its id.", format = Uuid)),
    request_body(
        content = schema::ContactPatch,
        content_type = "application/merge-patch+json",
        example = json!({"events": ["key.revoked"], "state": "active"})
    ),
    responses((status = 200, description = "The contact as it is now.", body = ContactView))
)]
pub(crate) async fn update_contact(asked: Asked<(web::Path<String>, Patch)>) -> Result<HttpResponse, Problem> {
    let (id, Patch { seen, body }) = asked.input;
    Ok(etag::changed(&asked.admin.change_contact(&asked.call, &id, &seen, body).await?))
}
