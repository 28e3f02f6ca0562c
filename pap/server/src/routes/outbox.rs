//! `GET /v1/outbox`

use actix_web::{HttpRequest, HttpResponse};
use argus_admin::{Listed, NoticeView};

use crate::Problem;
use crate::asked::Asked;
use crate::page::page;
use crate::query::Pairs;

/// List what owners of keys are told, whether it was handed over to them or waits for that.
#[utoipa::path(
    get, path = "/v1/outbox", tag = "keys",
    params(
        ("organisation" = Option<String>, Query,
            description = "The organisation of the keys; that of the caller's key unless named."),
        ("key_id" = Option<String>, Query, description = "Only notices about this key."),
        ("type" = Option<String>, Query, description = "Only notices of this type, such as `key.expiry_ahead`."),
        ("handed" = Option<bool>, Query, description = "Only notices that were handed over, or only those that were not.")
    ),
    responses((status = 200, description = "A page.", body = Listed<NoticeView>)),
    extensions(("x-problems" = json!(["not-permitted"])))
)]
pub(crate) async fn list_notices(request: HttpRequest, asked: Asked<Pairs>) -> Result<HttpResponse, Problem> {
    page(&request, &asked.admin.list_notices(&asked.call, asked.input.0).await?)
}
