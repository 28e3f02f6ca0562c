//! What decisions are made by: credentials, organisations and policies as of one moment, never changed, swapped whole.
//!
//! A request takes the snapshot in force once and sees nothing newer. The keeper makes the next one beside it.

mod certificates;
mod chain;
mod credential;
mod held;
mod inherited;
mod keeper;
mod key;
mod organisation_limits;
mod read;
mod record;
mod register;
mod stopped;
mod supposed;
mod tag_keys;
mod tokens;
mod uses;

use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use arc_swap::{ArcSwap, Guard};
use argus_credentials::{CredentialId, Records, Snapshots, Stronger, TagKeys, jwt};
use rustc_hash::FxHashMap;

pub(crate) use held::{Held, Signer, SignerKeys};
pub(crate) use keeper::{Kept, Sources};
pub use key::KeyView;
pub(crate) use key::value;
pub use record::{KeyRecord, SecretRecord};
pub use supposed::SupposedKey;
pub use tag_keys::{TAG_PURPOSE, TagKeySource, TagKeySourceError, tag_version, wrap_tag_key};
pub(crate) use uses::{Origin, RotationUses};

use crate::names::ARGUS;
use crate::places::Places;
use crate::policies::{DomainPolicy, InForce};
use certificates::Certificates;
use tokens::RevokedTokens;
use uses::Uses;

/// One moment of everything that decisions depend on.
#[derive(Debug)]
pub struct Snapshot {
    /// Counts the snapshots of this process: what was worked out under another number may no longer hold.
    pub(crate) revision: u64,
    /// The last line of the change feed that it takes in.
    pub(crate) sequence: i64,
    tag_keys: Arc<TagKeys>,
    held: Arc<Held>,
    certificates: Arc<Certificates>,
    /// What access tokens of this installation are verified with.
    signing_keys: Arc<jwt::KeySet>,
    revoked_tokens: Arc<RevokedTokens>,
    domains: Arc<Domains>,
    pub(crate) policies: Arc<InForce>,
    pub(crate) places: Places,
}

/// The organisations by name.
type Domains = FxHashMap<Arc<str>, Domain>;

/// An organisation as a policy domain.
#[derive(Debug)]
pub(crate) struct Domain {
    /// Its name.
    pub(crate) organisation: Arc<str>,
    /// Tells it from the other domains of this snapshot.
    pub(crate) number: u32,
    /// What decides here.
    pub(crate) policy: Arc<DomainPolicy>,
}

impl Snapshot {
    /// The domain of an organisation; `None` where there is no such organisation.
    pub(crate) fn domain(&self, organisation: &str) -> Option<&Domain> {
        self.domains.get(organisation)
    }

    /// The keys, by what is presented of them.
    pub(crate) fn held(&self) -> &Held {
        &self.held
    }

    /// What client certificates present.
    pub(crate) fn certificates(&self) -> &Certificates {
        &self.certificates
    }

    /// What access tokens of this installation are verified with.
    pub(crate) fn signing_keys(&self) -> &jwt::KeySet {
        &self.signing_keys
    }

    /// Whether an access token was revoked by itself.
    pub(crate) fn is_revoked_token(&self, jti: &str) -> bool {
        self.revoked_tokens.contains(jti)
    }

    /// The uses since this was last asked.
    fn take_uses(&self) -> Uses {
        let mut uses = Uses::default();
        self.held.keys().for_each(|key| key.token.key.take_uses(&mut uses));
        uses
    }

    /// The same, of keys that were used for the first time.
    fn take_first_uses(&self) -> Uses {
        let mut uses = Uses::default();
        let keys = self.held.keys().map(|key| &key.token.key);
        keys.filter(|key| key.is_first_use()).for_each(|key| key.take_uses(&mut uses));
        uses
    }

    /// How many secrets it holds.
    pub fn credentials_len(&self) -> usize {
        self.held.secrets.len()
    }
}

impl Records for Snapshot {
    type Record = SecretRecord;

    fn tag_keys(&self) -> &TagKeys {
        &self.tag_keys
    }

    fn find(&self, id: &CredentialId) -> Option<&Arc<SecretRecord>> {
        self.held.secrets.get(id)
    }
}

/// The place of the snapshot in force.
#[derive(Debug, Clone)]
pub(crate) struct Current {
    snapshot: Arc<ArcSwap<Snapshot>>,
    /// Where stronger hashes are taken to.
    stronger: SyncSender<Stronger>,
}

impl Current {
    pub(crate) fn new(first: Snapshot, stronger: SyncSender<Stronger>) -> Self {
        Self { snapshot: Arc::new(ArcSwap::from_pointee(first)), stronger }
    }

    pub(crate) fn load(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    /// The same for a look that ends at once: half as dear, and an older snapshot lives no longer for it.
    pub(crate) fn glance(&self) -> Guard<Arc<Snapshot>> {
        self.snapshot.load()
    }

    fn store(&self, next: Snapshot) {
        self.snapshot.store(Arc::new(next));
    }
}

impl Snapshots for Current {
    type Records = Snapshot;

    fn current(&self) -> Arc<Snapshot> {
        self.load()
    }

    fn take_stronger(&self, stronger: Stronger) {
        // Where the queue is full, a later use of the key asks again.
        let _ = self.stronger.try_send(stronger);
    }
}

/// The organisation `argus` is there from the start: its domain decides where a request names no other.
fn domains(organisations: &[String], policies: &InForce) -> Domains {
    let names = std::iter::once(ARGUS).chain(organisations.iter().map(String::as_str).filter(|name| *name != ARGUS));
    let domains = (0..).zip(names).map(|(number, name)| {
        let organisation: Arc<str> = name.into();
        let policy = Arc::clone(policies.of(name));
        (Arc::clone(&organisation), Domain { organisation, number, policy })
    });
    domains.collect()
}
