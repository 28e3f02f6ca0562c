//! When a credential was last used, and by whom an older secret still is: written in batches by the usage path, which has
//! no act and makes no change.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::conn::{Conn, on};
use crate::error::StoreError;
use crate::schema::{credential_callers, credentials};
use crate::value::{At, column};

/// Callers that are kept of one credential. Who else calls is not listed.
pub const MOST_CALLERS: usize = 50;

/// Somebody who presented an older secret.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = credential_callers)]
pub struct SeenCaller {
    /// The credential.
    pub credential_id: String,
    /// Where from; empty where that isn't known.
    pub address: String,
    /// With what program, as it calls itself; empty where that isn't known.
    pub user_agent: String,
    /// When last.
    #[diesel(deserialize_as = At)]
    pub last_seen_at: DateTime<Utc>,
}

/// A use of an older secret, to be kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NewCaller {
    /// The credential.
    pub credential_id: String,
    /// Where from.
    pub address: Option<IpAddr>,
    /// With what program.
    pub user_agent: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Notes when credentials were last used. As [`crate::key::touch_last_used`], it waits for nobody, and batches may come
/// in any order.
pub fn touch_last_used(conn: &mut Conn, uses: &[(String, DateTime<Utc>)]) -> Result<(), StoreError> {
    conn.write(|conn| {
        let free = lock_free(conn, uses.iter().map(|(id, _)| id.as_str()))?;
        for (id, at) in uses.iter().filter(|(id, _)| free.contains(id)) {
            let at = column(*at);
            let earlier = credentials::last_used_at.is_null().or(credentials::last_used_at.lt(at));
            let earlier = diesel::update(credentials::table.find(id).filter(earlier));
            on!(conn, c => earlier.set(credentials::last_used_at.eq(at)).execute(c))?;
        }
        Ok(())
    })
}

/// Notes who presented older secrets, up to [`MOST_CALLERS`] of each. A credential that isn't there is passed over.
pub fn note_callers(conn: &mut Conn, callers: &[NewCaller]) -> Result<(), StoreError> {
    conn.write(|conn| {
        let free = lock_free(conn, callers.iter().map(|caller| caller.credential_id.as_str()))?;
        let mut by_credential: BTreeMap<&str, Vec<&NewCaller>> = BTreeMap::new();
        for caller in callers.iter().filter(|caller| free.contains(&caller.credential_id)) {
            by_credential.entry(&caller.credential_id).or_default().push(caller);
        }
        for (id, callers) in by_credential {
            let known = list_callers(conn, id)?;
            let known = known.into_iter().map(|known| (known.address, known.user_agent));
            let mut known: BTreeSet<(String, String)> = known.collect();
            for caller in callers {
                let address = caller.address.map_or_else(String::new, |address| address.to_string());
                let user_agent = caller.user_agent.clone().unwrap_or_default();
                if known.len() < MOST_CALLERS || known.contains(&(address.clone(), user_agent.clone())) {
                    note(conn, caller, &address, &user_agent)?;
                    known.insert((address, user_agent));
                }
            }
        }
        Ok(())
    })
}

fn note(conn: &mut Conn, caller: &NewCaller, address: &str, user_agent: &str) -> Result<(), StoreError> {
    let at = column(caller.at);
    let row = (
        credential_callers::credential_id.eq(&caller.credential_id),
        credential_callers::address.eq(address),
        credential_callers::user_agent.eq(user_agent),
        credential_callers::last_seen_at.eq(at),
    );
    on!(conn, c => diesel::insert_into(credential_callers::table).values(row).on_conflict_do_nothing().execute(c))?;
    let known = credential_callers::table.find((&caller.credential_id, address, user_agent));
    let earlier = known.filter(credential_callers::last_seen_at.lt(at));
    on!(conn, c => diesel::update(earlier).set(credential_callers::last_seen_at.eq(at)).execute(c))?;
    Ok(())
}

/// Who presented an older secret since it makes way for a newer one, the last first.
pub fn list_callers(conn: &mut Conn, credential: &str) -> Result<Vec<SeenCaller>, StoreError> {
    let callers = credential_callers::table.filter(credential_callers::credential_id.eq(credential));
    let order = (credential_callers::last_seen_at.desc(), credential_callers::address, credential_callers::user_agent);
    Ok(on!(conn, c => callers.order(order).select(SeenCaller::as_select()).load(c))?)
}

/// The credentials that nobody else is writing, locked until the transaction ends. On SQLite that is all there are.
fn lock_free<'a>(conn: &mut Conn, ids: impl Iterator<Item = &'a str>) -> Result<BTreeSet<String>, StoreError> {
    let ids: BTreeSet<&str> = ids.collect();
    let rows = credentials::table.filter(credentials::id.eq_any(ids)).select(credentials::id);
    let free: Vec<String> = on!(conn,
        sqlite c => rows.load(c),
        postgres c => rows.for_no_key_update().skip_locked().load(c)
    )?;
    Ok(free.into_iter().collect())
}
