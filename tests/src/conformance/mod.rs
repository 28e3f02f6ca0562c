//! The conformance cases: what each is to give, what it gives through either door, and the table of counts.
//!
//! The cases themselves stand outside of the repository, in the folder that `ARGUS_CONFORMANCE` names: `manifest.json`
//! lists them, with the outcomes that count as right.

mod case;
mod run;
mod table;

pub use case::{Case, Expected, folder, manifest};
pub use run::{Door, Outcome, run};
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

/// Runs a case through a door and says in which way it failed; `None` where it passed.
pub fn failure(case: &Case, door: Door) -> anyhow::Result<Option<String>> {
    let outcome = run(case, door)?;
    if case.expects.iter().any(|expected| outcome.is(*expected)) && outcome.differences(case)?.is_empty() {
        return Ok(None);
    }
    let mut text = format!("{} as {door}: {outcome}", case.id);
    for difference in outcome.differences(case)? {
        text += &format!("\n    {difference}");
    }
    Ok(Some(text))
}
