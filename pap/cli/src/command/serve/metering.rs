//! Counting what keys are used for: decisions tell of themselves here, and a thread adds them up.

use std::fmt::Display;
use std::sync::Arc;

use argus_credentials::CredentialId;
use argus_http::{Exposition, MoreMetrics};
use argus_insight::anomaly::NetworkKind;
use argus_insight::queue::{Tally, queue};
use argus_insight::usage::{
    ACTS, ActEvent, ActQueue, ActSender, Detail, Exercised, JournaledUse, Metered, Metering, Outcome, Place, Presented,
    QUEUE, SettledCost, UsageEvent, UsageQueue, UsageSender, Word, count_segment, hash,
};
use argus_pdp::{HiddenBy, OwnUse, Pdp, PlaceNames, Point, Reason, ReservedUse, Shown, UsageSink, Use, UsesNoted};
use argus_store::node::NodeRole;
use argus_store::quota::QuotaPeriod;
use argus_store::usage::{ACTS_COUNTED_SINCE, ASKING_COUNTED_SINCE, SCOPES_COUNTED_SINCE};
use argus_store::{NodeId, Store, StoreError, setting};
use chrono::{SecondsFormat, Utc};
use serde_json::value::RawValue;

use crate::exit::Exit;
use crate::failure::Failure;

/// What a decision point tells its decisions to, and whoever lets somebody act.
#[derive(Debug)]
struct Sink {
    events: UsageSender,
    acts: ActSender,
    /// For what is counted from journals.
    store: Store,
}

/// What came of acts, for a node that tells nothing of decisions.
#[derive(Debug)]
pub(super) struct Acts(pub(super) Arc<dyn UsageSink>);

/// Makes the two ends of the queues.
pub(super) fn ends(store: &Store) -> (Arc<dyn UsageSink>, (UsageQueue, ActQueue)) {
    let ((events, events_told), (acts, acts_told)) = (queue(QUEUE), queue(ACTS));
    (Arc::new(Sink { events, acts, store: store.clone() }), (events_told, acts_told))
}

/// What a node counts from its first start on, by what it does.
fn counted(role: NodeRole) -> Vec<&'static str> {
    let of_decisions = role.decides().then_some([SCOPES_COUNTED_SINCE, ASKING_COUNTED_SINCE]);
    of_decisions.into_iter().flatten().chain(role.administers().then_some(ACTS_COUNTED_SINCE)).collect()
}

/// Begins to count; and to show what it counts to whoever watches, where somebody does.
pub(super) fn begin(
    store: &Store,
    (pdp, role): (&Pdp, NodeRole),
    queues: (UsageQueue, ActQueue),
    is_watched: bool,
) -> Result<Metering, Failure> {
    let since = Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true);
    // From the first start on that counts it.
    store
        .write_aside(|conn| {
            let mut all = counted(role).into_iter();
            all.try_for_each(|counted| setting::find_or_put(conn, counted, &since).map(drop))
        })
        .map_err(|error| not_counted(&error))?;
    let (places, node) = (pdp.clone(), pdp.node_id());
    let place_of = Arc::new(move |address, detail| {
        let (country, system) = places.place_of(address);
        let point = if detail == Detail::Point { places.point_of(address) } else { None };
        let hidden_by = if detail == Detail::Point { places.hidden_by(address) } else { None };
        Place { country, system, point: point.map(short), kind: hidden_by.map(kind).unwrap_or_default() }
    });
    let begin = if is_watched { Metering::begin_telling } else { Metering::begin };
    begin(store.clone(), node, queues, place_of).map_err(|error| not_counted(&error))
}

/// Says that a node counts nothing: what is not in the usage from here on may have been used. A node that
/// counts says anew since when.
pub(super) fn leave_out(store: &Store, role: NodeRole) -> Result<(), Failure> {
    store
        .write_aside(|conn| counted(role).into_iter().try_for_each(|counted| setting::remove(conn, counted)))
        .map_err(|error| not_counted(&error))
}

fn not_counted(error: &dyn Display) -> Failure {
    Failure::new(Exit::Bug, "internal", format!("usage can't be counted: {error}"))
}

/// How the watch calls it.
fn kind(by: HiddenBy) -> NetworkKind {
    match by {
        HiddenBy::Hosting => NetworkKind::Hosting,
        _ => NetworkKind::Anonymiser,
    }
}

impl UsageSink for Sink {
    fn note(&self, of: &Use<'_>) {
        self.events.send(event(of).into());
    }

    fn note_cost(&self, of: &ReservedUse, cost: u64) {
        if let Some(settled) = settled(of, cost) {
            self.events.send(Metered::Settled(settled));
        }
    }

