//! The limits that uses of a key may be counted by, and which of them count one use: worked out when the record of the
//! key is made, so that a decision compares a few numbers.

use std::sync::Arc;

use argus_limits::Charge;
use smallvec::SmallVec;

use super::key_limit::{KeyLimit, Source};
use super::limited_use::LimitedUse;
use super::price_list::PriceList;
use super::words::Words;

/// All limits of a key: its own, those that it shares with others, and those of the keys above it.
#[derive(Debug, Default)]
pub(crate) struct KeyLimits {
    limits: Box<[KeyLimit]>,
    /// What the limits tell uses apart by.
    actions: Words,
    types: Words,
    costs: Arc<PriceList>,
}

/// The limits that count one use, and what it takes from each.
pub(super) type Applied<'k> = SmallVec<[(&'k KeyLimit, u64); 4]>;

impl KeyLimits {
    pub(crate) fn compile(sources: &[Source<'_>], costs: Arc<PriceList>) -> Self {
        let actions = Words::new(sources.iter().flat_map(|source| &source.stored.actions));
        let types = Words::new(sources.iter().flat_map(|source| &source.stored.resource_types));
        let limits = sources.iter().map(|source| KeyLimit::compile(source, &actions, &types)).collect();
        Self { limits, actions, types, costs }
    }

    /// Whether there is none, whatever the use.
    pub(super) fn is_empty(&self) -> bool {
        self.limits.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &KeyLimit> {
        self.limits.iter()
    }

    /// The limits that count a use. It takes what it says; else what its organisation's table of costs says; else what
    /// each limit says.
    pub(super) fn of(&self, of: &LimitedUse<'_>) -> Applied<'_> {
        if self.limits.is_empty() {
            return Applied::new();
        }
        let action = of.action.and_then(|action| self.actions.find(action));
        let kind = of.resource_type.and_then(|kind| self.types.find(kind));
        let cost = self.cost(of);
        let counting = self.limits.iter().filter(|limit| limit.counts(action, kind));
        counting.map(|limit| (limit, cost.unwrap_or(limit.cost))).collect()
    }

    /// What a use costs whatever limit counts it.
    pub(crate) fn cost(&self, of: &LimitedUse<'_>) -> Option<u64> {
        of.cost.or_else(|| self.costs.find(of))
    }
}

/// What a use takes.
pub(super) fn charges<'k>(applied: &Applied<'k>) -> SmallVec<[Charge<'k>; 4]> {
    let charge = |(limit, cost): &(&'k KeyLimit, u64)| Charge {
        limit: &limit.limit,
        bucket: limit.bucket.as_bytes(),
        cost: *cost,
    };
    applied.iter().map(charge).collect()
}
