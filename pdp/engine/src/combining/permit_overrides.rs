//! `permit-overrides`, `ordered-permit-overrides`: one Permit settles it (core C.4, C.5). Document order serves both.

use std::ops::ControlFlow;

use super::Combining;
use crate::decision::{Decision, Effects};

/// What the children visited so far allow the node to become. A child *might permit* that failed before it could.
#[derive(Debug, Default)]
pub struct PermitOverrides {
    denied: bool,
    might_deny: bool,
    might_permit: bool,
}

impl Combining for PermitOverrides {
    fn visit(&mut self, child: Decision) -> ControlFlow<Decision> {
        match child {
            Decision::Permit => return ControlFlow::Break(Decision::Permit),
            Decision::Deny => self.denied = true,
            Decision::NotApplicable => {}
            Decision::Indeterminate(effects) => {
                self.might_deny |= effects.may_deny();
                self.might_permit |= effects.may_permit();
            }
        }
        ControlFlow::Continue(())
    }

    // Reached only when no child permitted. A Deny outweighs a child that might only have denied.
    fn finish(self) -> Decision {
        match (self.might_permit, self.denied, self.might_deny) {
            (true, true, _) | (true, _, true) => Decision::Indeterminate(Effects::DP),
            (true, false, false) => Decision::Indeterminate(Effects::P),
            (false, true, _) => Decision::Deny,
            (false, false, true) => Decision::Indeterminate(Effects::D),
            (false, false, false) => Decision::NotApplicable,
        }
    }
}
