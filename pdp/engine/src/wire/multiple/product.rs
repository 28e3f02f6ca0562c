//! One `Attributes` of each category, in all combinations (Multiple Decision Profile 2.3).

use std::collections::HashMap;

use super::alternatives::{Alternative, Alternatives};
use crate::request::{Attributes, RequestError};
use crate::status::Fault;

/// The categories of a working set, each with all that may stand for it.
pub(super) struct Product<'a> {
    choices: Vec<Vec<Alternative<'a>>>,
    // What is said where a category has nothing to choose from.
    nothing: Option<Fault>,
}

impl<'a> Product<'a> {
    pub(super) fn new(
        set: &[&'a Attributes<'a>],
        alternatives: &mut Alternatives<'a, '_>,
    ) -> Result<Self, RequestError> {
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut choices: Vec<Vec<Alternative<'a>>> = Vec::new();
        for attributes in set {
            let place = *places.entry(attributes.category).or_insert_with(|| {
                choices.push(Vec::new());
                choices.len() - 1
            });
            if let Some(choice) = choices.get_mut(place) {
                choice.extend(alternatives.of(attributes)?.iter().cloned());
            }
        }
        let nothing = choices.iter().any(Vec::is_empty);
        let nothing = nothing.then(|| Fault::syntax("the content selector selects no node"));
        Ok(Self { choices, nothing })
    }

    /// How many combinations there are; `None` where the number has no end worth counting.
    pub(super) fn size(&self) -> Option<usize> {
        match self.nothing {
            Some(_) => Some(1),
            None => self.choices.iter().try_fold(1_usize, |size, choice| size.checked_mul(choice.len())),
        }
    }

    /// Calls `take` for each combination, the first category varying slowest.
    pub(super) fn each(self, mut take: impl FnMut(Result<&[&'a Attributes<'a>], Fault>)) {
        if let Some(nothing) = self.nothing {
            take(Err(nothing));
            return;
        }
        let mut places = vec![0; self.choices.len()];
        let mut combination = Vec::with_capacity(self.choices.len());
        loop {
            combination.clear();
            let chosen = self.choices.iter().zip(&places).filter_map(|(choice, place)| choice.get(*place));
            // The first fault in the order of the categories is the one that is told.
            let fault = chosen.into_iter().try_for_each(|one| one.as_ref().map(|one| combination.push(*one)));
            match fault {
                Ok(()) => take(Ok(&combination)),
                Err(fault) => take(Err(fault.clone())),
            }
            if !advance(&mut places, &self.choices) {
                return;
            }
        }
    }
}

// Counts on, the last place first; `false` after the last combination.
fn advance<T>(places: &mut [usize], choices: &[Vec<T>]) -> bool {
    for (place, choice) in places.iter_mut().zip(choices).rev() {
        *place += 1;
        if *place < choice.len() {
            return true;
        }
        *place = 0;
    }
    false
}
