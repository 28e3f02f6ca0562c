//! The files of a folder, in an order that does not depend on the machine.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use argus_engine::read::xml::{Event, XmlLimits, XmlReader};

use crate::failure::Failure;

/// The files below a folder whose names end so. Hidden files and folders are left out.
///
/// # Errors
/// Where a folder can't be read.
pub(crate) fn files_below(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    collect(folder, ending, &mut BTreeSet::new(), &mut found)?;
    Ok(found)
}

/// The same for the folder alone.
///
/// # Errors
/// Where the folder can't be read.
pub(super) fn files_in(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, Failure> {
    Ok(entries(folder)?.into_iter().filter(|path| ends_with(path, ending) && !path.is_dir()).collect())
}

fn collect(folder: &Path, ending: &str, seen: &mut BTreeSet<PathBuf>, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    // A link may lead back up.
    let place = fs::canonicalize(folder).map_err(|error| Failure::unreadable(folder, &error))?;
    if !seen.insert(place) {
        return Ok(());
    }
    for path in entries(folder)? {
        if path.is_dir() {
            collect(&path, ending, seen, found)?;
        } else if ends_with(&path, ending) {
            found.push(path);
        }
    }
    Ok(())
}

// By name, without the hidden ones.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let unreadable = |error| Failure::unreadable(folder, &error);
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        if !entry.file_name().to_string_lossy().starts_with('.') {
            entries.push(entry.path());
        }
    }
    entries.sort();
    Ok(entries)
}

fn ends_with(path: &Path, ending: &str) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(ending))
}

/// Whether a document's outermost element is a request or a response.
pub(super) fn is_request_or_response(text: &str) -> bool {
    let limits = XmlLimits { bytes: (usize::MAX, ""), ..XmlLimits::default() };
    let Ok(mut xml) = XmlReader::new(text, limits) else { return false };
    while let Ok(event) = xml.pull() {
        match event {
            Event::Start(start) => return matches!(start.name.local, "Request" | "Response"),
            Event::End(_) | Event::Eof => return false,
            _ => {}
        }
    }
    false
}
