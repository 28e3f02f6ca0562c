//! Keys, as far as controls ask for them.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use argus_engine::scope::{Action, Scope};
use argus_store::credential::{CredentialKind, CredentialState};
use argus_store::evidence::{self, CredentialFacts};
use argus_store::key::{self, Key, KeyFilter, KeyState};
use argus_store::limit::{self, SharedLimit};
use argus_store::{
    Actor, Conditions, Conn, KeyId, OrganisationId, PageSize, ProjectId, Store, StoreError, organisation, project,
};
use chrono::{DateTime, TimeDelta, Utc};

/// Credentials that are read at once.
const BATCH: u32 = 1_000;

/// A key.
#[derive(Debug, Clone)]
pub(crate) struct KeyFacts {
    pub(crate) id: String,
    pub(crate) path: String,
    pub(crate) owner: String,
    pub(crate) state: KeyState,
    pub(crate) created_at: DateTime<Utc>,
    /// The key that made it, by its name; else `host` or `argus`.
    pub(crate) created_by: String,
    pub(crate) expires_at: Option<DateTime<Utc>>,
    pub(crate) exception: Option<String>,
    pub(crate) scopes: Vec<String>,
    /// The key that it is derived from.
    pub(crate) parent: Option<KeyId>,
    pub(crate) last_used_at: Option<DateTime<Utc>>,
    pub(crate) revoked_at: Option<DateTime<Utc>>,
    pub(crate) revoked_cause: Option<String>,
    pub(crate) revoked_reason: Option<String>,
    pub(crate) expired_at: Option<DateTime<Utc>>,
    /// Limits of its own.
    pub(crate) limits: usize,
    /// Limits that it shares with other keys of its organisation, project or owner.
    pub(crate) shared_limits: usize,
    /// Whether it, its project or its organisation asks for a network.
    pub(crate) has_network: bool,
    /// Whether any of them asks for anything.
    pub(crate) is_conditioned: bool,
    /// How often it gets a new secret, by itself or by its organisation.
    pub(crate) rotation_interval: Option<TimeDelta>,
    /// When the newest of its secrets came into use.
    pub(crate) newest_secret_at: Option<DateTime<Utc>>,
    /// Credentials that aren't revoked, by their kind.
    pub(crate) credentials: BTreeMap<String, usize>,
}

impl KeyFacts {
    /// Whether it is over.
    pub(crate) fn has_ended(&self) -> bool {
        self.state.has_ended()
    }

    /// Whether it may `admin` anything.
    pub(crate) fn administers(&self) -> bool {
        let is_admin = |scope: &String| Scope::parse(scope).is_ok_and(|scope| scope.action() == Action::Admin);
        self.scopes.iter().any(is_admin)
    }
}

/// Reads all keys of an organisation, or of all.
pub(crate) fn read(store: &Store, organisation: Option<OrganisationId>) -> Result<Vec<KeyFacts>, StoreError> {
    let credentials = credentials(store, organisation)?;
    let filter = KeyFilter { organisation, ..KeyFilter::default() };
    let limits = store.read(|conn| match organisation {
        Some(id) => limit::list_of(conn, id),
        None => limit::list_all(conn),
    })?;
    let size = PageSize::new(PageSize::MOST.into()).unwrap_or_default();
    let (mut keys, mut above, mut makers, mut after) = (Vec::new(), Above::default(), HashMap::new(), None);
    loop {
        let page = store.read(|conn| key::list(conn, &filter, after, size))?;
        after = page.items.last().map(|key| key.id);
        for key in page.items {
            let (levels, interval) = store.read(|conn| above.of(conn, &key))?;
            let own = credentials.get(&key.id).map_or(&[][..], Vec::as_slice);
            let maker = store.read(|conn| maker(conn, key.created_by, &mut makers))?;
            let shared_limits = limits.iter().filter(|limit| is_shared_by(limit, &key)).count();
            keys.push(KeyFacts { created_by: maker, shared_limits, ..facts(key, &levels, interval, own) });
        }
        if !page.more {
            return Ok(keys);
        }
    }
}

/// Whether uses of a key count for a limit, some of them at least.
fn is_shared_by(limit: &SharedLimit, key: &Key) -> bool {
    limit.organisation_id == key.organisation_id
        && limit.project_id.is_none_or(|project| key.project_id == Some(project))
        && limit.owner.as_ref().is_none_or(|owner| *owner == key.owner)
}

