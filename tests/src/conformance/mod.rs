//! The conformance cases: what each is to give, what it gives through either door, and the table of counts.
//!
//! The cases themselves stand outside of the repository, in the folder that `ARGUS_CONFORMANCE` names: `manifest.json`
//! lists them, with the outcomes that count as right.

mod case;
mod run;
mod table;

use std::path::Path;

use anyhow::Result;

pub use case::{Case, Expected, folder, manifest};
pub use run::{Door, Outcome, Way, run};
pub use table::Table;

/// A case that is believed to be wrong.
#[derive(Debug)]
pub struct Known {
    /// The case.
    pub id: &'static str,
    /// Where the standard says otherwise.
    pub section: &'static str,
    /// What it says.
    pub reason: &'static str,
}

/// The cases that are believed to be wrong, each with its reason. They are run, counted and shown.
pub const KNOWN: &[Known] = &[];

/// Runs every case of a folder both as XML and as JSON, and gives the table with what failed, known cases aside.
pub fn run_all(folder: &Path, way: Way) -> Result<(Table, Vec<String>)> {
    let (mut table, mut failures) = (Table::default(), Vec::new());
    for case in &manifest(folder)? {
        let known = KNOWN.iter().find(|known| known.id == case.id);
        for door in [Door::Xml, Door::Json] {
            let failure = failure(case, door, way)?;
            table.add(case, door, failure.is_none());
            match (failure, known) {
                (Some(failure), None) => failures.push(failure),
                (None, Some(known)) => failures.push(format!("{} as {door} passes, yet is listed as wrong", known.id)),
                (Some(_), Some(_)) | (None, None) => {}
            }
        }
    }
    Ok((table, failures))
}

/// In which way a case failed; `None` where it passed.
fn failure(case: &Case, door: Door, way: Way) -> Result<Option<String>> {
    let outcome = run(case, door, way)?;
    let differences = outcome.differences(case)?;
    if case.expects.iter().any(|expected| outcome.is(*expected)) && differences.is_empty() {
        return Ok(None);
    }
    Ok(Some(format!("{} as {door}: {outcome}\n    {}", case.id, differences.join("\n    "))))
}
