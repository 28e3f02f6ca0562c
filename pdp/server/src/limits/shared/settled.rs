//! What was foreseen of a request, and what Redis said of it.

use std::cell::RefCell;

use argus_limits::shared::OwnedCharge;
use argus_limits::{Charge, Outcome};

/// What one decision would take from limits.
pub(crate) type Foreseen = Vec<OwnedCharge>;

/// What Redis said of what was foreseen, to be used once each.
#[derive(Debug, Default)]
pub(crate) struct Settled(RefCell<Vec<(Foreseen, Outcome)>>);

impl Settled {
    pub(in crate::limits) fn new(answers: Vec<(Foreseen, Outcome)>) -> Self {
        Self(RefCell::new(answers))
    }

    /// The answer to the first of the decisions that take this and have not had theirs.
    pub(in crate::limits) fn take(&self, charges: &[Charge<'_>]) -> Option<Outcome> {
        let mut answers = self.0.borrow_mut();
        let is_it = |foreseen: &Foreseen| {
            foreseen.len() == charges.len()
                && foreseen.iter().zip(charges).all(|(foreseen, charge)| foreseen.borrow() == *charge)
        };
        let place = answers.iter().position(|(foreseen, _)| is_it(foreseen))?;
        Some(answers.remove(place).1)
    }
}
