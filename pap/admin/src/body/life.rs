//! `not_before`, `rotation_interval_seconds` and `grace_seconds`: when a key begins, and how its secrets follow each other.

use chrono::{DateTime, Utc};

use super::{Fields, time};
use crate::FaultCode;

/// How a key begins and gets new secrets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Life {
    pub(crate) not_before: Option<DateTime<Utc>>,
    pub(crate) rotation_interval_seconds: Option<i64>,
    pub(crate) grace_seconds: Option<i64>,
}

/// The longest grace: 30 days. A secret that is on its way out for longer is a second secret.
pub(crate) const LONGEST_GRACE_SECONDS: i64 = 30 * 86_400;

/// The shortest time between two rotations: an hour. The longest: a year.
const INTERVALS: std::ops::RangeInclusive<i64> = 3_600..=365 * 86_400;

impl Life {
    /// Reads the three members. Faults are noted.
    pub(crate) fn read(fields: &mut Fields, now: DateTime<Utc>) -> Self {
        Self {
            // A beginning that is past is no beginning.
            not_before: time(fields, "not_before").filter(|at| *at > now),
            rotation_interval_seconds: rotation_interval(fields),
            grace_seconds: grace(fields),
        }
    }
}

/// Reads the member `rotation_interval_seconds`.
pub(crate) fn rotation_interval(fields: &mut Fields) -> Option<i64> {
    let seconds = fields.integer("rotation_interval_seconds")?;
    if !INTERVALS.contains(&seconds) {
        let detail = format!("{seconds} seconds between rotations are out of bounds: 3600 (1 h) to 31536000 (365 d)");
        fields.fault("rotation_interval_seconds", FaultCode::InvalidField, detail, None);
    }
    Some(seconds)
}

/// Reads the member `grace_seconds`.
pub(crate) fn grace(fields: &mut Fields) -> Option<i64> {
    let seconds = fields.integer("grace_seconds")?;
    if !(0..=LONGEST_GRACE_SECONDS).contains(&seconds) {
        let detail = format!("a grace lasts 0 to {LONGEST_GRACE_SECONDS} seconds (30 days), not {seconds}");
        fields.fault("grace_seconds", FaultCode::InvalidField, detail, None);
    }
    Some(seconds)
}
