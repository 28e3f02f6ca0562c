//! `permit-overrides` of 1.0 and `ordered-permit-overrides` of 1.1 over policies (core C.12, C.13). No mirror of the
//! deny variant: here a Deny outweighs a failure, there a failure is a Deny.

use std::ops::ControlFlow;

use super::{Combining, INDETERMINATE};
use crate::decision::Decision;

/// Whether a child denied or failed, as long as none permitted.
#[derive(Debug, Default)]
pub struct LegacyPolicyPermitOverrides {
    denied: bool,
    failed: bool,
}

impl Combining for LegacyPolicyPermitOverrides {
    fn visit(&mut self, child: Decision) -> ControlFlow<Decision> {
        match child {
            Decision::Permit => return ControlFlow::Break(Decision::Permit),
            Decision::Deny => self.denied = true,
            Decision::Indeterminate(_) => self.failed = true,
            Decision::NotApplicable => {}
        }
        ControlFlow::Continue(())
    }

    fn finish(self) -> Decision {
        match self {
            Self { denied: true, .. } => Decision::Deny,
            Self { failed: true, .. } => INDETERMINATE,
            _ => Decision::NotApplicable,
        }
    }
}
