//! What is known of a token once it was verified, and what of that has to be looked at again with every use.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use argus_credentials::jwt::{JwtFault, Thumbprint};
use argus_credentials::{CredentialId, Refusal};
use argus_engine::scope::Scope;
use argus_store::KeyId;

use super::set::FromSet;
use super::{Lent, Presentation, Refused};
use crate::key_sets::KeySets;
use crate::snapshot::{KeyRecord, Snapshot};

/// What a verified token stands for.
#[derive(Debug)]
pub(super) enum Known {
    /// An access token.
    Access(AccessGrant),
    /// A token that the holder of a key signed.
    Signed(Signed),
    /// A token of another issuer.
    Issued(Issued),
}

/// What a token of a key's holder was verified with.
#[derive(Debug)]
pub(super) struct Signed {
    pub(super) key: KeyId,
    pub(super) credential: CredentialId,
    /// The generation of the credential then.
    pub(super) generation: u64,
    /// The set of its key, where that was fetched.
    pub(super) set: Option<FromSet>,
}

/// What a token of another issuer was verified with.
#[derive(Debug)]
pub(super) struct Issued {
    pub(super) issuer: Box<str>,
    pub(super) subject: Box<str>,
    pub(super) credential: Option<CredentialId>,
    /// The generation of the credential then.
    pub(super) generation: u64,
    pub(super) set: FromSet,
}

/// What an access token grants.
#[derive(Debug)]
pub(super) struct AccessGrant {
    pub(super) key: KeyId,
    pub(super) jti: Box<str>,
    /// The id of the signing key that it was verified with.
    pub(super) signed_with: Box<str>,
    /// The scopes that it names; none where it is as good as its key.
    pub(super) scopes: Option<Vec<Scope>>,
    pub(super) certificate: Option<Thumbprint>,
    /// The record that it was last narrowed to.
    pub(super) narrowed: ArcSwapOption<Narrowed>,
}

/// What a token leaves of a record.
#[derive(Debug)]
pub(super) struct Narrowed {
    /// The serial number of the whole record.
    of: u64,
    record: Arc<KeyRecord>,
}

impl Known {
    /// Whether it would be verified again: its signer is still known, and nothing about it has changed.
    pub(super) fn still_holds(&self, snapshot: &Snapshot, key_sets: &KeySets, now: i64) -> bool {
        let is_in_force = |set: &FromSet| key_sets.version(&set.url, now) == Some(set.version);
        match self {
            Self::Access(grant) => snapshot.signing_keys().keys().iter().any(|key| key.answers_to(&grant.signed_with)),
            Self::Signed(signed) => {
                let is_same = |record: &Arc<KeyRecord>| record.generation() <= signed.generation;
                signed.record(snapshot).is_some_and(is_same) && signed.set.as_ref().is_none_or(is_in_force)
            }
            Self::Issued(issued) => {
                let is_same = |record: &Arc<KeyRecord>| {
                    record.credential_id == issued.credential && record.generation() <= issued.generation
                };
                issued.record(snapshot).is_some_and(is_same) && is_in_force(&issued.set)
            }
        }
    }

    /// The record that it presents now, judged.
    pub(super) fn present<'s>(
        &self,
        presented: Presentation<'_>,
        snapshot: &'s Snapshot,
        lent: &'s Lent,
        now: i64,
    ) -> Result<&'s Arc<KeyRecord>, Refused<'s>> {
        match self {
            Self::Access(grant) => grant.present(presented.certificate, snapshot, lent, now),
            Self::Signed(signed) => judge(signed.record(snapshot), now),
            Self::Issued(issued) => judge(issued.record(snapshot), now),
        }
    }
}

impl Signed {
    /// The credential, as it is now.
    pub(super) fn record<'s>(&self, snapshot: &'s Snapshot) -> Option<&'s Arc<KeyRecord>> {
        let signers = &snapshot.held().key(self.key)?.signers;
        signers.iter().map(|signer| &signer.record).find(|record| record.credential_id == Some(self.credential))
    }
}

impl Issued {
    /// What its subject presents, as it is now.
    fn record<'s>(&self, snapshot: &'s Snapshot) -> Option<&'s Arc<KeyRecord>> {
        snapshot.held().subject(&self.issuer, &self.subject)
    }
}

impl AccessGrant {
    pub(super) fn present<'s>(
        &self,
        certificate: Option<Thumbprint>,
        snapshot: &'s Snapshot,
        lent: &'s Lent,
        now: i64,
    ) -> Result<&'s Arc<KeyRecord>, Refused<'s>> {
        let key = snapshot.held().key(self.key).map(|key| &key.token);
        if self.certificate.is_some() && self.certificate != certificate {
            return Err((JwtFault::Binding.refusal(), key));
        }
        if snapshot.is_revoked_token(&self.jti) {
            return Err((JwtFault::Revoked.refusal(), key));
        }
        let whole = judge(key, now)?;
        match &self.scopes {
            Some(scopes) if !covers_all(scopes, &whole.key.scopes) => Ok(lent.alloc(self.narrow(whole, scopes))),
            _ => Ok(whole),
        }
    }

    /// What the token leaves of a record, worked out once for each.
    fn narrow(&self, whole: &KeyRecord, scopes: &[Scope]) -> Arc<KeyRecord> {
        if let Some(known) = self.narrowed.load().as_ref().filter(|known| known.of == whole.serial) {
            return Arc::clone(&known.record);
        }
        let record = Arc::new(whole.narrowed_to(scopes));
        self.narrowed.store(Some(Arc::new(Narrowed { of: whole.serial, record: Arc::clone(&record) })));
        record
    }
}

/// Whether a token that grants these leaves a key all that it has.
fn covers_all(granted: &[Scope], all: &[Scope]) -> bool {
    all.iter().all(|scope| granted.iter().any(|granted| granted.covers_scope(scope)))
}

/// A record that is there and may be used.
pub(super) fn judge(record: Option<&Arc<KeyRecord>>, now: i64) -> Result<&Arc<KeyRecord>, Refused<'_>> {
    let record = record.ok_or((Refusal::Unknown, None))?;
    record.judge(now).map_err(|refusal| (refusal, Some(record)))?;
    Ok(record)
}
