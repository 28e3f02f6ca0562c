//! The same of what watches over keys: which are watched, and who hears of what stands out.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::dsl::{count_star, min};
use diesel::prelude::*;

use super::scoped::narrowed;
use crate::conn::{Conn, on};
use crate::contact::ContactState;
use crate::error::StoreError;
use crate::id::OrganisationId;
use crate::key::KeyState;
use crate::schema::{contacts, keys, watches};
use crate::value::Texts;

/// Keys in use whose use is remembered, and up to when the one that was looked at the longest ago was.
pub fn count_watched(
    conn: &mut Conn,
    organisation: Option<OrganisationId>,
) -> Result<(i64, Option<DateTime<Utc>>), StoreError> {
    let (of_any, own) = narrowed(organisation);
    let rows = watches::table.inner_join(keys::table).filter(keys::organisation_id.eq(own).or(of_any));
    let rows = rows.filter(keys::state.ne_all([KeyState::Expired, KeyState::Revoked]));
    let rows = rows.select((count_star(), min(watches::looked_at)));
    let (count, oldest): (i64, Option<NaiveDateTime>) = on!(conn, c => rows.first(c))?;
    Ok((count, oldest.map(|at| at.and_utc())))
}

/// Contacts that are told of what is called so, be it of the keys of one owner alone.
pub fn count_told(conn: &mut Conn, organisation: Option<OrganisationId>, kind: &str) -> Result<usize, StoreError> {
    let (of_any, own) = narrowed(organisation);
    let rows = contacts::table.filter(contacts::organisation_id.eq(own).or(of_any));
    let rows = rows.filter(contacts::state.eq(ContactState::Active)).select(contacts::events);
    let all: Vec<Texts> = on!(conn, c => rows.load(c))?;
    let is_told = |Texts(events): &Texts| events.is_empty() || events.iter().any(|event| event == kind);
    Ok(all.iter().filter(|events| is_told(events)).count())
}
