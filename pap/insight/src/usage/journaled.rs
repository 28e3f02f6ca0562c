//! What stands in a journal of a use, and counting it from there: once, however often that is tried.

use argus_store::quota::QuotaPeriod;
use argus_store::usage::add_segment;
use argus_store::{KeyId, NodeId, Store, StoreError};
use chrono::Utc;
use serde::{Deserialize, Serialize};

use super::counted::Counted;
use super::event::{Exercised, Outcome, UsageEvent};
use super::fold::Fold;
use super::metered::SettledCost;
use super::writer::{MERGES, Place};

/// A use as it stands in a journal: like a [`UsageEvent`] without an address, and with where that is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JournaledUse {
    at: i64,
    organisation: String,
    key: Option<KeyId>,
    outcome: Option<Outcome>,
    reason: Option<String>,
    nanoseconds: Option<u64>,
    cost: u64,
    address: Option<u64>,
    resource: Option<u64>,
    action: String,
    exercised: Option<Exercised>,
    country: Option<String>,
    system: Option<u32>,
}

impl JournaledUse {
    /// A decision, with the country and the autonomous system of its client.
    pub fn decision(event: &UsageEvent, place: (Option<String>, Option<u32>)) -> Self {
        Self::of(&Counted::decision(event, &place_of(place)))
    }

    /// What a decision came to afterwards.
    pub fn settled(of: &SettledCost, place: (Option<String>, Option<u32>)) -> Self {
        Self::of(&Counted::settled(of, &place_of(place)))
    }

    fn of(counted: &Counted<'_>) -> Self {
        Self {
            at: counted.at,
            organisation: counted.organisation.to_owned(),
            key: counted.key,
            outcome: counted.outcome,
            reason: counted.reason.map(str::to_owned),
            nanoseconds: counted.nanoseconds,
            cost: counted.cost,
            address: counted.address,
            resource: counted.resource,
            action: counted.action.to_owned(),
            exercised: counted.exercised.cloned(),
            country: counted.place.country.clone(),
            system: counted.place.system,
        }
    }

    fn counted<'c>(&'c self, place: &'c Place) -> Counted<'c> {
        Counted {
            at: self.at,
            organisation: &self.organisation,
            key: self.key,
            outcome: self.outcome,
            reason: self.reason.as_deref(),
            nanoseconds: self.nanoseconds,
            cost: self.cost,
            address: self.address,
            resource: self.resource,
            action: &self.action,
            exercised: self.exercised.as_ref(),
            place,
        }
    }
}

fn place_of((country, system): (Option<String>, Option<u32>)) -> Place {
    Place { country, system, ..Place::default() }
}

/// Counts a segment of a journal under its number, with what was used of quotas, in their order; unless it was counted
/// before. Blocks.
pub fn count_segment(
    store: &Store,
    segment: (NodeId, i64),
    uses: &[JournaledUse],
    quotas: &[(QuotaPeriod, i64)],
) -> Result<(), StoreError> {
    let mut fold = Fold::default();
    for of in uses {
        // Nothing of a journal is left out for want of room.
        fold.add(&of.counted(&place_of((of.country.clone(), of.system))), usize::MAX);
    }
    let (_, rows) = fold.take();
    store.write_aside(|conn| add_segment(conn, segment, Utc::now(), (&rows, MERGES), quotas)).map(drop)
}
