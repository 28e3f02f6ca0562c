//! What was foreseen of a request, and what Redis said of it.

use std::cell::RefCell;

use argus_limits::shared::OwnedCharge;
use argus_limits::{Charge, Outcome};

/// What one decision would take from limits.
pub(crate) type Foreseen = Vec<OwnedCharge>;

/// What Redis said of what was foreseen, to be used once each.
#[derive(Debug, Default)]
pub(crate) struct Settled(RefCell<Vec<Told>>);

/// What Redis said of one, and the time that it had then, in microseconds since 1970.
pub(in crate::limits) type Told = (Foreseen, Outcome, i64);

impl Settled {
    pub(in crate::limits) fn new(answers: Vec<Told>) -> Self {
        Self(RefCell::new(answers))
    }

    /// The answer to the first of the decisions that take this and have not had theirs.
    pub(in crate::limits) fn take(&self, charges: &[Charge<'_>]) -> Option<(Outcome, i64)> {
        let mut answers = self.0.borrow_mut();
        let is_it = |foreseen: &Foreseen| {
            foreseen.len() == charges.len()
                && foreseen.iter().zip(charges).all(|(foreseen, charge)| foreseen.borrow() == *charge)
        };
        let place = answers.iter().position(|(foreseen, ..)| is_it(foreseen))?;
        let (_, outcome, at) = answers.remove(place);
        Some((outcome, at))
    }
}
