//! Keys and credentials as the store has them, and the records that are made of them.
//!
//! A record depends on its key, that key's project and organisation, and every key above. When one of these changes,
//! the records of the key and of all keys below it are made anew; the others stay the very same records.

use std::sync::Arc;

use argus_credentials::{Hasher, State};
use argus_engine::scope::Scope;
use argus_store::key::{Key, KeyState};
use argus_store::snapshot::CredentialRecord;
use argus_store::{KeyId, Limit, OrganisationId, ProjectId};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use rustc_hash::{FxHashMap, FxHashSet};
use tracing::error;

use super::certificates::Certificates;
use super::chain::intersect;
use super::credential::{CredentialRow, Proof};
use super::held::{CertificateRecord, Held, HeldKey, Parts, Signer, SignerKeys};
use super::inherited::narrow;
use super::key::{KeyParts, KeyView, LevelConditions};
use super::organisation_limits::OrganisationLimits;
use super::record::{KeyRecord, RecordParts, SecretRecord};
use super::stopped::Stopped;
use super::uses::{CredentialUses, RotationUses, Turn};
use crate::authentication::Method;
use crate::limits::{Attempts, KeyLimits, Level, PriceList, Source};

/// More keys above one than anything sensible makes. A chain that is longer, or closes into a ring, grants nothing.
const LONGEST_CHAIN: usize = 64;

/// All that was read of keys.
#[derive(Debug)]
pub(super) struct Register {
    hasher: Hasher,
    keys: FxHashMap<KeyId, KeyRow>,
    organisations: FxHashMap<Box<str>, Arc<str>>,
    /// Of the organisations that have any.
    limits: FxHashMap<OrganisationId, OrganisationLimits>,
    held: Arc<Held>,
    rotation_uses: Arc<RotationUses>,
    certificates: Arc<Certificates>,
}

#[derive(Debug)]
struct KeyRow {
    name: Box<str>,
    owner: Box<str>,
    organisation_id: OrganisationId,
    organisation: Arc<str>,
    project_id: Option<ProjectId>,
    project: Option<Box<str>>,
    parent: Option<KeyId>,
    scopes: Vec<Scope>,
    limits: Vec<Limit>,
    /// Whose days and months its quotas follow.
    zone: Tz,
    attempts: Attempts,
    is_durable: bool,
    conditions: LevelConditions,
    state: State,
    stopped: Option<Stopped>,
    not_before: Option<i64>,
    expires_at: Option<i64>,
    generation: u64,
    last_used_at: Option<DateTime<Utc>>,
    credentials: Vec<CredentialRow>,
}

/// What the chain above a key leaves of it.
struct Chain<'r> {
    above: Vec<KeyId>,
    scopes: Vec<Scope>,
    limits: Vec<Source<'r>>,
    state: State,
    stopped: Option<Stopped>,
    not_before: Option<i64>,
    expires_at: Option<i64>,
    generation: u64,
}

impl Register {
    pub(super) fn new(hasher: Hasher) -> Self {
        Self {
            hasher,
            keys: FxHashMap::default(),
            organisations: FxHashMap::default(),
            limits: FxHashMap::default(),
            held: Arc::default(),
            rotation_uses: Arc::default(),
            certificates: Arc::default(),
        }
    }

    /// How often older and newer secrets of rotated keys are used.
    pub(super) fn rotation_uses(&self) -> &Arc<RotationUses> {
        &self.rotation_uses
    }

    pub(super) fn held(&self) -> &Arc<Held> {
        &self.held
    }

    pub(super) fn certificates(&self) -> &Arc<Certificates> {
        &self.certificates
    }

    /// Takes in everything anew.
    pub(super) fn replace(&mut self, rows: Vec<CredentialRecord>) {
        let before = std::mem::take(&mut self.keys);
        self.organisations.clear();
        for row in rows {
            self.take_in(row);
        }
        for (id, row) in &mut self.keys {
            if let Some(before) = before.get(id) {
                row.attempts = before.attempts.clone();
            }
        }
        let mut held = Held::default();
        for (id, row) in &self.keys {
            held.add(self.parts_of(*id, row));
        }
        self.put(held);
    }

