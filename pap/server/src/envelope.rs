//! What surrounds every answer: the id of the request, the headers that all have, problems in their final form.

use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, HttpRequest, HttpResponse, web};
use argus_admin::{Admin, OauthEndpoint};
use argus_credentials::stands_in_address;
use argus_http::{Step, Trace};
use tracing::{debug, warn};
use uuid::Uuid;

use crate::metrics::Watched;
use crate::oauth::Refusal;
use crate::problem::Kind;
use crate::{Problem, negotiation};

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request. Always our own: it goes into the trail of acts, where a caller's word has no place.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(String);

impl RequestId {
    /// The id of this request.
    pub(crate) fn of(request: &HttpRequest) -> String {
        request.extensions().get::<Self>().map(|id| id.0.clone()).unwrap_or_default()
    }
}

/// The middleware around the whole API.
pub(crate) async fn seal(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let (id, since) = (Uuid::now_v7().to_string(), Instant::now());
    request.extensions_mut().insert(RequestId(id.clone()));
    if stands_in_address(request.uri().path(), request.uri().query()) {
        warn!(request.id = id, "a key was sent in a URL: it has to be taken for known, revoke it");
        let answer = credential_in_url(request.request(), &id);
        return Ok(sealed(request.into_response(answer), &id, since));
    }
    if let Err(problem) = negotiation::require(request.request()) {
        let answer = problem.respond(&id);
        return Ok(sealed(request.into_response(answer), &id, since));
    }
    let watched = request.app_data::<web::Data<Watched>>();
    let spans = watched.and_then(|watched| watched.spans.as_ref());
    let (trace, mut span) = Trace::begin(spans, request.headers(), "administration");
    request.extensions_mut().insert(trace);
    // Nothing of the request may be held meanwhile: the router writes into it. Errors of handlers are answers here.
    let answer = in_final_form(next.call(request).await?.map_into_boxed_body(), &id);
    let (request, status) = (answer.request(), answer.status().as_u16());
    let (method, route) = (request.method(), request.match_pattern().unwrap_or_default());
    debug!(request.id = id, elapsed_us = since.elapsed().as_micros(), "{method} {route}: {status}");
    // What an act took ends here, whatever came of it.
    answer.request().extensions_mut().remove::<Step>();
    span.rename(|| format!("{method} {route}"));
    span.note("argus.request_id", || id.clone());
    span.answered(status);
    drop(span);
    Ok(sealed(answer, &id, since))
}

/// Each door refuses in its own form.
fn credential_in_url(request: &HttpRequest, id: &str) -> HttpResponse {
    if request.path().starts_with("/oauth/") {
        let refusal = Refusal::invalid_request("a key in the address ends in logs, and is to be revoked");
        count(request, &refusal);
        return refusal.respond();
    }
    Problem::credential_in_url().respond(id)
}

/// Every refusal of an endpoint of OAuth passes here, whatever refused.
fn count(request: &HttpRequest, refusal: &Refusal) {
    let endpoint = request.path().strip_prefix("/oauth/").and_then(OauthEndpoint::find);
    if let (Some(endpoint), Some(admin)) = (endpoint, request.app_data::<web::Data<Admin>>()) {
        admin.oauth_counts().count_refusal(endpoint, refusal.cause());
    }
}

/// Errors of the framework become problems too. The endpoints of OAuth have a form of their own.
fn in_final_form(answer: ServiceResponse, id: &str) -> ServiceResponse {
    let status = answer.status();
    if !status.is_client_error() && !status.is_server_error() {
        return answer;
    }
    if let Some(refusal) = answer.response().error().and_then(|error| error.as_error::<Refusal>()) {
        count(answer.request(), refusal);
        let refusal = refusal.respond();
        return answer.into_response(refusal);
    }
    let problem = answer.response().error().map_or_else(|| Problem::of_status(status), problem_of);
    answer.into_response(problem.respond(id))
}

fn problem_of(error: &Error) -> Problem {
    error.as_error::<Problem>().cloned().unwrap_or_else(|| Problem::of_status(error.as_response_error().status_code()))
}

fn sealed(mut answer: ServiceResponse, id: &str, since: Instant) -> ServiceResponse {
    if let Some(watched) = answer.request().app_data::<web::Data<Watched>>() {
        watched.count(answer.request().method(), answer.status(), since.elapsed().as_secs_f64());
        if let Some(kind) = answer.response().extensions().get::<&'static Kind>() {
            watched.count_problem(kind.code);
        }
    }
    let headers = answer.headers_mut();
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID.clone(), id);
    }
    // What is shown with a tag may be kept by whoever asks each time; nothing else, and no secret.
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer
}
