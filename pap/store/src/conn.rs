//! One connection to the database, whichever it is, and what a transaction on it promises.

use std::fmt;
use std::sync::Arc;

use diesel::RunQueryDsl;
use diesel::connection::{AnsiTransactionManager, Connection, SimpleConnection, TransactionManager};
use diesel::sqlite::SqliteConnection;

use crate::StoreError;
use crate::audit::Veil;
use crate::postgres::{PostgresConn, take_turn};

/// A connection, as [`Store::read`](crate::Store::read) and [`Store::write`](crate::Store::write) lend it.
#[non_exhaustive]
pub enum Conn {
    /// The embedded database.
    Sqlite(Box<SqliteConn>),
    /// A server that several nodes share.
    Postgres(Box<PostgresConn>),
}

/// A connection to the embedded database.
pub struct SqliteConn {
    queries: SqliteConnection,
    veil: Option<Arc<dyn Veil>>,
}

impl SqliteConn {
    pub(crate) fn new(queries: SqliteConnection) -> Self {
        Self { queries, veil: None }
    }

    /// What diesel runs its queries on.
    pub fn queries(&mut self) -> &mut SqliteConnection {
        &mut self.queries
    }
}

/// Runs the same query text against whichever database the connection leads to. What depends on the backend, such as
/// `as_select()`, stands inside; the second form is for what only one of them can say.
macro_rules! on {
    ($conn:expr, $c:ident => $query:expr) => {
        $crate::conn::on!($conn, sqlite $c => $query, postgres $c => $query)
    };
    ($conn:expr, sqlite $s:ident => $sqlite:expr, postgres $p:ident => $postgres:expr) => {
        match $conn {
            $crate::conn::Conn::Sqlite(conn) => {
                let $s = conn.queries();
                $sqlite
            }
            $crate::conn::Conn::Postgres(conn) => {
                let $p = conn.queries();
                $postgres
            }
        }
    };
}
pub(crate) use on;

/// What a transaction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Reading one moment.
    Read,
    /// An administrative act: one after the other.
    Act,
    /// A write that tells nobody: beside the others where the database can.
    Aside,
}

impl Conn {
    /// Opens a transaction. SQLite's write lock is taken at once: a transaction that reads first and writes later would
    /// have to be refused, not made to wait, when another has written in between.
    pub(crate) fn begin(&mut self, purpose: Purpose) -> Result<(), StoreError> {
        match (&mut *self, purpose) {
            (Self::Sqlite(conn), Purpose::Act | Purpose::Aside) => {
                AnsiTransactionManager::begin_transaction_sql(conn.queries(), "BEGIN IMMEDIATE")?;
            }
            _ => self.begin_nested()?,
        }
        match self {
            Self::Postgres(conn) if purpose == Purpose::Act => {
                let turn = take_turn(conn);
                self.abandon_unless(turn)
            }
            _ => Ok(()),
        }
    }

    /// Commits what went well and rolls back what didn't.
    pub(crate) fn end<T>(&mut self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        let committed = result.and_then(|value| {
            self.check_is_whole()?;
            on!(self, c => commit(c))?;
            Ok(value)
        });
        self.abandon_unless(committed)
    }

    /// All that `act` does, or nothing of it. Inside another `write` it is a savepoint of that one.
    pub fn write<T>(&mut self, act: impl FnOnce(&mut Self) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let begun = if self.is_idle() { self.begin(Purpose::Act) } else { self.begin_nested() };
        begun?;
        let result = act(self);
        self.end(result)
    }

    /// Whether no transaction is open: the state in which a connection goes back to the pool.
    pub(crate) fn is_idle(&mut self) -> bool {
        let depth = on!(self, c => depth(c));
        matches!(depth, Some(0))
    }

    /// Whether nothing can come through any more.
    pub(crate) fn is_closed(&self) -> bool {
        match self {
            Self::Sqlite(_) => false,
            Self::Postgres(conn) => conn.is_closed(),
        }
    }

    /// Reads the whole embedded database and its references for damage: seconds for a large one. A PostgreSQL server
    /// checks its own pages and references, so there this finds nothing.
    pub fn check_integrity(&mut self) -> Result<(), StoreError> {
        let Self::Sqlite(conn) = self else { return Ok(()) };
        let c = conn.queries();
        let faults: Vec<Fault> =
            diesel::sql_query("SELECT integrity_check AS fault FROM pragma_integrity_check").load(c)?;
        let orphans: Vec<Fault> = diesel::sql_query(
            "SELECT 'row of `' || \"table\" || '` refers to nothing in `' || parent || '`' AS fault \
             FROM pragma_foreign_key_check",
        )
        .load(c)?;
        let mut faults = faults.into_iter().chain(orphans).map(|row| row.fault).filter(|fault| fault != "ok");
        faults.next().map_or(Ok(()), |detail| Err(StoreError::Corrupt { detail }))
    }

    /// What hides people's data in the audit, where the store was given it.
    pub(crate) fn veil(&self) -> Option<Arc<dyn Veil>> {
        match self {
            Self::Sqlite(conn) => conn.veil.clone(),
            Self::Postgres(conn) => conn.veil.clone(),
        }
    }

    /// Hands it to the connection for as long as it is lent.
    pub(crate) fn set_veil(&mut self, veil: Option<&Arc<dyn Veil>>) {
        match self {
            Self::Sqlite(conn) => conn.veil = veil.cloned(),
            Self::Postgres(conn) => conn.veil = veil.cloned(),
        }
    }

    fn begin_nested(&mut self) -> Result<(), StoreError> {
        Ok(on!(self, c => begin(c))?)
    }

    /// PostgreSQL answers a COMMIT behind a query that failed with a rollback that looks like success. An act that
    /// passed over the failure would be acknowledged and lost; this asks for the error that it passed over.
    fn check_is_whole(&mut self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(conn) => Ok(conn.queries().batch_execute("SELECT 1")?),
        }
    }

    fn abandon_unless<T>(&mut self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        result.map_err(|error| {
            // A rollback that fails as well leaves the connection in its transaction: `is_idle` then tells the pool
            // to close it, which rolls back. The first error is the one to hear about.
            let _ = on!(self, c => roll_back(c));
            if self.is_closed() { error.of_lost_connection() } else { error }
        })
    }
}

fn begin<C: Connection>(conn: &mut C) -> diesel::QueryResult<()> {
    C::TransactionManager::begin_transaction(conn)
}

fn commit<C: Connection>(conn: &mut C) -> diesel::QueryResult<()> {
    C::TransactionManager::commit_transaction(conn)
}

fn roll_back<C: Connection>(conn: &mut C) -> diesel::QueryResult<()> {
    C::TransactionManager::rollback_transaction(conn)
}

/// How many transactions are open inside each other; `None` where that can't be told after a failure.
fn depth<C: Connection>(conn: &mut C) -> Option<u32> {
    let depth = C::TransactionManager::transaction_manager_status_mut(conn).transaction_depth();
    depth.ok().map(|depth| depth.map_or(0, u32::from))
}

/// A line of SQLite's own checks.
#[derive(diesel::QueryableByName)]
struct Fault {
    #[diesel(sql_type = diesel::sql_types::Text)]
    fault: String,
}

impl fmt::Debug for SqliteConn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SqliteConn(..)")
    }
}

impl fmt::Debug for Conn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(_) => f.write_str("Conn::Sqlite(..)"),
            Self::Postgres(_) => f.write_str("Conn::Postgres(..)"),
        }
    }
}
