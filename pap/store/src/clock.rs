//! The clock of the database: the one that all nodes of an installation can read.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::RunQueryDsl;
use diesel::sql_types::Timestamp;

use crate::conn::Conn;
use crate::error::StoreError;

/// What the database's own clock shows now. `None` for a file: its clock is that of this machine, which the caller can
/// read for himself.
pub fn read_clock(conn: &mut Conn) -> Result<Option<DateTime<Utc>>, StoreError> {
    #[derive(diesel::QueryableByName)]
    struct Shown {
        #[diesel(sql_type = Timestamp)]
        now: NaiveDateTime,
    }
    match conn {
        Conn::Sqlite(_) => Ok(None),
        Conn::Postgres(conn) => {
            // Not `now()`, which stands still for as long as the transaction lasts.
            let shown = diesel::sql_query("SELECT clock_timestamp() AT TIME ZONE 'UTC' AS now");
            let shown: Shown = shown.get_result(conn.queries())?;
            Ok(Some(shown.now.and_utc()))
        }
    }
}
