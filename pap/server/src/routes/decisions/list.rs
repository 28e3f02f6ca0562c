//! `GET /v1/decisions`

use actix_web::{HttpRequest, HttpResponse};
use argus_admin::{DecisionView, Listed};

use crate::Problem;
use crate::asked::Asked;
use crate::page::page;
use crate::query::Pairs;

/// List logged decisions, the newest first. What is logged, and for how long, is a setting; it is nothing unless set.
#[utoipa::path(
    get, path = "/v1/decisions", tag = "decisions",
    params(
        ("organisation" = Option<String>, Query,
            description = "The organisation; that of the caller's key unless named, and all for a key of `argus`."),
        ("key" = Option<String>, Query, description = "Only those about this key, by its id."),
        ("decision" = Option<String>, Query, description = "Only those with this answer, such as `Deny`."),
        ("reason" = Option<String>, Query, description = "Only those with this reason, such as `scope_missing`."),
        ("from" = Option<String>, Query, description = "Only those asked for at this time or later."),
        ("before" = Option<String>, Query, description = "Only those asked for before this time.")
    ),
    responses((status = 200, description = "A page.", body = Listed<DecisionView>)),
    extensions(("x-problems" = json!(["not-permitted"])))
)]
pub(crate) async fn list_decisions(request: HttpRequest, asked: Asked<Pairs>) -> Result<HttpResponse, Problem> {
    page(&request, &asked.admin.list_decisions(&asked.call, asked.input.0).await?)
}
