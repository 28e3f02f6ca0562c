//! What an endpoint of OAuth is asked, as it came over HTTP.

use std::net::IpAddr;

use argus_credentials::Secret;

use super::Form;

/// A request to an endpoint of OAuth.
#[derive(Debug)]
pub struct OauthRequest {
    /// The values of its `Authorization` headers.
    pub authorization: Vec<Secret>,
    /// Its parameters.
    pub form: Form,
    /// Where it came from.
    pub peer: Option<IpAddr>,
    /// Its id.
    pub request_id: String,
}
