//! Who is at the other end: where a request came from, and the certificate that was shown; behind a trusted proxy, what
//! that says of its client.

use std::net::IpAddr;

use actix_web::http::header::{FORWARDED, HeaderName, HeaderValue, X_FORWARDED_FOR};
use actix_web::{HttpRequest, web};
use argus_credentials::certificate::CertificateChain;
use argus_credentials::{CertificateHeaderFault, TrustedProxies};
use tracing::warn;

use crate::Problem;

/// What is known of a client before it presents anything in the request.
pub(crate) struct Client {
    /// Its address; `None` where a trusted proxy doesn't tell it.
    pub(crate) address: Option<IpAddr>,
    /// Its certificate, not yet judged.
    pub(crate) certificate: Option<CertificateChain>,
}

/// Who sent a request.
pub(crate) fn client(request: &HttpRequest) -> Result<Client, Problem> {
    let trusted = request.app_data::<web::Data<TrustedProxies>>().map(|trusted| TrustedProxies::clone(trusted));
    let trusted = trusted.unwrap_or_default();
    let peer = request.peer_addr().map(|peer| peer.ip());
    let lines = |name: HeaderName| request.headers().get_all(name).map(HeaderValue::as_bytes);
    let address = peer.map(|peer| trusted.client(peer, lines(FORWARDED), lines(X_FORWARDED_FOR))).transpose()?;
    let lines = |name: &str| request.headers().get_all(name).map(HeaderValue::as_bytes);
    let certificate = trusted.certificate(peer, request.conn_data::<CertificateChain>(), lines);
    let certificate = certificate.inspect_err(|fault| {
        if *fault == CertificateHeaderFault::Untrusted {
            let peer = peer.map(tracing::field::display);
            warn!(client.address = peer, "a client certificate was forged in a header, or a proxy is not trusted");
        }
    })?;
    Ok(Client { address: address.flatten(), certificate })
}
