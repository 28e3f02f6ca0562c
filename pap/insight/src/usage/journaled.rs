//! What stands in a journal of a use, and counting it from there: once, however often that is tried.

use argus_store::quota::QuotaPeriod;
use argus_store::usage::add_segment;
use argus_store::{KeyId, NodeId, Store, StoreError};
use chrono::Utc;
use serde::{Deserialize, Serialize};

use super::counted::{Counted, address_hash};
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
    /// A decision, with where its client is.
    pub fn decision(event: UsageEvent, (country, system): (Option<String>, Option<u32>)) -> Self {
        Self {
            at: event.at,
            organisation: event.organisation.as_ref().to_owned(),
            key: event.key,
            outcome: Some(event.outcome),
            reason: event.reason.map(str::to_owned),
            nanoseconds: Some(event.nanoseconds),
            cost: event.cost,
            address: event.address.map(address_hash),
            resource: event.resource,
            action: event.action.as_str().to_owned(),
            exercised: event.exercised.map(|exercised| *exercised),
            country,
            system,
        }
    }

    /// What a decision came to afterwards.
    pub fn settled(of: &SettledCost, (country, system): (Option<String>, Option<u32>)) -> Self {
        Self {
            at: of.at,
            organisation: of.organisation.as_ref().to_owned(),
            key: Some(of.key),
            outcome: None,
            reason: None,
            nanoseconds: None,
            cost: of.cost,
            address: None,
            resource: None,
            action: of.action.as_str().to_owned(),
            exercised: None,
            country,
            system,
        }
    }

    fn place(&self) -> Place {
        Place { country: self.country.clone(), system: self.system, ..Place::default() }
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
        fold.add(&of.counted(&of.place()), usize::MAX);
    }
    let (_, rows) = fold.take();
    store.write_aside(|conn| add_segment(conn, segment, Utc::now(), (&rows, MERGES), quotas)).map(drop)
}
