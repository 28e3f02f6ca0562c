//! Counting what keys are used for: decisions tell of themselves here, and a thread adds them up.

use std::sync::Arc;

use argus_insight::usage::{
    Metering, Outcome, Place, QUEUE, Tally, UsageEvent, UsageQueue, UsageSender, Word, hash, queue,
};
use argus_pdp::{Pdp, Reason, UsageSink, Use, UsesNoted};
use argus_store::Store;

use crate::exit::Exit;
use crate::failure::Failure;

/// What a decision point tells its decisions to.
#[derive(Debug)]
struct Sink(UsageSender);

/// Makes the two ends of the queue.
pub(super) fn ends() -> (Arc<dyn UsageSink>, UsageQueue) {
    let (sender, events) = queue(QUEUE);
    (Arc::new(Sink(sender)), events)
}

/// Begins to count.
pub(super) fn begin(store: &Store, pdp: &Pdp, events: UsageQueue) -> Result<Metering, Failure> {
    let (places, node) = (pdp.clone(), pdp.node_id());
    let place_of = Arc::new(move |address| {
        let (country, system) = places.place_of(address);
        Place { country, system }
    });
    Metering::begin(store.clone(), node, events, place_of)
        .map_err(|error| Failure::new(Exit::Bug, "internal", format!("usage can't be counted: {error}")))
}

impl UsageSink for Sink {
    fn note(&self, of: &Use<'_>) {
        self.0.send(UsageEvent {
            at: of.at.seconds,
            organisation: Arc::clone(of.organisation),
            key: of.key,
            outcome: outcome(of),
            reason: of.reason.map(Reason::as_str),
            nanoseconds: nanoseconds(of.seconds),
            cost: of.cost,
            address: of.address,
            resource: of.resource.map(|resource| hash(resource.as_bytes())),
            action: Word::new(of.action.unwrap_or_default()),
        });
    }

    fn noted(&self) -> UsesNoted {
        noted(self.0.tally())
    }
}

/// What became of what was noted, as decision points tell it.
pub(super) fn noted(tally: Tally) -> UsesNoted {
    UsesNoted {
        taken: tally.taken,
        dropped: tally.dropped_at_queue + tally.dropped_at_rows,
        waiting: tally.taken.saturating_sub(tally.written + tally.dropped_at_rows),
        written: tally.written,
        failures: tally.failures,
    }
}

fn outcome(of: &Use<'_>) -> Outcome {
    use argus_engine::decision::Decision;
    match (of.decision, of.reason) {
        (Decision::Indeterminate(_), _) | (_, Some(Reason::PolicyError)) => Outcome::Error,
        (Decision::Permit, _) => Outcome::Permit,
        (Decision::NotApplicable, _) => Outcome::NotApplicable,
        (Decision::Deny, _) => Outcome::Denial,
    }
}

fn nanoseconds(seconds: f64) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "spans are positive and short")]
    let nanoseconds = (seconds * 1e9) as u64;
    nanoseconds
}
