//! Bringing a database up to date: the same tables in the words of each.

use std::collections::BTreeSet;

use diesel::RunQueryDsl;
use diesel::migration::{Migration, MigrationSource, MigrationVersion};
use diesel::pg::Pg;
use diesel::sql_types::{Bool, Text};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::StoreError;
use crate::conn::Conn;
use crate::postgres::{PostgresConn, keep_from_migrating};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Runs the migrations that the database lacks. Of several nodes that start at once, one runs them and the others wait.
pub(crate) fn migrate(conn: &mut Conn) -> Result<(), StoreError> {
    match conn {
        Conn::Sqlite(conn) => conn.queries().run_pending_migrations(SQLITE).map(drop),
        Conn::Postgres(conn) => {
            if is_up_to_date(conn)? {
                return Ok(());
            }
            keep_from_migrating(conn)?;
            conn.queries().run_pending_migrations(POSTGRES).map(drop)
        }
    }
    .map_err(StoreError::Migration)
}

/// The version of the last migration, the same for both databases.
pub(crate) fn latest() -> Result<String, StoreError> {
    let all: Vec<Box<dyn Migration<Pg>>> = POSTGRES.migrations().map_err(StoreError::Migration)?;
    Ok(all.iter().map(|migration| migration.name().version().to_string()).max().unwrap_or_default())
}

/// Whether there is nothing to do. Asking diesel for it would need the right to make tables, which a node that only
/// decides has no use for.
fn is_up_to_date(conn: &mut PostgresConn) -> Result<bool, StoreError> {
    #[derive(diesel::QueryableByName)]
    struct Kept {
        #[diesel(sql_type = Bool)]
        found: bool,
    }
    #[derive(diesel::QueryableByName)]
    struct Done {
        #[diesel(sql_type = Text)]
        version: String,
    }
    let kept = diesel::sql_query("SELECT to_regclass('__diesel_schema_migrations') IS NOT NULL AS found");
    if !kept.get_result::<Kept>(conn.queries())?.found {
        return Ok(false);
    }
    let done = diesel::sql_query("SELECT version::text FROM __diesel_schema_migrations");
    let done: Vec<Done> = done.load(conn.queries())?;
    let done: BTreeSet<_> = done.into_iter().map(|row| MigrationVersion::from(row.version)).collect();
    let all: Vec<Box<dyn Migration<Pg>>> = POSTGRES.migrations().map_err(StoreError::Migration)?;
    Ok(all.iter().all(|migration| done.contains(&migration.name().version())))
}
