//! The policy folder: which of its files are policies, and whether it has changed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::document::{Document, DocumentSet};
use super::fault::PolicyFault;

/// Folders within folders that are followed. A link back to a folder above would have no end.
const DEPTH: usize = 16;

/// A policy folder.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    path: PathBuf,
    most_bytes: usize,
}

/// What a folder looks like without reading its files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Fingerprint(Vec<(String, u64, Option<SystemTime>)>);

impl Folder {
    pub(crate) fn new(path: PathBuf, most_bytes: usize) -> Self {
        Self { path, most_bytes }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn exists(&self) -> bool {
        self.path.is_dir()
    }

    /// Names, sizes and times of its policies. A file that can't be looked at is left out: reading will say why.
    pub(crate) fn fingerprint(&self) -> Fingerprint {
        let files = list(&self.path, "", 0).unwrap_or_default();
        let look = |(name, path): (String, PathBuf)| {
            let metadata = fs::metadata(path).ok()?;
            Some((name, metadata.len(), metadata.modified().ok()))
        };
        Fingerprint(files.into_iter().filter_map(look).collect())
    }

    /// Reads its policies.
    pub(crate) fn read(&self) -> Result<DocumentSet, PolicyFault> {
        let unreadable = |name: &str, error: &io::Error| PolicyFault::of_file(name, format!("can't be read: {error}"));
        let name = self.path.display().to_string();
        let files = list(&self.path, "", 0).map_err(|error| unreadable(&name, &error))?;
        let documents = files.into_iter().map(|(name, path)| {
            let size_bytes = fs::metadata(&path).map_err(|error| unreadable(&name, &error))?.len();
            if size_bytes > self.most_bytes as u64 {
                let message = format!("{size_bytes} bytes, where the limit `policy_bytes` is {}", self.most_bytes);
                return Err(PolicyFault::of_file(name, message));
            }
            let bytes = fs::read(&path).map_err(|error| unreadable(&name, &error))?;
            Ok(Document { path: name, bytes })
        });
        documents.collect::<Result<_, _>>().map(DocumentSet::new)
    }
}

/// All `*.xml` files by name, but those under `examples/` and those whose name begins with a dot.
fn list(folder: &Path, prefix: &str, depth: usize) -> io::Result<Vec<(String, PathBuf)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if name.starts_with('.') || depth == 0 && name == "examples" {
            continue;
        }
        let full = format!("{prefix}{name}");
        // Not the entry's own type: mounted settings are links to files and folders.
        if path.is_dir() {
            if depth < DEPTH {
                files.extend(list(&path, &format!("{full}/"), depth + 1)?);
            }
        } else if path.extension().is_some_and(|extension| extension == "xml") {
            files.push((full, path));
        }
    }
    files.sort();
    Ok(files)
}
