//! The embedded database: its file, and what every connection to it is told first.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::sqlite::SqliteConnection;
use diesel::{Connection, RunQueryDsl};

use crate::StoreError;
use crate::conn::{Conn, SqliteConn};
use crate::file::{create_private_folder, open_private, sync_folder};

/// On every connection, before anything else. `FULL` because an acknowledged act survives a loss of power, which
/// `NORMAL` doesn't promise under a write-ahead log; `secure_delete` because the private part of a key that has ended
/// is to be gone from its page.
const PRAGMAS: &str = "
    PRAGMA busy_timeout = 5000;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA secure_delete = ON;
";

/// The connection that writes. There is one.
pub(crate) fn open_writer(file: &str) -> Result<Conn, StoreError> {
    Ok(Conn::Sqlite(Box::new(SqliteConn::new(connect(file)?))))
}

/// A connection that SQLite itself keeps from writing.
pub(crate) fn open_reader(file: &str) -> Result<Conn, StoreError> {
    let mut conn = connect(file)?;
    conn.batch_execute("PRAGMA query_only = ON")?;
    Ok(Conn::Sqlite(Box::new(SqliteConn::new(conn))))
}

fn connect(file: &str) -> Result<SqliteConnection, StoreError> {
    let mut conn = SqliteConnection::establish(file).map_err(|error| StoreError::from_connecting(file, error))?;
    conn.batch_execute(PRAGMAS)?;
    Ok(conn)
}

/// Makes the file, and gives its one true path: two names of one file must meet at the same lock.
pub(crate) fn prepare(file: &Path) -> Result<(PathBuf, String), StoreError> {
    let failed = |source: io::Error| StoreError::Open { path: file.to_owned(), source: source.into() };
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        create_private_folder(folder).map_err(failed)?;
    }
    open_private(file).map_err(failed)?;
    let path = file.canonicalize().map_err(failed)?;
    if let Some(folder) = path.parent() {
        sync_folder(folder).map_err(failed)?;
    }
    let Some(name) = path.to_str().map(str::to_owned) else {
        return Err(failed(io::Error::new(io::ErrorKind::InvalidFilename, "the path is not UTF-8")));
    };
    Ok((path, name))
}

/// Copies a database as of one moment to a new file for its owner alone, whoever works on it meanwhile. Gives its size.
///
/// The copy needs no other file beside it, and is looked through for damage before this ends.
pub fn backup_file(from: &Path, to: &Path) -> Result<u64, StoreError> {
    let failed = |source: io::Error| StoreError::Open { path: to.to_owned(), source: source.into() };
    let name = |path: &Path| {
        let name = path.to_str().map(str::to_owned);
        name.ok_or_else(|| failed(io::Error::new(io::ErrorKind::InvalidFilename, "the path is not UTF-8")))
    };
    // VACUUM fills an empty file that is there, with the mode that it has.
    let copy = open_private(to).map_err(failed)?;
    let mut conn = connect(&name(from)?)?;
    diesel::sql_query("VACUUM INTO ?").bind::<Text, _>(name(to)?).execute(&mut conn)?;
    let copied = SqliteConnection::establish(&name(to)?).map_err(|error| failed(io::Error::other(error)))?;
    Conn::Sqlite(Box::new(SqliteConn::new(copied))).check_integrity()?;
    copy.sync_all().map_err(failed)?;
    if let Some(folder) = to.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        sync_folder(folder).map_err(failed)?;
    }
    Ok(copy.metadata().map_err(failed)?.len())
}

/// Writes the file anew and ends the write-ahead log: what was overwritten or deleted is in neither any more.
pub(crate) fn scrub(conn: &mut SqliteConn) -> Result<(), StoreError> {
    // What is written anew passes through memory alone.
    conn.queries().batch_execute("PRAGMA temp_store = MEMORY; VACUUM;")?;
    let ended: Checkpoint = diesel::sql_query("PRAGMA wal_checkpoint(TRUNCATE)").get_result(conn.queries())?;
    if ended.busy == 0 { Ok(()) } else { Err(StoreError::Busy) }
}

/// What SQLite says of its attempt to end the log.
#[derive(diesel::QueryableByName)]
struct Checkpoint {
    #[diesel(sql_type = diesel::sql_types::Integer)]
    busy: i32,
}

/// The lock file beside a database.
pub(crate) fn lock_path(file: &Path) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(".lock");
    PathBuf::from(name)
}
