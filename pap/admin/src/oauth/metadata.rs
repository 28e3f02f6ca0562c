//! What clients find out by themselves (RFC 8414 §2).

use serde::Serialize;
use utoipa::ToSchema;

use super::issuer::token_endpoint;
use super::{Issuer, IssuerError};

/// Where the endpoints are, and what they can do.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Metadata {
    /// The name of this installation as an issuer: what tokens say in `iss`, to the letter.
    issuer: String,
    /// Where tokens are had.
    token_endpoint: String,
    /// Where the keys are that verify them.
    jwks_uri: String,
    /// Where it is asked what a token is worth.
    introspection_endpoint: String,
    /// Where a token is given back before its time.
    revocation_endpoint: String,
    /// None: there is no authorisation endpoint. Required, and an empty list isn't allowed (RFC 8414 §2, §3.2).
    response_types_supported: [&'static str; 1],
    /// `client_credentials`.
    grant_types_supported: [&'static str; 1],
    /// How clients authenticate.
    token_endpoint_auth_methods_supported: &'static [&'static str],
    /// What their assertions are signed with.
    token_endpoint_auth_signing_alg_values_supported: [&'static str; 3],
    /// How whoever asks about a token authenticates; `Bearer` is a key, or a token.
    introspection_endpoint_auth_methods_supported: &'static [&'static str],
    introspection_endpoint_auth_signing_alg_values_supported: [&'static str; 3],
    revocation_endpoint_auth_methods_supported: &'static [&'static str],
    revocation_endpoint_auth_signing_alg_values_supported: [&'static str; 3],
    /// Whether a token is bound to the certificate that its client has shown (RFC 8705 §3.3).
    tls_client_certificate_bound_access_tokens: bool,
}

const NO_RESPONSE_TYPE: [&str; 1] = ["none"];

const ALGORITHMS: [&str; 3] = ["RS256", "ES256", "EdDSA"];

/// How clients authenticate, and last by what whoever asks about tokens may as well.
const METHODS: &[&str] = &["client_secret_basic", "client_secret_post", "private_key_jwt", "Bearer"];

/// The same where a certificate can be seen.
const METHODS_OVER_TLS: &[&str] = &[
    "client_secret_basic",
    "client_secret_post",
    "private_key_jwt",
    "tls_client_auth",
    "self_signed_tls_client_auth",
    "Bearer",
];

impl Metadata {
    pub(crate) fn of(issuer: &Issuer) -> Result<Self, IssuerError> {
        let url = issuer.address()?;
        let of_inspectors = if issuer.sees_certificates { METHODS_OVER_TLS } else { METHODS };
        let of_clients = of_inspectors.split_last().map(|(_, methods)| methods).unwrap_or_default();
        Ok(Self {
            issuer: url.to_owned(),
            token_endpoint: token_endpoint(url),
            jwks_uri: format!("{url}/.well-known/jwks.json"),
            introspection_endpoint: format!("{url}/oauth/introspect"),
            revocation_endpoint: format!("{url}/oauth/revoke"),
            response_types_supported: NO_RESPONSE_TYPE,
            grant_types_supported: ["client_credentials"],
            token_endpoint_auth_methods_supported: of_clients,
            token_endpoint_auth_signing_alg_values_supported: ALGORITHMS,
            introspection_endpoint_auth_methods_supported: of_inspectors,
            introspection_endpoint_auth_signing_alg_values_supported: ALGORITHMS,
            revocation_endpoint_auth_methods_supported: of_clients,
            revocation_endpoint_auth_signing_alg_values_supported: ALGORITHMS,
            tls_client_certificate_bound_access_tokens: issuer.sees_certificates,
        })
    }
}
