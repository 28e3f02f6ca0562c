//! `used_assertions`: assertions of clients that were used, until they would have expired. What was used once on one node
//! is refused on every other.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::conn::{Conn, on};
use crate::error::StoreError;
use crate::schema::used_assertions;
use crate::value::column;

/// Expired rows that one use clears away, so that no use pays for all that came before.
const MOST_CLEARED: i64 = 100;

/// Notes the use of an assertion, and clears away some that have expired `before` a time. Whether this was its first
/// use: of several at once, one hears that it was. For [`Store::write_aside`](crate::Store::write_aside).
pub fn note(
    conn: &mut Conn,
    client_id: &str,
    jti: &str,
    expires_at: DateTime<Utc>,
    before: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let row = (
        used_assertions::client_id.eq(client_id),
        used_assertions::jti.eq(jti),
        used_assertions::expires_at.eq(column(expires_at)),
    );
    let inserted = on!(conn, c => {
        diesel::insert_into(used_assertions::table).values(row).on_conflict_do_nothing().execute(c)
    })?;
    clear(conn, before)?;
    Ok(inserted == 1)
}

fn clear(conn: &mut Conn, before: DateTime<Utc>) -> Result<(), StoreError> {
    let over = used_assertions::table.filter(used_assertions::expires_at.lt(column(before)));
    let over = over.select((used_assertions::client_id, used_assertions::jti)).limit(MOST_CLEARED);
    let over: Vec<(String, String)> = on!(conn, c => over.load(c))?;
    for (client_id, jti) in over {
        let row = used_assertions::table.find((client_id, jti));
        on!(conn, c => diesel::delete(row).execute(c))?;
    }
    Ok(())
}
