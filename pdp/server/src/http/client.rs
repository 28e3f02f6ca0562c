//! Where a request came from: the other end of the connection, or whom a trusted proxy names.

use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::http::header::{FORWARDED, HeaderName, HeaderValue, X_FORWARDED_FOR};
use argus_credentials::TrustedProxies;

use super::problem::Problem;

/// The address of the client; `None` where a trusted proxy doesn't tell it.
pub(crate) fn client_address(request: &HttpRequest, trusted: &TrustedProxies) -> Result<Option<IpAddr>, Problem> {
    let Some(peer) = request.peer_addr().map(|peer| peer.ip()) else { return Ok(None) };
    let lines = |name: HeaderName| request.headers().get_all(name).map(HeaderValue::as_bytes);
    trusted.client(peer, lines(FORWARDED), lines(X_FORWARDED_FOR)).map_err(Problem::client_unclear)
}