    /// Takes in what the limits of an organisation have become. The keys that they bound are to be made anew.
    pub(super) fn take_in_limits(&mut self, of: OrganisationId, limits: OrganisationLimits) -> Vec<KeyId> {
        self.limits.insert(of, limits);
        self.keys_of_organisation(of)
    }

    /// Takes in what some keys have become; a key without rows is gone. Others are made anew from what is known of them.
    pub(super) fn update(&mut self, changed: Vec<(KeyId, Vec<CredentialRecord>)>, others: Vec<KeyId>) {
        let ids: FxHashSet<KeyId> = changed.iter().map(|(id, _)| *id).collect();
        for (id, rows) in changed {
            let before = self.keys.remove(&id).map(|row| row.attempts);
            for row in rows {
                self.take_in(row);
            }
            if let (Some(before), Some(row)) = (before, self.keys.get_mut(&id)) {
                row.attempts = before;
            }
        }
        let touched = |key: &KeyView| ids.contains(&key.id) || key.chain.iter().any(|above| ids.contains(above));
        let held = self.held.keys().map(|key| &key.token.key).filter(|key| touched(key));
        let mut anew: FxHashSet<KeyId> = held.map(|key| key.id).collect();
        anew.extend(ids.iter().copied().chain(others));
        let mut held = Held::clone(&self.held);
        held.remove(&anew);
        for id in &anew {
            let Some(row) = self.keys.get(id) else { continue };
            held.add(self.parts_of(*id, row));
        }
        self.put(held);
    }

    /// Puts new records in the place of the old ones. What was noted of a key goes on with its new record.
    fn put(&mut self, held: Held) {
        held.take_over_uses(&self.held);
        self.certificates = Arc::new(held.certificates());
        self.held = Arc::new(held);
    }

    /// The keys that belong to an organisation.
    pub(super) fn keys_of_organisation(&self, id: OrganisationId) -> Vec<KeyId> {
        self.keys.iter().filter(|(_, row)| row.organisation_id == id).map(|(key, _)| *key).collect()
    }

    /// The keys that belong to a project.
    pub(super) fn keys_of_project(&self, id: ProjectId) -> Vec<KeyId> {
        self.keys.iter().filter(|(_, row)| row.project_id == Some(id)).map(|(key, _)| *key).collect()
    }

    fn take_in(&mut self, row: CredentialRecord) {
        let CredentialRecord { credential, key, organisation_conditions, organisation_time_zone, project_conditions } =
            row;
        let (id, name) = (key.id, key.organisation_name.as_str());
        let organisation = Arc::clone(self.organisations.entry(name.into()).or_insert_with(|| name.into()));
        let conditions = LevelConditions {
            key: key.conditions.clone(),
            project: project_conditions.unwrap_or_default(),
            organisation: organisation_conditions,
        };
        let entry =
            self.keys.entry(id).or_insert_with(|| KeyRow::new(key, organisation, conditions, &organisation_time_zone));
        match CredentialRow::read(&credential, self.hasher) {
            Ok(credential) => entry.credentials.extend(credential),
            Err(cause) => {
                error!(credential.id = %credential.id, key.id = %id, "left out credential {}: {cause}", credential.id);
            }
        }
    }

