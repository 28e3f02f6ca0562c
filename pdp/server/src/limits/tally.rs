//! The counting of one request to a door, and what its answer has to tell and to wait for.

use std::cell::RefCell;

use argus_http::Trace;

use super::counted::Counted;
use super::fields::LimitFields;
use super::gate::Gate;
use super::journaling::JournaledQuotas;
use super::shared::Settled;
use crate::journal::{JournalFault, Tickets};
use crate::places::Places;
use crate::usage::{UsageSink, Use};

/// The counting of one request to a door, which may ask for several decisions.
#[derive(Debug)]
pub(crate) struct Tally<'g> {
    pub(crate) gate: &'g Gate,
    /// What Redis said; `None` before it was asked.
    pub(crate) settled: Option<&'g Settled>,
    pub(crate) trace: &'g Trace,
    seen: RefCell<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    decisions: usize,
    fields: LimitFields,
    tickets: Tickets,
    fault: Option<JournalFault>,
}

impl<'g> Tally<'g> {
    pub(crate) fn new(gate: &'g Gate, settled: Option<&'g Settled>, trace: &'g Trace) -> Self {
        Self { gate, settled, trace, seen: RefCell::default() }
    }

    /// Notes what one decision came to.
    pub(crate) fn note(&self, counted: &Counted<'_>) {
        if counted.refused.is_none() && counted.standings.is_empty() {
            return;
        }
        let mut seen = self.seen.borrow_mut();
        seen.decisions += 1;
        seen.fields = if seen.decisions == 1 { LimitFields::of(counted) } else { LimitFields::default() };
    }

    /// What the answer tells of limits. Of several limited decisions the fields could not say which they mean.
    pub(crate) fn fields(&self) -> LimitFields {
        std::mem::take(&mut self.seen.borrow_mut().fields)
    }

    /// Tells whoever counts of a decision: at once, or, of a use of a durable key, by the journal. That one is told what it
    /// took from quotas.
    pub(crate) fn tell(
        &self,
        (usage, places): (Option<&dyn UsageSink>, &Places),
        of: &Use<'_>,
        durable: Option<&JournaledQuotas<'_>>,
    ) {
        let Some(quotas) = durable else { return usage.into_iter().for_each(|usage| usage.note(of)) };
        let usage = usage.and_then(|usage| usage.journal(of, places.names(of.address)));
        let noted = self.gate.journal(usage.as_deref(), quotas);
        let mut seen = self.seen.borrow_mut();
        match noted {
            // Those that are written together are waited for at once.
            Ok(ticket) if seen.tickets.iter().any(|known| known.same_channel(&ticket)) => {}
            Ok(ticket) => seen.tickets.push(ticket),
            Err(fault) => seen.fault = Some(fault),
        }
    }

    /// What the answer has to wait for. Where something could not be noted there is none.
    pub(crate) fn tickets(&self) -> Result<Tickets, JournalFault> {
        let mut seen = self.seen.borrow_mut();
        seen.fault.map_or_else(|| Ok(std::mem::take(&mut seen.tickets)), Err)
    }
}
