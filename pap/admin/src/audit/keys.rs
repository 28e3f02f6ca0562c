//! The keys of the audit: made once, kept wrapped.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use argus_credentials::{MasterKey, MasterKeyError, NoRandomness, Place};
use argus_store::audit::Checkpoint;
use argus_store::wrapped_key::{self, NewWrappedKey, WrappedKey};
use argus_store::{Act, OrganisationId, Store, StoreError, WrappedKeyId};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;
use aws_lc_rs::rand;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use zeroize::Zeroizing;

/// The purpose under which the key that signs checkpoints is kept.
pub(crate) const SIGNING: &str = "audit";

/// The purpose under which the key of the digests of names is kept.
pub(crate) const NAMES: &str = "audit_names";

/// Why the audit has no keys.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuditKeyError {
    /// The store can't be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A key can't be wrapped, or its envelope doesn't open.
    #[error("the audit's key can't be opened: {0}")]
    Sealed(#[from] MasterKeyError),
    /// No key can be drawn.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// An envelope holds something else.
    #[error("what is kept as a key of the audit is none")]
    Form,
}

/// The keys of the audit, opened.
pub struct AuditKeys {
    signing: Ed25519KeyPair,
    /// Public keys by their id; those of earlier signing keys among them.
    public: BTreeMap<String, PublicKey>,
    key_id: String,
    names: hmac::Key,
    master: Arc<MasterKey>,
}

/// A public key that checkpoints are checked with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// Reads the JWK of an Ed25519 key (RFC 8037 §2).
    pub fn of_jwk(jwk: &Value) -> Option<Self> {
        let is_it = jwk.get("kty")? == "OKP" && jwk.get("crv")? == "Ed25519";
        let octets = URL_SAFE_NO_PAD.decode(jwk.get("x")?.as_str().filter(|_| is_it)?).ok()?;
        octets.try_into().ok().map(Self)
    }

    /// Its JWK.
    pub fn to_jwk(&self) -> Value {
        json!({ "kty": "OKP", "crv": "Ed25519", "x": self.text(), "kid": self.id() })
    }

    /// Its thumbprint (RFC 7638).
    pub fn id(&self) -> String {
        let canonical = format!("{{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"{}\"}}", self.text());
        URL_SAFE_NO_PAD.encode(digest(&SHA256, canonical.as_bytes()))
    }

    /// Whether it has signed a checkpoint.
    pub fn has_signed(&self, checkpoint: &Checkpoint) -> bool {
        self.has_signed_text(checkpoint.statement().as_bytes(), &checkpoint.signature)
    }

    /// Whether it has signed some octets; the signature in base64url.
    pub(crate) fn has_signed_text(&self, octets: &[u8], signature: &str) -> bool {
        let Ok(signature) = URL_SAFE_NO_PAD.decode(signature) else { return false };
        UnparsedPublicKey::new(&ED25519, &self.0).verify(octets, &signature).is_ok()
    }

    fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

impl AuditKeys {
    /// Opens the keys; those that an installation lacks are made, in the name of the organisation that runs it.
    pub fn open(
        store: &Store,
        master: &Arc<MasterKey>,
        host: OrganisationId,
        at: DateTime<Utc>,
    ) -> Result<Self, AuditKeyError> {
        let all = find_or_make(store, master, SIGNING, host, at)?;
        let mut public = BTreeMap::new();
        let mut signing = None;
        for row in &all {
            let pair = Ed25519KeyPair::from_seed_unchecked(&*unwrap(row, master)?).map_err(|_| AuditKeyError::Form)?;
            let octets = pair.public_key().as_ref().try_into().map_err(|_| AuditKeyError::Form)?;
            let key = PublicKey(octets);
            if row.retired_at.is_none() {
                signing = Some((pair, key.id()));
            }
            public.insert(key.id(), key);
        }
        let (signing, key_id) = signing.ok_or(AuditKeyError::Form)?;
        let names = find_or_make(store, master, NAMES, host, at)?;
        let names = unwrap(names.last().ok_or(AuditKeyError::Form)?, master)?;
        let names = hmac::Key::new(hmac::HMAC_SHA256, &*names);
        Ok(Self { signing, public, key_id, names, master: Arc::clone(master) })
    }

    /// The public keys, by their ids.
    pub fn public(&self) -> &BTreeMap<String, PublicKey> {
        &self.public
    }

    /// The name of the master key under which they are kept.
    pub fn master_key_name(&self) -> &str {
        self.master.name()
    }

    /// The id of the key that signs.
    pub(crate) fn key_id(&self) -> &str {
        &self.key_id
    }

    /// The key that signs.
    pub(crate) fn own(&self) -> Option<&PublicKey> {
        self.public.get(&self.key_id)
    }

    /// The signature of a text that says itself what it is, in base64url.
    pub(crate) fn sign_text(&self, text: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.signing.sign(text.as_bytes()))
    }

    /// Signs a checkpoint.
    pub(super) fn sign(&self, mut checkpoint: Checkpoint) -> Checkpoint {
        checkpoint.key_id.clone_from(&self.key_id);
        checkpoint.signature = self.sign_text(&checkpoint.statement());
        checkpoint
    }

    pub(super) fn names(&self) -> &hmac::Key {
        &self.names
    }

    pub(super) fn master(&self) -> &MasterKey {
        &self.master
    }
}

/// The keys of a purpose, by version; the first is made where there is none. Of several nodes, one makes it.
fn find_or_make(
    store: &Store,
    master: &MasterKey,
    purpose: &str,
    host: OrganisationId,
    at: DateTime<Utc>,
) -> Result<Vec<WrappedKey>, AuditKeyError> {
    let found = store.read(|conn| wrapped_key::list(conn, purpose))?;
    if !found.is_empty() {
        return Ok(found);
    }
    let mut octets = Zeroizing::new([0; 32]);
    rand::fill(&mut *octets).map_err(|_| NoRandomness)?;
    let id = WrappedKeyId::new(at);
    let envelope = master.wrap(&*octets, place(&id.to_string(), 1))?;
    let new = NewWrappedKey { id, purpose: purpose.to_owned(), version: 1, envelope };
    let act = Act::of_host(host, at, "first start");
    match store.write(|conn| wrapped_key::create(conn, &act, &new)) {
        Ok(_) | Err(StoreError::AlreadyExists { .. }) => Ok(store.read(|conn| wrapped_key::list(conn, purpose))?),
        Err(error) => Err(error.into()),
    }
}

fn unwrap(row: &WrappedKey, master: &MasterKey) -> Result<Zeroizing<[u8; 32]>, AuditKeyError> {
    let opened = master.unwrap(&row.envelope, place(&row.id.to_string(), row.version))?;
    Ok(Zeroizing::new(opened.as_slice().try_into().map_err(|_| AuditKeyError::Form)?))
}

/// What an envelope is bound to.
fn place(id: &str, version: i32) -> Place<'_> {
    Place { table: "wrapped_keys", row: id, version: version.unsigned_abs() }
}

impl fmt::Debug for AuditKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuditKeys").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}
