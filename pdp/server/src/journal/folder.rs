//! The folder of a journal: of one process at a time, with a file for each segment.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use argus_store::NodeId;

/// What segments end in.
const SEGMENT: &str = ".journal";

/// What a segment that could not be read whole ends in, once the rest of it is counted.
const DAMAGED: &str = ".damaged";

/// What a segment ends in that is too old to be counted.
const STALE: &str = ".stale";

/// How old a segment may be to be counted: for longer the store keeps in mind which ones it has counted.
pub(super) const OLDEST: Duration = Duration::from_hours(365 * 24);

/// Why a folder can't be used for a journal.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalFolderFault {
    /// Another process does so.
    #[error("the journal in {} is another process's, and each node needs its own", .0.display())]
    Taken(PathBuf),
    /// It can't be made, read or written.
    #[error("the journal in {} can't be used: {cause}", .path.display())]
    Unusable {
        /// The folder.
        path: PathBuf,
        /// Why not.
        cause: io::Error,
    },
}

/// The folder. It is this process's until it is dropped.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    _lock: File,
}

/// Which segment: whose, and its number. Segments are counted in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SegmentName {
    pub(super) writer: NodeId,
    pub(super) number: i64,
}

/// What a segment is called that is not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aside {
    Damaged,
    Stale,
}

impl SegmentName {
    fn file(self) -> String {
        format!("{}.{:010}{SEGMENT}", self.writer, self.number)
    }

    fn read(file: &str) -> Option<Self> {
        let (writer, number) = file.strip_suffix(SEGMENT)?.split_once('.')?;
        Some(Self { writer: writer.parse().ok()?, number: number.parse().ok()? })
    }
}

impl Folder {
    /// Takes a folder, which is made where it isn't there.
    pub(super) fn take(path: &Path) -> Result<Self, JournalFolderFault> {
        let unusable = |cause| JournalFolderFault::Unusable { path: path.to_owned(), cause };
        make(path).map_err(unusable)?;
        let lock = File::options().create(true).append(true).open(path.join("lock")).map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(fs::TryLockError::WouldBlock) => Err(JournalFolderFault::Taken(path.to_owned())),
            Err(fs::TryLockError::Error(cause)) => Err(unusable(cause)),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The segments that lie there, in their order, each with its length.
    pub(super) fn segments(&self) -> io::Result<Vec<(SegmentName, u64)>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            if let Some(name) = entry.file_name().to_str().and_then(SegmentName::read) {
                found.push((name, entry.metadata()?.len()));
            }
        }
        found.sort_unstable();
        Ok(found)
    }

    /// Makes a segment that isn't there yet. Its name is on the disk when this returns.
    pub(super) fn create(&self, name: SegmentName) -> io::Result<File> {
        let file = File::options().create_new(true).append(true).open(self.path.join(name.file()))?;
        File::open(&self.path)?.sync_all()?;
        Ok(file)
    }

    /// What stands in a segment, and for how long it has lain there.
    pub(super) fn read(&self, name: SegmentName) -> io::Result<(Vec<u8>, Duration)> {
        let path = self.path.join(name.file());
        let age = fs::metadata(&path)?.modified()?.elapsed().unwrap_or_default();
        Ok((fs::read(path)?, age))
    }

    pub(super) fn delete(&self, name: SegmentName) -> io::Result<()> {
        fs::remove_file(self.path.join(name.file()))
    }

    /// Keeps a segment for people, who are told its new name.
    pub(super) fn put_aside(&self, name: SegmentName, aside: Aside) -> io::Result<PathBuf> {
        let ending = match aside {
            Aside::Damaged => DAMAGED,
            Aside::Stale => STALE,
        };
        let to = self.path.join(format!("{}{ending}", name.file()));
        fs::rename(self.path.join(name.file()), &to)?;
        Ok(to)
    }
}

/// Nobody else is to read who used which key for what.
fn make(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[cfg(test)]
mod tests {
    use chrono::Utc;

    use super::*;

    #[test]
    fn a_folder_is_of_one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/journal");
        let first = Folder::take(&path).unwrap();
        assert!(matches!(Folder::take(&path), Err(JournalFolderFault::Taken(_))));
        drop(first);
        Folder::take(&path).unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(matches!(Folder::take(&file), Err(JournalFolderFault::Unusable { .. })));
    }

    #[test]
    fn segments_are_found_in_the_order_in_which_they_were_made() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Folder::take(folder.path()).unwrap();
        let (first, second) = (NodeId::new(Utc::now()), NodeId::new(Utc::now()));
        let names = [(first, 1), (first, 2), (first, 10), (second, 1)];
        let names = names.map(|(writer, number)| SegmentName { writer, number });
        for name in names.iter().rev() {
            folder.create(*name).unwrap();
        }
        fs::write(folder.path().join("notes.journal"), "").unwrap();
        let found: Vec<_> = folder.segments().unwrap().into_iter().map(|(name, _)| name).collect();
        assert_eq!(found, names);
        assert!(folder.create(names[0]).is_err(), "none is written over");
        folder.put_aside(names[0], Aside::Damaged).unwrap();
        folder.delete(names[1]).unwrap();
        assert_eq!(folder.segments().unwrap().len(), 2);
    }
}
