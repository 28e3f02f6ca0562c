//! What lies days ahead of keys, told to their owners: an end or a rotation, 14, 7 and 1 days before it, and what waits
//! to be collected, after a day and then each week.
//!
//! Of several marks that have passed, as after a long downtime, only the last is told: "in 14 days" is no news with six
//! left. A mark from before the key's life, or the last rotation, is none.

use std::collections::HashSet;

use argus_store::credential::Credential;
use argus_store::key::{self, Key};
use argus_store::outbox::{self, NewNotice, NoticeKind};
use argus_store::{KeyId, OrganisationId, Store, StoreError};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

use super::Swept;
use super::policy::for_each_organisation;
use crate::view::Time;

/// How many days before an event its owner is told, the first time first.
pub(super) const MARKS: [i64; 3] = [14, 7, 1];

/// Keys that are looked at in one go.
const PAGE: u32 = 200;

/// Something that will happen to a key.
struct Ahead {
    kind: NoticeKind,
    at: DateTime<Utc>,
    /// Since when that could be known.
    since: DateTime<Utc>,
    cause: Option<&'static str>,
}

/// The longest life that each organisation lets its keys have.
type LongestLives = std::collections::HashMap<OrganisationId, TimeDelta>;

pub(super) fn sweep(store: &Store, at: DateTime<Utc>, swept: &mut Swept) -> Result<(), StoreError> {
    let horizon = at + TimeDelta::days(MARKS[0]);
    let mut lives = LongestLives::new();
    for_each_organisation(store, |organisation| {
        let policy = &organisation.policy;
        if let Some(life) = policy.max_age_seconds.and_then(TimeDelta::try_seconds) {
            lives.insert(organisation.id, life);
            swept.notices += old_keys(store, at, horizon, (organisation.id, life))?;
        }
        if let Some(interval) = policy.rotation_interval_seconds.and_then(TimeDelta::try_seconds) {
            swept.notices += old_secrets(store, at, horizon, (organisation.id, interval))?;
        }
        Ok(())
    })?;
    swept.notices += ends(store, at, horizon, &lives)?;
    swept.notices += rotations(store, at, horizon)?;
    swept.notices += uncollected(store, at)?;
    Ok(())
}

/// Keys whose own end comes.
fn ends(store: &Store, at: DateTime<Utc>, horizon: DateTime<Utc>, lives: &LongestLives) -> Result<usize, StoreError> {
    let is_earlier = |key: &Key, end| lives.get(&key.organisation_id).is_none_or(|life| end <= key.created_at + *life);
    pages(store, at, |after| {
        let keys = store.read(|conn| key::list_ending(conn, (at, horizon), after, PAGE))?;
        let ahead = |key: Key| {
            let end = key.expires_at.filter(|end| is_earlier(&key, *end));
            let ahead = end.map(|end| expiry(end, key.created_at, "end"));
            (key, ahead)
        };
        Ok(keys.into_iter().map(ahead).collect())
    })
}

/// Keys that become too old for their organisation.
fn old_keys(
    store: &Store,
    at: DateTime<Utc>,
    horizon: DateTime<Utc>,
    (organisation, life): (OrganisationId, TimeDelta),
) -> Result<usize, StoreError> {
    let Some(before) = horizon.checked_sub_signed(life) else { return Ok(0) };
    pages(store, at, |after| {
        store.read(|conn| {
            let due = key::list_older(conn, organisation, before, after, PAGE)?;
            let mut found = Vec::with_capacity(due.len());
            for due in due {
                let Some(key) = key::find(conn, due.key)? else { continue };
                let end = key.created_at + life;
                let ahead = key.expires_at.is_none_or(|own| end < own).then(|| expiry(end, key.created_at, "age"));
                found.push((key, ahead));
            }
            Ok(found)
        })
    })
}

/// Keys whose own rotation comes.
fn rotations(store: &Store, at: DateTime<Utc>, horizon: DateTime<Utc>) -> Result<usize, StoreError> {
    pages(store, at, |after| {
        let keys = store.read(|conn| key::list_rotating_soon(conn, (at, horizon), after, PAGE))?;
        let ahead = |key: Key| {
            let interval = key.rotation_interval_seconds.and_then(TimeDelta::try_seconds);
            let ahead = key.rotate_at.zip(interval).map(|(at, interval)| rotation(at, interval));
            (key, ahead)
        };
        Ok(keys.into_iter().map(ahead).collect())
    })
}

/// Keys whose organisation has their secrets change.
fn old_secrets(
    store: &Store,
    at: DateTime<Utc>,
    horizon: DateTime<Utc>,
    (organisation, interval): (OrganisationId, TimeDelta),
) -> Result<usize, StoreError> {
    let Some(before) = horizon.checked_sub_signed(interval) else { return Ok(0) };
    pages(store, at, |after| {
        store.read(|conn| {
            let older = key::list_older_secrets(conn, organisation, before, after, PAGE)?;
            let mut found = Vec::with_capacity(older.len());
            for (id, since) in older {
                let Some(key) = key::find(conn, id)? else { continue };
                found.push((key, Some(rotation(since + interval, interval))));
            }
            Ok(found)
        })
    })
}

