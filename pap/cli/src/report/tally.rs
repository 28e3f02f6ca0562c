//! How many problems there are: the last line of `argus check`.

use argus_engine::diagnostic::{Diagnostic, Severity};

/// The numbers of one run.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Tally {
    /// Diagnostics that refuse a document.
    pub(crate) errors: usize,
    /// Diagnostics that do not.
    pub(crate) warnings: usize,
    /// Those of both that `--fix` mends.
    pub(crate) fixable: usize,
}

impl Tally {
    /// Counts.
    pub(crate) fn of<'a>(diagnostics: impl IntoIterator<Item = &'a Diagnostic>) -> Self {
        let mut tally = Self::default();
        for diagnostic in diagnostics {
            match diagnostic.severity {
                Severity::Error => tally.errors += 1,
                Severity::Warning => tally.warnings += 1,
            }
            tally.fixable += usize::from(diagnostic.fix.as_ref().is_some_and(|fix| fix.safe));
        }
        tally
    }

    /// `3 errors, 2 warnings (1 fixable with --fix)`, or `no problems`.
    pub(crate) fn to_text(self) -> String {
        let mut parts = Vec::new();
        if self.errors > 0 {
            parts.push(counted(self.errors, "error"));
        }
        if self.warnings > 0 {
            parts.push(counted(self.warnings, "warning"));
        }
        match (parts.is_empty(), self.fixable) {
            (true, _) => "no problems".to_owned(),
            (false, 0) => parts.join(", "),
            (false, fixable) => format!("{} ({fixable} fixable with --fix)", parts.join(", ")),
        }
    }
}

/// `1 error`, `2 errors`.
pub(crate) fn counted(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
