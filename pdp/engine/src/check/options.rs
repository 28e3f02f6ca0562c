//! What a check may be told.

use crate::diagnostic::Severity;
use crate::limits::Limits;

/// The settings of a check.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// The bounds for documents, references, variables and numbers.
    pub limits: Limits,
    /// How bad a fault is that the standard has answered, not refused: an XPath that does not parse, a pattern that is
    /// no regular expression, the XPath functions of 1.0. For the author it is an error; whoever evaluates warns.
    pub answered: Severity,
    /// Warn of times without a zone.
    pub time_without_zone: bool,
    /// Warn of XPaths without an `XPathVersion` in force.
    pub missing_xpath_version: bool,
}

impl Options {
    /// For whoever writes policies: all that is wrong is an error.
    pub fn authoring(limits: Limits) -> Self {
        Self { answered: Severity::Error, ..Self::evaluating(limits) }
    }

    /// For whoever evaluates them: an error is what keeps a policy from being evaluated.
    pub const fn evaluating(limits: Limits) -> Self {
        Self { limits, answered: Severity::Warning, time_without_zone: false, missing_xpath_version: false }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::evaluating(Limits::default())
    }
}
