//! `permit-unless-deny`: Permit or Deny, nothing else; what fails or doesn't apply counts for nothing (core C.7).

use std::ops::ControlFlow;

use super::Combining;
use crate::decision::Decision;

/// Nothing has to be remembered: what hasn't denied so far permits.
#[derive(Debug, Default)]
pub struct PermitUnlessDeny;

impl Combining for PermitUnlessDeny {
    fn visit(&mut self, child: Decision) -> ControlFlow<Decision> {
        match child {
            Decision::Deny => ControlFlow::Break(Decision::Deny),
            Decision::Permit | Decision::NotApplicable | Decision::Indeterminate(_) => ControlFlow::Continue(()),
        }
    }

    fn finish(self) -> Decision {
        Decision::Permit
    }
}
