//! `PATCH /v1/projects/{project}`

use actix_web::{HttpResponse, web};
use argus_admin::{ProjectView, schema};

use crate::asked::Asked;
use crate::patch::Patch;
use crate::{Problem, etag};

/// Change a project, where nobody has changed it since it was seen.
///
/// JSON Merge Patch (RFC 7396): what is named is set, what is `null` is unset, the rest stays. Lists are replaced whole.
#[utoipa::path(
    patch, path = "/v1/projects/{project}", tag = "projects",
    params(("project" = String, Path, description = "Its id.", format = Uuid)),
    request_body(
        content = schema::ProjectPatch,
        content_type = "application/merge-patch+json",
        example = json!({"conditions": {"networks": ["10.0.0.0/8"]}})
    ),
    responses((status = 200, description = "The project as it is now.", body = ProjectView))
)]
pub(crate) async fn update_project(asked: Asked<(web::Path<String>, Patch)>) -> Result<HttpResponse, Problem> {
    let (id, Patch { seen, body }) = asked.input;
    Ok(etag::changed(&asked.admin.change_project(&asked.call, &id, &seen, body).await?))
}
