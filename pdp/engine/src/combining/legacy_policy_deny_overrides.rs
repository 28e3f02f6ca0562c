//! `deny-overrides` of 1.0 and `ordered-deny-overrides` of 1.1 over policies: a failure counts as Deny, so they are
//! never Indeterminate (core C.10, C.11).

use std::ops::ControlFlow;

use super::Combining;
use crate::decision::Decision;

/// Whether a child permitted, as long as none denied or failed.
#[derive(Debug, Default)]
pub struct LegacyPolicyDenyOverrides {
    permitted: bool,
}

impl Combining for LegacyPolicyDenyOverrides {
    fn visit(&mut self, child: Decision) -> ControlFlow<Decision> {
        match child {
            Decision::Deny | Decision::Indeterminate(_) => return ControlFlow::Break(Decision::Deny),
            Decision::Permit => self.permitted = true,
            Decision::NotApplicable => {}
        }
        ControlFlow::Continue(())
    }

    fn finish(self) -> Decision {
        if self.permitted { Decision::Permit } else { Decision::NotApplicable }
    }
}
