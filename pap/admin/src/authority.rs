//! What the acts need of a decision point: who calls, whether he may, and that a change has arrived there.

use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use argus_credentials::Secret;
use argus_credentials::certificate::CertificateChain;
use argus_engine::scope::{Action, ResourcePath, Scope};
use argus_store::KeyId;
use chrono::{DateTime, Utc};

use crate::{Supposition, Trial, Verdict};

/// An answer that may take time.
pub type Waiting<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The decision point beside the administration.
pub trait Authority: Send + Sync + 'static {
    /// Verifies the key in the `Authorization` headers, of which there should be one; without any, the certificate that the
    /// client has shown. `peer` is the address that the request came from.
    fn authenticate<'a>(
        &'a self,
        authorization: &'a [&'a str],
        certificate: Option<&'a CertificateChain>,
        peer: Option<IpAddr>,
    ) -> Waiting<'a, Result<Arc<dyn Caller>, Unauthenticated>>;

    /// Verifies an assertion by which a client authenticates itself (RFC 7523 §3): signed with a key that was registered for
    /// it, meant for one of these audiences and nobody else, good for five minutes at most, and never used before, on
    /// whatever node. Its use is noted.
    fn authenticate_assertion<'a>(
        &'a self,
        assertion: &'a str,
        audiences: &'a [String],
        peer: Option<IpAddr>,
    ) -> Waiting<'a, Result<Arc<dyn Caller>, Unauthenticated>>;

    /// Verifies a client that names its key and shows a certificate (RFC 8705 §2). What a token is then bound to is
    /// [`CertificateChain::thumbprint`], `x5t#S256`.
    fn authenticate_certificate(
        &self,
        client: KeyId,
        method: TlsClientAuth,
        certificate: &CertificateChain,
        peer: Option<IpAddr>,
    ) -> Result<Arc<dyn Caller>, Unauthenticated>;

    /// What an access token of this installation says, where it is good now, its key included, whoever it is meant for
    /// (RFC 7662 §2.2). Whose business that is, the act says.
    fn inspect_token(&self, token: &str) -> Option<ActiveToken>;

    /// Says that the change feed has grown to `sequence`, and waits until it is taken in, or a time-out of its own. Of this
    /// process alone: one that serves no decisions counts for none.
    fn settle(&self, sequence: i64) -> Waiting<'_, Applied>;

    /// What is wrong with the clock of this machine, where it is so wrong that nothing may be issued by it.
    fn clock_beyond_use(&self) -> Option<String>;

    /// What would be decided about uses of a key that isn't there, by the policies in force: as many verdicts as there
    /// are trials.
    fn suppose(&self, key: &Supposition, trials: &[Trial]) -> Vec<Verdict>;

    /// Decides a logged request again, by the policies in force, or by those of another time; why it can't be.
    fn replay(&self, past: &PastDecision<'_>) -> Result<Replay, String>;

    /// Spares the first use of a key that was just minted its derivation. Called after the key has settled.
    fn remember(&self, key: &Secret);
}

/// A logged request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastDecision<'p> {
    /// The organisation whose policies decide.
    pub organisation: &'p str,
    /// As policies saw it, in the form of the JSON Profile.
    pub request: &'p str,
    /// When.
    pub at: DateTime<Utc>,
    /// The policies to decide by; those in force where there are none.
    pub policies: Option<PastPolicies>,
}

/// Policies that were in force once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastPolicies {
    /// What tells them from all others.
    pub digest: String,
    /// Where each stood, the digest of its text, and that, where it is kept.
    pub documents: Vec<(String, String, Option<String>)>,
}

/// What is decided about a logged request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// The answer, in the form of the JSON Profile.
    pub response: String,
    /// Identifier of the root policy.
    pub policy_id: String,
    /// Its version.
    pub policy_version: String,
    /// The digest of all policies that decided.
    pub policy_set: String,
}

/// Somebody whose key was verified, as the decision point knows him.
pub trait Caller: Send + Sync {
    /// His key.
    fn key_id(&self) -> KeyId;

    /// The name of the organisation that his key belongs to.
    fn organisation(&self) -> &str;

    /// What he may use of his key: less than it grants, where a token says so.
    fn scopes(&self) -> Vec<Scope>;

    /// Whether a token leaves him less than his key grants.
    fn is_narrowed(&self) -> bool;

    /// Whether he presents the secret of his key, and nothing that was made with it.
    fn presents_secret(&self) -> bool;

    /// When what he presents ends: it, its key, or a key above that.
    fn expires_at(&self) -> Option<DateTime<Utc>>;

    /// The reason for which any use of his key would be denied from where he is, such as `condition_ip`.
    fn unmet_condition(&self) -> Option<&'static str>;

    /// What the policy of administration says of an act upon `path`, which concerns `organisation`.
    fn may(&self, organisation: &str, path: &ResourcePath, action: Action) -> Ruling;
}

/// What the policy of administration says of an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// Whether it is permitted.
    pub is_permitted: bool,
    /// The id of the decision, for the audit.
    pub decision_id: String,
}

/// How a client authenticates itself by a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsClientAuth {
    /// `tls_client_auth`: an authority that is trusted has signed it, and one of its names is registered (RFC 8705 §2.1).
    Signed,
    /// `self_signed_tls_client_auth`: it is registered itself (RFC 8705 §2.2).
    SelfSigned,
}

/// An access token that is good now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActiveToken {
    /// The key that it was issued to: its `client_id`, and its `sub`.
    pub key: KeyId,
    /// The name of the organisation that the key belongs to.
    pub organisation: String,
    /// What it grants: what it names and its key still grants.
    pub scopes: Vec<Scope>,
    /// Its own id.
    pub jti: String,
    /// Whom it is meant for.
    pub audiences: Vec<String>,
    /// When it was issued, in Unix seconds.
    pub issued_at: i64,
    /// From when it is good.
    pub not_before: Option<i64>,
    /// Until when it is good.
    pub expires_at: i64,
    /// The thumbprint of the certificate that it is bound to, `x5t#S256`.
    pub certificate: Option<String>,
}

/// Why nobody is known to call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unauthenticated {
    /// No key was presented.
    Missing,
    /// What was presented can't be read as a key, or there are two.
    Malformed,
    /// A key was presented, and isn't good. A stranger hears no more than that.
    Refused,
    /// The key could not be looked at now.
    Busy {
        /// When to try again.
        retry_after_seconds: u32,
    },
    /// What is in force is not known any more.
    StoreAway,
}

/// How far a change has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Applied {
    /// Decision points that have taken it in.
    pub by: u32,
    /// Decision points there are.
    pub of: u32,
    /// How long that took.
    pub after: Duration,
}
