//! The keys of a snapshot, and what they are found by: a secret, the key's own id, a subject of an issuer.

use std::collections::HashMap;
use std::sync::Arc;

use argus_credentials::{CredentialId, State, jwt};
use argus_store::KeyId;
use rustc_hash::{FxHashMap, FxHashSet};

use super::certificates::{CertificateName, Certificates};
use super::record::{KeyRecord, SecretRecord};

/// All keys, by what is presented of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Held {
    /// The plain map that every request with a key looks into.
    pub(super) secrets: FxHashMap<CredentialId, Arc<SecretRecord>>,
    keys: FxHashMap<KeyId, Arc<HeldKey>>,
    /// Subjects by issuer. What is looked up in it comes with requests: the hash is one that a stranger can't aim at.
    subjects: HashMap<Box<str>, HashMap<Box<str>, Arc<KeyRecord>>>,
}

/// A key with what is presented of it besides its secrets.
#[derive(Debug)]
pub(crate) struct HeldKey {
    /// As an access token presents it.
    pub(crate) token: Arc<KeyRecord>,
    /// The public keys that its holder signs for.
    pub(crate) signers: Box<[Signer]>,
    /// The client certificates that present it.
    pub(crate) certificates: Box<[CertificateRecord]>,
}

/// A credential that signed tokens are verified with.
#[derive(Debug, Clone)]
pub(crate) struct Signer {
    pub(crate) record: Arc<KeyRecord>,
    pub(crate) keys: SignerKeys,
}

/// Where the public key is.
#[derive(Debug, Clone)]
pub(crate) enum SignerKeys {
    /// Here.
    One(Arc<jwt::PublicKey>),
    /// In a set that is fetched.
    Url { url: Arc<str>, algorithms: Arc<[jwt::Algorithm]> },
}

/// A credential that client certificates are compared with.
#[derive(Debug, Clone)]
pub(crate) struct CertificateRecord {
    pub(crate) record: Arc<KeyRecord>,
    pub(crate) names: Arc<[CertificateName]>,
}

/// What one key adds to the whole.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) id: KeyId,
    pub(super) key: HeldKey,
    pub(super) secrets: Vec<(CredentialId, SecretRecord)>,
    /// Issuer, subject and what it presents.
    pub(super) subjects: Vec<(Arc<str>, Arc<str>, Arc<KeyRecord>)>,
}

impl Held {
    /// The key of this id, and what is presented of it.
    pub(crate) fn key(&self, id: KeyId) -> Option<&Arc<HeldKey>> {
        self.keys.get(&id)
    }

    /// All client certificates, by what they are known by.
    pub(super) fn certificates(&self) -> Certificates {
        let mut all = Certificates::default();
        for certificate in self.keys.values().flat_map(|key| &key.certificates) {
            certificate.names.iter().for_each(|name| all.add(name, &certificate.record));
        }
        all
    }

    /// All keys.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &Arc<HeldKey>> {
        self.keys.values()
    }

    /// What a subject of an issuer presents.
    pub(crate) fn subject(&self, issuer: &str, subject: &str) -> Option<&Arc<KeyRecord>> {
        self.subjects.get(issuer)?.get(subject)
    }

    pub(super) fn add(&mut self, parts: Parts) {
        self.keys.insert(parts.id, Arc::new(parts.key));
        self.secrets.extend(parts.secrets.into_iter().map(|(id, secret)| (id, Arc::new(secret))));
        for (issuer, subject, record) in parts.subjects {
            let of_issuer = self.subjects.entry((&*issuer).into()).or_default();
            // Of those that a subject presented one after the other, the one that is in use says what is to be said.
            let is_in_use = |record: &KeyRecord| record.state != State::Revoked;
            let older = of_issuer.get(&*subject);
            if older.is_none_or(|older| is_in_use(&record) || !is_in_use(older)) {
                of_issuer.insert((&*subject).into(), record);
            }
        }
    }

    pub(super) fn remove(&mut self, keys: &FxHashSet<KeyId>) {
        self.keys.retain(|id, _| !keys.contains(id));
        self.secrets.retain(|_, secret| !keys.contains(&secret.record.key.id));
        self.subjects.retain(|_, of_issuer| {
            of_issuer.retain(|_, record| !keys.contains(&record.key.id));
            !of_issuer.is_empty()
        });
    }

    /// What was noted of uses goes on with the new records.
    pub(super) fn take_over_uses(&self, before: &Self) {
        for (id, key) in &self.keys {
            let (now, before) = (&key.token.key, before.keys.get(id).map(|before| &before.token.key));
            let before = before.filter(|before| !Arc::ptr_eq(before, now));
            if let Some(before) = before {
                now.take_over_uses(before);
            }
        }
    }
}
