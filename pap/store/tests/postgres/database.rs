//! The database that these tests run on: one of their own on a PostgreSQL server that they share.

use argus_store::{Location, Store};

use crate::server::PostgresServer;

/// What must last as long as the store.
pub(crate) type Holder = &'static PostgresServer;

/// An empty store of the test's own, and its URL; `None` where this machine has no PostgreSQL.
pub(crate) fn open() -> Option<(Store, String, Holder)> {
    let server = PostgresServer::shared()?;
    let url = server.new_database();
    Some((Store::open(Location::parse(&url).unwrap()).unwrap(), url, server))
}
