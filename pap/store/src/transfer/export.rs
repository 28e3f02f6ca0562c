//! From a database to a text.

use std::fmt::Write as _;
use std::io::Write;

use diesel::pg::Pg;
use diesel::query_builder::{BoxedSqlQuery, SqlQuery};
use diesel::sql_types::{BigInt, Text};
use diesel::sqlite::Sqlite;
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::columns::Kind;
use super::error::TransferError;
use super::row::{Cell, to_line};
use super::tables::{Table, count, refuse_unknown, tables};
use super::{BATCH, FORMAT, Moved, VERSION};
use crate::conn::Conn;
use crate::migrate::latest;
use crate::{Store, StoreError};

/// Writes everything as of one moment, whatever is written meanwhile.
pub fn export(store: &Store, out: &mut impl Write) -> Result<Moved, TransferError> {
    let mut result = None;
    // What fails beside the store travels past it.
    store.read(|conn| {
        result = Some(write_all(conn, out));
        Ok(())
    })?;
    result.unwrap_or_else(|| Err(StoreError::Busy.into()))
}

fn write_all(conn: &mut Conn, out: &mut impl Write) -> Result<Moved, TransferError> {
    refuse_unknown(conn)?;
    let counted = count(conn)?;
    let mut out = Sealed { out, digest: Sha256::new() };
    let manifest = [
        format!("\"format\":\"{FORMAT}\",\"version\":{VERSION}"),
        format!("\"migration\":{}", Value::String(latest()?)),
        format!("\"tables\":{}", serde_json::to_string(&counted).map_err(std::io::Error::from)?),
    ];
    out.line(&format!("{{{}}}", manifest.join(",")))?;
    for table in tables() {
        let mut last: Option<Vec<Cell>> = None;
        loop {
            let rows = read_rows(conn, &table, last.as_deref())?;
            for row in &rows {
                out.line(&to_line(&table, row))?;
            }
            if rows.len() < BATCH {
                break;
            }
            last = rows.into_iter().next_back();
        }
    }
    let rows = counted.iter().map(|table| table.rows).sum();
    let sha256 = hex(&out.digest.clone().finalize());
    out.line(&format!("{{\"rows\":{rows},\"sha256\":{}}}", json!(sha256)))?;
    out.out.flush()?;
    Ok(Moved { tables: counted, rows, sha256 })
}

/// The rows behind one, in the order of the primary key by its bytes.
fn read_rows(conn: &mut Conn, table: &Table, after: Option<&[Cell]>) -> Result<Vec<Vec<Cell>>, StoreError> {
    let lines: Vec<Line> = match conn {
        Conn::Sqlite(conn) => {
            let query = sql_query(query(table, after.is_some(), "json_array", "", |_| "?".to_owned()));
            bind_sqlite(query.into_boxed::<Sqlite>(), table, after).load(conn.queries())?
        }
        Conn::Postgres(conn) => {
            let text = query(table, after.is_some(), "json_build_array", " COLLATE \"C\"", |n| format!("${n}"));
            bind_postgres(sql_query(text).into_boxed::<Pg>(), table, after).load(conn.queries())?
        }
    };
    let read = |line: Line| {
        let values: Vec<Value> = serde_json::from_str(&line.line).map_err(|error| error.to_string())?;
        let cells = table.columns.iter().zip(values).map(|(column, value)| Cell::of_database(*column, value));
        cells.collect::<Result<Vec<_>, String>>()
    };
    let rows = lines.into_iter().map(read).collect::<Result<_, _>>();
    rows.map_err(|detail| StoreError::Corrupt { detail: format!("`{}`: {detail}", table.name) })
}

fn query(table: &Table, is_next: bool, array: &str, collation: &str, placeholder: fn(usize) -> String) -> String {
    let columns: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
    let key = table.columns.iter().take(table.key);
    let key: Vec<String> = key
        .map(
            |column| if column.kind == Kind::Text { format!("{}{collation}", column.name) } else { column.name.into() },
        )
        .collect();
    let after: Vec<String> = (1..=table.key).map(placeholder).collect();
    let behind = if is_next { format!("WHERE ({}) > ({})", key.join(", "), after.join(", ")) } else { String::new() };
    format!(
        "SELECT CAST({array}({}) AS TEXT) AS line FROM {} {behind} ORDER BY {} LIMIT {BATCH}",
        columns.join(", "),
        table.name,
        key.join(", ")
    )
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Binds the primary key of the last row, which is of texts and numbers.
macro_rules! bind_key {
    ($name:ident, $backend:ty) => {
        fn $name<'q>(
            mut query: BoxedSqlQuery<'q, $backend, SqlQuery>,
            table: &Table,
            after: Option<&[Cell]>,
        ) -> BoxedSqlQuery<'q, $backend, SqlQuery> {
            for cell in after.into_iter().flat_map(|row| row.iter().take(table.key)) {
                query = match cell {
                    Cell::BigInt(Some(number)) => query.bind::<BigInt, _>(*number),
                    Cell::Text(Some(text)) => query.bind::<Text, _>(text.clone()),
                    // INVARIANT: a test holds that no key is of anything else.
                    _ => query.bind::<Text, _>(String::new()),
                };
            }
            query
        }
    };
}
bind_key!(bind_sqlite, Sqlite);
bind_key!(bind_postgres, Pg);

/// Counts into a digest what it writes.
struct Sealed<'w, W> {
    out: &'w mut W,
    digest: Sha256,
}

impl<W: Write> Sealed<'_, W> {
    fn line(&mut self, line: &str) -> std::io::Result<()> {
        for octets in [line.as_bytes(), b"\n"] {
            self.digest.update(octets);
            self.out.write_all(octets)?;
        }
        Ok(())
    }
}

pub(super) fn hex(digest: &[u8]) -> String {
    let mut text = String::with_capacity(2 * digest.len());
    for octet in digest {
        // A text takes whatever is written to it.
        let _ = write!(text, "{octet:02x}");
    }
    text
}
