//! A diagnostic in one line, as compilers write it and editors read it.

use argus_engine::diagnostic::Diagnostic;

use crate::source::{Source, location};

/// `leave.xml:21:26: error[unknown-function]: unknown function …`
pub(crate) fn line(diagnostic: &Diagnostic, sources: &[Source]) -> String {
    let Diagnostic { severity, code, message, at, .. } = diagnostic;
    format!("{}: {}[{code}]: {message}\n", location(sources, *at), severity.as_str())
}
