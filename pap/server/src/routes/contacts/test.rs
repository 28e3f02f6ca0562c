//! `POST /v1/contacts/{contact}/test`

use actix_web::{HttpResponse, web};
use argus_admin::DeliveryView;

use crate::Problem;
use crate::asked::Asked;

/// Send a contact a trial, of the type `contact.test`, whatever it is told otherwise.
#[utoipa::path(
    post, path = "/v1/contacts/{contact}/test", tag = "contacts",
    params(("contact" = String, Path, description = "Its id.", format = Uuid)),
    responses((status = 200, description = "It is on its way.", body = DeliveryView)),
    extensions(("x-problems" = json!(["not-permitted", "wrong-state"])))
)]
pub(crate) async fn test_contact(asked: Asked<web::Path<String>>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(asked.admin.test_contact(&asked.call, &asked.input).await?))
}
