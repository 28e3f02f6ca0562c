//! What uses of durable keys take from quotas, on its way into the journal.

use argus_store::KeyId;
use serde_json::value::RawValue;

use super::gate::Gate;
use super::keeping::period;
use super::ledger::{Noted, Quota, Span};
use crate::journal::{JournalFault, Ticket};

/// What one use took from quotas, and has yet to be noted in the journal. Empty, and without an allocation, where the key
/// is no durable one.
pub(crate) type JournaledQuotas<'q> = Vec<JournaledQuota<'q>>;

/// What a use took from one quota, or gave back.
#[derive(Debug, Clone, Copy)]
pub(crate) struct JournaledQuota<'q> {
    pub(super) quota: Quota<'q>,
    /// The key that was used.
    pub(super) key: KeyId,
    /// The first nanosecond behind the period that it is taken in.
    pub(super) end: i64,
    /// Less than nothing where it gave back.
    pub(super) used: i64,
}

impl Gate {
    /// Notes a use in the journal, by what is counted of it and what it took from quotas. Its answer has to wait for what
    /// this gives.
    pub(crate) fn journal(
        &self,
        usage: Option<&RawValue>,
        quotas: &[JournaledQuota<'_>],
    ) -> Result<Ticket, JournalFault> {
        let journal = self.journal.as_ref().ok_or(JournalFault::Missing)?;
        let uses = quotas.iter().map(|JournaledQuota { quota, end, used, .. }| {
            (period(quota.bucket, quota.limit, Span::of(quota.limit, *end)), *used)
        });
        let ticket = journal.append(usage, &uses.collect())?;
        // Behind it: when these are told of, the segment that the use stands in has been counted.
        for JournaledQuota { quota, key, end, .. } in quotas {
            self.ledger.note(*quota, *key, *end, Noted::Journaled);
        }
        Ok(ticket)
    }
}
