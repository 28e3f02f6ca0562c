//! `GET /v1/organisations/{organisation}/costs` and `PATCH /v1/organisations/{organisation}/costs`

use actix_web::{HttpRequest, HttpResponse, web};
use argus_admin::{CostsView, schema};

use crate::asked::Asked;
use crate::patch::Patch;
use crate::{Problem, etag};

/// Show what uses cost in an organisation that don't say.
#[utoipa::path(
    get, path = "/v1/organisations/{organisation}/costs", tag = "limits",
    params(("organisation" = String, Path, description = "Its id or its name.")),
    responses((status = 200, description = "The table.", body = CostsView))
)]
pub(crate) async fn show_costs(request: HttpRequest, asked: Asked<web::Path<String>>) -> Result<HttpResponse, Problem> {
    etag::show(&request, &asked.admin.show_costs(&asked.call, &asked.input).await?)
}

/// Put another table in the place of what uses cost.
///
/// A use takes what the request says; else what the most specific row says that it fits: one of its action and of the
/// type of its resource, then one of the action, then one of the type; else the `cost` of each limit.
#[utoipa::path(
    patch, path = "/v1/organisations/{organisation}/costs", tag = "limits",
    params(("organisation" = String, Path, description = "Its id or its name.")),
    request_body(
        content = schema::CostsPatch,
        content_type = "application/merge-patch+json",
        example = json!({"costs": [
            {"action": "read", "resource_type": "report", "cost": 5}, {"action": "delete", "cost": 20}
        ]})
    ),
    responses((status = 200, description = "The table as it is now.", body = CostsView))
)]
pub(crate) async fn update_costs(asked: Asked<(web::Path<String>, Patch)>) -> Result<HttpResponse, Problem> {
    let (id, Patch { seen, body }) = asked.input;
    Ok(etag::changed(&asked.admin.change_costs(&asked.call, &id, &seen, body).await?))
}
