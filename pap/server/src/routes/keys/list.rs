//! `GET /v1/keys`

use actix_web::{HttpRequest, HttpResponse};
use argus_admin::{KeyView, Listed};

use crate::Problem;
use crate::asked::Asked;
use crate::page::page;
use crate::query::Pairs;

/// List keys, or find one by its name.
///
/// A page may have fewer items than were asked for, and a cursor all the same.
#[utoipa::path(
    get, path = "/v1/keys", tag = "keys",
    params(
        ("organisation" = Option<String>, Query,
            description = "The organisation; that of the caller's key unless named, and all for a key of `argus`."),
        ("project" = Option<String>, Query, description = "Only keys of this project of it."),
        ("name" = Option<String>, Query,
            description = "Only the key of this name there: the one in use, else the newest that has ended."),
        ("state" = Option<String>, Query, description = "Only keys in this state."),
        ("owner" = Option<String>, Query, description = "Only keys that this one answers for."),
        ("tag" = Option<String>, Query, description = "Only keys with this tag."),
        ("environment" = Option<String>, Query, description = "Only keys for `live`, or for `test`."),
        ("parent_key_id" = Option<String>, Query, description = "Only keys derived from this one directly."),
        ("created_from" = Option<String>, Query, description = "Only keys made at this time or later."),
        ("created_before" = Option<String>, Query, description = "Only keys made before this time."),
        ("risk" = Option<bool>, Query, description = "Only keys that deserve a second look.")
    ),
    responses((status = 200, description = "A page.", body = Listed<KeyView>)),
    extensions(("x-problems" = json!(["not-permitted"])))
)]
pub(crate) async fn list_keys(request: HttpRequest, asked: Asked<Pairs>) -> Result<HttpResponse, Problem> {
    page(&request, &asked.admin.list_keys(&asked.call, asked.input.0).await?)
}
