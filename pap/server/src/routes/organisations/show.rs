//! `GET /v1/organisations/{organisation}`

use actix_web::{HttpRequest, HttpResponse, web};
use argus_admin::OrganisationView;

use crate::asked::Asked;
use crate::{Problem, etag};

/// Show an organisation.
#[utoipa::path(
    get, path = "/v1/organisations/{organisation}", tag = "organisations",
    params(("organisation" = String, Path, description = "Its id.", format = Uuid)),
    responses((status = 200, description = "The organisation.", body = OrganisationView))
)]
pub(crate) async fn show_organisation(
    request: HttpRequest,
    asked: Asked<web::Path<String>>,
) -> Result<HttpResponse, Problem> {
    etag::show(&request, &asked.admin.show_organisation(&asked.call, &asked.input).await?)
}
