//! From a text to a database: all of it in one transaction, checked to its last byte before it is kept.

use std::io::BufRead;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::connection::SimpleConnection;
use diesel::pg::Pg;
use diesel::query_builder::{BoxedSqlQuery, SqlQuery};
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text, Timestamp};
use diesel::sqlite::Sqlite;
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::error::TransferError;
use super::export::hex;
use super::row::{Cell, of_line};
use super::tables::{Table, TableRows, count, made, refuse_unknown, tables};
use super::{BATCH, FORMAT, Moved, VERSION};
use crate::conn::{Conn, on};
use crate::migrate::latest;
use crate::{Store, StoreError, node, read_clock};

/// The longest line: more than any row has, and less than fills the memory.
const LONGEST_LINE: u64 = 512 * 1024 * 1024;

/// A node that has spoken since is at work.
const AT_WORK: TimeDelta = TimeDelta::seconds(15);

/// What becomes of what is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// There has to be nothing.
    Nothing,
    /// It is removed.
    Everything,
}

/// Reads an export into a database. `now` is the time where the database has no clock of its own.
pub fn import(store: &Store, input: &mut impl BufRead, over: Over, now: DateTime<Utc>) -> Result<Moved, TransferError> {
    let mut failed = None;
    let moved = store.write(|conn| {
        read_all(conn, input, over, now).map_err(|error| match error {
            TransferError::Store(error) => error,
            // What fails beside the store travels past it; for the store it is enough that nothing is kept.
            other => {
                failed = Some(other);
                StoreError::Busy
            }
        })
    });
    match (moved, failed) {
        (Ok(moved), _) => Ok(moved),
        (Err(_), Some(failed)) => Err(failed),
        (Err(error), None) => Err(error.into()),
    }
}

fn read_all(conn: &mut Conn, input: &mut impl BufRead, over: Over, now: DateTime<Utc>) -> Result<Moved, TransferError> {
    refuse_unknown(conn)?;
    let mut lines = Lines { input, digest: Sha256::new(), number: 0 };
    let manifest = Manifest::read(&mut lines)?;
    refuse_nodes(conn, now)?;
    let rows = made(&count(conn)?);
    if over == Over::Nothing && rows > 0 {
        return Err(TransferError::NotEmpty { rows });
    }
    empty(conn)?;
    let constraints = defer_references(conn)?;
    for (table, expected) in tables().iter().zip(&manifest.tables) {
        read_table(conn, &mut lines, table, expected.rows)?;
    }
    check_seal(&mut lines, &manifest).and_then(|moved| {
        enforce_references(conn, &constraints)?;
        Ok(moved)
    })
}

fn read_table(
    conn: &mut Conn,
    lines: &mut Lines<'_, impl BufRead>,
    table: &Table,
    rows: u64,
) -> Result<(), TransferError> {
    let mut batch = Vec::with_capacity(BATCH);
    for _ in 0..rows {
        let line = lines.next()?;
        batch.push(of_line(table, &line).map_err(|detail| lines.malformed(detail))?);
        if batch.len() == BATCH {
            insert(conn, table, std::mem::take(&mut batch))?;
        }
    }
    if batch.is_empty() { Ok(()) } else { insert(conn, table, batch) }
}

fn insert(conn: &mut Conn, table: &Table, rows: Vec<Vec<Cell>>) -> Result<(), TransferError> {
    let columns: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
    let width = columns.len();
    let head = format!("INSERT INTO {} ({}) VALUES ", table.name, columns.join(", "));
    let values = |placeholder: fn(usize) -> String| {
        let row = |n: usize| {
            let cells: Vec<String> = (1..=width).map(|column| placeholder(n * width + column)).collect();
            format!("({})", cells.join(", "))
        };
        (0..rows.len()).map(row).collect::<Vec<_>>().join(", ")
    };
    match conn {
        Conn::Sqlite(conn) => {
            let query = sql_query(head + &values(|_| "?".to_owned())).into_boxed::<Sqlite>();
            bind_sqlite(query, rows).execute(conn.queries())?;
        }
        Conn::Postgres(conn) => {
            let query = sql_query(head + &values(|n| format!("${n}"))).into_boxed::<Pg>();
            bind_postgres(query, rows).execute(conn.queries())?;
        }
    }
    Ok(())
}

macro_rules! bind_rows {
    ($name:ident, $backend:ty) => {
        fn $name(
            mut query: BoxedSqlQuery<'_, $backend, SqlQuery>,
            rows: Vec<Vec<Cell>>,
        ) -> BoxedSqlQuery<'_, $backend, SqlQuery> {
            for cell in rows.into_iter().flatten() {
                query = match cell {
                    Cell::Text(text) => query.bind::<Nullable<Text>, _>(text),
                    Cell::BigInt(number) => query.bind::<Nullable<BigInt>, _>(number),
                    Cell::Integer(number) => query.bind::<Nullable<Integer>, _>(number),
                    Cell::Bool(flag) => query.bind::<Nullable<Bool>, _>(flag),
                    Cell::Timestamp(at) => query.bind::<Nullable<Timestamp>, _>(at),
                };
            }
            query
        }
    };
}
bind_rows!(bind_sqlite, Sqlite);
bind_rows!(bind_postgres, Pg);

