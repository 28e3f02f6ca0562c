//! `/v1/deliveries`: what is on its way to contacts, and what became of it

use actix_web::http::header::ContentType;
use actix_web::{HttpRequest, HttpResponse, web};
use argus_admin::{DeliveryView, Listed};

use crate::asked::Asked;
use crate::page::page;
use crate::query::Pairs;
use crate::{Problem, etag};

/// List what is, or was, on its way to the contacts of an organisation.
#[utoipa::path(
    get, path = "/v1/deliveries", tag = "contacts",
    params(
        ("organisation" = Option<String>, Query,
            description = "The organisation of the contacts; that of the caller's key unless named."),
        ("contact_id" = Option<String>, Query, description = "Only what goes to this contact."),
        ("notice_id" = Option<String>, Query, description = "Only what brings this notice."),
        ("state" = Option<String>, Query, description = "Only what is `waiting`, `delivered` or `dead`.")
    ),
    responses((status = 200, description = "A page.", body = Listed<DeliveryView>)),
    extensions(("x-problems" = json!(["not-permitted"])))
)]
pub(crate) async fn list_deliveries(request: HttpRequest, asked: Asked<Pairs>) -> Result<HttpResponse, Problem> {
    page(&request, &asked.admin.list_deliveries(&asked.call, asked.input.0).await?)
}

/// Show a delivery.
#[utoipa::path(
    get, path = "/v1/deliveries/{delivery}", tag = "contacts",
    params(("delivery" = String, Path, description = "Its id.", format = Uuid)),
    responses((status = 200, description = "The delivery.", body = DeliveryView))
)]
pub(crate) async fn show_delivery(
    request: HttpRequest,
    asked: Asked<web::Path<String>>,
) -> Result<HttpResponse, Problem> {
    let shown = asked.admin.show_delivery(&asked.call, &asked.input).await?;
    etag::shown(&request, None, etag::written(&shown)?, ContentType::json())
}

/// Send again what could not be delivered, under the id that it had.
#[utoipa::path(
    post, path = "/v1/deliveries/{delivery}/replay", tag = "contacts",
    params(("delivery" = String, Path, description = "Its id.", format = Uuid)),
    responses((status = 200, description = "It is on its way again.", body = DeliveryView)),
    extensions(("x-problems" = json!(["not-permitted", "wrong-state"])))
)]
pub(crate) async fn replay_delivery(asked: Asked<web::Path<String>>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(asked.admin.replay_delivery(&asked.call, &asked.input).await?))
}
