//! From what somebody presents to a key in the snapshot, whichever way it is presented.
//!
//! | what | looks like | proven by |
//! |---|---|---|
//! | an API key | `argus_…`, no dot | its secret |
//! | an access token | three parts, `iss` is this installation | a signing key of this installation |
//! | a token that the holder signed | three parts, `iss` is the key's id | a public key registered with the key, or one of a set at an address that is |
//! | a token of another issuer | three parts, `iss` is one that the settings trust | a key of that issuer's set; its `sub` is registered with the key |
//! | a client certificate | in the handshake, or from whoever saw it there | the private key, and an authority or its being registered itself |
//!
//! Nothing here waits: a check either has its outcome or says what has to be waited for ([`Waiting`]), and is then done
//! again. What comes out is a [`KeyRecord`], and state, validity and generation of the key and all above it were looked
//! at in this very snapshot: a token dies with its key.

mod access;
mod assertion;
mod certificate;
mod holder;
mod issuer;
mod known;
mod method;
mod set;
mod settings;
mod token;
mod waiting;

use std::sync::Arc;

use argus_credentials::{NoRandomness, PresentedKey, Records, Refusal, Verifier, jwt};

pub use access::InspectedToken;
pub(crate) use assertion::AssertionChecked;
pub use assertion::AssertionRefused;
pub use certificate::CertificateMethod;
pub use method::Method;
pub use settings::{TokenSettings, TrustedIssuer};
pub(crate) use waiting::Waiting;

use crate::key_sets::KeySets;
use crate::outbound::Outbound;
use crate::snapshot::{Current, KeyRecord, Snapshot};
use crate::tls::ClientTrust;
use known::Known;

/// Verifies whatever is presented.
pub(crate) struct Authenticator {
    pub(crate) secrets: Verifier<Current>,
    tokens: jwt::TokenMemory<Arc<Known>>,
    key_sets: KeySets,
    settings: TokenSettings,
    trust: ClientTrust,
}

/// Where records that are no part of the snapshot live for as long as a request is looked at.
pub(crate) type Lent = typed_arena::Arena<Arc<KeyRecord>>;

/// What is presented, and over which connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Presentation<'p> {
    pub(crate) text: &'p str,
    /// The certificate that the client showed there, by which a token may be bound to it.
    pub(crate) certificate: Option<jwt::Thumbprint>,
}

/// How far a check came. The record is there wherever it is known which key is presented, right or not.
pub(crate) enum Checked<'s> {
    /// It is right, and may be used.
    Verified(&'s Arc<KeyRecord>),
    /// It is not.
    Refused(Refusal, Option<&'s Arc<KeyRecord>>),
    /// Something has to be waited for.
    Wait(Waiting, Option<&'s Arc<KeyRecord>>),
}

/// A refusal, and whose key was presented, where that is known.
pub(crate) type Refused<'s> = (Refusal, Option<&'s Arc<KeyRecord>>);

impl Authenticator {
    pub(crate) fn new(
        secrets: Verifier<Current>,
        outbound: Outbound,
        settings: TokenSettings,
        trust: ClientTrust,
    ) -> Result<Self, NoRandomness> {
        let tokens = jwt::TokenMemory::new(settings.remembered)?;
        Ok(Self { secrets, tokens, key_sets: KeySets::new(outbound), settings, trust })
    }

    /// Verifies what is presented against a snapshot, as far as that goes without waiting. `now` is in Unix seconds.
    pub(crate) fn check<'s>(
        &self,
        presented: Presentation<'_>,
        snapshot: &'s Snapshot,
        lent: &'s Lent,
        now: i64,
    ) -> Checked<'s> {
        // No key has a dot, and no token is without. Nor does one begin like a key: it begins with an object in base64.
        if !presented.text.starts_with("argus_") && presented.text.contains('.') {
            return self.check_token(presented, snapshot, lent, now);
        }
        let record = || find_secret(presented.text, snapshot);
        match self.secrets.check(presented.text, snapshot, now) {
            argus_credentials::Checked::Verified(secret) => Checked::Verified(&secret.record),
            argus_credentials::Checked::Refused(refusal) => Checked::Refused(refusal, record()),
            argus_credentials::Checked::NeedsDerivation(pending) => {
                Checked::Wait(Waiting::Derivation(pending), record())
            }
        }
    }
}

/// What a key presents, by the id in it.
fn find_secret<'s>(text: &str, snapshot: &'s Snapshot) -> Option<&'s Arc<KeyRecord>> {
    let id = PresentedKey::parse(text).ok()?.id();
    snapshot.find(&id).map(|secret| &secret.record)
}