/// What is in force on a node would go on from a sequence that means something else now.
fn refuse_nodes(conn: &mut Conn, now: DateTime<Utc>) -> Result<(), TransferError> {
    let now = read_clock(conn)?.unwrap_or(now);
    // A file is under a lock.
    let is_shared = matches!(conn, Conn::Postgres(_));
    let at_work = node::list(conn)?.into_iter().find(|node| is_shared && now - node.seen_at < AT_WORK);
    at_work.map_or(Ok(()), |node| Err(TransferError::InUse { address: node.address }))
}

fn empty(conn: &mut Conn) -> Result<(), TransferError> {
    for table in tables().iter().rev() {
        if table.name == "keys" {
            // A key may refer to another one, whichever goes first.
            on!(conn, c => sql_query("UPDATE keys SET parent_key_id = NULL").execute(c))?;
        }
        on!(conn, c => sql_query(format!("DELETE FROM {}", table.name)).execute(c))?;
    }
    Ok(())
}

/// A constraint, as `ALTER TABLE` names it.
#[derive(QueryableByName)]
struct Reference {
    #[diesel(sql_type = Text)]
    owner: String,
    #[diesel(sql_type = Text)]
    name: String,
}

/// Lets rows come before those that they refer to, until the end of the transaction: a key may be older by its id than
/// the key above it, where that was made by another clock.
fn defer_references(conn: &mut Conn) -> Result<Vec<Reference>, TransferError> {
    match conn {
        Conn::Sqlite(conn) => {
            conn.queries().batch_execute("PRAGMA defer_foreign_keys = ON")?;
            Ok(Vec::new())
        }
        Conn::Postgres(conn) => {
            let found = sql_query(
                "SELECT conrelid::regclass::text AS owner, quote_ident(conname) AS name FROM pg_constraint \
                 WHERE contype = 'f' AND NOT condeferrable AND connamespace = current_schema::regnamespace",
            );
            let found: Vec<Reference> = found.load(conn.queries())?;
            for Reference { owner, name } in &found {
                let defer = format!("ALTER TABLE {owner} ALTER CONSTRAINT {name} DEFERRABLE INITIALLY DEFERRED");
                conn.queries().batch_execute(&defer)?;
            }
            Ok(found)
        }
    }
}

/// Holds all references to what they say, and makes them as strict as they were.
fn enforce_references(conn: &mut Conn, references: &[Reference]) -> Result<(), TransferError> {
    let Conn::Postgres(conn) = conn else { return Ok(()) };
    conn.queries().batch_execute("SET CONSTRAINTS ALL IMMEDIATE")?;
    for Reference { owner, name } in references {
        conn.queries().batch_execute(&format!("ALTER TABLE {owner} ALTER CONSTRAINT {name} NOT DEFERRABLE"))?;
    }
    Ok(())
}

fn check_seal(lines: &mut Lines<'_, impl BufRead>, manifest: &Manifest) -> Result<Moved, TransferError> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Seal {
        rows: u64,
        sha256: String,
    }
    let digest = hex(&lines.digest.clone().finalize());
    let line = lines.next()?;
    let seal: Seal = serde_json::from_str(&line).map_err(|_| {
        lines.malformed("the seal is missing, or there are more rows than the manifest says".to_owned())
    })?;
    let rows = manifest.tables.iter().map(|table| table.rows).sum();
    if seal.sha256 != digest || seal.rows != rows {
        return Err(TransferError::Damaged { detail: "its digest is another than that of its seal".to_owned() });
    }
    if !lines.input.fill_buf()?.is_empty() {
        return Err(TransferError::Damaged { detail: "something follows its seal".to_owned() });
    }
    Ok(Moved { tables: manifest.tables.clone(), rows, sha256: digest })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    format: String,
    version: u32,
    migration: String,
    tables: Vec<TableRows>,
}

impl Manifest {
    fn read(lines: &mut Lines<'_, impl BufRead>) -> Result<Self, TransferError> {
        let line = lines.next()?;
        let manifest: Self =
            serde_json::from_str(&line).map_err(|_| lines.malformed("it is no manifest of an export".to_owned()))?;
        if manifest.format != FORMAT || manifest.version != VERSION {
            let detail = format!("this program reads `{FORMAT}` of version {VERSION}");
            return Err(lines.malformed(detail));
        }
        let own = latest()?;
        if manifest.migration != own {
            let detail = format!(
                "it was written at migration {}, this program is at {own}: export and import with the same version",
                manifest.migration.escape_debug()
            );
            return Err(lines.malformed(detail));
        }
        let names: Vec<&str> = manifest.tables.iter().map(|table| table.name.as_str()).collect();
        if names != tables().iter().map(|table| table.name).collect::<Vec<_>>() {
            return Err(lines.malformed("its tables are not those of this program".to_owned()));
        }
        Ok(manifest)
    }
}

/// Counts into a digest what it reads.
struct Lines<'r, R> {
    input: &'r mut R,
    digest: Sha256,
    number: u64,
}

impl<R: BufRead> Lines<'_, R> {
    fn next(&mut self) -> Result<String, TransferError> {
        let mut line = String::new();
        self.number += 1;
        let read = std::io::Read::take(&mut *self.input, LONGEST_LINE).read_line(&mut line)?;
        if read == 0 || !line.ends_with('\n') {
            return Err(TransferError::Damaged { detail: format!("it ends in line {}", self.number) });
        }
        self.digest.update(line.as_bytes());
        line.pop();
        Ok(line)
    }

    fn malformed(&self, detail: String) -> TransferError {
        TransferError::Malformed { line: self.number, detail }
    }
}
