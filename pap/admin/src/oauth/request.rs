//! What an endpoint of OAuth is asked, as it came over HTTP.

use std::net::IpAddr;

use argus_credentials::Secret;
use argus_credentials::certificate::CertificateChain;

use super::Form;

/// A request to an endpoint of OAuth.
#[derive(Debug)]
pub struct OauthRequest {
    /// The values of its `Authorization` headers.
    pub authorization: Vec<Secret>,
    /// The certificate that the client has shown to this server, or to a trusted proxy before it. Not yet judged.
    pub certificate: Option<CertificateChain>,
    /// Its parameters.
    pub form: Form,
    /// Where it came from.
    pub peer: Option<IpAddr>,
    /// Its id.
    pub request_id: String,
}
