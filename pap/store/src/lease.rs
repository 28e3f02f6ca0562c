//! `leases`: work that one of several nodes does at a time, such as sweeping.
//!
//! A lease spares the others the work, and no more: what must not happen twice is kept from it by a condition in its own
//! transaction. So it may be judged by the nodes' own clocks.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;

use crate::conn::{Conn, on};
use crate::error::StoreError;
use crate::schema::leases;
use crate::value::column;

/// Takes a lease, or renews it, for `length` from `at` on. Whether it is the holder's now.
///
/// One that ends further ahead than any lease lasts was taken by a clock that was wrong, and is as good as free.
pub fn take(
    conn: &mut Conn,
    name: &str,
    holder: &str,
    at: DateTime<Utc>,
    length: TimeDelta,
) -> Result<bool, StoreError> {
    let until = at.checked_add_signed(length).unwrap_or(at);
    let row = (leases::name.eq(name), leases::holder.eq(holder), leases::until.eq(column(until)));
    let is_new = on!(conn, c => diesel::insert_into(leases::table).values(row).on_conflict_do_nothing().execute(c))?;
    if is_new == 1 {
        return Ok(true);
    }
    let is_over = leases::until.le(column(at)).or(leases::until.gt(column(until)));
    let free = leases::table.find(name).filter(leases::holder.eq(holder).or(is_over));
    let columns = (leases::holder.eq(holder), leases::until.eq(column(until)));
    Ok(on!(conn, c => diesel::update(free).set(columns).execute(c))? == 1)
}

/// Gives a lease back, where it is the holder's.
pub fn give_back(conn: &mut Conn, name: &str, holder: &str) -> Result<(), StoreError> {
    let own = leases::table.find(name).filter(leases::holder.eq(holder));
    on!(conn, c => diesel::delete(own).execute(c))?;
    Ok(())
}
