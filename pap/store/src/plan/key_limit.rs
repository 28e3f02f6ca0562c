//! What a plan lets the limits of one key be.

use super::{Maximum, Plan, PlanLimit};
use crate::limit::{Limit, LimitStrategy};

/// What the limit of a key is called that a plan gives it.
const STANDARD: &str = "standard";

/// The limit that a plan gives a key which brings none: as much as it lets through. `None` where a key needs none.
pub fn standard_limit(plan: &Plan) -> Option<Limit> {
    let limit = plan.most(Maximum::RatePerSecond)?;
    Some(Limit::new(STANDARD, LimitStrategy::TokenBucket, limit, 1))
}

impl Plan {
    /// Refuses limits of a key that are more than it lets be, or let more through.
    pub fn refuse_limits(&self, limits: &[Limit]) -> Result<(), PlanLimit> {
        [Maximum::LimitsPerKey, Maximum::RatePerSecond].into_iter().try_for_each(|of| self.refuse_limits_by(of, limits))
    }

    pub(super) fn refuse_limits_by(&self, maximum: Maximum, limits: &[Limit]) -> Result<(), PlanLimit> {
        let Some(most) = self.most(maximum) else { return Ok(()) };
        let fits = match maximum {
            Maximum::LimitsPerKey => limits.len() as u64 <= most,
            _ => limits.iter().any(|limit| is_within(limit, most)),
        };
        if fits { Ok(()) } else { Err(PlanLimit { plan: self.name.clone(), maximum, most }) }
    }
}

/// Whether a limit lets no more through than so much in a second, over its window. One by which a use costs nothing
/// holds back nobody, one for some uses holds back no others, and one that adds up lets more through some day.
fn is_within(limit: &Limit, rate: u64) -> bool {
    let most = rate.saturating_mul(limit.window_seconds);
    let is_of_all = limit.actions.is_empty() && limit.resource_types.is_empty();
    is_of_all && limit.refill.is_replace() && limit.cost != Some(0) && limit.limit.max(limit.burst.unwrap_or(0)) <= most
}

#[cfg(test)]
mod tests {
    use super::super::Maxima;
    use super::*;
    use crate::limit::Refill;

    fn limit(limit: u64, window_seconds: u64) -> Limit {
        Limit::new("rpm", LimitStrategy::TokenBucket, limit, window_seconds)
    }

    fn plan() -> Plan {
        let maxima = Maxima { max_limits_per_key: Some(2), max_rate_per_second: Some(100), ..Maxima::default() };
        Plan { name: "small".to_owned(), display_name: "Small".to_owned(), maxima, features: Vec::new() }
    }

    fn refused(limits: &[Limit]) -> Option<Maximum> {
        plan().refuse_limits(limits).err().map(|refused| refused.maximum)
    }

    #[test]
    fn the_narrowest_limit_counts() {
        assert_eq!(refused(&[limit(100, 1)]), None);
        assert_eq!(refused(&[limit(6_000, 60)]), None);
        assert_eq!(refused(&[limit(101, 1), limit(6_000, 60)]), None);
        assert_eq!(refused(&[limit(6_001, 60)]), Some(Maximum::RatePerSecond));
        assert_eq!(refused(&[]), Some(Maximum::RatePerSecond));
        assert_eq!(refused(&[limit(1, 1), limit(1, 1), limit(1, 1)]), Some(Maximum::LimitsPerKey));
    }

    #[test]
    fn a_burst_counts_and_a_use_that_costs_nothing_is_not_limited() {
        assert_eq!(refused(&[Limit { burst: Some(101), ..limit(100, 1) }]), Some(Maximum::RatePerSecond));
        assert_eq!(refused(&[Limit { cost: Some(0), ..limit(1, 1) }]), Some(Maximum::RatePerSecond));
        assert_eq!(refused(&[Limit { refill: Refill::Add, ..limit(1, 1) }]), Some(Maximum::RatePerSecond));
        let reads = Limit { actions: vec!["read".to_owned()], ..limit(1, 1) };
        assert_eq!(refused(&[reads]), Some(Maximum::RatePerSecond), "and what is no read isn't by this one");
    }

    #[test]
    fn the_standard_limit_is_what_the_plan_lets_through() {
        assert_eq!(refused(&[standard_limit(&plan()).unwrap()]), None);
        let without = Plan { maxima: Maxima::default(), ..plan() };
        assert_eq!(standard_limit(&without), None);
    }
}
