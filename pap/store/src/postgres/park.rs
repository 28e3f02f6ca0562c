//! Waiting for the server on whatever thread asks, while one thread of ours moves the bytes of all connections.
//!
//! The caller may be a plain thread, a blocking thread of somebody's runtime or, wrongly, an async worker: none of them
//! has to have a runtime that outlives the connection.

use std::cell::Cell;
use std::fmt;
use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use diesel_async::AsyncPgConnection;
use diesel_async::async_connection_wrapper::BlockOn;
use tokio::runtime::{Builder, Runtime};
use tokio::task::AbortHandle;

use super::PgQueries;
use crate::StoreError;

/// How long the server may say nothing. It ends a query by itself earlier; this is for one that can't even do that,
/// because it is frozen or its machine is gone.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(10);

static RUNTIME: LazyLock<io::Result<Runtime>> =
    LazyLock::new(|| Builder::new_multi_thread().worker_threads(1).thread_name("argus-postgres").enable_all().build());

/// The runtime that moves the bytes. It lasts as long as the process.
pub(super) fn runtime() -> Result<&'static Runtime, StoreError> {
    RUNTIME.as_ref().map_err(|error| StoreError::Away(format!("no thread for connections: {error}").into()))
}

/// Blocks a thread until a future of diesel's is ready.
pub struct Parked {
    line: Option<Line>,
}

/// The connection that is waited for.
struct Line {
    driver: AbortHandle,
    longest_wait: Duration,
}

thread_local! {
    /// Hands a line to `get_runtime`, which diesel calls without arguments.
    static LINE: Cell<Option<Line>> = const { Cell::new(None) };
}

/// Makes a connection blocking. Where its server says nothing for the longest wait, it is cut.
pub(super) fn wrap(conn: AsyncPgConnection, driver: AbortHandle, longest_wait: Option<Duration>) -> PgQueries {
    LINE.set(longest_wait.map(|longest_wait| Line { driver, longest_wait }));
    conn.into()
}

impl BlockOn for Parked {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        let Some(line) = &self.line else { return wait(future) };
        wait_for(future, Some(line.longest_wait), || line.driver.abort())
    }

    fn get_runtime() -> Self {
        Self { line: LINE.take() }
    }
}

/// Blocks until the future is ready.
pub(super) fn wait<F: Future>(future: F) -> F::Output {
    wait_for(future, None, || ())
}

/// Blocks until the future is ready, which `cut` must make it when it has taken too long.
fn wait_for<F: Future>(future: F, longest: Option<Duration>, cut: impl Fn()) -> F::Output {
    // On a worker of a runtime this would spend the budget of the task around it, and spin once there is none left.
    let mut future = pin!(tokio::task::unconstrained(future));
    let alarm = Arc::new(Alarm { rung: AtomicBool::new(false), thread: thread::current() });
    let waker = Waker::from(Arc::clone(&alarm));
    let mut deadline = longest.map(|longest| Instant::now() + longest);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        if !alarm.sleep_until(deadline) {
            cut();
            deadline = None;
        }
    }
}

struct Alarm {
    /// Others park threads too, and may take our wake-up for theirs.
    rung: AtomicBool,
    thread: Thread,
}

impl Alarm {
    /// Whether it rang before the deadline.
    fn sleep_until(&self, deadline: Option<Instant>) -> bool {
        while !self.rung.swap(false, Ordering::Acquire) {
            let Some(deadline) = deadline else {
                thread::park();
                continue;
            };
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            thread::park_timeout(left);
        }
        true
    }
}

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.rung.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

impl fmt::Debug for Parked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Parked")
    }
}
