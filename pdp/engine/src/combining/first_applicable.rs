//! `first-applicable`: the first child that has anything to say decides, a failure included (core C.8).

use std::ops::ControlFlow;

use super::{Combining, plain};
use crate::decision::Decision;

/// Nothing has to be remembered: until a child applies, none has.
#[derive(Debug, Default)]
pub struct FirstApplicable;

impl Combining for FirstApplicable {
    // The algorithm doesn't track what an Indeterminate could have been (C.1), so neither does its own.
    fn visit(&mut self, child: Decision) -> ControlFlow<Decision> {
        match child {
            Decision::NotApplicable => ControlFlow::Continue(()),
            decided => ControlFlow::Break(plain(decided)),
        }
    }

    fn finish(self) -> Decision {
        Decision::NotApplicable
    }
}
