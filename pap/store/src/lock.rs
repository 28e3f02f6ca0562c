//! One process for one database file: SQLite would let several write, and each would believe its own snapshot.

use std::fs::{File, TryLockError};
use std::io::{self, Read, Write};
use std::path::Path;

use crate::StoreError;
use crate::file::open_private;

/// Held for as long as the store is open. The kernel lets go of it when the process dies, however it dies.
#[derive(Debug)]
pub(crate) struct DataLock(File);

impl DataLock {
    /// Takes the lock, or says which process has it.
    pub(crate) fn take(path: &Path) -> Result<Self, StoreError> {
        let at = |source: io::Error| StoreError::Open { path: path.to_owned(), source: source.into() };
        let file = open_private(path).map_err(at)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::Locked { path: path.to_owned(), pid: read_pid(&file) });
            }
            Err(TryLockError::Error(source)) => return Err(at(source)),
        }
        sign(&file).map_err(at)?;
        Ok(Self(file))
    }
}

/// The number is for people; the lock itself is what keeps others out.
fn sign(mut file: &File) -> io::Result<()> {
    file.set_len(0)?;
    writeln!(file, "{}", std::process::id())
}

fn read_pid(mut file: &File) -> Option<u32> {
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

impl Drop for DataLock {
    fn drop(&mut self) {
        // Closing would do, were it not for a child between fork and exec that still has the descriptor.
        let _ = self.0.set_len(0);
        let _ = self.0.unlock();
    }
}
