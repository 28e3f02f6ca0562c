//! `POST /v1/limits/{limit}/remove`

use actix_web::{HttpResponse, web};
use argus_admin::LimitView;

use crate::Problem;
use crate::asked::Asked;

/// Remove a limit that keys share: within a second it refuses nothing any more, on every node.
#[utoipa::path(
    post, path = "/v1/limits/{limit}/remove", tag = "limits",
    params(("limit" = String, Path, description = "Its id.", format = Uuid)),
    responses((status = 200, description = "The limit as it was.", body = LimitView)),
    extensions(("x-problems" = json!(["not-permitted"])))
)]
pub(crate) async fn remove_limit(asked: Asked<web::Path<String>>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(asked.admin.remove_limit(&asked.call, &asked.input).await?))
}
