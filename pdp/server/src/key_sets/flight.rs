//! One fetch, and those who wait for it.

use std::fmt;
use std::sync::Arc;

use tokio::sync::watch;

use super::entry::Entry;
use crate::outbound::Outbound;

/// The largest set: a megabyte.
const MOST_BYTES: usize = 1024 * 1024;

/// A fetch that is under way. Each clone may wait for its end.
#[derive(Clone)]
pub(crate) struct Flight(watch::Receiver<()>);

impl Flight {
    /// Begins to fetch a set. What it brings is taken in whether or not anybody waits.
    pub(super) fn begin(outbound: &Outbound, entry: Arc<Entry>, now: i64) -> Self {
        let (landed, waiting) = watch::channel(());
        let client = outbound.clone();
        let work = async move {
            let fetched = client.fetch(&entry.url, MOST_BYTES).await;
            entry.land(fetched, now);
            drop(landed);
        };
        drop(outbound.spawn(work));
        Self(waiting)
    }

    /// Whether there is nothing to wait for any more.
    pub(super) fn is_over(&self) -> bool {
        self.0.has_changed().is_err()
    }

    /// Waits until it has landed, well or not.
    pub(crate) async fn landed(mut self) {
        // The sender says nothing; it is gone when there is nothing more to wait for.
        while self.0.changed().await.is_ok() {}
    }
}

impl fmt::Debug for Flight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Flight(…)")
    }
}
