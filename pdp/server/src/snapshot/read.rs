//! What is read of the store: everything at the start, later what the change feed tells of.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use argus_store::change::{self, Change, ChangeKind};
use argus_store::organisation;
use argus_store::revoked_token::{self, RevokedToken};
use argus_store::signing_key::{self, SigningKey};
use argus_store::snapshot::{CredentialRecord, load_credentials, load_credentials_of};
use argus_store::{Conn, KeyId, OrganisationId, PageSize, StoreError, cost, limit};
use chrono::{DateTime, Utc};
use tracing::error;

use super::organisation_limits::OrganisationLimits;
use super::register::Register;

/// Lines of the feed that are read at once.
const LINES: u32 = 1_000;

/// Above so many changed keys, reading all of them in one query is cheaper than reading each.
const MANY: usize = 200;

/// The state as of one sequence number.
pub(super) struct Everything {
    pub(super) sequence: i64,
    pub(super) credentials: Vec<CredentialRecord>,
    pub(super) limits: Vec<(OrganisationId, OrganisationLimits)>,
    pub(super) organisations: Vec<String>,
    pub(super) signing_keys: Vec<SigningKey>,
    pub(super) revoked_tokens: Vec<RevokedToken>,
}

/// What has become of the things that changed up to one sequence number.
pub(super) struct Update {
    pub(super) sequence: i64,
    /// When the first of them changed.
    pub(super) since: DateTime<Utc>,
    pub(super) keys: Keys,
    /// What keys share, of the organisations where that has changed.
    pub(super) limits: Vec<(OrganisationId, OrganisationLimits)>,
    /// All names, where one may be new.
    pub(super) organisations: Option<Vec<String>>,
    pub(super) policies: bool,
    pub(super) wrapped_keys: bool,
    /// All of them, where one has changed.
    pub(super) signing_keys: Option<Vec<SigningKey>>,
    /// Those that were revoked.
    pub(super) revoked_tokens: Vec<RevokedToken>,
}

/// The keys of an [`Update`].
pub(super) enum Keys {
    Unchanged,
    Some(Vec<(KeyId, Vec<CredentialRecord>)>),
    All(Vec<CredentialRecord>),
}

/// Reads everything. The caller's transaction makes it one moment.
pub(super) fn read_everything(conn: &mut Conn, now: DateTime<Utc>) -> Result<Everything, StoreError> {
    Ok(Everything {
        sequence: change::find_latest_sequence(conn)?,
        credentials: load_credentials(conn)?,
        limits: list_limits(conn)?,
        organisations: list_organisations(conn)?,
        signing_keys: signing_key::list(conn)?,
        revoked_tokens: revoked_token::list(conn, now)?,
    })
}

/// Reads what changed since a sequence number; `None` where nothing did.
pub(super) fn read_update(conn: &mut Conn, since: i64, known: &Register) -> Result<Option<Update>, StoreError> {
    let lines = list_lines(conn, since)?;
    let (Some(first), Some(last)) = (lines.first(), lines.last()) else { return Ok(None) };
    let mut update = Update {
        sequence: last.sequence,
        since: first.at,
        keys: Keys::Unchanged,
        limits: Vec::new(),
        organisations: None,
        policies: false,
        wrapped_keys: false,
        signing_keys: None,
        revoked_tokens: Vec::new(),
    };
    let (mut keys, mut limited) = (BTreeSet::new(), BTreeSet::new());
    for line in &lines {
        match line.kind {
            ChangeKind::Key => keys.extend(id::<KeyId>(line)),
            ChangeKind::Organisation => {
                update.organisations.get_or_insert_default();
                keys.extend(id(line).into_iter().flat_map(|id| known.keys_of_organisation(id)));
            }
            ChangeKind::Project => keys.extend(id(line).into_iter().flat_map(|id| known.keys_of_project(id))),
            ChangeKind::Limits => limited.extend(id::<OrganisationId>(line)),
            ChangeKind::Policies => update.policies = true,
            ChangeKind::WrappedKey => update.wrapped_keys = true,
            ChangeKind::SigningKey => update.signing_keys = Some(Vec::new()),
            ChangeKind::Token => update.revoked_tokens.extend(revoked_token::find(conn, &line.id)?),
            // Of a newer version of the store; nothing here depends on it.
            _ => {}
        }
    }
    update.keys = read_keys(conn, &keys)?;
    for of in limited {
        let costs = cost::find(conn, of)?.map(|table| table.costs).unwrap_or_default();
        update.limits.push((of, OrganisationLimits::new(limit::list_of(conn, of)?, &costs)));
    }
    if let Some(names) = &mut update.organisations {
        *names = list_organisations(conn)?;
    }
    if let Some(keys) = &mut update.signing_keys {
        *keys = signing_key::list(conn)?;
    }
    Ok(Some(update))
}

fn read_keys(conn: &mut Conn, ids: &BTreeSet<KeyId>) -> Result<Keys, StoreError> {
    if ids.is_empty() {
        return Ok(Keys::Unchanged);
    }
    if ids.len() > MANY {
        return Ok(Keys::All(load_credentials(conn)?));
    }
    let keys = ids.iter().map(|id| Ok((*id, load_credentials_of(conn, *id)?)));
    Ok(Keys::Some(keys.collect::<Result<_, StoreError>>()?))
}

fn list_lines(conn: &mut Conn, since: i64) -> Result<Vec<Change>, StoreError> {
    let mut lines = change::list_since(conn, since, LINES)?;
    while let Some(last) = lines.last() {
        let more = change::list_since(conn, last.sequence, LINES)?;
        if more.is_empty() {
            break;
        }
        lines.extend(more);
    }
    Ok(lines)
}

fn list_limits(conn: &mut Conn) -> Result<Vec<(OrganisationId, OrganisationLimits)>, StoreError> {
    let costs = cost::list_all(conn)?.into_iter();
    let mut all: BTreeMap<OrganisationId, OrganisationLimits> =
        costs.map(|table| (table.organisation_id, OrganisationLimits::new(Vec::new(), &table.costs))).collect();
    for limit in limit::list_all(conn)? {
        all.entry(limit.organisation_id).or_default().add(limit);
    }
    Ok(all.into_iter().collect())
}

fn list_organisations(conn: &mut Conn) -> Result<Vec<String>, StoreError> {
    let size = PageSize::new(PageSize::MOST.into()).unwrap_or_default();
    let (mut names, mut after) = (Vec::new(), None);
    loop {
        let page = organisation::list(conn, after, size)?;
        after = page.items.last().map(|organisation| organisation.id);
        names.extend(page.items.into_iter().map(|organisation| organisation.name));
        if !page.more {
            return Ok(names);
        }
    }
}

/// An id that can't be read would be a change that is never seen.
fn id<T: FromStr>(line: &Change) -> Option<T> {
    let id = line.id.parse().ok();
    if id.is_none() {
        error!(change.sequence = line.sequence, "line {} of the change feed has no readable id", line.sequence);
    }
    id
}
