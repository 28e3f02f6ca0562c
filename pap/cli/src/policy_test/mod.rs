//! Policy tests: `*.test.yaml` beside the policies, with requests and what is expected of the answers.
//!
//! `read` finds and reads the files, `run` runs their cases, side by side, and says what became of each. Nothing
//! is printed here. A file is read over a tree of its own (`yaml`), so that every fault has its line and column;
//! `settings`, `case` and `expectation` are the format; `decider` reads from the engine's trace what decided.

mod attribute;
mod case;
mod clock_readers;
mod decider;
mod expectation;
mod file;
mod mismatch;
mod problems;
mod report;
mod request;
mod response_file;
mod run;
mod settings;
mod yaml;

use std::path::{Path, PathBuf};

use argus_engine::limits::Limits;
use rayon::prelude::*;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::policy_files::files_below;
use crate::progress::Progress;

pub(crate) use mismatch::Mismatch;
pub(crate) use report::{CaseReport, Failed, FileReport, Outcome, Totals};

/// What test files are called.
const ENDING: &str = ".test.yaml";

/// The test files of these paths: files by any name, folders with all below them.
///
/// # Errors
/// Where a path can't be read, or holds no test.
pub(crate) fn find(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut found: Vec<PathBuf> = Vec::new();
    for path in paths {
        let files = files_of(path)?;
        if files.is_empty() {
            return Err(nothing_in(path));
        }
        for file in files {
            if !found.contains(&file) {
                found.push(file);
            }
        }
    }
    Ok(found)
}

fn files_of(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let kind = std::fs::metadata(path).map_err(|error| Failure::unreadable(path, &error))?;
    if kind.is_dir() { files_below(path, ENDING) } else { Ok(vec![path.to_owned()]) }
}

fn nothing_in(path: &Path) -> Failure {
    Failure::new(Exit::NoInput, "no-test", format!("`{}` holds no test", path.display()))
        .help("tests stand in files named `*.test.yaml` beside the policies")
}

/// Runs the cases whose names hold one of the words, or all where there is none. Each file counts as one step.
///
/// # Errors
/// Where a file can't be read at all.
pub(crate) fn run(
    files: &[PathBuf],
    words: &[String],
    limits: Limits,
    progress: &Progress,
) -> Result<Vec<FileReport>, Failure> {
    let is_wanted = |name: &str| words.is_empty() || words.iter().any(|word| name.contains(word.as_str()));
    let run = |path: &PathBuf| {
        let report = run::run(file::read(path)?, limits, &is_wanted);
        progress.step();
        Ok(report)
    };
    files.par_iter().map(run).collect()
}