/// Who made a key, by the name of his own, which is read once.
fn maker(conn: &mut Conn, actor: Actor, known: &mut HashMap<KeyId, String>) -> Result<String, StoreError> {
    let Actor::Key(id) = actor else { return Ok(actor.to_string()) };
    if let Entry::Vacant(unknown) = known.entry(id) {
        unknown.insert(key::find(conn, id)?.map_or_else(|| id.to_string(), |key| key.path()));
    }
    Ok(known.get(&id).cloned().unwrap_or_default())
}

/// Reads one key.
pub(crate) fn of_key(conn: &mut Conn, key: Key) -> Result<KeyFacts, StoreError> {
    let (levels, interval) = Above::default().of(conn, &key)?;
    // Its credentials are no matter of what it grants.
    Ok(facts(key, &levels, interval, &[]))
}

type ByKey = HashMap<KeyId, Vec<CredentialFacts>>;

fn credentials(store: &Store, organisation: Option<OrganisationId>) -> Result<ByKey, StoreError> {
    let (mut by_key, mut after) = (ByKey::new(), String::new());
    loop {
        let batch = store.read(|conn| evidence::list_credentials(conn, organisation, &after, BATCH))?;
        let Some(last) = batch.last() else { return Ok(by_key) };
        after.clone_from(&last.id);
        for credential in batch {
            by_key.entry(credential.key_id).or_default().push(credential);
        }
    }
}

/// What the levels above keys ask, each read once.
#[derive(Default)]
struct Above {
    organisations: HashMap<OrganisationId, (Conditions, Option<i64>)>,
    projects: HashMap<ProjectId, Conditions>,
}

impl Above {
    /// The conditions above a key, and how often it gets a new secret.
    fn of(&mut self, conn: &mut Conn, key: &Key) -> Result<(Vec<Conditions>, Option<i64>), StoreError> {
        let known = match self.organisations.entry(key.organisation_id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => {
                let found = organisation::find(conn, key.organisation_id)?;
                let found = found.map(|found| (found.conditions, found.policy.rotation_interval_seconds));
                unknown.insert(found.unwrap_or_default())
            }
        };
        let (of_organisation, interval) = known.clone();
        let mut levels = vec![of_organisation];
        if let Some(id) = key.project_id {
            levels.push(match self.projects.entry(id) {
                Entry::Occupied(known) => known.get().clone(),
                Entry::Vacant(unknown) => {
                    let found = project::find(conn, key.organisation_id, id)?;
                    unknown.insert(found.map(|found| found.conditions).unwrap_or_default()).clone()
                }
            });
        }
        Ok((levels, key.rotation_interval_seconds.or(interval)))
    }
}

fn facts(key: Key, above: &[Conditions], interval: Option<i64>, credentials: &[CredentialFacts]) -> KeyFacts {
    let levels = || above.iter().chain([&key.conditions]);
    let live = || credentials.iter().filter(|credential| credential.state != CredentialState::Revoked);
    let secrets = live().filter(|one| one.kind == CredentialKind::Secret && one.state == CredentialState::Active);
    let mut kinds = BTreeMap::new();
    for credential in live() {
        *kinds.entry(credential.kind.to_string()).or_default() += 1;
    }
    KeyFacts {
        has_network: levels().any(|level| !level.networks.is_empty()),
        is_conditioned: levels().any(|level| *level != Conditions::default()),
        newest_secret_at: secrets.map(|one| one.collected_at.unwrap_or(one.created_at)).max(),
        credentials: kinds,
        rotation_interval: interval.and_then(TimeDelta::try_seconds),
        id: key.id.to_string(),
        path: key.path(),
        parent: key.parent_key_id,
        limits: key.limits.len(),
        shared_limits: 0,
        revoked_cause: key.revoked_cause.map(|cause| cause.to_string()),
        owner: key.owner,
        state: key.state,
        created_at: key.created_at,
        created_by: key.created_by.to_string(),
        expires_at: key.expires_at,
        exception: key.expiry_exception,
        scopes: key.scopes,
        last_used_at: key.last_used_at,
        revoked_at: key.revoked_at,
        revoked_reason: key.revoked_reason,
        expired_at: key.expired_at,
    }
}
