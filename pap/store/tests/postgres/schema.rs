//! Two folders of migrations, one set of tables.

use std::collections::BTreeSet;

use argus_store::{Conn, Store};
use diesel::{QueryableByName, RunQueryDsl, sql_query};

use crate::support::fixture;

/// A column, as either database describes it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, QueryableByName)]
struct Column {
    #[diesel(sql_type = diesel::sql_types::Text)]
    table_name: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    column_name: String,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    is_nullable: bool,
}

/// A key of one INTEGER column is never NULL there, and isn't described so.
const ON_SQLITE: &str = "
    SELECT tables.name AS table_name, columns.name AS column_name, NOT columns.\"notnull\" AND columns.pk = 0 AS is_nullable
    FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
    WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite%' AND tables.name NOT LIKE '\\_\\_%' ESCAPE '\\'";

const ON_POSTGRES: &str = "
    SELECT table_name::text, column_name::text, is_nullable = 'YES' AS is_nullable
    FROM information_schema.columns
    WHERE table_schema = current_schema AND table_name NOT LIKE '\\_\\_%'";

fn columns(store: &Store) -> BTreeSet<Column> {
    let found: Vec<Column> = store
        .read(|conn| match conn {
            Conn::Sqlite(conn) => Ok(sql_query(ON_SQLITE).load(conn.queries())?),
            Conn::Postgres(conn) => Ok(sql_query(ON_POSTGRES).load(conn.queries())?),
            other => unreachable!("{other:?}"),
        })
        .unwrap();
    found.into_iter().collect()
}

#[test]
fn both_databases_have_the_same_tables_columns_and_nullability() {
    let Some(fixture) = fixture() else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = Store::open(&folder.path().join("argus.db")).unwrap();
    let (file, server) = (columns(&file), columns(&fixture.store));
    assert!(file.len() > 50, "{file:?}");
    let only_file: Vec<_> = file.difference(&server).collect();
    let only_server: Vec<_> = server.difference(&file).collect();
    assert!(only_file.is_empty() && only_server.is_empty(), "on SQLite: {only_file:?}, on PostgreSQL: {only_server:?}");
}
