//! `Accept`: who takes none of the forms that a path answers in hears so before anything is done. What goes wrong is
//! written as it is whatever he takes.

use actix_web::HttpRequest;
use actix_web::http::header;
use argus_http::negotiate;

use crate::Problem;

/// What a path answers in; `None` where a good answer has no body.
pub(crate) fn offers(path: &str) -> Option<&'static [&'static str]> {
    match path {
        "/.well-known/jwks.json" => Some(&["application/jwk-set+json", "application/json"]),
        "/metrics" => Some(&["text/plain"]),
        "/oauth/revoke" => None,
        "/v1/audit/export" => Some(&["application/jsonl"]),
        "/v1/usage" => Some(USAGE),
        "/v1/compliance/fips" | "/v1/compliance/{framework}" | "/v1/compliance/breach/{key}" => Some(COMPLIANCE),
        _ => Some(&["application/json"]),
    }
}

/// The forms of usage.
pub(crate) const USAGE: &[&str] = &["application/json", CSV];

/// The other form of usage.
pub(crate) const CSV: &str = "text/csv";

/// The forms of reports.
pub(crate) const COMPLIANCE: &[&str] = &["application/json", HTML, CSV, ZIP];

/// The form of reports that people read.
pub(crate) const HTML: &str = "text/html";

/// The form of reports that is signed.
pub(crate) const ZIP: &str = "application/zip";

/// Which of the forms of a path the caller likes best.
pub(crate) fn wished(request: &HttpRequest, offers: &[&'static str]) -> Option<&'static str> {
    // Octets outside ASCII are in no media type.
    let accepted: Vec<&str> =
        request.headers().get_all(header::ACCEPT).map(|value| value.to_str().unwrap_or("?")).collect();
    negotiate(&accepted.iter().copied(), offers)
}

/// Refuses who takes none of them. A path that isn't known is no matter of forms.
pub(crate) fn require(request: &HttpRequest) -> Result<(), Problem> {
    let Some(offers) = request.match_pattern().as_deref().and_then(offers) else { return Ok(()) };
    wished(request, offers).map(drop).ok_or_else(|| Problem::not_acceptable(offers))
}
