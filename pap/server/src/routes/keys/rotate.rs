//! `POST /v1/keys/{key}/rotate` and the collection of a secret by its holder

use actix_web::{HttpResponse, web};
use argus_admin::{KeyView, Rotated, RotatedKey, RotationView};
use serde::Serialize;

use crate::Problem;
use crate::asked::Asked;
use crate::body::JsonBody;

/// A key, and this once its new secret.
#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    key: &'a KeyView,
    rotation: &'a RotationView,
    secret: &'a str,
}

/// Give a key a new secret; the older one is good beside it for a grace. With `collect`, its holder fetches the secret
/// himself, and the grace begins then.
pub(crate) async fn rotate_key(asked: Asked<(web::Path<String>, JsonBody)>) -> Result<HttpResponse, Problem> {
    let (key, body) = asked.input;
    Ok(match asked.admin.rotate_key(&asked.call, &key, body.0).await? {
        Rotated::Done(rotated) => shown(&rotated),
        Rotated::Opened(opened) => HttpResponse::Accepted().json(opened),
    })
}

/// Collect the secret of an opened rotation, once, with the older secret as the key in `Authorization`.
pub(crate) async fn collect_credential(asked: Asked<web::Path<(String, String)>>) -> Result<HttpResponse, Problem> {
    let (key, credential) = &*asked.input;
    Ok(shown(&asked.admin.collect_credential(&asked.call, key, credential).await?))
}

fn shown(rotated: &RotatedKey) -> HttpResponse {
    let RotatedKey { key, secret, rotation } = rotated;
    HttpResponse::Ok().json(Shown { key, rotation, secret: secret.expose() })
}
