//! `deny-overrides` of 1.0 and `ordered-deny-overrides` of 1.1 over rules: older than the extended Indeterminate,
//! they ask for the failed rule's `Effect` instead (core C.10, C.11).

use std::ops::ControlFlow;

use super::{Combining, INDETERMINATE};
use crate::decision::Decision;

/// A rule that failed is Indeterminate with its own effect (core 7.11), which is how its `Effect` is known here.
#[derive(Debug, Default)]
pub struct LegacyRuleDenyOverrides {
    permitted: bool,
    failed: bool,
    might_deny: bool,
}

impl Combining for LegacyRuleDenyOverrides {
    fn visit(&mut self, child: Decision) -> ControlFlow<Decision> {
        match child {
            Decision::Deny => return ControlFlow::Break(Decision::Deny),
            Decision::Permit => self.permitted = true,
            Decision::NotApplicable => {}
            Decision::Indeterminate(effects) => {
                self.failed = true;
                self.might_deny |= effects.may_deny();
            }
        }
        ControlFlow::Continue(())
    }

    fn finish(self) -> Decision {
        match self {
            Self { might_deny: true, .. } => INDETERMINATE,
            Self { permitted: true, .. } => Decision::Permit,
            Self { failed: true, .. } => INDETERMINATE,
            _ => Decision::NotApplicable,
        }
    }
}
