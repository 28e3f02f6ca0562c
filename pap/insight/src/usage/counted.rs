//! What is counted of a decision, or of what one came to afterwards: looked at where it stands.

use std::net::IpAddr;

use argus_store::KeyId;
use argus_store::usage::UsageCounts;

use super::distinct::hash;
use super::event::{Exercised, Outcome, UsageEvent};
use super::metered::SettledCost;
use super::writer::Place;

/// What is counted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counted<'c> {
    /// In seconds since 1970.
    pub(super) at: i64,
    pub(super) organisation: &'c str,
    pub(super) key: Option<KeyId>,
    /// What the decision came to; `None` where it was counted before, and only its cost is added.
    pub(super) outcome: Option<Outcome>,
    pub(super) reason: Option<&'c str>,
    pub(super) nanoseconds: Option<u64>,
    pub(super) cost: u64,
    /// The client's address, by its [hash](address_hash).
    pub(super) address: Option<u64>,
    /// The resource, by its hash.
    pub(super) resource: Option<u64>,
    pub(super) action: &'c str,
    pub(super) exercised: Option<&'c Exercised>,
    pub(super) place: &'c Place,
}

impl<'c> Counted<'c> {
    pub(super) fn decision(event: &'c UsageEvent, place: &'c Place) -> Self {
        Self {
            at: event.at,
            organisation: &event.organisation,
            key: event.key,
            outcome: Some(event.outcome),
            reason: event.reason,
            nanoseconds: Some(event.nanoseconds),
            cost: event.cost,
            address: event.address.map(address_hash),
            resource: event.resource,
            action: event.action.as_str(),
            exercised: event.exercised.as_deref(),
            place,
        }
    }

    pub(super) fn settled(of: &'c SettledCost, place: &'c Place) -> Self {
        Self {
            at: of.at,
            organisation: &of.organisation,
            key: Some(of.key),
            outcome: None,
            reason: None,
            nanoseconds: None,
            cost: of.cost,
            address: None,
            resource: None,
            action: of.action.as_str(),
            exercised: None,
            place,
        }
    }

    /// What it adds to the numbers of a row.
    pub(super) fn counts(&self) -> UsageCounts {
        let cost = i64::try_from(self.cost).unwrap_or(i64::MAX);
        let Some(outcome) = self.outcome else { return UsageCounts { cost, ..UsageCounts::default() } };
        let is = |other| i64::from(outcome == other);
        UsageCounts {
            requests: 1,
            permits: is(Outcome::Permit),
            denials: is(Outcome::Denial),
            not_applicable: is(Outcome::NotApplicable),
            errors: is(Outcome::Error),
            cost: if outcome == Outcome::Permit { cost } else { 0 },
        }
    }
}

/// What an address is counted by.
fn address_hash(address: IpAddr) -> u64 {
    match address.to_canonical() {
        IpAddr::V4(address) => hash(&address.octets()),
        IpAddr::V6(address) => hash(&address.octets()),
    }
}
