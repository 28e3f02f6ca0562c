//! The database that these tests run on: a file.

use argus_store::Store;
use tempfile::TempDir;

/// What must last as long as the store.
pub(crate) type Holder = TempDir;

/// An empty store of the test's own.
pub(crate) fn open() -> Option<(Store, Holder)> {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("argus.db")).unwrap();
    Some((store, folder))
}
