//! OAuth 2.0 as whoever issues tokens sees it: what a client sends, who it is, what it may have, and what is said to it
//! where it may not. The acts themselves are in `act`.
//!
//! # Decisions
//!
//! - **A client is a key**: `client_id` is the key's id, and its secret is the key as it was shown. There is no second
//!   register, so that whatever stops a key stops its tokens.
//! - **Every key that may be used may have tokens** from where and when it may be used. Where a condition of the key, its
//!   project or its organisation isn't met, or can't be told at this endpoint, the answer is `unauthorized_client`: a
//!   resource server that verifies a token by itself would not ask for the condition again.
//! - **A scope that is too wide is refused, not narrowed** (`invalid_scope`, RFC 6749 §3.3 allows either): a client that got
//!   less than it asked for finds out at its first call, far from the cause. Without a scope, a token has all that its key
//!   reaches, and the answer always says which that is.
//! - **A token is for this installation** ([`Issuer::audience`]); a client that names another `resource` (RFC 8707) hears
//!   `invalid_target`.
//! - **A token is bound to the certificate that its client has shown** (RFC 8705 §3), however the client proved who it is:
//!   a stolen token is then worth nothing without the private key behind the certificate. Whoever holds a secret and wants
//!   a token for other connections asks without a certificate. One that isn't accepted binds too: the token is then good
//!   nowhere, rather than everywhere.
//! - **Mutual TLS has no addresses of its own**: the listener takes clients with a certificate and without one, so there
//!   are no `mtls_endpoint_aliases` (RFC 8705 §5).
//! - **One answer for every client that isn't known**: an unknown id, a wrong secret and a revoked key are
//!   `invalid_client` in the same words, behind the same limits on failures as everywhere else.

mod client;
mod counts;
mod form;
mod issuer;
mod metadata;
mod refused;
mod request;
mod scopes;
mod signing;

pub(crate) use client::Client;
pub use counts::{OauthCounts, OauthEndpoint};
pub use form::Form;
pub use issuer::{Issuer, IssuerError};
pub use metadata::Metadata;
pub use refused::{Challenge, OauthCode, OauthRefused};
pub use request::OauthRequest;
pub(crate) use scopes::narrow;
pub(crate) use signing::{Due, KEPT_SECONDS, LEAD_SECONDS, Signing, due};
