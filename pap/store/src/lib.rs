//! `argus-store`: what is kept, in one SQLite file beside the program or in a PostgreSQL database that several nodes
//! share.
//!
//! A file for each table, and in it queries, each with a promise: [`organisation`], [`project`], [`key`],
//! [`credential`], [`idempotency`], [`outbox`], [`contact`], [`delivery`], [`policy_document`], [`wrapped_key`],
//! [`signing_key`], [`revoked_token`], [`used_assertion`], [`setting`], [`lease`], [`node`], [`usage`], [`quota`],
//! [`decision`], [`anomaly`], [`limit`], [`cost`], [`review`].
//! An administrative act is one transaction that holds the new state, its entry in the [`audit`] and its line in the change
//! feed ([`change`]); [`snapshot`] is what a decision point reads back, and [`transfer`] moves all of it from one
//! database to another.
//!
//! What is not here: no clock (times come with the [`Act`] and are kept to the microsecond), no decision (whether a
//! key has expired, who may see it), no words for people, no secret (hashes and sealed envelopes only), no async
//! (every call blocks).
//!
//! ```
//! use argus_store::{Act, Conditions, OrganisationId, Store, organisation};
//! use chrono::DateTime;
//!
//! # let folder = tempfile::tempdir()?;
//! let store = Store::open(&folder.path().join("argus.db"))?;
//! let at = DateTime::from_timestamp(1_800_000_000, 0).unwrap_or_default();
//! let id = OrganisationId::new(at);
//! let act = Act::of_host(id, at, "first start");
//! let acme = organisation::NewOrganisation {
//!     id,
//!     name: "acme".into(),
//!     display_name: None,
//!     conditions: Conditions::default(),
//!     policy: organisation::OrganisationPolicy::default(),
//!     time_zone: "UTC".into(),
//! };
//! store.write(|conn| organisation::create(conn, &act, &acme))?;
//! assert_eq!(store.read(|conn| organisation::find_by_name(conn, "acme"))?.map(|found| found.id), Some(id));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Decisions
//!
//! - **One writer connection, lent in turns.** SQLite has one write lock anyway; waiting for a connection of ours is
//!   fair and ends with [`StoreError::Busy`], waiting for SQLite's lock is a lottery.
//! - **A lock file beside the database.** Two processes on one file would each decide by a snapshot that the other
//!   changes. Programs that don't ask for the lock, such as SQLite's own shell or a backup, still read beside us.
//! - **A connection that comes back inside a transaction is closed.** A panic or a failed rollback then costs one
//!   connection, never the next act.
//! - **Ids carry the order of creation.** Pages need no second column and no offset. Between processes whose clocks
//!   differ the order is that of their clocks.

mod act;
pub mod anomaly;
pub mod audit;
pub mod change;
mod clock;
mod conditions;
mod conn;
pub mod contact;
pub mod cost;
pub mod credential;
pub mod decision;
pub mod delivery;
pub mod destroy;
mod error;
pub mod evidence;
mod file;
mod forget;
mod holiday;
mod id;
pub mod idempotency;
pub mod key;
pub mod lease;
pub mod limit;
mod location;
mod lock;
mod migrate;
pub mod node;
pub mod organisation;
pub mod outbox;
mod page;
pub mod plan;
pub mod policy_document;
mod pool;
mod postgres;
pub mod project;
pub mod quota;
pub mod review;
pub mod revoked_token;
mod schema;
pub mod setting;
pub mod signing_key;
pub mod snapshot;
mod sqlite;
mod store;
pub mod transfer;
pub mod usage;
pub mod used_assertion;
mod value;
pub mod vitals;
pub mod wrapped_key;

pub use act::{Act, Actor};
pub use clock::read_clock;
pub use conditions::Conditions;
pub use conn::{Conn, SqliteConn};
pub use error::{Record, StoreError};
pub use forget::{Forgotten, forget};
pub use holiday::{Holiday, NoHoliday};
pub use id::{
    AnomalyId, ContactId, DeliveryId, KeyId, LimitId, NodeId, NoticeId, OrganisationId, PersonId, ProjectId, ReviewId,
    WrappedKeyId,
};
pub use limit::{Account, Limit, LimitStrategy, Refill};
pub use location::{Location, LocationError};
pub use page::{Page, PageSize};
pub use pool::Connections;
pub use postgres::{Listener, PgQueries, PostgresConn};
pub use sqlite::backup_file;
pub use store::Store;
pub use value::UnknownValue;