    fn parts_of(&self, id: KeyId, row: &KeyRow) -> Parts {
        let mut chain = self.chain(id, row);
        let mut conditions = row.conditions.clone();
        let mut is_durable = row.is_durable;
        for above in chain.above.iter().filter_map(|above| self.keys.get(above)) {
            narrow(&mut conditions.key, &above.conditions.key);
            is_durable |= above.is_durable;
        }
        let key = Arc::new(KeyView::new(KeyParts {
            id,
            name: &row.name,
            organisation: &row.organisation,
            project: row.project.as_deref(),
            owner: &row.owner,
            scopes: std::mem::take(&mut chain.scopes),
            chain: std::mem::take(&mut chain.above),
            limits: KeyLimits::compile(&chain.limits, self.costs_of(row)),
            attempts: row.attempts.clone(),
            is_durable,
            conditions: &conditions,
            uses: row.uses(),
            last_used_at: row.last_used_at,
            rotation_uses: Arc::clone(&self.rotation_uses),
        }));
        let (mut secrets, mut signers) = (Vec::new(), Vec::new());
        let (mut subjects, mut certificates) = (Vec::new(), Vec::new());
        for credential in &row.credentials {
            let record = |method| Arc::new(chain.record(&key, Some(credential), method));
            match &credential.proof {
                Proof::Secret(hash) => {
                    let (record, hash) = (record(Method::ApiKey), hash.clone());
                    secrets.push((credential.id, SecretRecord { record, hash }));
                }
                Proof::PublicKey(public) => {
                    signers.push(Signer { record: record(Method::Jwt), keys: SignerKeys::One(Arc::clone(public)) });
                }
                Proof::JwksUrl { url, algorithms } => {
                    let keys = SignerKeys::Url { url: Arc::clone(url), algorithms: Arc::clone(algorithms) };
                    signers.push(Signer { record: record(Method::Jwt), keys });
                }
                Proof::Subject { issuer, subject } => {
                    subjects.push((Arc::clone(issuer), Arc::clone(subject), record(Method::Jwt)));
                }
                Proof::Certificate(names) => {
                    let (record, names) = (record(Method::MutualTls), Arc::clone(names));
                    certificates.push(CertificateRecord { record, names });
                }
            }
        }
        let token = Arc::new(chain.record(&key, None, Method::ClientCredentials));
        let key = HeldKey { token, signers: signers.into(), certificates: certificates.into() };
        Parts { id, key, secrets, subjects }
    }

    fn costs_of(&self, row: &KeyRow) -> Arc<PriceList> {
        self.limits.get(&row.organisation_id).map(|limits| Arc::clone(&limits.costs)).unwrap_or_default()
    }

    /// The limits of one key of a chain: its own, and those that it shares, unless they are there already.
    fn add_limits<'r>(&'r self, into: &mut Vec<Source<'r>>, (key, row): (KeyId, &'r KeyRow), above: usize) {
        let source = |level, stored| Source { stored, level, zone: row.zone };
        into.extend(row.limits.iter().map(|stored| source(Level::Key { key, above }, stored)));
        let Some(shared) = self.limits.get(&row.organisation_id) else { return };
        for (level, stored) in shared.that_bound(row.project_id, &row.owner) {
            if into.iter().all(|known| known.level != level) {
                into.push(source(level, stored));
            }
        }
    }

    /// Walks up. A key whose parent is missing, or whose chain has no end, is as good as revoked.
    fn chain<'r>(&'r self, id: KeyId, row: &'r KeyRow) -> Chain<'r> {
        let mut chain = Chain {
            above: Vec::new(),
            scopes: row.scopes.clone(),
            limits: Vec::new(),
            state: row.state,
            stopped: row.stopped.clone(),
            not_before: row.not_before,
            expires_at: row.expires_at,
            generation: row.generation,
        };
        self.add_limits(&mut chain.limits, (id, row), 0);
        let mut parent = row.parent;
        while let Some(above) = parent {
            let Some(row) = self.keys.get(&above).filter(|_| chain.above.len() < LONGEST_CHAIN) else {
                error!(key.id = %id, "the chain above key {id} is broken at {above}: the key is refused");
                return Chain { scopes: Vec::new(), state: State::Revoked, stopped: None, ..chain };
            };
            chain.above.push(above);
            self.add_limits(&mut chain.limits, (above, row), chain.above.len());
            chain.scopes = intersect(&chain.scopes, &row.scopes);
            if worse(chain.state, row.state) != chain.state {
                chain.state = row.state;
                chain.stopped = row.stopped.as_ref().map(Stopped::above);
            }
            chain.not_before = chain.not_before.max(row.not_before);
            chain.expires_at = earlier(chain.expires_at, row.expires_at);
            chain.generation = chain.generation.saturating_add(row.generation);
            parent = row.parent;
        }
        chain
    }
}

