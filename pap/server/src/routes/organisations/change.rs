//! `PATCH /v1/organisations/{organisation}`

use actix_web::{HttpResponse, web};
use argus_admin::{ChangedOrganisation, schema};

use crate::asked::Asked;
use crate::patch::Patch;
use crate::{Problem, etag};

/// Change an organisation, where nobody has changed it since it was seen.
///
/// JSON Merge Patch (RFC 7396): what is named is set, what is `null` is unset, the rest stays. Lists are replaced whole.
///
/// A lower plan breaks nothing that is there. `over` lists what there is more of, `plan_grace_until` says until when that
/// stays as it was; whatever is new is held against the plan at once. No key ever stops by it.
#[utoipa::path(
    patch, path = "/v1/organisations/{organisation}", tag = "organisations",
    params(("organisation" = String, Path, description = "Its id.", format = Uuid)),
    request_body(
        content = schema::OrganisationPatch,
        content_type = "application/merge-patch+json",
        example = json!({"policy": {"max_idle_seconds": 7_776_000}, "conditions": {"countries": ["DE"]}})
    ),
    responses((status = 200, description = "The organisation as it is now.", body = ChangedOrganisation)),
    extensions(("x-problems" = json!(["plan-limit"])))
)]
pub(crate) async fn update_organisation(asked: Asked<(web::Path<String>, Patch)>) -> Result<HttpResponse, Problem> {
    let (id, Patch { seen, body }) = asked.input;
    Ok(etag::changed(&asked.admin.change_organisation(&asked.call, &id, &seen, body).await?))
}
