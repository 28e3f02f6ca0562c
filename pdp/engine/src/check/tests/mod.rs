//! The check as a whole: its examples, broken policies beside what is said of them, hostile ones, and the public suite.

mod broken;
mod conformance;
mod examples;
mod hostile;
mod linked;
mod parts;

use super::{Options, check};
use crate::diagnostic::{Diagnostic, line_column};
use crate::limits::Limits;
use crate::read::Source;

/// What `--output short` prints of a diagnostic.
fn line(diagnostic: &Diagnostic, sources: &[Source<'_>]) -> String {
    let (line, column) = line_column(sources[diagnostic.at.file as usize].text, diagnostic.at.start as usize);
    format!("{line}:{column}: {}[{}]: {}", diagnostic.severity.as_str(), diagnostic.code, diagnostic.message)
}

/// All that an author is told of some documents.
fn lines(texts: &[&str]) -> Vec<String> {
    let sources: Vec<Source<'_>> = texts.iter().map(|text| Source::new("", text)).collect();
    let (_, found) = check(&sources, &Options::authoring(Limits::default()));
    found.iter().map(|found| line(found, &sources)).collect()
}
mod words;
