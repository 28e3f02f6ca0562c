//! `PATCH /v1/limits/{limit}`

use actix_web::{HttpResponse, web};
use argus_admin::{LimitView, schema};

use crate::asked::Asked;
use crate::patch::Patch;
use crate::{Problem, etag};

/// Change how much a limit lets through, how it counts, or which uses. Whose it is stays.
///
/// JSON Merge Patch (RFC 7396): what is named is set, what is `null` is unset, the rest stays. Lists are replaced
/// whole. What was used counts on under a limit of the same strategy and window.
#[utoipa::path(
    patch, path = "/v1/limits/{limit}", tag = "limits",
    params(("limit" = String, Path, description = "Its id.", format = Uuid)),
    request_body(
        content = schema::LimitPatch,
        content_type = "application/merge-patch+json",
        example = json!({"limit": 1200, "burst": null})
    ),
    responses((status = 200, description = "The limit as it is now.", body = LimitView)),
    extensions(("x-problems" = json!(["already-exists"])))
)]
pub(crate) async fn update_limit(asked: Asked<(web::Path<String>, Patch)>) -> Result<HttpResponse, Problem> {
    let (id, Patch { seen, body }) = asked.input;
    Ok(etag::changed(&asked.admin.change_limit(&asked.call, &id, &seen, body).await?))
}
