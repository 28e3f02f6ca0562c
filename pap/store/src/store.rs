//! The database as a process has it: opened, brought up to date, then lent for reading and writing.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use crate::audit::Veil;
use crate::conn::{Conn, Purpose};
use crate::location::{Location, Place, Server};
use crate::lock::DataLock;
use crate::migrate::migrate;
use crate::pool::{Connections, Pool};
use crate::postgres::{Connector, Listener, PostgresConn, Session, listen};
use crate::{StoreError, postgres, sqlite};

/// Readers at once. A write-ahead log lets them all read while one writes; more would only hold more page caches.
const SQLITE_READERS: usize = 4;

/// Connections of one process to a server, for each of reading and writing. A server has 100 unless told otherwise, for
/// all nodes together.
const SERVER_CONNECTIONS: usize = 4;

/// What is kept. Cheap to clone; every call blocks, so an async caller goes through a blocking thread.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    location: Location,
    writers: Pool,
    readers: Pool,
    connector: Option<Connector>,
    veil: OnceLock<Arc<dyn Veil>>,
    /// Last, so that the connections are closed before another process may open theirs.
    _lock: Option<DataLock>,
}

impl Store {
    /// Opens a database and runs the migrations it lacks.
    ///
    /// A file is made where there is none; a second open of it while this one lasts, from any process, is
    /// [`StoreError::Locked`]. A server's database is there already, and open to many nodes at once.
    pub fn open(location: impl Into<Location>) -> Result<Self, StoreError> {
        match location.into().0 {
            Place::File(file) => Self::open_file(&file),
            Place::Server(server) => Self::open_server(server),
        }
    }

    fn open_file(file: &Path) -> Result<Self, StoreError> {
        let (file, name) = sqlite::prepare(file)?;
        let lock = DataLock::take(&sqlite::lock_path(&file))?;

        let writer_name = name.clone();
        let writers = Pool::new(1, Box::new(move || sqlite::open_writer(&writer_name)));
        writers.visit(migrate)?;
        let readers = Pool::new(SQLITE_READERS, Box::new(move || sqlite::open_reader(&name)));
        Ok(Self(Arc::new(Inner {
            location: file.as_path().into(),
            writers,
            readers,
            connector: None,
            veil: OnceLock::new(),
            _lock: Some(lock),
        })))
    }

    fn open_server(server: Box<Server>) -> Result<Self, StoreError> {
        let connector = Connector::new(&server)?;
        // Closed at once: with it ends the lock that keeps other nodes waiting.
        migrate(&mut open_server(&connector, Session::Migration)?)?;
        let pool = |session| {
            let connector = connector.clone();
            Pool::new(SERVER_CONNECTIONS, Box::new(move || open_server(&connector, session)))
        };
        let (writers, readers) = (pool(Session::Writer), pool(Session::Reader));
        let location = Location(Place::Server(server));
        let veil = OnceLock::new();
        Ok(Self(Arc::new(Inner { location, writers, readers, connector: Some(connector), veil, _lock: None })))
    }

    /// From now on, what is said of people in the audit is hidden by this. Until then it is left out. The first one given
    /// stays.
    pub fn hide_people_by(&self, veil: Arc<dyn Veil>) {
        let _ = self.0.veil.set(veil);
    }

    /// How many connections this process has, by what they are for: `read` or `write`.
    pub fn connections(&self) -> [(&'static str, Connections); 2] {
        [("read", self.0.readers.connections()), ("write", self.0.writers.connections())]
    }

    /// Runs queries that see one moment of the database, whatever is written meanwhile.
    pub fn read<T>(&self, query: impl FnOnce(&mut Conn) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.0.readers.transact(Purpose::Read, self.veiled(query))
    }

    /// Runs one act: when this returns `Ok` all of it is on the disk, when it returns `Err` nothing of it is. After
    /// [`StoreError::Away`] nobody can say: the answer may be all that was lost.
    ///
    /// Acts happen one after the other, on all nodes together, so that what one reads stays true until it has written.
    /// Acts that are called inside join this one. Calling `write` itself inside waits for a turn that isn't coming, and
    /// ends with [`StoreError::Busy`].
    pub fn write<T>(&self, act: impl FnOnce(&mut Conn) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.0.writers.transact(Purpose::Act, self.veiled(act))
    }

    /// Runs a write that is no act: it adds nothing to the change feed or the audit, as a replay guard or a heartbeat.
    /// All of it is kept or nothing, as with [`Store::write`], but a server runs many of them beside each other and
    /// beside acts. What one reads another may change before it writes: let the write itself decide.
    pub fn write_aside<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.0.writers.transact(Purpose::Aside, self.veiled(work))
    }

    /// Writes anew what holds, or held, envelopes of keys: what was overwritten is in no file of the database any more.
    /// What a server keeps of it in its write-ahead log stays there until it uses the place again.
    pub fn scrub(&self) -> Result<(), StoreError> {
        self.0.writers.visit(|conn| match conn {
            Conn::Sqlite(conn) => sqlite::scrub(conn),
            Conn::Postgres(conn) => postgres::scrub(conn),
        })
    }

    fn veiled<T>(&self, work: impl FnOnce(&mut Conn) -> T) -> impl FnOnce(&mut Conn) -> T {
        |conn| {
            conn.set_veil(self.0.veil.get());
            work(conn)
        }
    }

    /// Calls `wake` soon after every act that any node commits, and whenever some may have been missed, until the
    /// listener is dropped. `wake` runs on a thread that has more to do: it must not block.
    ///
    /// It may fail to hear: a caller that must know looks at the change feed from time to time all the same. A file has
    /// no other nodes, and its listener hears nothing.
    pub fn listen(&self, wake: impl Fn() + Send + Sync + 'static) -> Result<Listener, StoreError> {
        match &self.0.connector {
            Some(connector) => listen(connector.clone(), wake),
            None => Ok(Listener::of_nothing()),
        }
    }

    /// Where the database is.
    pub fn location(&self) -> &Location {
        &self.0.location
    }
}

fn open_server(connector: &Connector, session: Session) -> Result<Conn, StoreError> {
    Ok(Conn::Postgres(Box::new(PostgresConn::open(connector, session)?)))
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Store").field(&self.0.location).finish()
    }
}
