//! `POST /v1/contacts/{contact}/remove`

use actix_web::{HttpResponse, web};
use argus_admin::ContactView;

use crate::Problem;
use crate::asked::Asked;

/// Remove a contact, with all that is on its way to it.
#[utoipa::path(
    post, path = "/v1/contacts/{contact}/remove", tag = "contacts",
    params(("contact" = String, Path, description = "Its id.", format = Uuid)),
    responses((status = 200, description = "The contact as it was.", body = ContactView)),
    extensions(("x-problems" = json!(["not-permitted"])))
)]
pub(crate) async fn remove_contact(asked: Asked<web::Path<String>>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(asked.admin.remove_contact(&asked.call, &asked.input).await?))
}
