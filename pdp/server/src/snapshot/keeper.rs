//! Makes the next snapshot when the store, the change feed or the policies have something new.
//!
//! One keeper, behind a lock: a thread of its own looks twice a second and whenever it is woken, and an act of this
//! process may ask to be taken in before it is acknowledged. Decisions never wait for it.

use std::sync::mpsc::{Sender, SyncSender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use argus_credentials::{Hasher, Stronger, TagKeys, jwt};
use argus_engine::limits::Limits;
use argus_store::{Conn, Store, StoreError, credential, key, read_clock};
use chrono::{TimeDelta, Utc};
use tracing::{error, info, warn};

use super::read::{Keys, Update, read_everything, read_update};
use super::register::Register;
use super::tag_keys::TagKeySource;
use super::tokens::{RevokedTokens, read_signing_keys};
use super::uses::{RotationUses, Uses};
use super::{Current, Snapshot, domains};
use crate::clock::ahead_milliseconds;
use crate::error::StartError;
use crate::health::{Health, Stamp};
use crate::moment::Moment;
use crate::places::{PlaceFiles, Places};
use crate::policies::{
    DocumentSet, Fingerprint, Folder, Identity, InForce, Origin, PolicyFault, build, import, read_stored,
};
use crate::presence::Message;

/// What a keeper works from.
pub(crate) struct Sources {
    pub(crate) store: Store,
    pub(crate) tag_keys: TagKeySource,
    pub(crate) hasher: Hasher,
    pub(crate) folder: Option<Folder>,
    pub(crate) limits: Limits,
    pub(crate) places: PlaceFiles,
    /// Told of every snapshot.
    pub(crate) applied: Sender<Message>,
    /// Where stronger hashes of stored secrets are taken to.
    pub(crate) stronger: SyncSender<Stronger>,
}

/// Makes snapshots.
pub(crate) struct Keeper {
    sources: Sources,
    register: Register,
    organisations: Vec<String>,
    tag_keys: Arc<TagKeys>,
    signing_keys: Arc<jwt::KeySet>,
    revoked_tokens: Arc<RevokedTokens>,
    policies: Arc<InForce>,
    places: Places,
    /// The digest of the documents in force, where they came from the folder.
    in_force: Option<[u8; 32]>,
    /// What the folder looked like when it was last read.
    fingerprint: Fingerprint,
    /// Whether the folder has to be read again whatever it looks like.
    unsettled: bool,
    sequence: i64,
    revision: u64,
    current: Current,
    health: Arc<Health>,
}

/// A keeper with its place.
pub(crate) struct Kept {
    keeper: Mutex<Keeper>,
    pub(crate) current: Current,
    pub(crate) health: Arc<Health>,
    pub(crate) rotation_uses: Arc<RotationUses>,
}

impl Kept {
    /// Reads everything and puts the first snapshot in force. `read_one` is called for each policy and policy set when it
    /// was read.
    pub(crate) fn open(sources: Sources, read_one: &mut dyn FnMut()) -> Result<Self, StartError> {
        let keeper = Keeper::open(sources, read_one)?;
        let (current, health) = (keeper.current.clone(), Arc::clone(&keeper.health));
        let rotation_uses = Arc::clone(keeper.register.rotation_uses());
        Ok(Self { keeper: Mutex::new(keeper), current, health, rotation_uses })
    }

    /// Takes in what the change feed has. Blocks.
    pub(crate) fn refresh(&self) -> Result<(), StoreError> {
        self.lock().refresh()
    }

    /// Writes down when keys were last used. What can't be written is noted again with the next use. Blocks.
    pub(crate) fn write_uses(&self) {
        self.write(&self.current.load().take_uses());
    }

    /// Writes down which keys, and which of their credentials, were used for the first time. Blocks.
    pub(crate) fn write_first_uses(&self) {
        if self.rotation_uses.take_first() {
            self.write(&self.current.load().take_first_uses());
        }
    }

    fn write(&self, uses: &Uses) {
        if uses.is_empty() {
            return;
        }
        let written = self.store().write_aside(|conn| {
            key::touch_last_used(conn, &uses.keys)?;
            credential::touch_last_used(conn, &uses.credentials)?;
            credential::note_callers(conn, &uses.callers)
        });
        if let Err(cause) = written {
            warn!("when {} keys were last used was not written down: {cause}", uses.keys.len());
        }
    }

    /// Reads the policy folder again where it looks different. Blocks.
    pub(crate) fn look_at_folder(&self) {
        self.lock().look_at_folder();
    }

    /// Reads the policy folder again, or the stored set where there is no folder. Blocks.
    pub(crate) fn reload_policies(&self) -> Result<(), PolicyFault> {
        self.lock().reload_policies()
    }

    /// Where everything is kept.
    pub(crate) fn store(&self) -> Store {
        self.lock().sources.store.clone()
    }

    /// Tells where addresses are by these databases from here on.
    pub(crate) fn use_places(&self, places: Places) {
        let mut keeper = self.lock();
        keeper.places = places;
        keeper.publish();
    }

    fn lock(&self) -> MutexGuard<'_, Keeper> {
        // Whatever a panic left half done is not published; the next refresh begins from the published state.
        self.keeper.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Keeper {
    fn open(sources: Sources, read_one: &mut dyn FnMut()) -> Result<Self, StartError> {
        // A token that has just expired is believed for a little longer where clocks differ.
        let at = Utc::now() - TimeDelta::seconds(2 * jwt::LONGEST_LEEWAY_SECONDS);
        let begun = Stamp::now();
        let health = Arc::new(Health::new(begun));
        let everything = sources.store.read(|conn| {
            compare_clocks(conn, &health)?;
            read_everything(conn, at)
        })?;
        let tag_keys = sources.tag_keys.load(&sources.store)?;
        let places = Places::read(&sources.places)?;
        let mut register = Register::new(sources.hasher);
        for (of, limits) in everything.limits {
            register.take_in_limits(of, limits);
        }
        register.replace(everything.credentials);
        let signing_keys = Arc::new(read_signing_keys(&everything.signing_keys));
        let revoked_tokens: Arc<RevokedTokens> = Arc::new(everything.revoked_tokens.into_iter().collect());
        let fingerprint = sources.folder.as_ref().map(Folder::fingerprint).unwrap_or_default();
        let First { policies, in_force, is_kept } = first_policies(&sources, &health, read_one)?;
        let domains = Arc::new(domains(&everything.organisations, &policies));
        let first = Snapshot {
            revision: 1,
            sequence: everything.sequence,
            tag_keys: Arc::clone(&tag_keys),
            held: Arc::clone(register.held()),
            certificates: Arc::clone(register.certificates()),
            signing_keys: Arc::clone(&signing_keys),
            revoked_tokens: Arc::clone(&revoked_tokens),
            domains,
            policies: Arc::clone(&policies),
            places: places.clone(),
        };
        let current = Current::new(first, sources.stronger.clone());
        Ok(Self {
            sources,
            register,
            organisations: everything.organisations,
            tag_keys,
            signing_keys,
            revoked_tokens,
            policies,
            places,
            in_force,
            fingerprint,
            unsettled: !is_kept,
            sequence: everything.sequence,
            revision: 1,
            current,
            health,
        })
    }

    fn refresh(&mut self) -> Result<(), StoreError> {
        let (since, register, begun) = (self.sequence, &self.register, Stamp::now());
        // So that what ends now has ended for good, though nobody asks for it before the clock is turned back.
        self.health.latest.at_least(begun.wall.seconds);
        let read = |conn: &mut Conn| {
            compare_clocks(conn, &self.health)?;
            read_update(conn, since, register)
        };
        let update = match self.sources.store.read(read) {
            Ok(update) => update,
            Err(cause) => {
                if self.health.store_failed(&cause) {
                    warn!("the store can't be read, deciding by the last snapshot: {cause}");
                }
                return Err(cause);
            }
        };
        if self.health.store_was_read(begun) {
            info!("the store is read again");
        }
        if let Some(update) = update {
            self.apply(update);
        }
        Ok(())
    }

    fn apply(&mut self, update: Update) {
        let limits = update.limits.into_iter();
        let limited: Vec<_> = limits.flat_map(|(of, limits)| self.register.take_in_limits(of, limits)).collect();
        match update.keys {
            Keys::Unchanged if limited.is_empty() => {}
            Keys::Unchanged => self.register.update(Vec::new(), limited),
            Keys::Some(changed) => self.register.update(changed, limited),
            Keys::All(rows) => self.register.replace(rows),
        }
        if let Some(names) = update.organisations {
            self.organisations = names;
        }
        if update.wrapped_keys {
            self.reload_tag_keys();
        }
        if let Some(rows) = update.signing_keys {
            self.signing_keys = Arc::new(read_signing_keys(&rows));
        }
        if !update.revoked_tokens.is_empty() {
            // Forgotten is only what is refused without it, by the same clock.
            let now = self.health.latest.at_least(Moment::now().seconds);
            Arc::make_mut(&mut self.revoked_tokens).extend(update.revoked_tokens, now);
        }
        // Our own import comes back as a line as well.
        if update.policies && self.policies.origin != Origin::Folder {
            // What failed stays in the log and in the health.
            let _ = self.reload_policies();
        }
        self.sequence = update.sequence;
        self.publish();
        // A clock that is behind the other node's has waited for nothing.
        let lag = (Utc::now() - update.since).to_std().unwrap_or_default();
        self.health.feed_lag.observe(lag.as_secs_f64());
    }

    fn reload_tag_keys(&mut self) {
        match self.sources.tag_keys.load(&self.sources.store) {
            Ok(keys) => self.tag_keys = keys,
            Err(cause) => error!("keeping the tag keys that were in use: {cause}"),
        }
    }

    fn publish(&mut self) {
        self.revision += 1;
        self.current.store(Snapshot {
            revision: self.revision,
            sequence: self.sequence,
            tag_keys: Arc::clone(&self.tag_keys),
            held: Arc::clone(self.register.held()),
            certificates: Arc::clone(self.register.certificates()),
            signing_keys: Arc::clone(&self.signing_keys),
            revoked_tokens: Arc::clone(&self.revoked_tokens),
            domains: Arc::new(domains(&self.organisations, &self.policies)),
            policies: Arc::clone(&self.policies),
            places: self.places.clone(),
        });
        // Where nobody else is told, nobody listens.
        let _ = self.sources.applied.send(Message::Applied);
    }

    fn look_at_folder(&mut self) {
        let Some(folder) = &self.sources.folder else { return };
        let seen = folder.fingerprint();
        if !self.unsettled && seen == self.fingerprint {
            return;
        }
        self.fingerprint = seen;
        // What failed stays in the log and in the health.
        let _ = self.reload_policies();
    }

    /// Reads, checks, stores and switches; keeps what is in force where any of it fails.
    fn reload_policies(&mut self) -> Result<(), PolicyFault> {
        let outcome = self.read_policies();
        match &outcome {
            Ok(()) => self.health.policies_are_good(),
            Err(fault) => {
                if self.health.policies_failed(fault) {
                    error!("keeping the policies that are in force: {fault}");
                }
            }
        }
        outcome
    }

    fn read_policies(&mut self) -> Result<(), PolicyFault> {
        let folder = self.sources.folder.as_ref().filter(|folder| folder.exists());
        let Some(folder) = folder else {
            return match self.policies.origin {
                // Without this, a folder that is away for a moment would put an older set in force.
                Origin::Folder => Err(PolicyFault::of_file(self.folder_name(), "the policy folder is gone")),
                Origin::Store | Origin::Shipped => self.read_stored_policies(),
            };
        };
        let set = folder.read()?;
        let digest = set.digest();
        if !self.unsettled && self.in_force == Some(digest) {
            return Ok(());
        }
        let (policies, identities) = build(&set, Origin::Folder, self.sources.limits, &mut || {})?;
        self.unsettled = true;
        let is_kept = store_policies(&self.sources.store, &set, &identities).map_err(of_store)?;
        self.unsettled = !is_kept;
        if self.in_force.replace(digest) != Some(digest) {
            self.switch(policies);
        }
        Ok(())
    }

    fn read_stored_policies(&mut self) -> Result<(), PolicyFault> {
        let stored = self.sources.store.read(read_stored).map_err(of_store)?;
        let Some(set) = stored else { return Ok(()) };
        let (policies, _) = build(&set, Origin::Store, self.sources.limits, &mut || {})?;
        self.switch(policies);
        Ok(())
    }

    fn switch(&mut self, policies: InForce) {
        let (documents, origin) = (policies.documents, policies.origin);
        info!(policy.documents = documents, policy.origin = %origin, "{documents} policy documents are in force");
        self.policies = Arc::new(policies);
        self.publish();
    }

    fn folder_name(&self) -> String {
        self.sources.folder.as_ref().map(|folder| folder.path().display().to_string()).unwrap_or_default()
    }
}

/// Notes how far this machine's clock is from the database's, where that has its own.
fn compare_clocks(conn: &mut Conn, health: &Health) -> Result<(), StoreError> {
    let before = Moment::now();
    if let Some(there) = read_clock(conn)? {
        health.clock_is_ahead(ahead_milliseconds(before, there, Moment::now()));
    }
    Ok(())
}

/// The policies to begin with.
struct First {
    policies: Arc<InForce>,
    in_force: Option<[u8; 32]>,
    is_kept: bool,
}

/// The folder; where it has a fault, or there is none, the stored set; where nothing was ever stored, the copy inside
/// the program. A fault of the only set there is refuses the start: to decide by other policies than were meant is worse.
fn first_policies(sources: &Sources, health: &Health, read_one: &mut dyn FnMut()) -> Result<First, StartError> {
    let stored = || sources.store.read(read_stored);
    let Some(folder) = sources.folder.as_ref().filter(|folder| folder.exists()) else {
        let (set, origin) = match stored()? {
            Some(set) => (set, Origin::Store),
            None => (DocumentSet::shipped(), Origin::Shipped),
        };
        let (policies, _) = build(&set, origin, sources.limits, read_one)?;
        return Ok(First { policies: Arc::new(policies), in_force: None, is_kept: true });
    };
    let read = folder.read().and_then(|set| Ok((build(&set, Origin::Folder, sources.limits, read_one)?, set)));
    match read {
        Ok(((policies, identities), set)) => {
            let is_kept = store_policies(&sources.store, &set, &identities)?;
            Ok(First { policies: Arc::new(policies), in_force: Some(set.digest()), is_kept })
        }
        Err(fault) => {
            let Some(set) = stored()? else { return Err(fault.into()) };
            let (policies, _) = build(&set, Origin::Store, sources.limits, read_one)?;
            health.policies_failed(&fault);
            error!("beginning with the policies that were last in force: {fault}");
            Ok(First { policies: Arc::new(policies), in_force: None, is_kept: true })
        }
    }
}

/// `false` where the store has no organisation `argus` yet, in whose name policies are kept.
fn store_policies(store: &Store, set: &DocumentSet, identities: &[Identity]) -> Result<bool, StoreError> {
    store.write(|conn| import(conn, set, identities))
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn of_store(cause: StoreError) -> PolicyFault {
    PolicyFault::of_file("the store", cause.to_string())
}
