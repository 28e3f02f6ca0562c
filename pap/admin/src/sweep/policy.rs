//! What organisations ask of the life of their keys: how old they become, how long they may be unused, how often their
//! secrets change where the key itself doesn't say.

use argus_store::key::{self, Due, ExpiryCause};
use argus_store::organisation::{self, Organisation};
use argus_store::{PageSize, Store, StoreError};
use chrono::{DateTime, TimeDelta, Utc};

use super::keys::{expire, open_rotation};
use super::{BATCH, Swept, each};

pub(super) fn sweep(store: &Store, at: DateTime<Utc>, swept: &mut Swept) -> Result<(), StoreError> {
    for_each_organisation(store, |organisation| {
        let (id, policy) = (organisation.id, &organisation.policy);
        if let Some(before) = since(at, policy.max_age_seconds) {
            let older = |conn: &mut _| key::list_older(conn, id, before, None, BATCH);
            swept.expired += each(store, at, older, |conn, act, due| expire(conn, act, due, ExpiryCause::Age))?;
        }
        if let Some(before) = since(at, policy.max_idle_seconds) {
            let idle = |conn: &mut _| key::list_idle(conn, id, before, BATCH);
            swept.expired += each(store, at, idle, |conn, act, due| expire(conn, act, due, ExpiryCause::Idle))?;
        }
        if let Some(before) = since(at, policy.rotation_interval_seconds) {
            let older = |conn: &mut _| {
                let due = key::list_older_secrets(conn, id, before, None, BATCH)?;
                Ok(due.into_iter().map(|(key, _)| Due { key, organisation: id }).collect())
            };
            swept.rotations_opened += each(store, at, older, open_rotation)?;
        }
        Ok(())
    })
}

/// The time that was so many seconds ago.
fn since(at: DateTime<Utc>, seconds: Option<i64>) -> Option<DateTime<Utc>> {
    at.checked_sub_signed(TimeDelta::try_seconds(seconds?)?)
}

/// Visits the organisations that ask anything, a page at a time.
pub(super) fn for_each_organisation(
    store: &Store,
    mut visit: impl FnMut(&Organisation) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let (size, mut after) = (PageSize::new(PageSize::MOST.into()).unwrap_or_default(), None);
    loop {
        let page = store.read(|conn| organisation::list(conn, after, size))?;
        for organisation in
            page.items.iter().filter(|found| found.policy != organisation::OrganisationPolicy::default())
        {
            visit(organisation)?;
        }
        after = page.items.last().map(|last| last.id);
        if !page.more {
            return Ok(());
        }
    }
}
