//! What counting came to: whether a use may go on, and how each limit stands after it.

use std::time::Duration;

use smallvec::SmallVec;

use super::journaling::JournaledQuotas;
use super::reservations::Taken;
use crate::reason::Reason;

/// What counting came to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counted<'k> {
    /// Why the use is refused; `None` where it is admitted.
    pub(crate) refused: Option<Reason>,
    /// When the same use may be admitted, rounded up; `None` where waiting is of no use.
    pub(crate) retry_after_seconds: Option<u64>,
    /// How the limits stand.
    pub(crate) standings: SmallVec<[Standing<'k>; 4]>,
    /// What it took, where that may be given back.
    pub(crate) taken: Option<Taken>,
    /// What it took from quotas, where that is to stand in the journal.
    pub(crate) journaled: JournaledQuotas<'k>,
}

/// How a limit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing<'k> {
    pub(crate) name: &'k str,
    pub(crate) limit: u64,
    pub(crate) window_seconds: u64,
    pub(crate) remaining: u64,
    /// Until all of it is there again, rounded up.
    pub(crate) reset_seconds: u64,
}

/// Whole seconds, rounded up: whoever waits for so long has waited long enough.
pub(super) fn seconds_up(span: Duration) -> u64 {
    span.as_secs().saturating_add(u64::from(span.subsec_nanos() > 0))
}
