//! The database of one process: opened, locked, brought up to date, then lent for reading and writing.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fmt, io};

use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::StoreError;
use crate::conn::{Conn, on};
use crate::file::{create_private_folder, open_private, sync_folder};
use crate::lock::DataLock;
use crate::pool::Pool;

const SQLITE_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// Readers at once. A write-ahead log lets them all read while one writes; more would only hold more page caches.
const READERS: usize = 4;

/// What is kept. Cheap to clone; every call blocks, so an async caller goes through a blocking thread.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    file: PathBuf,
    writer: Pool,
    readers: Pool,
    /// Last, so that the connections are closed before another process may open theirs.
    _lock: DataLock,
}

impl Store {
    /// Opens the database in `file`, made where there is none, and runs the migrations it lacks.
    ///
    /// A second open while this one lasts, from any process, is [`StoreError::Locked`].
    pub fn open(file: &Path) -> Result<Self, StoreError> {
        let (file, name) = prepare(file)?;
        let lock = DataLock::take(&lock_path(&file))?;

        let writer_name = name.clone();
        let writer = Pool::new(1, Box::new(move || Conn::open_sqlite_writer(&writer_name)));
        writer.lend(migrate)?;
        let readers = Pool::new(READERS, Box::new(move || Conn::open_sqlite_reader(&name)));
        Ok(Self(Arc::new(Inner { file, writer, readers, _lock: lock })))
    }

    /// Runs queries that see one moment of the database, whatever is written meanwhile.
    pub fn read<T>(&self, query: impl FnOnce(&mut Conn) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.0.readers.lend(|conn| conn.read(query))
    }

    /// Runs one act: when this returns `Ok` all of it is on the disk, when it returns `Err` nothing of it is.
    ///
    /// Acts that are called inside join this one. Calling `write` itself inside waits for a connection that isn't
    /// coming, and ends with [`StoreError::Busy`].
    pub fn write<T>(&self, act: impl FnOnce(&mut Conn) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.0.writer.lend(|conn| conn.write(act))
    }

    /// The database file.
    pub fn file(&self) -> &Path {
        &self.0.file
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Store").field(&self.0.file).finish()
    }
}

/// Makes the file, and gives its one true path: two names of one file must meet at the same lock.
fn prepare(file: &Path) -> Result<(PathBuf, String), StoreError> {
    let failed = |source: io::Error| StoreError::Open { path: file.to_owned(), source: source.into() };
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        create_private_folder(folder).map_err(failed)?;
    }
    open_private(file).map_err(failed)?;
    let path = file.canonicalize().map_err(failed)?;
    if let Some(folder) = path.parent() {
        sync_folder(folder).map_err(failed)?;
    }
    let Some(name) = path.to_str().map(str::to_owned) else {
        return Err(failed(io::Error::new(io::ErrorKind::InvalidFilename, "the path is not UTF-8")));
    };
    Ok((path, name))
}

fn lock_path(file: &Path) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(".lock");
    PathBuf::from(name)
}

fn migrate(conn: &mut Conn) -> Result<(), StoreError> {
    on!(conn, c => c.run_pending_migrations(SQLITE_MIGRATIONS).map(drop)).map_err(StoreError::Migration)
}
