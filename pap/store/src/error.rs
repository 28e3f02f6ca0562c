//! What can go wrong, by whose turn it is: the caller's, another process's, the disk's.

use std::error::Error;
use std::fmt;
use std::path::PathBuf;

use diesel::result::{ConnectionError, DatabaseErrorKind, Error as QueryError};

use crate::plan::PlanLimit;

/// Why a read or an act didn't happen. Nothing of a failed act is kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The name, or the id, is taken.
    #[error("{what} `{name}` already exists")]
    AlreadyExists {
        /// What was to be made.
        what: Record,
        /// The name that is taken.
        name: String,
    },
    /// What the act needs isn't there, or belongs to another organisation.
    #[error("there is no {what} `{name}`")]
    NotFound {
        /// What was looked for.
        what: Record,
        /// Its name or id.
        name: String,
    },
    /// It can't happen to a thing in this state.
    #[error("a {what} that is `{state}` can't be {event}")]
    NotPossible {
        /// What it was to happen to.
        what: Record,
        /// The state it is in.
        state: &'static str,
        /// What was to happen, such as `rotated`.
        event: &'static str,
    },
    /// The caller has seen an older state than the one that is to be changed.
    #[error("the {what} was changed meanwhile: its generation is {found}")]
    Stale {
        /// What was to be changed.
        what: Record,
        /// The generation that it has.
        found: i64,
    },
    /// There would be too many.
    #[error("there are at most {most} {what}")]
    TooMany {
        /// What there is enough of, such as `keys derived from one`.
        what: &'static str,
        /// How many there may be.
        most: u32,
    },
    /// The plan of the organisation has no room for it.
    #[error(transparent)]
    PlanLimit(#[from] PlanLimit),
    /// Others held the database for longer than a caller waits. Trying again is right.
    #[error("the database is busy")]
    Busy,
    /// Another process, or another store of this one, has the database open.
    #[error("the database is in use by {}; stop it or choose another data folder (`{}` is locked)", holder(*pid), path.display())]
    Locked {
        /// The lock file.
        path: PathBuf,
        /// The process that holds it, where it said so.
        pid: Option<u32>,
    },
    /// The disk has no room for the act.
    #[error("the disk that holds the database is full")]
    Full,
    /// What is on the disk isn't what was written: restore a backup.
    #[error("the database is damaged: {detail}")]
    Corrupt {
        /// The first thing found.
        detail: String,
    },
    /// The file, its folder or its lock can't be opened.
    #[error("can't open `{}`: {source}", path.display())]
    Open {
        /// What was to be opened.
        path: PathBuf,
        /// The cause.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The database can't be brought up to date with this program.
    #[error("the database can't be migrated: {0}")]
    Migration(#[source] Box<dyn Error + Send + Sync>),
    /// The server that holds the database can't be reached, or was lost on the way. Trying again later is right; an
    /// act that met this at its very end may have happened.
    #[error("the database is away: {0}")]
    Away(#[source] Box<dyn Error + Send + Sync>),
    /// What an act says of a person can't be hidden, so nothing of it may be kept.
    #[error("what is said of people can't be sealed: {0}")]
    Veil(#[source] Box<dyn Error + Send + Sync>),
    /// The database refused a query. A fault of ours, or of the disk.
    #[error("the database refused a query: {0}")]
    Query(#[source] QueryError),
}

impl StoreError {
    pub(crate) fn from_connecting(file: &str, error: ConnectionError) -> Self {
        match error {
            ConnectionError::CouldntSetupConfiguration(error) => error.into(),
            other => Self::Open { path: PathBuf::from(file), source: other.into() },
        }
    }

    /// What a query said when the connection ended under it says less than that it did.
    pub(crate) fn of_lost_connection(self) -> Self {
        match self {
            Self::Query(cause) => Self::Away(cause.into()),
            other => other,
        }
    }

    pub(crate) fn not_found(what: Record, name: impl fmt::Display) -> Self {
        Self::NotFound { what, name: name.to_string() }
    }
}

/// What [`StoreError::AlreadyExists`] and [`StoreError::NotFound`] speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Record {
    /// An organisation.
    Organisation,
    /// A project.
    Project,
    /// A key.
    Key,
    /// A credential of a key.
    Credential,
    /// A policy document of the current set.
    PolicyDocument,
    /// A wrapped key.
    WrappedKey,
    /// A signing key.
    SigningKey,
    /// An access token that was revoked.
    Token,
    /// A request with an idempotency key.
    IdempotentRequest,
    /// A person whom audit entries speak of.
    Person,
    /// A checkpoint of the audit.
    Checkpoint,
    /// A contact of an organisation.
    Contact,
    /// A delivery to a contact.
    Delivery,
    /// Something that stood out in the use of a key.
    Anomaly,
    /// A limit that keys share.
    Limit,
    /// A plan.
    Plan,
    /// A review of access.
    Review,
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Organisation => "organisation",
            Self::Project => "project",
            Self::Key => "key",
            Self::Credential => "credential",
            Self::PolicyDocument => "policy document",
            Self::WrappedKey => "wrapped key",
            Self::SigningKey => "signing key",
            Self::Token => "token",
            Self::IdempotentRequest => "request with the idempotency key",
            Self::Person => "person",
            Self::Checkpoint => "checkpoint",
            Self::Contact => "contact",
            Self::Delivery => "delivery",
            Self::Anomaly => "anomaly",
            Self::Limit => "limit",
            Self::Plan => "plan",
            Self::Review => "review",
        })
    }
}

fn holder(pid: Option<u32>) -> String {
    pid.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"))
}

impl From<QueryError> for StoreError {
    /// The databases' own codes for these don't come through diesel, their English texts do.
    fn from(error: QueryError) -> Self {
        match &error {
            QueryError::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => Self::Busy,
            QueryError::DatabaseError(
                DatabaseErrorKind::UnableToSendCommand | DatabaseErrorKind::ClosedConnection,
                info,
            ) => Self::Away(info.message().into()),
            QueryError::DatabaseError(DatabaseErrorKind::Unknown, info) => match Trouble::read(info.message()) {
                Some(Trouble::Busy) => Self::Busy,
                Some(Trouble::Full) => Self::Full,
                Some(Trouble::Corrupt) => Self::Corrupt { detail: info.message().to_owned() },
                Some(Trouble::Away) => Self::Away(info.message().into()),
                None => Self::Query(error),
            },
            QueryError::DeserializationError(cause) => Self::Corrupt { detail: cause.to_string() },
            _ => Self::Query(error),
        }
    }
}

/// What a database in trouble says.
enum Trouble {
    Busy,
    Full,
    Corrupt,
    Away,
}

impl Trouble {
    fn read(text: &str) -> Option<Self> {
        const SQLITE_CORRUPT: [&str; 2] = ["database disk image is malformed", "file is not a database"];
        const POSTGRES_BUSY: [&str; 3] = [
            "deadlock detected",
            "canceling statement due to lock timeout",
            "canceling statement due to statement timeout",
        ];
        const POSTGRES_AWAY: [&str; 2] = ["terminating connection due to ", "the database system is "];

        if text.contains("is locked") || POSTGRES_BUSY.contains(&text) {
            Some(Self::Busy)
        } else if text == "database or disk is full" || text.contains("No space left on device") {
            Some(Self::Full)
        } else if SQLITE_CORRUPT.contains(&text) {
            Some(Self::Corrupt)
        } else if POSTGRES_AWAY.iter().any(|start| text.starts_with(start)) {
            Some(Self::Away)
        } else {
            None
        }
    }
}

/// Says what is taken, where a unique index refused a row.
pub(crate) trait OrTaken<T> {
    /// A unique violation becomes [`StoreError::AlreadyExists`] of `what` and `name`.
    fn or_taken(self, what: Record, name: impl fmt::Display) -> Result<T, StoreError>;
}

impl<T> OrTaken<T> for Result<T, QueryError> {
    fn or_taken(self, what: Record, name: impl fmt::Display) -> Result<T, StoreError> {
        self.map_err(|error| match error {
            QueryError::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => {
                StoreError::AlreadyExists { what, name: name.to_string() }
            }
            other => other.into(),
        })
    }
}
