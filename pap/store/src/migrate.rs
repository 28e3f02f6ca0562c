//! Bringing a database up to date: the same tables in the words of each.

use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::StoreError;
use crate::conn::Conn;
use crate::postgres::keep_from_migrating;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Runs the migrations that the database lacks. Of several nodes that start at once, one runs them and the others wait.
pub(crate) fn migrate(conn: &mut Conn) -> Result<(), StoreError> {
    match conn {
        Conn::Sqlite(c) => c.run_pending_migrations(SQLITE).map(drop),
        Conn::Postgres(conn) => {
            keep_from_migrating(conn)?;
            conn.queries().run_pending_migrations(POSTGRES).map(drop)
        }
    }
    .map_err(StoreError::Migration)
}
