//! The database that these tests run on: a file.

use argus_store::{Location, Store};
use tempfile::TempDir;

/// What must last as long as the store.
pub(crate) type Holder = TempDir;

/// An empty store of the test's own, and its URL.
#[expect(clippy::unnecessary_wraps, reason = "a server may be absent, a file never is")]
pub(crate) fn open() -> Option<(Store, String, Holder)> {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("argus.db").display());
    Some((Store::open(Location::parse(&url).unwrap()).unwrap(), url, folder))
}
