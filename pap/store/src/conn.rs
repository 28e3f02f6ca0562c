//! One connection to the database, whichever it is, and what a transaction on it promises.

use std::fmt;

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::sqlite::SqliteConnection;
use diesel::{Connection, RunQueryDsl};

use crate::StoreError;

/// A connection, as [`Store::read`](crate::Store::read) and [`Store::write`](crate::Store::write) lend it.
#[non_exhaustive]
pub enum Conn {
    /// The embedded database.
    Sqlite(SqliteConnection),
}

/// Runs the same query text against whichever database the connection leads to.
macro_rules! on {
    ($conn:expr, $c:ident => $query:expr) => {
        match $conn {
            $crate::conn::Conn::Sqlite($c) => $query,
        }
    };
}
pub(crate) use on;

/// On every connection, before anything else. `FULL` because an acknowledged act survives a loss of power, which
/// `NORMAL` doesn't promise under a write-ahead log.
const SQLITE_PRAGMAS: &str = "
    PRAGMA busy_timeout = 5000;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
";

impl Conn {
    /// The connection that writes. There is one.
    pub(crate) fn open_sqlite_writer(file: &str) -> Result<Self, StoreError> {
        connect(file).map(Self::Sqlite)
    }

    /// A connection that SQLite itself keeps from writing.
    pub(crate) fn open_sqlite_reader(file: &str) -> Result<Self, StoreError> {
        let mut conn = connect(file)?;
        conn.batch_execute("PRAGMA query_only = ON")?;
        Ok(Self::Sqlite(conn))
    }

    /// All that `act` does, or nothing of it. Inside another `write` it is a savepoint of that one.
    ///
    /// The outermost takes SQLite's write lock at once: a transaction that reads first and writes later would have to
    /// be refused, not made to wait, when another has written in between.
    pub fn write<T>(&mut self, act: impl FnOnce(&mut Self) -> Result<T, StoreError>) -> Result<T, StoreError> {
        if self.is_idle() {
            on!(self, c => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE"))?;
        } else {
            on!(self, c => AnsiTransactionManager::begin_transaction(c))?;
        }
        let result = act(self);
        self.end_transaction(result)
    }

    /// All that `query` reads, it reads from one moment.
    pub(crate) fn read<T>(&mut self, query: impl FnOnce(&mut Self) -> Result<T, StoreError>) -> Result<T, StoreError> {
        on!(self, c => AnsiTransactionManager::begin_transaction(c))?;
        let result = query(self);
        self.end_transaction(result)
    }

    fn end_transaction<T>(&mut self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        let committed = result.and_then(|value| {
            on!(self, c => AnsiTransactionManager::commit_transaction(c))?;
            Ok(value)
        });
        if committed.is_err() {
            // A rollback that fails as well leaves the connection in its transaction: `is_idle` then tells the pool
            // to close it, which rolls back. The first error is the one to hear about.
            let _ = on!(self, c => AnsiTransactionManager::rollback_transaction(c));
        }
        committed
    }

    /// Whether no transaction is open: the state in which a connection goes back to the pool.
    pub(crate) fn is_idle(&mut self) -> bool {
        let depth = on!(self, c => AnsiTransactionManager::transaction_manager_status_mut(c).transaction_depth());
        matches!(depth, Ok(None))
    }

    /// Reads the whole database and its references for damage. Seconds for a large one.
    pub fn check_integrity(&mut self) -> Result<(), StoreError> {
        let faults: Vec<Fault> =
            on!(self, c => diesel::sql_query("SELECT integrity_check AS fault FROM pragma_integrity_check").load(c))?;
        let orphans: Vec<Fault> = on!(self, c => diesel::sql_query(
            "SELECT 'row of `' || \"table\" || '` refers to nothing in `' || parent || '`' AS fault \
             FROM pragma_foreign_key_check").load(c))?;
        let mut faults = faults.into_iter().chain(orphans).map(|row| row.fault).filter(|fault| fault != "ok");
        faults.next().map_or(Ok(()), |detail| Err(StoreError::Corrupt { detail }))
    }
}

fn connect(file: &str) -> Result<SqliteConnection, StoreError> {
    let mut conn = SqliteConnection::establish(file).map_err(|error| StoreError::from_connecting(file, error))?;
    conn.batch_execute(SQLITE_PRAGMAS)?;
    Ok(conn)
}

/// A line of SQLite's own checks.
#[derive(diesel::QueryableByName)]
struct Fault {
    #[diesel(sql_type = diesel::sql_types::Text)]
    fault: String,
}

impl fmt::Debug for Conn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(_) => f.write_str("Conn::Sqlite(..)"),
        }
    }
}
