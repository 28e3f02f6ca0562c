//! Requests to the endpoints of OAuth: a form in the body, and nothing secret in the address (RFC 6749 §2.3.1, §3.2).

use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::{self, Bytes};
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use argus_admin::{Admin, Form, OauthRequest};
use argus_credentials::Secret;
use argus_http::Client;

use crate::client::client;
use crate::envelope::RequestId;
use crate::oauth::Refusal;
use crate::wiped::wipe;

/// A request to an endpoint of OAuth, read.
pub(crate) struct Formed {
    pub(crate) admin: web::Data<Admin>,
    pub(crate) request: OauthRequest,
}

/// The largest form: an assertion and a token have 16 KiB at most.
const FORM_BYTES: usize = 64 * 1024;

const MEDIA_TYPE: &str = "application/x-www-form-urlencoded";

/// What has no place in an address, where logs and histories keep it.
const NOT_IN_QUERY: [&str; 7] =
    ["client_secret", "client_assertion", "token", "access_token", "assertion", "client_id", "grant_type"];

impl FromRequest for Formed {
    type Error = Refusal;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Refusal>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            refuse_query(request.query_string())?;
            if !request.content_type().eq_ignore_ascii_case(MEDIA_TYPE) {
                return Err(Refusal::invalid_request("a request here is a form: application/x-www-form-urlencoded"));
            }
            let broken = |_| Refusal::invalid_request("the body broke off, or is too large");
            let octets = Bytes::from_request(&request, &mut payload).await.map_err(broken)?;
            let form = read(&octets);
            wipe(octets);
            let form = form?;
            let admin = web::Data::<Admin>::extract(&request).await;
            let admin = admin.map_err(|_| Refusal::invalid_request("nothing is served here"))?;
            Ok(Self { admin, request: take(&request, form)? })
        })
    }
}

fn take(request: &HttpRequest, form: Form) -> Result<OauthRequest, Refusal> {
    // Octets outside ASCII are in no credential: what stands for them is refused like any other wrong one.
    let values = request.headers().get_all(header::AUTHORIZATION);
    let authorization = values.map(|value| Secret::new(value.to_str().unwrap_or("?").to_owned())).collect();
    let unclear = |_| Refusal::invalid_request("the proxies do not say clearly who sent the request, and from where");
    let Client { address: peer, certificate } = client(request).map_err(unclear)?;
    Ok(OauthRequest { authorization, certificate, form, peer, request_id: RequestId::of(request) })
}

fn refuse_query(query: &str) -> Result<(), Refusal> {
    let Some(pairs) = pairs(query) else {
        return Err(Refusal::invalid_request("the query is not `name=value` pairs in UTF-8, joined by `&`"));
    };
    if pairs.iter().any(|(name, _)| NOT_IN_QUERY.contains(&name.as_str())) {
        return Err(Refusal::invalid_request("parameters stand in the body, never in the address"));
    }
    Ok(())
}

fn read(octets: &[u8]) -> Result<Form, Refusal> {
    if octets.len() > FORM_BYTES {
        return Err(Refusal::invalid_request("a form here has at most 64 KiB"));
    }
    let pairs = std::str::from_utf8(octets).ok().and_then(pairs);
    let pairs =
        pairs.ok_or_else(|| Refusal::invalid_request("the form is not `name=value` pairs in UTF-8, joined by `&`"))?;
    Ok(Form::new(pairs)?)
}

fn pairs(text: &str) -> Option<Vec<(String, String)>> {
    web::Query::<Vec<(String, String)>>::from_query(text).ok().map(web::Query::into_inner)
}
