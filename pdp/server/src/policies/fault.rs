//! Why a set of policies is not put in force: every problem of it, each with its place.

use std::fmt;

use argus_engine::diagnostic::{Diagnostic, Severity, line_column};
use argus_engine::read::Source;

/// Why a set of policies is not put in force.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct PolicyFault {
    /// At least one.
    pub problems: Vec<PolicyProblem>,
}

/// One problem of a policy document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyProblem {
    /// The document, by its path in the policy folder.
    pub file: String,
    /// Where in it, from 1; `None` where the whole document is meant.
    pub place: Option<(usize, usize)>,
    /// The code of the check, where one found it.
    pub code: Option<&'static str>,
    /// What is wrong.
    pub message: String,
}

impl PolicyFault {
    /// A fault of a whole file, or of the folder.
    pub(crate) fn of_file(file: impl Into<String>, message: impl Into<String>) -> Self {
        let problem = PolicyProblem { file: file.into(), place: None, code: None, message: message.into() };
        Self { problems: vec![problem] }
    }

    /// The errors among what a check found; `None` where there is none.
    pub(super) fn of_check(diagnostics: &[Diagnostic], sources: &[Source<'_>]) -> Option<Self> {
        let problems: Vec<_> = diagnostics
            .iter()
            .filter(|found| found.severity == Severity::Error)
            .map(|found| locate(found, sources))
            .collect();
        if problems.is_empty() { None } else { Some(Self { problems }) }
    }
}

/// A diagnostic with its file, line and column.
pub(super) fn locate(found: &Diagnostic, sources: &[Source<'_>]) -> PolicyProblem {
    let source = sources.get(found.at.file as usize);
    PolicyProblem {
        file: source.map_or_else(String::new, |source| source.name.to_owned()),
        place: source.map(|source| line_column(source.text, found.at.start as usize)),
        code: Some(found.code),
        message: found.message.clone(),
    }
}

/// `acme.xml:9:34: error[unresolved-reference]: …`
impl fmt::Display for PolicyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some((line, column)) = self.place {
            write!(f, ":{line}:{column}")?;
        }
        match self.code {
            Some(code) => write!(f, ": error[{code}]: {}", self.message),
            None => write!(f, ": {}", self.message),
        }
    }
}

/// The first problem, and how many there are besides.
impl fmt::Display for PolicyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((first, more)) = self.problems.split_first() else { return f.write_str("the policies are refused") };
        first.fmt(f)?;
        match more.len() {
            0 => Ok(()),
            more => write!(f, " (and {more} more)"),
        }
    }
}
