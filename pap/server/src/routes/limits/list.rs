//! `GET /v1/limits` and `GET /v1/limits/{limit}`

use actix_web::{HttpRequest, HttpResponse, web};
use argus_admin::{LimitView, Listed};

use crate::asked::Asked;
use crate::page::page;
use crate::query::Pairs;
use crate::{Problem, etag};

/// List the limits that keys of an organisation share. Those of one key stand in the key.
#[utoipa::path(
    get, path = "/v1/limits", tag = "limits",
    params(
        ("organisation" = Option<String>, Query,
            description = "The organisation; that of the caller's key unless named."),
        ("project" = Option<String>, Query, description = "Only those of this project, by its name."),
        ("owner" = Option<String>, Query, description = "Only those of this owner."),
        ("name" = Option<String>, Query, description = "Only the one of this name.")
    ),
    responses((status = 200, description = "A page.", body = Listed<LimitView>)),
    extensions(("x-problems" = json!(["not-permitted"])))
)]
pub(crate) async fn list_limits(request: HttpRequest, asked: Asked<Pairs>) -> Result<HttpResponse, Problem> {
    page(&request, &asked.admin.list_limits(&asked.call, asked.input.0).await?)
}

/// Show a limit that keys share.
#[utoipa::path(
    get, path = "/v1/limits/{limit}", tag = "limits",
    params(("limit" = String, Path, description = "Its id.", format = Uuid)),
    responses((status = 200, description = "The limit.", body = LimitView))
)]
pub(crate) async fn show_limit(request: HttpRequest, asked: Asked<web::Path<String>>) -> Result<HttpResponse, Problem> {
    etag::show(&request, &asked.admin.show_limit(&asked.call, &asked.input).await?)
}
