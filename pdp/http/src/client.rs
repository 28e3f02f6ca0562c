//! Who is at the other end: where a request came from, and the certificate that was shown; behind a trusted proxy, what
//! that says of its client.

use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::http::header::{FORWARDED, HeaderName, HeaderValue, X_FORWARDED_FOR};
use argus_credentials::certificate::CertificateChain;
use argus_credentials::{CertificateHeaderFault, ForwardedError, TrustedProxies};
use thiserror::Error;
use tracing::warn;

// Made once: to read a name anew for each request costs more than to look it up.
const CLIENT_CERT: HeaderName = HeaderName::from_static("client-cert");
const CLIENT_CERT_CHAIN: HeaderName = HeaderName::from_static("client-cert-chain");
const X_FORWARDED_CLIENT_CERT: HeaderName = HeaderName::from_static("x-forwarded-client-cert");

/// What is known of a client before it presents anything in the request.
#[derive(Debug, Clone, Default)]
pub struct Client {
    /// Its address; `None` where a trusted proxy doesn't tell it.
    pub address: Option<IpAddr>,
    /// Its certificate, not yet judged.
    pub certificate: Option<CertificateChain>,
}

/// Why nobody can say who sent a request.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ClientFault {
    /// What trusted proxies wrote can't be read, or contradicts itself.
    #[error(transparent)]
    Unclear(#[from] ForwardedError),
    /// A certificate in a header is not believed, or can't be read.
    #[error(transparent)]
    Certificate(#[from] CertificateHeaderFault),
}

/// Who sent a request.
pub fn client(request: &HttpRequest, trusted: &TrustedProxies) -> Result<Client, ClientFault> {
    let address = client_address(request, trusted)?;
    let peer = request.peer_addr().map(|peer| peer.ip());
    let headers = request.headers();
    let values = |name: &str| match name {
        "client-cert" => headers.get_all(&CLIENT_CERT),
        "client-cert-chain" => headers.get_all(&CLIENT_CERT_CHAIN),
        "x-forwarded-client-cert" => headers.get_all(&X_FORWARDED_CLIENT_CERT),
        own => headers.get_all(own),
    };
    let lines = |name: &str| values(name).map(HeaderValue::as_bytes);
    let certificate = trusted.certificate(peer, request.conn_data::<CertificateChain>(), lines);
    let certificate = certificate.inspect_err(|fault| {
        if *fault == CertificateHeaderFault::Untrusted {
            let peer = peer.map(tracing::field::display);
            warn!(client.address = peer, "a client certificate was forged in a header, or a proxy is not trusted");
        }
    });
    Ok(Client { address, certificate: certificate? })
}

/// The address of the client; `None` where a trusted proxy doesn't tell it.
pub fn client_address(request: &HttpRequest, trusted: &TrustedProxies) -> Result<Option<IpAddr>, ForwardedError> {
    let Some(peer) = request.peer_addr().map(|peer| peer.ip()) else { return Ok(None) };
    let lines = |name: HeaderName| request.headers().get_all(name).map(HeaderValue::as_bytes);
    trusted.client(peer, lines(FORWARDED), lines(X_FORWARDED_FOR))
}
