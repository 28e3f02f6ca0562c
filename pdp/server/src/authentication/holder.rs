//! Tokens that the holder of a key signs himself, verified with the public keys that were registered with that key, or lie
//! at an address that was.

use std::sync::Arc;

use argus_credentials::jwt::{Algorithm, Jwt, JwtFault, PublicKey, SelfSigned, SelfSignedRules, Use};
use argus_store::KeyId;

use super::Authenticator;
use super::known::Signed;
use super::set::FromSet;
use super::token::Stop;
use crate::snapshot::{Signer, SignerKeys, Snapshot};

/// The public key that a token means, and what it may be used with.
struct Meant<'s> {
    signer: &'s Signer,
    key: PublicKey,
    algorithms: Arc<[Algorithm]>,
    set: Option<FromSet>,
}

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
        let Meant { signer, key: public, algorithms, set } = match find_registered(jwt, &held.signers)? {
            Some(meant) => meant,
            None => self.find_fetched(jwt, &held.signers, now)?,
        };
        let name = key.to_string();
        let leeway_seconds = self.settings.leeway_seconds;
        let rules = SelfSignedRules { key: &name, audiences, used_as, leeway_seconds };
        let token = SelfSigned::verify(jwt, &public, &algorithms, &rules, now)?;
        let credential = signer.record.credential_id.ok_or(JwtFault::UnknownKey)?;
        Ok((Signed { key, credential, generation: signer.record.generation(), set }, token))
    }

    /// The key in a set at an address. Of several addresses, the first whose set has it.
    fn find_fetched<'s>(&self, jwt: &Jwt<'_>, signers: &'s [Signer], now: i64) -> Result<Meant<'s>, Stop> {
        let mut stop = Stop::Fault(JwtFault::UnknownKey);
        for signer in signers.iter().filter(|signer| signer.record.judge(now).is_ok()) {
            let SignerKeys::Url { url, algorithms } = &signer.keys else { continue };
            match self.find_in_set(jwt, url, now) {
                Ok((key, set)) => {
                    return Ok(Meant { signer, key, algorithms: Arc::clone(algorithms), set: Some(set) });
                }
                // What there is to wait for may yet bring it.
                Err(waiting @ Stop::Wait(_)) => return Err(waiting),
                Err(Stop::Fault(_)) => {}
                Err(busy) => stop = busy,
            }
        }
        Err(stop)
    }
}

/// The credential whose public key has the token's `kid`. A token without one can only mean the one there is for its
/// algorithm. Those that are stopped count only where no other is meant, so that a successor of the same name does.
fn find_registered<'s>(jwt: &Jwt<'_>, signers: &'s [Signer]) -> Result<Option<Meant<'s>>, JwtFault> {
    let is_meant = |public: &PublicKey| match jwt.key_id() {
        Some(key_id) => public.answers_to(key_id),
        None => public.algorithm() == jwt.algorithm(),
    };
    let mut meant: Vec<_> = signers
        .iter()
        .filter_map(|signer| match &signer.keys {
            SignerKeys::One(public) if is_meant(public) => Some((signer, public)),
            SignerKeys::One(_) | SignerKeys::Url { .. } => None,
        })
        .collect();
    if meant.iter().any(|(signer, _)| signer.record.is_in_use()) {
        meant.retain(|(signer, _)| signer.record.is_in_use());
    }
    match meant.as_slice() {
        [] => Ok(None),
        [(signer, public)] => {
            let algorithms = Algorithm::ALL.into();
            Ok(Some(Meant { signer, key: PublicKey::clone(public), algorithms, set: None }))
        }
        // Where several might be meant, none is.
        _ => Err(JwtFault::UnknownKey),
    }
}
