//! Files that somebody replaces while the server runs: certificates, lists of revocations, databases.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, SystemTime};

use notify::RecursiveMode;

use super::Watch;

/// How often the files are looked at where the system tells nothing of them, as some file systems do.
const POLL: Duration = Duration::from_secs(2);

/// What files look like from outside; nothing where one isn't there.
type Looks = Vec<Option<(u64, SystemTime, u64)>>;

/// Files as they were when they were last looked at: before they are read, so that no change in between is missed.
#[derive(Debug)]
pub struct SeenFiles {
    files: Vec<PathBuf>,
    looks: Looks,
}

/// Looks after files for as long as it lives.
pub struct WatchedFiles {
    // The thread ends when nobody holds the other end any more.
    _wake: Sender<()>,
    _watches: Vec<Watch>,
}

impl SeenFiles {
    /// Looks at files.
    pub fn look(files: Vec<PathBuf>) -> Self {
        let looks = looks(&files);
        Self { files, looks }
    }

    /// Calls `changed` on a thread of this name whenever one of the files is another than before.
    pub fn watch(self, name: &str, changed: impl Fn() + Send + 'static) -> io::Result<WatchedFiles> {
        let Self { files, looks: mut known } = self;
        let (wake, woken) = channel();
        // The folder, not the file: a new file is put in the place of the old one, perhaps through a link.
        let folders: BTreeSet<&Path> = files.iter().map(|file| folder_of(file)).collect();
        let watches = folders.into_iter().filter_map(|folder| {
            let wake = wake.clone();
            // Once the thread is gone there is nobody to tell.
            Watch::begin(folder, RecursiveMode::NonRecursive, move || _ = wake.send(()))
        });
        let watches = watches.collect();
        let run = move || {
            loop {
                match woken.recv_timeout(POLL) {
                    Ok(()) | Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => return,
                }
                let seen = looks(&files);
                if seen != known {
                    known = seen;
                    changed();
                }
            }
        };
        thread::Builder::new().name(name.into()).spawn(run)?;
        Ok(WatchedFiles { _wake: wake, _watches: watches })
    }
}

fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

fn looks(files: &[PathBuf]) -> Looks {
    let look = |file: &PathBuf| {
        let metadata = fs::metadata(file).ok()?;
        Some((metadata.len(), metadata.modified().ok()?, number(&metadata)))
    };
    files.iter().map(look).collect()
}

/// Tells a file from another that is as long and as old.
#[cfg(unix)]
fn number(metadata: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn number(_: &fs::Metadata) -> u64 {
    0
}

impl fmt::Debug for WatchedFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WatchedFiles(…)")
    }
}
