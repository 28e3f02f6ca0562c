//! `POST /v1/keys/{key}/rotate` and the collection of a secret by its holder

use actix_web::{HttpResponse, web};
use argus_admin::{KeyView, OpenedRotation, Rotated, RotatedKey, RotationView, schema};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Problem;
use crate::asked::Asked;
use crate::body::JsonBody;
use crate::wiped;

/// A key, and this once its new secret.
#[derive(Serialize, ToSchema)]
#[schema(as = RotatedKey)]
struct Shown<'a> {
    #[serde(flatten)]
    key: &'a KeyView,
    rotation: &'a RotationView,
    /// What its holder presents from now on. It is stored only as a hash, and never shown again.
    secret: &'a str,
}

/// Give a key a new secret; the older one is good beside it for a grace.
///
/// With `collect`, its holder fetches the secret himself, and the grace begins then. A rotation during the grace of an
/// earlier one retires the oldest secret at once.
#[utoipa::path(
    post, path = "/v1/keys/{key}/rotate", tag = "keys",
    params(("key" = String, Path, description = "Its id.", format = Uuid)),
    request_body(content = Option<schema::NewRotation>, example = json!({"grace_seconds": 3600})),
    responses(
        (status = 200, description = "It has a new secret.", body = inline(Shown)),
        (status = 202, description = "Its holder may collect one.", body = OpenedRotation)
    ),
    extensions(("x-problems" = json!(["not-permitted", "wrong-state", "secret-already-shown", "clock-off"])))
)]
pub(crate) async fn rotate_key(asked: Asked<(web::Path<String>, JsonBody)>) -> Result<HttpResponse, Problem> {
    let (key, body) = asked.input;
    Ok(match asked.admin.rotate_key(&asked.call, &key, body.0).await? {
        Rotated::Done(rotated) => shown(&rotated),
        Rotated::Opened(opened) => HttpResponse::Accepted().json(opened),
    })
}

/// Collect the secret of an opened rotation, once, with the older secret as the key in `Authorization`.
#[utoipa::path(
    post, path = "/v1/keys/{key}/credentials/{credential}/collect", tag = "keys",
    params(
        ("key" = String, Path, description = "Its id.", format = Uuid),
        ("credential" = String, Path, description = "The credential that the rotation opened.")
    ),
    responses((status = 200, description = "The secret.", body = inline(Shown))),
    extensions(("x-problems" = json!(["wrong-state", "secret-already-shown", "clock-off"])))
)]
pub(crate) async fn collect_credential(asked: Asked<web::Path<(String, String)>>) -> Result<HttpResponse, Problem> {
    let (key, credential) = &*asked.input;
    Ok(shown(&asked.admin.collect_credential(&asked.call, key, credential).await?))
}

fn shown(rotated: &RotatedKey) -> HttpResponse {
    let RotatedKey { key, secret, rotation } = rotated;
    wiped::json(HttpResponse::Ok(), &Shown { key, rotation, secret: secret.expose() })
}
