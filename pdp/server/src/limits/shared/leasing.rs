//! Leases by the connection: what is let through without asking, and what goes back in time.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use argus_limits::Outcome;
use argus_limits::shared::{Asked, LeaseAnswer, LeaseQuestion, Leases, OwnedCharge};
use redis::aio::MultiplexedConnection;
use tokio::time::{sleep, timeout};

use super::link::{Kept, Link, LinkFault};
use crate::limits::Elapsed;

/// How often leases are looked at that are over: often enough that each goes back long before it holds no more.
const SWEEP: Duration = Duration::from_millis(100);

impl Link {
    /// Gives back all that is left of leases, and waits until that is done, for a while. Blocks.
    pub(in crate::limits) fn give_back_leases(&self, longest: Duration) {
        let (Some(runtime), Some(_)) = (&self.runtime, &self.kept.leases) else { return };
        let ((tell, told), kept) = (sync_channel(1), Arc::clone(&self.kept));
        runtime.spawn(async move {
            kept.sweep(None).await;
            let _ = tell.send(());
        });
        let _ = told.recv_timeout(longest);
    }

    /// How much may be let through without asking now; `None` where nothing is leased.
    pub(in crate::limits) fn leased(&self) -> Option<u64> {
        self.kept.leases.as_ref().map(Leases::left)
    }

    /// Decisions for which nobody was asked.
    pub(in crate::limits) fn unasked(&self) -> u64 {
        self.kept.unasked.load(Relaxed)
    }
}

impl Kept {
    /// Takes charges from leases alone.
    pub(super) fn take_leased(&self, charges: &[OwnedCharge]) -> Option<(Outcome, i64)> {
        let taken = self.leases.as_ref()?.take(charges, Elapsed::now().0)?;
        self.unasked.fetch_add(1, Relaxed);
        Some(taken)
    }

    /// Asks about charges, and for leases.
    pub(super) async fn ask_leasing(
        &self,
        leases: &Leases,
        connection: &MultiplexedConnection,
        charges: &[OwnedCharge],
    ) -> Result<(Outcome, i64), LinkFault> {
        let (begun, asked) = (Elapsed::now().0, leases.ask(charges));
        let answer = self.lease(connection, charges, &asked).await;
        leases.answered(charges, &asked, answer.as_ref().ok(), begun);
        let answer = answer?.answer;
        answer.outcome.map(|outcome| (outcome, answer.at)).ok_or(LinkFault::Clock)
    }

    async fn lease(
        &self,
        connection: &MultiplexedConnection,
        charges: &[OwnedCharge],
        asked: &[Asked],
    ) -> Result<LeaseAnswer, LinkFault> {
        let longest = self.settings.timeout;
        let answered = async {
            // Twice, where a calendar was believed to be at another time.
            for _ in 0..2 {
                let of = (self.node.as_str(), Leases::HOLD);
                let question = LeaseQuestion::new(charges, asked, of, self.believed());
                let mut invocation = self.script_of_leases.prepare_invoke();
                for key in &question.keys {
                    invocation.key(key);
                }
                invocation.arg(&question.arguments);
                let numbers: Vec<i64> = invocation.invoke_async(&mut connection.clone()).await?;
                let answer = LeaseAnswer::read(charges, &numbers)?;
                self.note_time(answer.answer.at);
                if answer.answer.outcome.is_some() {
                    return Ok(answer);
                }
            }
            Err(LinkFault::Clock)
        };
        timeout(longest, answered).await.unwrap_or(Err(LinkFault::TooLate(longest)))
    }

    /// Gives back what is left of the leases that are over at a moment, or of all.
    async fn sweep(&self, now: Option<i64>) {
        let Some(leases) = &self.leases else { return };
        for (charge, asked) in leases.over(now) {
            let (begun, charges, asked) = (Elapsed::now().0, [charge], [asked]);
            let answer = match self.connection.load_full() {
                Some(connection) => {
                    let answer = self.lease(&connection, &charges, &asked).await;
                    answer.map_err(|fault| self.lose(&connection, &fault)).ok()
                }
                None => None,
            };
            leases.answered(&charges, &asked, answer.as_ref(), begun);
        }
    }
}

/// Gives back leases that are over, for as long as there is a connection to keep.
pub(super) async fn sweep(kept: Arc<Kept>) {
    loop {
        sleep(SWEEP).await;
        kept.sweep(Some(Elapsed::now().0)).await;
    }
}
