//! Events, summed up in memory until they are written.

use std::collections::BTreeMap;

use argus_store::KeyId;
use argus_store::usage::{DistinctKind, Granularity, UsageCounts, UsageOf, UsageRow};

use super::act::ActEvent;
use super::counted::Counted;
use super::distinct::Distinct;
use super::latency::Latency;
use super::parts::{Part, Parts};
use super::writer::Place;

const UNKNOWN: &str = "unknown";

/// What was counted since the last batch.
#[derive(Debug, Default)]
pub(super) struct Fold {
    cells: BTreeMap<UsageOf, Cell>,
    held: Held,
}

/// How much rows were made of.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Held {
    /// Decisions, and costs that were settled.
    pub(super) events: u64,
    /// Acts.
    pub(super) acts: u64,
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
    /// Counts a decision, in a row for its minute, its hour and its day; or adds what it came to, where it was counted
    /// before. Whether there was room for it.
    pub(super) fn add(&mut self, of: &Counted<'_>, most_rows: usize) -> bool {
        let row = |granularity| row_of(of.organisation, of.key, granularity, of.at.max(0));
        if !self.has_room(&row(Granularity::Minute), most_rows) {
            return false;
        }
        let counts = of.counts();
        for granularity in Granularity::ALL {
            let cell = self.cells.entry(row(granularity)).or_default();
            cell.add(of, &counts);
            // What a grant is used for is asked for months: finer rows would have it for nobody.
            if let (Granularity::Day, Some(exercised)) = (granularity, of.exercised) {
                cell.parts.count(Part::Scope, &exercised.scope);
                cell.parts.count(Part::Exercised, &exercised.narrow);
            }
        }
        self.held.events += 1;
        true
    }

    /// Counts an act, in a row for its day and in no number of decisions. Whether there was room for it.
    pub(super) fn add_act(&mut self, act: &ActEvent, most_rows: usize) -> bool {
        let row = row_of(&act.organisation, Some(act.key), Granularity::Day, act.at.max(0));
        if !self.has_room(&row, most_rows) {
            return false;
        }
        let cell = self.cells.entry(row).or_default();
        cell.parts.count(Part::ActScope, &act.exercised.scope);
        cell.parts.count(Part::ActExercised, &act.exercised.narrow);
        self.held.acts += 1;
        true
    }

    fn has_room(&self, row: &UsageOf, most_rows: usize) -> bool {
        self.cells.len() < most_rows || self.cells.contains_key(row)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// How much it holds, and the rows as they are written.
    pub(super) fn take(&mut self) -> (Held, BTreeMap<UsageOf, UsageRow>) {
        let cells = std::mem::take(&mut self.cells);
        (std::mem::take(&mut self.held), cells.into_iter().map(|(of, cell)| (of, cell.into_row())).collect())
    }
}

fn row_of(organisation: &str, key: Option<KeyId>, granularity: Granularity, at: i64) -> UsageOf {
    UsageOf { granularity, starts_at: granularity.start(at), organisation: organisation.to_owned(), key }
}

impl Cell {
    fn add(&mut self, of: &Counted<'_>, counts: &UsageCounts) {
        self.count(of.reason, of.action, of.place, counts);
        if let Some(nanoseconds) = of.nanoseconds {
            self.latency.add(nanoseconds);
        }
        of.address.iter().for_each(|address| self.addresses.add(*address));
        of.resource.iter().for_each(|resource| self.resources.add(*resource));
    }

    /// Adds counts to the whole and to each part, so that they go on adding up.
    fn count(&mut self, reason: Option<&str>, action: &str, place: &Place, counts: &UsageCounts) {
        self.counts.add(counts);
        self.parts.add(Part::Reason, reason.unwrap_or("none"), counts);
        self.parts.add(Part::Action, action, counts);
        self.parts.add(Part::Country, place.country.as_deref().unwrap_or(UNKNOWN), counts);
        match place.system {
            Some(number) => self.parts.add(Part::Network, &number.to_string(), counts),
            None => self.parts.add(Part::Network, UNKNOWN, counts),
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
