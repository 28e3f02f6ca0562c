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

#[cfg(test)]
mod tests {
    use diesel::connection::SimpleConnection as _;
    use diesel::sql_types::Nullable;
    use diesel::{Connection as _, QueryableByName, SqliteConnection};

    use super::*;

    #[derive(Debug, PartialEq, QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        id: String,
        #[diesel(sql_type = Nullable<Text>)]
        key_id: Option<String>,
        #[diesel(sql_type = Nullable<Text>)]
        handed_at: Option<String>,
    }

    /// SQLite can't make a column nullable: the table is made anew.
    #[test]
    fn notices_that_were_there_outlive_the_table_that_had_a_key_in_each() {
        let mut conn = SqliteConnection::establish(":memory:").unwrap();
        conn.batch_execute("PRAGMA foreign_keys = ON").unwrap();
        while conn.run_next_migration(SQLITE).unwrap().to_string().as_str() < "00000000000022" {}
        conn.batch_execute(
            "INSERT INTO organisations (id, name, conditions, created_at) VALUES ('o', 'acme', '{}', 't');
             INSERT INTO outbox
                 (id, kind, organisation_id, key_id, recipient, payload, dedup_key, due_at, created_at, handed_at)
             VALUES ('a', 'key.revoked', 'o', 'k', 'ada', '{}', 'd1', 't', 't', NULL),
                    ('b', 'key.expired', 'o', 'k', 'ada', '{}', 'd2', 't', 't', 't')",
        )
        .unwrap();
        conn.run_pending_migrations(SQLITE).unwrap();
        let rows = diesel::sql_query("SELECT id, key_id, handed_at FROM outbox ORDER BY id");
        let row = |id: &str, handed: Option<&str>| Row {
            id: id.to_owned(),
            key_id: Some("k".to_owned()),
            handed_at: handed.map(str::to_owned),
        };
        assert_eq!(rows.load::<Row>(&mut conn).unwrap(), [row("a", None), row("b", Some("t"))]);
        let twice = "INSERT INTO outbox (id, kind, organisation_id, recipient, payload, dedup_key, due_at, created_at)
             VALUES ('c', 'plan.lowered', 'o', 'acme', '{}', 'd2', 't', 't')";
        assert!(conn.batch_execute(twice).is_err(), "who was told is not told again");
        conn.batch_execute(&twice.replace("'d2'", "'d3'")).unwrap();
    }
}
