//! A connection to a PostgreSQL server: made here, and what it is told before its first query.

mod listen;
mod park;
mod tls;

use std::sync::Arc;
use std::time::Duration;

use diesel::RunQueryDsl;
use diesel::sql_types::{Array, BigInt, Text, Timestamp};
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use tokio::task::AbortHandle;
use tracing::debug;

pub use listen::Listener;
pub(crate) use listen::listen;
use park::{Parked, wait};
pub(crate) use tls::Connector;

use crate::StoreError;
use crate::audit::Veil;
use crate::location::in_words;

/// A cause that is told, not taken apart.
type Cause = Box<dyn std::error::Error + Send + Sync>;

/// What diesel runs its queries on. Every call blocks the thread, and needs no runtime around it.
pub type PgQueries = AsyncConnectionWrapper<AsyncPgConnection, Parked>;

/// The channel on which the nodes wake each other.
const CHANNEL: &str = "argus_changes";

/// Making a connection, from its first packet to its last setting. A server that is frozen still accepts the first.
const CONNECTING: Duration = Duration::from_secs(3);

/// The locks of this program, in a number space of the whole database: `argus` in ASCII, then which one.
const TURN: i64 = 0x61_72_67_75_73_01;
const MIGRATING: i64 = 0x61_72_67_75_73_02;
const ADDING_USAGE: i64 = 0x61_72_67_75_73_03;

/// What every connection is told. A server that acknowledges before the disk has it would make us do so too.
const ALL: &str = "
    SET client_min_messages = warning;
    SET idle_in_transaction_session_timeout = '10s';
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
";

/// What a connection is for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Session {
    /// Its transactions see one moment, and can't write.
    Reader,
    /// It waits a little less for a lock than a caller waits for a connection.
    Writer,
    /// It changes tables, which takes the time it takes.
    Migration,
}

impl Session {
    fn settings(self) -> &'static str {
        match self {
            Self::Reader => {
                "SET default_transaction_isolation = 'repeatable read';
                 SET default_transaction_read_only = on;
                 SET statement_timeout = '30s';"
            }
            Self::Writer => {
                "SET default_transaction_isolation = 'read committed';
                 SET default_transaction_read_only = off;
                 SET lock_timeout = '4s';
                 SET statement_timeout = '5s';"
            }
            Self::Migration => {
                "SET default_transaction_isolation = 'read committed';
                 SET default_transaction_read_only = off;
                 SET idle_in_transaction_session_timeout = 0;
                 SET statement_timeout = 0;"
            }
        }
    }
}

/// A connection to a PostgreSQL server.
pub struct PostgresConn {
    queries: PgQueries,
    /// What hides people's data in the audit.
    pub(crate) veil: Option<Arc<dyn Veil>>,
    driver: AbortHandle,
}

impl PostgresConn {
    /// Connects, blocking, for at most [`CONNECTING`].
    pub(crate) fn open(connector: &Connector, session: Session) -> Result<Self, StoreError> {
        let longest_wait = match session {
            Session::Migration => None,
            Session::Reader | Session::Writer => Some(park::LONGEST_WAIT),
        };
        let (connector, told) = (connector.clone(), connector.to_string());
        let connecting = park::runtime()?.spawn(async move {
            let connecting = tokio::time::timeout(CONNECTING, establish(connector, session));
            connecting.await.unwrap_or_else(|_| Err("it doesn't answer".into()))
        });
        let made = wait(connecting).map_err(Cause::from).and_then(|made| made);
        let (conn, driver) = made.map_err(|cause| StoreError::Away(format!("{told}: {}", in_words(&*cause)).into()))?;
        Ok(Self { queries: park::wrap(conn, driver.clone(), longest_wait), veil: None, driver })
    }

    /// What diesel runs its queries on.
    pub fn queries(&mut self) -> &mut PgQueries {
        &mut self.queries
    }

    /// Whether its socket is gone.
    pub(crate) fn is_closed(&self) -> bool {
        self.driver.is_finished()
    }
}

async fn establish(connector: Connector, session: Session) -> Result<(AsyncPgConnection, AbortHandle), Cause> {
    let (client, connection) = connector.connect().await?;
    let driver = tokio::spawn(async move {
        if let Err(error) = connection.await {
            debug!("a connection to the database ended: {}", in_words(&error));
        }
    });
    let mut conn = AsyncPgConnection::try_from(client).await?;
    conn.batch_execute(ALL).await?;
    conn.batch_execute(session.settings()).await?;
    Ok((conn, driver.abort_handle()))
}

/// Waits until no other act is under way, on this node or another, and keeps the turn until the transaction ends.
///
/// As on SQLite, acts then never see each other half done, can't wait for each other in a circle, and what they append
/// has the order in which they commit.
pub(crate) fn take_turn(conn: &mut PostgresConn) -> Result<(), StoreError> {
    let turn = diesel::sql_query("SELECT pg_advisory_xact_lock($1)").bind::<BigInt, _>(TURN);
    turn.execute(conn.queries())?;
    Ok(())
}

/// Waits until no other node adds usage, and keeps them from it until the transaction ends: rows that two transactions
/// take in different orders would have them wait for each other.
pub(crate) fn take_usage_turn(conn: &mut PostgresConn) -> Result<(), StoreError> {
    let turn = diesel::sql_query("SELECT pg_advisory_xact_lock($1)").bind::<BigInt, _>(ADDING_USAGE);
    turn.execute(conn.queries())?;
    Ok(())
}

/// Keeps other nodes from migrating until this connection is closed.
pub(crate) fn keep_from_migrating(conn: &mut PostgresConn) -> Result<(), StoreError> {
    let lock = diesel::sql_query("SELECT pg_advisory_lock($1)").bind::<BigInt, _>(MIGRATING);
    lock.execute(conn.queries())?;
    Ok(())
}

/// Writes the tables with envelopes anew: what was overwritten there is in none of their files any more.
pub(crate) fn scrub(conn: &mut PostgresConn) -> Result<(), StoreError> {
    for table in ["wrapped_keys", "signing_keys", "persons"] {
        diesel::sql_query(format!("VACUUM (FULL) {table}")).execute(conn.queries())?;
    }
    Ok(())
}

/// Adds lines to the change feed, and wakes who listens when they are committed.
///
/// The numbers are those behind the newest: under the turn nobody else can add one, and the turn ends only after the
/// commit is visible. A reader that has seen 7 never finds 6 later, and a rollback leaves no hole.
pub(crate) fn append_changes(
    conn: &mut PostgresConn,
    kind: &str,
    ids: &[String],
    at: chrono::NaiveDateTime,
) -> Result<(), StoreError> {
    take_turn(conn)?;
    let lines = diesel::sql_query(
        "WITH lines AS (
             INSERT INTO changes (sequence, kind, id, at)
             SELECT (SELECT coalesce(max(sequence), 0) FROM changes) + place, $1, id, $3
             FROM unnest($2) WITH ORDINALITY AS new (id, place)
             RETURNING sequence
         )
         SELECT pg_notify($4, max(sequence)::text) FROM lines",
    );
    let lines = lines.bind::<Text, _>(kind).bind::<Array<Text>, _>(ids);
    let lines = lines.bind::<Timestamp, _>(at).bind::<Text, _>(CHANNEL);
    lines.execute(conn.queries())?;
    Ok(())
}

impl std::fmt::Debug for PostgresConn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresConn").field("is_closed", &self.is_closed()).finish_non_exhaustive()
    }
}
