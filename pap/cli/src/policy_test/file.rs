//! A test file with the `argus-test.yaml` files above it.

use std::fs;
use std::path::{Path, PathBuf};

use argus_engine::diagnostic::Diagnostic;

use super::case::{self, Case, Surroundings};
use super::problems::Problems;
use super::settings::{self, Settings};
use super::yaml::{self, Value};
use crate::failure::Failure;
use crate::source::Source;

/// A test file as it was read.
#[derive(Debug)]
pub(super) struct TestFile {
    /// The file itself, then those above it that it takes settings from, nearest first.
    pub(super) sources: Vec<Source>,
    /// The cases; those with faults are left out.
    pub(super) cases: Vec<Case>,
    /// The faults.
    pub(super) problems: Vec<Diagnostic>,
}

/// What stands above test files.
const SHARED_NAME: &str = "argus-test.yaml";

/// Reads a test file.
///
/// # Errors
/// Where it, or a file above it, can't be read at all.
pub(super) fn read(path: &Path) -> Result<TestFile, Failure> {
    let mut sources = vec![read_source(path)?];
    for shared in shared_files(path) {
        sources.push(read_source(&shared)?);
    }
    let mut problems = Problems::default();
    let mut settings = Settings::default();
    // The furthest first, so that the nearest goes over it.
    for (place, source) in sources.iter().enumerate().skip(1).rev() {
        settings = read_shared(source, place, &settings, &mut problems);
    }
    let cases = sources.first().map(|source| read_cases(source, &settings, &mut problems)).unwrap_or_default();
    problems.list.sort_by_key(|problem| problem.at);
    Ok(TestFile { sources, cases, problems: problems.list })
}

fn read_source(path: &Path) -> Result<Source, Failure> {
    let bytes = fs::read(path).map_err(|error| Failure::unreadable(path, &error))?;
    Ok(Source::new(path.to_owned(), bytes))
}

// From the file's own folder upwards, as far as the repository reaches.
fn shared_files(path: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut shown = folder_of(path).to_owned();
    let Ok(absolute) = fs::canonicalize(&shown) else { return found };
    for folder in absolute.ancestors() {
        let file = shown.join(SHARED_NAME);
        if file.is_file() {
            found.push(file);
        }
        if folder.join(".git").exists() {
            break;
        }
        shown = shown.join("..");
    }
    found
}

/// The folder of a file, never empty.
pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn read_shared(source: &Source, place: usize, above: &Settings, problems: &mut Problems) -> Settings {
    let node = match yaml::read(source, u32::try_from(place).unwrap_or(u32::MAX)) {
        Ok(node) => node,
        Err(problem) => {
            problems.list.push(*problem);
            return above.clone();
        }
    };
    if matches!(node.value, Value::Null) {
        return above.clone();
    }
    let entries = problems.map(&node, "the file");
    for (key, _) in entries {
        if !settings::FIELDS.contains(&key.text.as_str()) {
            problems.unknown_field(key, SHARED_NAME, settings::FIELDS);
        }
    }
    above.with(entries, folder_of(&source.path), problems)
}

fn read_cases(source: &Source, above: &Settings, problems: &mut Problems) -> Vec<Case> {
    let node = match yaml::read(source, 0) {
        Ok(node) => node,
        Err(problem) => {
            problems.list.push(*problem);
            return Vec::new();
        }
    };
    let entries = problems.map(&node, "the file");
    let folder = folder_of(&source.path);
    let settings = above.with(entries, folder, problems);
    let around = Surroundings { source, settings: &settings, folder };
    let mut cases = Vec::new();
    let mut has_cases = false;
    for (key, node) in entries {
        match key.text.as_str() {
            "cases" => {
                has_cases = true;
                for node in problems.list(node, "`cases`") {
                    cases.extend(case::read(node, around, problems));
                }
            }
            name if settings::FIELDS.contains(&name) => {}
            _ => {
                let known: Vec<&str> = settings::FIELDS.iter().copied().chain(["cases"]).collect();
                problems.unknown_field(key, "a test file", &known);
            }
        }
    }
    if !has_cases && matches!(node.value, Value::Map(_)) {
        problems.error("missing-field", node.at, "the file lacks `cases`", "nothing would be tested");
    }
    cases
}