impl KeyRow {
    fn new(key: Key, organisation: Arc<str>, conditions: LevelConditions, zone: &str) -> Self {
        Self {
            scopes: read_scopes(&key),
            stopped: Stopped::of_key(&key),
            limits: key.limits,
            // A zone that only a newer version knows.
            zone: zone.parse().unwrap_or(Tz::UTC),
            attempts: Attempts::default(),
            is_durable: key.durable,
            name: key.name.into(),
            owner: key.owner.into(),
            organisation_id: key.organisation_id,
            organisation,
            project_id: key.project_id,
            project: key.project_name.map(Into::into),
            parent: key.parent_key_id,
            conditions,
            state: match key.state {
                // Its first moment and its end hold by the clock, whether or not they were noted already.
                KeyState::Pending | KeyState::Active | KeyState::Rotating | KeyState::Expired => State::Active,
                KeyState::Suspended => State::Suspended,
                // A state that isn't known here is none in which a key may be used.
                _ => State::Revoked,
            },
            not_before: key.not_before.map(seconds),
            expires_at: earlier(key.expires_at.map(seconds), key.expired_at.map(seconds)),
            generation: key.generation.unsigned_abs(),
            last_used_at: key.last_used_at,
            credentials: Vec::new(),
        }
    }

    /// Places for the uses of its credentials. A secret that is superseded makes way for the others.
    fn uses(&self) -> Vec<CredentialUses> {
        let live = || self.credentials.iter().filter(|credential| credential.revoked_at.is_none());
        let is_rotated = live().any(|credential| credential.is_superseded);
        let turn = |credential: &CredentialRow| match (&credential.proof, credential.is_superseded) {
            (Proof::Secret(_), true) => Turn::Older,
            (Proof::Secret(_), false) if is_rotated => Turn::Newer,
            _ => Turn::Settled,
        };
        let uses = |row: &CredentialRow| CredentialUses::new(row.id, turn(row), row.last_used_at);
        live().map(uses).collect()
    }
}

impl Chain<'_> {
    /// What is judged by where a credential of the key is presented, or where the key itself is.
    fn record(&self, key: &Arc<KeyView>, credential: Option<&CredentialRow>, method: Method) -> KeyRecord {
        let revoked_at = credential.and_then(|credential| credential.revoked_at);
        let own = credential.map_or(0, |credential| credential.generation);
        KeyRecord::new(RecordParts {
            credential_id: credential.map(|credential| credential.id),
            key: Arc::clone(key),
            method,
            // Each part only grows, and the parent of a key never changes: so does the sum.
            generation: self.generation.saturating_add(own),
            state: if revoked_at.is_some() { State::Revoked } else { self.state },
            stopped: stopped_first(revoked_at, self.state, self.stopped.as_ref()),
            not_before: self.not_before.max(credential.map(|credential| credential.not_before)),
            expires_at: earlier(self.expires_at, credential.and_then(|credential| credential.expires_at)),
        })
    }
}

/// A scope that can't be read grants nothing; the others still do.
fn read_scopes(key: &Key) -> Vec<Scope> {
    let read = |text: &String| match Scope::parse(text) {
        Ok(scope) => Some(scope),
        Err(cause) => {
            error!(key.id = %key.id, "left out a scope of key {}: {cause}", key.id);
            None
        }
    };
    key.scopes.iter().filter_map(read).collect()
}

/// Whole seconds, downwards: a key is valid from the second in which it was made.
pub(super) fn seconds(at: DateTime<Utc>) -> i64 {
    at.timestamp()
}

fn earlier(one: Option<i64>, other: Option<i64>) -> Option<i64> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// What an enforcement point is told of: the key, where it or one above is revoked; else its credential.
fn stopped_first(
    credential_revoked_at: Option<DateTime<Utc>>,
    state: State,
    stopped: Option<&Stopped>,
) -> Option<Stopped> {
    match credential_revoked_at {
        Some(at) if state != State::Revoked => Some(Stopped::credential(at)),
        _ => stopped.cloned(),
    }
}

fn worse(one: State, other: State) -> State {
    match (one, other) {
        (State::Revoked, _) | (_, State::Revoked) => State::Revoked,
        (State::Suspended, _) | (_, State::Suspended) => State::Suspended,
        (State::Active, State::Active) => State::Active,
    }
}
