//! `/v1/keys/{key}/credentials`: the ways to present a key

use actix_web::http::header::{self, ContentType};
use actix_web::{HttpRequest, HttpResponse, web};
use argus_admin::{ChangedCredential, CredentialView, Listed, schema};

use crate::asked::Asked;
use crate::body::JsonBody;
use crate::page::page;
use crate::query::Pairs;
use crate::{Problem, etag};

/// Add a way to present a key: a public key that its holder signs tokens with, a URL of such keys, a subject of a trusted
/// issuer, or a client certificate.
///
/// It takes an owner of the organisation, the holder of a key above it, or the key's own holder.
#[utoipa::path(
    post, path = "/v1/keys/{key}/credentials", tag = "keys",
    params(("key" = String, Path, description = "Its id.", format = Uuid)),
    request_body(content = schema::NewCredential, example = json!({
        "kind": "public_key",
        "jwk": {"kty": "OKP", "crv": "Ed25519", "kid": "build", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    })),
    responses((status = 201, description = "It is added.", body = ChangedCredential)),
    extensions(("x-problems" = json!(["not-permitted", "already-exists", "wrong-state", "chain-limit", "plan-limit"])))
)]
pub(crate) async fn create_credential(asked: Asked<(web::Path<String>, JsonBody)>) -> Result<HttpResponse, Problem> {
    let (key, body) = asked.input;
    let added = asked.admin.add_credential(&asked.call, &key, body.0).await?;
    let location = format!("/v1/keys/{key}/credentials/{}", added.credential.id());
    Ok(HttpResponse::Created().insert_header((header::LOCATION, location)).json(added))
}

/// List the ways to present a key, those revoked included. Of a secret, only that it is there is told.
#[utoipa::path(
    get, path = "/v1/keys/{key}/credentials", tag = "keys",
    params(("key" = String, Path, description = "Its id.", format = Uuid)),
    responses((status = 200, description = "A page.", body = Listed<CredentialView>))
)]
pub(crate) async fn list_credentials(
    request: HttpRequest,
    asked: Asked<(web::Path<String>, Pairs)>,
) -> Result<HttpResponse, Problem> {
    let (key, query) = asked.input;
    page(&request, &asked.admin.list_credentials(&asked.call, &key, query.0).await?)
}

/// Show one way to present a key.
#[utoipa::path(
    get, path = "/v1/keys/{key}/credentials/{credential}", tag = "keys",
    params(
        ("key" = String, Path, description = "Its id.", format = Uuid),
        ("credential" = String, Path, description = "The credential's id.")
    ),
    responses((status = 200, description = "The credential.", body = CredentialView))
)]
pub(crate) async fn show_credential(
    request: HttpRequest,
    asked: Asked<web::Path<(String, String)>>,
) -> Result<HttpResponse, Problem> {
    let (key, credential) = &*asked.input;
    let shown = asked.admin.show_credential(&asked.call, key, credential).await?;
    let body = serde_json::to_string(&shown).map_err(|_| Problem::internal())?;
    etag::shown(&request, None, body, ContentType::json())
}

/// Revoke one way to present a key; the others go on. Revoking it again changes nothing.
#[utoipa::path(
    post, path = "/v1/keys/{key}/credentials/{credential}/revoke", tag = "keys",
    params(
        ("key" = String, Path, description = "Its id.", format = Uuid),
        ("credential" = String, Path, description = "The credential's id.")
    ),
    responses((status = 200, description = "It is refused from now on.", body = ChangedCredential)),
    extensions(("x-problems" = json!(["not-permitted", "wrong-state"])))
)]
pub(crate) async fn revoke_credential(asked: Asked<web::Path<(String, String)>>) -> Result<HttpResponse, Problem> {
    let (key, credential) = &*asked.input;
    Ok(HttpResponse::Ok().json(asked.admin.revoke_credential(&asked.call, key, credential).await?))
}
