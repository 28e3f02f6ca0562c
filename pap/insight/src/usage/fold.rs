//! Events, summed up in memory until they are written.

use std::collections::BTreeMap;
use std::net::IpAddr;

use argus_store::usage::{DistinctKind, Granularity, UsageCounts, UsageOf, UsageRow};

use super::distinct::{Distinct, hash};
use super::event::{Outcome, UsageEvent};
use super::latency::Latency;
use super::parts::{Part, Parts};
use super::writer::Place;

const UNKNOWN: &str = "unknown";

/// What was counted since the last batch.
#[derive(Debug, Default)]
pub(super) struct Fold {
    cells: BTreeMap<UsageOf, Cell>,
    events: u64,
}

/// A row in the making.
#[derive(Debug, Default)]
struct Cell {
    counts: UsageCounts,
    parts: Parts,
    latency: Latency,
    addresses: Distinct,
    resources: Distinct,
}

impl Fold {
    /// Counts an event, in a row for its minute, its hour and its day. Whether there was room for it.
    pub(super) fn add(&mut self, event: &UsageEvent, place: &Place, most_rows: usize) -> bool {
        let at = event.at.max(0);
        if self.cells.len() >= most_rows && !self.cells.contains_key(&of(event, Granularity::Minute, at)) {
            return false;
        }
        let counts = counts(event);
        for granularity in Granularity::ALL {
            let cell = self.cells.entry(of(event, granularity, at)).or_default();
            cell.add(event, place, &counts);
            // What a grant is used for is asked for months: finer rows would have it for nobody.
            if let (Granularity::Day, Some(exercised)) = (granularity, &event.exercised) {
                cell.parts.count(Part::Scope, &exercised.scope);
                cell.parts.count(Part::Exercised, &exercised.narrow);
            }
        }
        self.events += 1;
        true
    }

    pub(super) fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// How many events it holds, and their rows as they are written.
    pub(super) fn take(&mut self) -> (u64, BTreeMap<UsageOf, UsageRow>) {
        let cells = std::mem::take(&mut self.cells);
        (std::mem::take(&mut self.events), cells.into_iter().map(|(of, cell)| (of, cell.into_row())).collect())
    }
}

fn of(event: &UsageEvent, granularity: Granularity, at: i64) -> UsageOf {
    let organisation = event.organisation.to_string();
    UsageOf { granularity, starts_at: granularity.start(at), organisation, key: event.key }
}

fn counts(event: &UsageEvent) -> UsageCounts {
    let is = |outcome| i64::from(event.outcome == outcome);
    let cost = if event.outcome == Outcome::Permit { i64::try_from(event.cost).unwrap_or(i64::MAX) } else { 0 };
    UsageCounts {
        requests: 1,
        permits: is(Outcome::Permit),
        denials: is(Outcome::Denial),
        not_applicable: is(Outcome::NotApplicable),
        errors: is(Outcome::Error),
        cost,
    }
}

impl Cell {
    fn add(&mut self, event: &UsageEvent, place: &Place, counts: &UsageCounts) {
        self.counts.add(counts);
        self.latency.add(event.nanoseconds);
        self.parts.add(Part::Reason, event.reason.unwrap_or("none"), counts);
        self.parts.add(Part::Action, event.action.as_str(), counts);
        self.parts.add(Part::Country, place.country.as_deref().unwrap_or(UNKNOWN), counts);
        match place.system {
            Some(number) => self.parts.add(Part::Network, &number.to_string(), counts),
            None => self.parts.add(Part::Network, UNKNOWN, counts),
        }
        if let Some(address) = event.address {
            self.addresses.add(match address.to_canonical() {
                IpAddr::V4(address) => hash(&address.octets()),
                IpAddr::V6(address) => hash(&address.octets()),
            });
        }
        if let Some(resource) = event.resource {
            self.resources.add(resource);
        }
    }

    fn into_row(self) -> UsageRow {
        let nothing = Distinct::default();
        let distinct = [(DistinctKind::Address, self.addresses), (DistinctKind::Resource, self.resources)];
        let distinct = distinct.into_iter().filter(|(_, sketch)| *sketch != nothing);
        UsageRow {
            counts: self.counts,
            parts: self.parts.encode(),
            latency: self.latency.encode(),
            distinct: distinct.map(|(kind, sketch)| (kind, sketch.encode())).collect(),
        }
    }
}
