//! GET /v1/forward-auth

use actix_web::http::header::{CACHE_CONTROL, HeaderName, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use argus_credentials::certificate::CertificateChain;
use argus_http::Client;

use super::read::{read, subject};
use crate::caller::CallerRefused;
use crate::http::call::{ARGUS_DECISION_ID, Call, X_REQUEST_ID};
use crate::http::problem::Problem;
use crate::http::url;
use crate::metrics::Door;
use crate::moment::Moment;
use crate::pdp::Shared;
use crate::reason::Reason;
use crate::routes::verify::create::{Told, Verify};
use crate::routes::verify::decode::Question;

/// The header of the key that is let through.
const ARGUS_KEY_ID: HeaderName = HeaderName::from_static("argus-key-id");

/// Ask whether a proxy may let a request through: 200 where it may, else what its client is to be told (RFC 6750).
///
/// `Authorization` is the proxy's own key, which needs `<organisation>/argus/pdp:execute`; what the client has sent as
/// `Authorization` comes as `X-Forwarded-Authorization`. The proxy has to set all of these headers itself, in the place
/// of what clients send under their names. `HEAD`, `GET` and `OPTIONS` are `read`, `POST`, `PUT` and `PATCH` `write`,
/// `DELETE` is `delete`, unless `action` says otherwise.
#[utoipa::path(
    get, path = "/v1/forward-auth", tag = "decisions",
    params(
        ("resource" = String, Query, description = "What the path of the request is put behind, such as `acme/atlas`."),
        ("action" = Option<String>, Query, description = "What the request does, whatever its method."),
        ("X-Forwarded-Method" = String, Header, description = "The method of the request."),
        ("X-Forwarded-Uri" = String, Header, description = "Its path; a query behind it is passed over."),
        ("X-Forwarded-Authorization" = Option<String>, Header, description = "Its `Authorization`."),
        ("X-Forwarded-For" = Option<String>, Header, description = "The address of its client, the last one of a list.")
    ),
    responses((status = 200, description = "It may. `Argus-Key-Id` names the key.")),
    extensions(("x-problems" = json!(["forwarded-request", "credential-in-url", "limited", "busy", "store-away", "journal-away"])))
)]
pub(in crate::routes) async fn check_forwarded(request: HttpRequest, shared: Data<Shared>) -> HttpResponse {
    let door = Door::ForwardAuth;
    let (call, mut span) = Call::begin_traced(&request, shared.settings.spans.as_ref(), door.request_name());
    let response = check(&request, &shared, &call).await.unwrap_or_else(|problem| problem.into_response(&call));
    span.answered(response.status().as_u16());
    shared.metrics.observe(door, call.now.seconds_until(Moment::now()));
    response
}

async fn check(request: &HttpRequest, shared: &Shared, call: &Call) -> Result<HttpResponse, Problem> {
    url::refuse_key(request, shared, call)?;
    let caller = shared.authenticate(request.headers(), &proxy(request), call.now).await;
    let caller = caller.map_err(|refused| shared.refuse_caller(refused))?;
    let credential = match subject(request.headers()) {
        Ok(credential) => credential,
        // Nothing was presented, which is a decision like any other.
        Err(CallerRefused::Missing) => "",
        Err(refused) => return Err(refused.problem(shared.settings.realm)),
    };
    let question = read(request, credential, &shared.settings.trusted_proxies)?;
    let asked = Verify { shared, call, caller, door: Door::ForwardAuth };
    let told = asked.settle(&question).await?;
    Ok(respond(&told, &question, shared, call))
}

/// The proxy, which asks for itself: the headers that tell of clients tell of its own.
fn proxy(request: &HttpRequest) -> Client {
    let address = request.peer_addr().map(|peer| peer.ip());
    Client { address, certificate: request.conn_data::<CertificateChain>().cloned() }
}

fn respond(told: &Told, question: &Question<'_>, shared: &Shared, call: &Call) -> HttpResponse {
    let refused = told.reason.map(|reason| refusal(reason, question, shared.settings.realm));
    let mut response = refused.map_or_else(|| HttpResponse::Ok().finish(), |problem| problem.into_response(call));
    told.limits.put(response.headers_mut());
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(ARGUS_DECISION_ID, call.decision_header());
    if let Some(id) = &call.request_id {
        headers.insert(X_REQUEST_ID, id.clone());
    }
    let key = told.key.and_then(|key| HeaderValue::from_str(&key.to_string()).ok());
    if let (None, Some(key)) = (told.reason, key) {
        headers.insert(ARGUS_KEY_ID, key);
    }
    response
}

/// What a client is told. Of its credential no more than that it is not accepted (RFC 6750 §3.1).
fn refusal(reason: Reason, question: &Question<'_>, realm: &str) -> Problem {
    let scope = || format!("{}:{}", question.resource, question.action);
    match reason {
        Reason::CredentialMissing => Problem::credential_missing(realm),
        Reason::CredentialUnknown
        | Reason::CredentialRevoked
        | Reason::CredentialExpired
        | Reason::CredentialNotYetValid
        | Reason::CredentialSuspended => Problem::credential_refused(realm),
        Reason::ScopeMissing => Problem::scope_missing(realm, scope()),
        Reason::RateLimited | Reason::QuotaExhausted | Reason::CostExceedsLimit => Problem::limited(reason.as_str()),
        other => Problem::not_permitted(scope(), other.as_str()),
    }
}
