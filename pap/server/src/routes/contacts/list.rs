//! `GET /v1/contacts` and `GET /v1/contacts/{contact}`

use actix_web::{HttpRequest, HttpResponse, web};
use argus_admin::{ContactView, Listed};

use crate::asked::Asked;
use crate::page::page;
use crate::query::Pairs;
use crate::{Problem, etag};

/// List the contacts of an organisation: who is told of what happens to its keys.
#[utoipa::path(
    get, path = "/v1/contacts", tag = "contacts",
    params(("organisation" = Option<String>, Query,
        description = "The organisation; that of the caller's key unless named.")),
    responses((status = 200, description = "A page.", body = Listed<ContactView>)),
    extensions(("x-problems" = json!(["not-permitted"])))
)]
pub(crate) async fn list_contacts(request: HttpRequest, asked: Asked<Pairs>) -> Result<HttpResponse, Problem> {
    page(&request, &asked.admin.list_contacts(&asked.call, asked.input.0).await?)
}

/// Show a contact.
#[utoipa::path(
    get, path = "/v1/contacts/{contact}", tag = "contacts",
    params(("contact" = String, Path, description = "Its id.", format = Uuid)),
    responses((status = 200, description = "The contact.", body = ContactView))
)]
pub(crate) async fn show_contact(
    request: HttpRequest,
    asked: Asked<web::Path<String>>,
) -> Result<HttpResponse, Problem> {
    etag::show(&request, &asked.admin.show_contact(&asked.call, &asked.input).await?)
}
