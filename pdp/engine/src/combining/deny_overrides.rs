//! `deny-overrides`, `ordered-deny-overrides`: one Deny settles it (core C.2, C.3). Document order serves both.

use std::ops::ControlFlow;

use super::Combining;
use crate::decision::{Decision, Effects};

/// What the children visited so far allow the node to become. A child *might deny* that failed before it could.
#[derive(Debug, Default)]
pub struct DenyOverrides {
    permitted: bool,
    might_deny: bool,
    might_permit: bool,
}

impl Combining for DenyOverrides {
    fn visit(&mut self, child: Decision) -> ControlFlow<Decision> {
        match child {
            Decision::Deny => return ControlFlow::Break(Decision::Deny),
            Decision::Permit => self.permitted = true,
            Decision::NotApplicable => {}
            Decision::Indeterminate(effects) => {
                self.might_deny |= effects.may_deny();
                self.might_permit |= effects.may_permit();
            }
        }
        ControlFlow::Continue(())
    }

    // Reached only when no child denied. A Permit outweighs a child that might only have permitted.
    fn finish(self) -> Decision {
        match (self.might_deny, self.permitted, self.might_permit) {
            (true, true, _) | (true, _, true) => Decision::Indeterminate(Effects::DP),
            (true, false, false) => Decision::Indeterminate(Effects::D),
            (false, true, _) => Decision::Permit,
            (false, false, true) => Decision::Indeterminate(Effects::P),
            (false, false, false) => Decision::NotApplicable,
        }
    }
}
