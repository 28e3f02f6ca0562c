//! Tokens that the holder of a key signs himself, verified with the public keys that were registered with that key.

use std::sync::Arc;

use argus_credentials::jwt::{Algorithm, Jwt, JwtFault, PublicKey, SelfSigned, SelfSignedRules, Use};
use argus_store::KeyId;

use super::Authenticator;
use super::known::Signed;
use super::token::Stop;
use crate::snapshot::{Signer, SignerKeys, Snapshot};

impl Authenticator {
    /// Verifies a token for a key and an audience.
    pub(super) fn verify_from_holder(
        &self,
        jwt: &Jwt<'_>,
        (key, audiences, used_as): (KeyId, &[String], Use),
        snapshot: &Snapshot,
        now: i64,
    ) -> Result<(Signed, SelfSigned), Stop> {
        let held = snapshot.held().key(key).ok_or(JwtFault::Issuer)?;
        let (signer, public) = find(jwt, &held.signers)?;
        let name = key.to_string();
        let leeway_seconds = self.settings.leeway_seconds;
        let rules = SelfSignedRules { key: &name, audiences, used_as, leeway_seconds };
        let token = SelfSigned::verify(jwt, &public, &Algorithm::ALL, &rules, now)?;
        let credential = signer.record.credential_id.ok_or(JwtFault::UnknownKey)?;
        Ok((Signed { key, credential, generation: signer.record.generation() }, token))
    }
}

/// The credential that a token means: the one whose public key has its `kid`. A token without one can only mean the one
/// there is for its algorithm. Those that are revoked are looked at last, so that their successor of the same name counts.
fn find<'s>(jwt: &Jwt<'_>, signers: &'s [Signer]) -> Result<(&'s Signer, Arc<PublicKey>), Stop> {
    let is_meant = |public: &PublicKey| match jwt.key_id() {
        Some(key_id) => public.answers_to(key_id),
        None => public.algorithm() == jwt.algorithm(),
    };
    let mut meant: Vec<_> = signers
        .iter()
        .filter_map(|signer| match &signer.keys {
            SignerKeys::One(public) if is_meant(public) => Some((signer, Arc::clone(public))),
            SignerKeys::One(_) | SignerKeys::Url { .. } => None,
        })
        .collect();
    let in_use = meant.iter().filter(|(signer, _)| signer.record.is_in_use()).count();
    if in_use > 0 {
        meant.retain(|(signer, _)| signer.record.is_in_use());
    }
    match meant.len() {
        1 => meant.pop().ok_or_else(|| JwtFault::UnknownKey.into()),
        // Where several might be meant, none is.
        _ => Err(JwtFault::UnknownKey.into()),
    }
}