    fn journal(&self, of: &Use<'_>, place: PlaceNames) -> Option<Box<RawValue>> {
        let event = event(of);
        // What the journal keeps can't tell the watcher enough: it has no addresses.
        let written = written(&JournaledUse::decision(&event, place));
        self.events.pass(Metered::Journaled(event));
        written
    }

    fn journal_cost(&self, of: &ReservedUse, cost: u64, place: PlaceNames) -> Option<Box<RawValue>> {
        settled(of, cost).and_then(|settled| written(&JournaledUse::settled(&settled, place)))
    }

    fn count_journaled(
        &self,
        segment: (NodeId, i64),
        uses: &[&RawValue],
        quotas: &[(QuotaPeriod, i64)],
    ) -> Result<usize, StoreError> {
        let read: Vec<JournaledUse> = uses.iter().filter_map(|of| serde_json::from_str(of.get()).ok()).collect();
        count_segment(&self.store, segment, &read, quotas)?;
        Ok(uses.len() - read.len())
    }

    fn note_act(&self, of: &OwnUse<'_>) {
        // Where no scope covers it, a policy of the installation's own permitted it.
        if let Some(exercised) = Exercised::of(of.scopes, of.resource, of.action) {
            let organisation = Arc::clone(of.organisation);
            self.acts.send(ActEvent { at: of.at.seconds, organisation, key: of.key, exercised });
        }
    }

    fn noted(&self) -> UsesNoted {
        let acts = noted(self.acts.tally());
        UsesNoted { acts: acts.taken, acts_dropped: acts.dropped, ..noted(self.events.tally()) }
    }
}

impl MoreMetrics for Acts {
    fn write_to(&self, exposition: &mut Exposition) {
        let noted = self.0.noted();
        exposition.plain(&super::metrics::ACTS, noted.acts);
        exposition.plain(&super::metrics::ACTS_DROPPED, noted.acts_dropped);
    }
}

fn event(of: &Use<'_>) -> UsageEvent {
    UsageEvent {
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
        client: of.user_agent.map(family),
        decision: of.id.number(),
        credential: presented(of),
        exercised: exercised(of),
    }
}

/// What a use came to. What came to nothing was counted so.
fn settled(of: &ReservedUse, cost: u64) -> Option<SettledCost> {
    (cost > 0).then(|| SettledCost {
        at: of.at.seconds,
        organisation: Arc::clone(&of.organisation),
        key: of.key,
        address: of.address,
        action: Word::new(&of.action),
        cost,
    })
}

/// A use as a journal keeps it: texts and numbers, which can always be written.
fn written(of: &JournaledUse) -> Option<Box<RawValue>> {
    serde_json::value::to_raw_value(of).ok()
}

/// What a client calls itself, without its version.
fn family(user_agent: &str) -> Word {
    Word::new(user_agent.split(['/', ' ']).next().unwrap_or_default())
}

fn presented(of: &Use<'_>) -> Presented {
    let hash_of = |credential: Option<CredentialId>| credential.map_or(0, |id| hash(id.to_string().as_bytes()));
    match of.presented {
        Shown::Guessed(key, credential) => Presented::Guessed(key, hash_of(credential)),
        Shown::Retired(credential) => Presented::Retired(hash_of(credential)),
        Shown::Own => Presented::Own,
    }
}

/// A point on Earth, as exactly as anybody knows it.
fn short(point: Point) -> (f32, f32, f32) {
    #[expect(clippy::cast_possible_truncation, reason = "some metres are nothing beside the accuracy that is claimed")]
    let short = |value: f64| value as f32;
    (short(point.latitude), short(point.longitude), short(point.radius_km))
}

/// What became of what was noted, as decision points tell it.
pub(super) fn noted(tally: Tally) -> UsesNoted {
    UsesNoted {
        taken: tally.taken,
        dropped: tally.dropped_at_queue + tally.dropped_at_rows,
        waiting: tally.taken.saturating_sub(tally.written + tally.dropped_at_rows),
        written: tally.written,
        failures: tally.failures,
        ..UsesNoted::default()
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

fn exercised(of: &Use<'_>) -> Option<Box<Exercised>> {
    let (resource, action) = (of.resource?, of.action?);
    (outcome(of) == Outcome::Permit).then(|| Exercised::of(of.scopes, resource, action).map(Box::new))?
}

fn nanoseconds(seconds: f64) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "spans are positive and short")]
    let nanoseconds = (seconds * 1e9) as u64;
    nanoseconds
}