/// Secrets that nobody has collected.
fn uncollected(store: &Store, at: DateTime<Utc>) -> Result<usize, StoreError> {
    let before = at - TimeDelta::days(1);
    let (mut written, mut last) = (0, None::<Credential>);
    loop {
        let page = store.read(|conn| key::list_uncollected(conn, before, last.as_ref(), PAGE))?;
        let notices = store.read(|conn| {
            let mut notices = Vec::with_capacity(page.len());
            for waiting in &page {
                let key = key::find(conn, waiting.key_id)?;
                notices.extend(key.map(|key| still_uncollected(&key, waiting, at)));
            }
            Ok(notices)
        })?;
        written += write(store, at, &notices)?;
        if page.len() < PAGE as usize {
            return Ok(written);
        }
        last = page.into_iter().last();
    }
}

fn still_uncollected(key: &Key, waiting: &Credential, at: DateTime<Utc>) -> NewNotice {
    let days = (at - waiting.created_at).num_days();
    let details = json!({"credential_id": waiting.id, "opened_at": Time(waiting.created_at), "days": days});
    let mark = format!("{}/{}", waiting.id, days / 7);
    notice(key, NoticeKind::RotationUncollected, &mark, details)
}

fn expiry(at: DateTime<Utc>, since: DateTime<Utc>, cause: &'static str) -> Ahead {
    Ahead { kind: NoticeKind::ExpiryAhead, at, since, cause: Some(cause) }
}

fn rotation(at: DateTime<Utc>, interval: TimeDelta) -> Ahead {
    Ahead { kind: NoticeKind::RotationAhead, at, since: at - interval, cause: None }
}

/// Goes through pages of keys, and writes what their owners have not been told.
fn pages(
    store: &Store,
    at: DateTime<Utc>,
    list: impl Fn(Option<KeyId>) -> Result<Vec<(Key, Option<Ahead>)>, StoreError>,
) -> Result<usize, StoreError> {
    let (mut written, mut after) = (0, None);
    loop {
        let page = list(after)?;
        let notices = page.iter().filter_map(|(key, ahead)| ahead.as_ref()?.notice(key, at));
        written += write(store, at, &notices.collect::<Vec<_>>())?;
        if page.len() < PAGE as usize {
            return Ok(written);
        }
        after = page.last().map(|(key, _)| key.id);
    }
}

impl Ahead {
    /// What is told of it at this time.
    fn notice(&self, key: &Key, at: DateTime<Utc>) -> Option<NewNotice> {
        let has_come = |days: &&i64| {
            let mark = self.at - TimeDelta::days(**days);
            mark <= at && mark > self.since
        };
        let days = MARKS.iter().rev().find(has_come).filter(|_| at < self.at)?;
        let mut details = json!({"at": Time(self.at), "days": days});
        if let (Some(cause), Some(members)) = (self.cause, details.as_object_mut()) {
            members.insert("cause".to_owned(), json!(cause));
        }
        let moment = self.at.to_rfc3339_opts(SecondsFormat::Secs, true);
        Some(notice(key, self.kind, &format!("{moment}/{days}"), details))
    }
}

fn notice(key: &Key, kind: NoticeKind, mark: &str, mut details: Value) -> NewNotice {
    if let Some(members) = details.as_object_mut() {
        members.insert("key_id".to_owned(), json!(key.id));
        members.insert("path".to_owned(), json!(key.path()));
    }
    NewNotice {
        kind,
        organisation: key.organisation_id,
        key: Some(key.id),
        recipient: key.owner.clone(),
        payload: details.to_string(),
        // A new owner has been told nothing.
        dedup_key: format!("{kind}/{}/{mark}/{}", key.id, key.owner),
    }
}

/// Writes the notices that weren't written before. How many those were.
fn write(store: &Store, at: DateTime<Utc>, notices: &[NewNotice]) -> Result<usize, StoreError> {
    let keys: Vec<String> = notices.iter().map(|notice| notice.dedup_key.clone()).collect();
    let told: HashSet<String> = store.read(|conn| outbox::list_told(conn, &keys))?.into_iter().collect();
    let new: Vec<_> = notices.iter().filter(|notice| !told.contains(&notice.dedup_key)).collect();
    if new.is_empty() {
        return Ok(0);
    }
    store.write_aside(|conn| {
        let mut written = 0;
        for notice in &new {
            written += usize::from(outbox::put(conn, at, notice)?);
        }
        Ok(written)
    })
}
