//! `deny-unless-permit`: Permit or Deny, nothing else; what fails or doesn't apply counts for nothing (core C.6).

use std::ops::ControlFlow;

use super::Combining;
use crate::decision::Decision;

/// Nothing has to be remembered: what hasn't permitted so far denies.
#[derive(Debug, Default)]
pub struct DenyUnlessPermit;

impl Combining for DenyUnlessPermit {
    fn visit(&mut self, child: Decision) -> ControlFlow<Decision> {
        match child {
            Decision::Permit => ControlFlow::Break(Decision::Permit),
            Decision::Deny | Decision::NotApplicable | Decision::Indeterminate(_) => ControlFlow::Continue(()),
        }
    }

    fn finish(self) -> Decision {
        Decision::Deny
    }
}
