//! A few connections, lent one at a time. One that comes back inside a transaction is closed, not lent again.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::StoreError;
use crate::conn::{Conn, Purpose};

/// How long a caller waits for a connection before it hears [`StoreError::Busy`].
const PATIENCE: Duration = Duration::from_secs(5);

type Open = dyn Fn() -> Result<Conn, StoreError> + Send + Sync;

/// Opens connections when they are first needed, and at most `most` of them.
pub(crate) struct Pool {
    open: Box<Open>,
    most: usize,
    state: Mutex<State>,
    returned: Condvar,
}

#[derive(Default)]
struct State {
    idle: Vec<Conn>,
    /// Idle and lent together.
    opened: usize,
    /// Callers that waited in vain.
    busy: u64,
}

/// How many connections there are of a sort.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Connections {
    /// Those that somebody works with.
    pub lent: usize,
    /// Those that wait for somebody.
    pub idle: usize,
    /// How many there may be.
    pub cap: usize,
    /// How often a caller waited for one in vain.
    pub busy: u64,
}

impl Pool {
    pub(crate) fn new(most: usize, open: Box<Open>) -> Self {
        Self { open, most, state: Mutex::default(), returned: Condvar::new() }
    }

    /// How many connections there are.
    pub(crate) fn connections(&self) -> Connections {
        let state = self.state();
        let idle = state.idle.len();
        Connections { lent: state.opened.saturating_sub(idle), idle, cap: self.most, busy: state.busy }
    }

    /// Lends a connection to `work` for as long as one transaction lasts. It comes back after a panic too.
    pub(crate) fn transact<T>(
        &self,
        purpose: Purpose,
        work: impl FnOnce(&mut Conn) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let conn = self.begin(purpose)?;
        self.lend(conn, |conn| {
            let result = work(conn);
            conn.end(result)
        })
    }

    /// Lends a connection to `work` without a transaction.
    pub(crate) fn visit<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let (conn, _) = self.take()?;
        self.lend(conn, work)
    }

    /// A connection in a fresh transaction. One that was lost while it lay idle is found out here, before any work was
    /// done on it, and another takes its place.
    fn begin(&self, purpose: Purpose) -> Result<Conn, StoreError> {
        loop {
            let (mut conn, is_new) = self.take()?;
            match conn.begin(purpose) {
                Ok(()) => return Ok(conn),
                Err(StoreError::Away(_)) if !is_new => self.give_back(None),
                Err(error) => {
                    self.give_back(Some(conn));
                    return Err(error);
                }
            }
        }
    }

    fn lend<T>(&self, mut conn: Conn, work: impl FnOnce(&mut Conn) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let result = catch_unwind(AssertUnwindSafe(|| work(&mut conn)));
        self.give_back(Some(conn));
        result.unwrap_or_else(|panic| resume_unwind(panic))
    }

    /// A connection, and whether it was opened just now.
    fn take(&self) -> Result<(Conn, bool), StoreError> {
        let all_lent = |state: &mut State| state.idle.is_empty() && state.opened >= self.most;
        let waited = self.returned.wait_timeout_while(self.state(), PATIENCE, all_lent);
        let (mut state, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() {
            state.busy += 1;
            return Err(StoreError::Busy);
        }
        if let Some(conn) = state.idle.pop() {
            return Ok((conn, false));
        }
        state.opened += 1;
        drop(state);
        let conn = (self.open)().inspect_err(|_| self.give_back(None))?;
        Ok((conn, true))
    }

    /// `None` stands for a connection that was closed.
    fn give_back(&self, conn: Option<Conn>) {
        let conn = conn.and_then(|mut conn| (conn.is_idle() && !conn.is_closed()).then_some(conn));
        let mut state = self.state();
        match conn {
            Some(conn) => state.idle.push(conn),
            None => state.opened -= 1,
        }
        drop(state);
        self.returned.notify_one();
    }

    /// No code that can panic runs under this lock, so a poisoned one holds nothing half-changed.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("most", &self.most).field("opened", &self.state().opened).finish_non_exhaustive()
    }
}
