//! `permit-overrides` of 1.0 and `ordered-permit-overrides` of 1.1 over rules: older than the extended Indeterminate,
//! they ask for the failed rule's `Effect` instead (core C.12, C.13).

use std::ops::ControlFlow;

use super::{Combining, INDETERMINATE};
use crate::decision::Decision;

/// A rule that failed is Indeterminate with its own effect (core 7.11), which is how its `Effect` is known here.
#[derive(Debug, Default)]
pub struct LegacyRulePermitOverrides {
    denied: bool,
    failed: bool,
    might_permit: bool,
}

impl Combining for LegacyRulePermitOverrides {
    fn visit(&mut self, child: Decision) -> ControlFlow<Decision> {
        match child {
            Decision::Permit => return ControlFlow::Break(Decision::Permit),
            Decision::Deny => self.denied = true,
            Decision::NotApplicable => {}
            Decision::Indeterminate(effects) => {
                self.failed = true;
                self.might_permit |= effects.may_permit();
            }
        }
        ControlFlow::Continue(())
    }

    fn finish(self) -> Decision {
        match self {
            Self { might_permit: true, .. } => INDETERMINATE,
            Self { denied: true, .. } => Decision::Deny,
            Self { failed: true, .. } => INDETERMINATE,
            _ => Decision::NotApplicable,
        }
    }
}
