//! The tables, in an order in which each refers only to those before it.

use std::collections::BTreeSet;

use diesel::sql_types::{BigInt, Text};
use diesel::{QueryableByName, RunQueryDsl, sql_query};

use super::columns::{Column, Columns};
use super::error::TransferError;
use crate::conn::{Conn, on};
use crate::{StoreError, schema};

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) name: &'static str,
    /// How many of the columns, from the first, are its primary key.
    pub(super) key: usize,
    pub(super) columns: Vec<Column>,
}

/// A table, and how many rows it has.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableRows {
    /// Its name.
    pub name: String,
    /// How many rows it has.
    pub rows: u64,
}

fn columns_of<T: diesel::Table<AllColumns: Columns>>(_: T) -> Vec<Column> {
    <T::AllColumns as Columns>::describe()
}

macro_rules! tables {
    ($($name:ident: $key:literal),* $(,)?) => {
        /// All tables.
        pub(super) fn tables() -> Vec<Table> {
            vec![$(Table { name: stringify!($name), key: $key, columns: columns_of(schema::$name::table) }),*]
        }
    };
}

// Each with the number of columns of its primary key.
tables! {
    plans: 1,
    organisations: 1,
    projects: 1,
    keys: 1,
    credentials: 1,
    credential_callers: 3,
    policy_documents: 2,
    changes: 1,
    wrapped_keys: 1,
    settings: 1,
    audit_entries: 1,
    audit_checkpoints: 1,
    persons: 1,
    outbox: 1,
    contacts: 1,
    deliveries: 1,
    idempotency: 3,
    signing_keys: 1,
    revoked_tokens: 1,
    used_assertions: 2,
    nodes: 1,
    leases: 1,
    usage: 4,
    usage_distinct: 5,
    usage_writers: 1,
    quota_uses: 3,
    limits: 1,
    decisions: 1,
    policy_sets: 1,
    watches: 1,
    sightings: 2,
    anomalies: 1,
    reviews: 1,
    review_items: 2,
}

/// The names of all tables, each with those of its columns.
#[cfg(test)]
pub(crate) fn table_columns() -> Vec<(&'static str, Vec<&'static str>)> {
    let names = |table: &Table| table.columns.iter().map(|column| column.name).collect();
    tables().iter().map(|table| (table.name, names(table))).collect()
}

/// How many rows each table has.
pub fn count(conn: &mut Conn) -> Result<Vec<TableRows>, StoreError> {
    #[derive(QueryableByName)]
    struct Counted {
        #[diesel(sql_type = BigInt)]
        rows: i64,
    }
    let count = |table: Table| {
        let counting = format!("SELECT count(*) AS rows FROM {}", table.name);
        let counted: Counted = on!(conn, c => sql_query(&counting).get_result(c))?;
        Ok(TableRows { name: table.name.to_owned(), rows: counted.rows.unsigned_abs() })
    };
    tables().into_iter().map(count).collect()
}

/// Rows that somebody has made. What the migrations bring is in every database.
pub fn made(tables: &[TableRows]) -> u64 {
    tables.iter().filter(|table| table.name != "plans").map(|table| table.rows).sum()
}

/// Refuses a database that has more than is moved.
pub(super) fn refuse_unknown(conn: &mut Conn) -> Result<(), TransferError> {
    let known = |table: &Table| table.columns.iter().map(|column| format!("{}.{}", table.name, column.name)).collect();
    let known: BTreeSet<String> = tables().iter().flat_map(|table| -> Vec<String> { known(table) }).collect();
    match found(conn)?.into_iter().find(|name| !known.contains(name)) {
        Some(unknown) => Err(TransferError::Unknown(unknown)),
        None => Ok(()),
    }
}

/// `table.column` of all that the database has, but for what belongs to it or to the migrations.
fn found(conn: &mut Conn) -> Result<Vec<String>, StoreError> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = Text)]
        name: String,
    }
    const ON_SQLITE: &str = "
        SELECT tables.name || '.' || columns.name AS name
        FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
        WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
            AND tables.name <> '__diesel_schema_migrations'";
    const ON_POSTGRES: &str = "
        SELECT columns.table_name || '.' || columns.column_name AS name
        FROM information_schema.columns AS columns
        JOIN information_schema.tables AS tables USING (table_schema, table_name)
        WHERE table_schema = current_schema AND tables.table_type = 'BASE TABLE'
            AND table_name <> '__diesel_schema_migrations'";
    let found: Vec<Found> =
        on!(conn, sqlite c => sql_query(ON_SQLITE).load(c)?, postgres c => sql_query(ON_POSTGRES).load(c)?);
    Ok(found.into_iter().map(|found| found.name).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::columns::Kind;
    use super::*;
    use crate::Store;

    #[derive(Debug, PartialEq, Eq, PartialOrd, Ord, QueryableByName)]
    struct Declared {
        #[diesel(sql_type = Text)]
        name: String,
        #[diesel(sql_type = diesel::sql_types::Bool)]
        is_nullable: bool,
        #[diesel(sql_type = BigInt)]
        place_in_key: i64,
    }

    #[test]
    fn every_table_of_the_migrations_is_moved_with_every_column_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("argus.db")).unwrap();
        let declared: BTreeSet<Declared> = store
            .read(|conn| {
                let query = sql_query(
                    "SELECT tables.name || '.' || columns.name AS name, columns.pk AS place_in_key,
                            NOT columns.\"notnull\" AND columns.pk = 0 AS is_nullable
                     FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
                     WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
                         AND tables.name NOT LIKE '\\_\\_%' ESCAPE '\\'",
                );
                Ok(on!(conn, sqlite c => query.load(c)?, postgres _c => Vec::new()))
            })
            .unwrap()
            .into_iter()
            .collect();
        let known: BTreeSet<Declared> = tables()
            .into_iter()
            .flat_map(|table| {
                let Table { name, key, columns } = table;
                columns.into_iter().zip(1..).map(move |(column, place)| Declared {
                    name: format!("{name}.{}", column.name),
                    is_nullable: column.is_nullable,
                    place_in_key: if place <= key { i64::try_from(place).unwrap() } else { 0 },
                })
            })
            .collect();
        assert_eq!(declared.difference(&known).collect::<Vec<_>>(), Vec::<&Declared>::new());
        assert_eq!(known.difference(&declared).collect::<Vec<_>>(), Vec::<&Declared>::new());
    }

    #[test]
    fn a_primary_key_is_of_texts_and_numbers() {
        for table in tables() {
            for column in table.columns.iter().take(table.key) {
                assert!(matches!(column.kind, Kind::Text | Kind::BigInt), "{}.{}", table.name, column.name);
            }
        }
    }
}
