//! `policy`: what an organisation asks of the life of its keys.

use std::ops::RangeInclusive;

use argus_store::organisation::OrganisationPolicy;

use super::{Fields, grace, rotation_interval};
use crate::FaultCode;

/// The longest and the shortest age, and time without a use, that can be asked for: an hour to ten years.
const AGES: RangeInclusive<i64> = 3_600..=3_650 * 86_400;

/// Reads the member `policy`. Faults are noted.
pub(crate) fn policy(fields: &mut Fields) -> OrganisationPolicy {
    let Some(mut within) = fields.object("policy") else { return OrganisationPolicy::default() };
    let policy = OrganisationPolicy {
        max_age_seconds: age(&mut within, "max_age_seconds"),
        max_idle_seconds: age(&mut within, "max_idle_seconds"),
        rotation_interval_seconds: rotation_interval(&mut within),
        grace_seconds: grace(&mut within),
    };
    fields.absorb(within);
    policy
}

fn age(fields: &mut Fields, member: &'static str) -> Option<i64> {
    let seconds = fields.integer(member)?;
    if !AGES.contains(&seconds) {
        let detail =
            format!("{seconds} seconds are out of bounds: {} (1 h) to {} (10 years)", AGES.start(), AGES.end());
        fields.fault(member, FaultCode::InvalidField, detail, None);
    }
    Some(seconds)
}
