//! `POST /v1/keys`

use actix_web::HttpResponse;
use actix_web::http::header;
use argus_admin::{Guidance, KeyView};
use serde::Serialize;

use crate::Problem;
use crate::asked::Asked;
use crate::body::JsonBody;

/// A key, and this once its secret and how to integrate it.
#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    key: &'a KeyView,
    secret: &'a str,
    guidance: &'a Guidance,
}

/// Make a key. The answer holds its secret, which is stored only as a hash and never shown again.
pub(crate) async fn create_key(asked: Asked<JsonBody>) -> Result<HttpResponse, Problem> {
    let made = asked.admin.create_key(&asked.call, asked.input.0).await?;
    let location = format!("/v1/keys/{}", made.key.id);
    let shown = Shown { key: &made.key, secret: made.secret.expose(), guidance: &made.guidance };
    Ok(HttpResponse::Created().insert_header((header::LOCATION, location)).json(shown))
}
