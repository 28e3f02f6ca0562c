//! Why an act didn't happen, by whose turn it is: the caller's, or ours.

use argus_credentials::NoRandomness;
use argus_store::StoreError;
use argus_store::plan::{Maximum, PlanLimit};
use thiserror::Error;

use crate::audit::verify::Break;
use crate::oauth::IssuerError;
use crate::view::{limit_help, limit_in_words};

/// Why an act didn't happen. Nothing of it is kept.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum AdminError {
    /// What was sent can't be read at all.
    #[error("{0}")]
    Malformed(String),
    /// What was sent can be read, and isn't right. All that is wrong with it.
    #[error("{}", faults_in_words(.0))]
    Refused(Vec<Fault>),
    /// The policy doesn't permit it.
    #[error("this needs the scope `{needed_scope}`")]
    NotPermitted {
        /// The scope that would have sufficed.
        needed_scope: String,
    },
    /// There is no such thing, or the caller may not know of it.
    #[error("there is nothing here, or nothing that your key may read")]
    NotFound,
    /// The name is taken.
    #[error("{what} `{name}` already exists")]
    AlreadyExists {
        /// What was to be made.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// The caller has seen an older state than the one that is to be changed.
    #[error("{what} was changed meanwhile")]
    Stale {
        /// What was to be changed.
        what: &'static str,
    },
    /// A request of this idempotency key was done meanwhile. Nothing was done again.
    #[error("a request with this idempotency key was done meanwhile")]
    DoneBefore,
    /// It can't happen to a thing in this state.
    #[error("{0}")]
    WrongState(String),
    /// There would be too many keys in a row, or below one.
    #[error("{0}")]
    ChainLimit(String),
    /// The plan of the organisation has no room for it.
    #[error("{}", limit_in_words(.0))]
    PlanLimit(PlanLimit),
    /// Others are before it. Trying again is right.
    #[error("too much is asked for at once; try again in {retry_after_seconds} s")]
    Busy {
        /// When to try again.
        retry_after_seconds: u32,
    },
    /// The clock of this machine is too far from that of the others for anything to be issued by it.
    #[error("{fault}: nothing is issued by it")]
    ClockOff {
        /// How far, in words.
        fault: String,
    },
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
    /// There is no master key here, without which this can't be done.
    #[error("this node has no master key, without which the audit can't be signed or opened")]
    NoMasterKey,
    /// The audit is broken, and can't be signed.
    #[error("the audit is broken ({0}); look at it with `argus audit verify`")]
    AuditBroken(Break),
    /// No secret can be made.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// Nothing can be signed here.
    #[error(transparent)]
    Issuer(#[from] IssuerError),
    /// A thread that did the work is gone. Our fault.
    #[error("the work was not finished")]
    Unfinished,
}

impl From<StoreError> for AdminError {
    fn from(error: StoreError) -> Self {
        match error {
            error @ StoreError::NotPossible { .. } => Self::WrongState(error.to_string()),
            error @ StoreError::TooMany { .. } => Self::ChainLimit(error.to_string()),
            StoreError::PlanLimit(limit) => Self::PlanLimit(limit),
            StoreError::Stale { what, .. } => Self::Stale { what: changed(what) },
            StoreError::AlreadyExists { what: argus_store::Record::IdempotentRequest, .. } => Self::DoneBefore,
            StoreError::NotFound {
                what:
                    argus_store::Record::Contact
                    | argus_store::Record::Delivery
                    | argus_store::Record::Limit
                    | argus_store::Record::Review,
                ..
            } => Self::NotFound,
            StoreError::Busy => Self::Busy { retry_after_seconds: 1 },
            StoreError::AlreadyExists { what: argus_store::Record::Organisation, name } => {
                Self::AlreadyExists { what: "organisation", name }
            }
            StoreError::AlreadyExists { what: argus_store::Record::Project, name } => {
                Self::AlreadyExists { what: "project", name }
            }
            StoreError::AlreadyExists { what: argus_store::Record::Key, name } => {
                Self::AlreadyExists { what: "key", name }
            }
            StoreError::AlreadyExists { what: argus_store::Record::Limit, name } => {
                Self::AlreadyExists { what: "limit", name }
            }
            other => Self::Store(other),
        }
    }
}

/// One thing that is wrong with what was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub place: Place,
    /// What a program tells it apart by.
    pub code: FaultCode,
    /// What is wrong: lower case, no full stop, input in backticks.
    pub detail: String,
    /// What to do.
    pub help: Option<String>,
}

/// Where a fault is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In the body: a JSON Pointer (RFC 6901).
    Body(String),
    /// In the query: the parameter's name.
    Query(String),
    /// In a header: its name.
    Header(String),
}

/// What sort of fault it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FaultCode {
    /// A required member isn't there.
    MissingField,
    /// A member that this body or query doesn't have.
    UnknownField,
    /// A value of the wrong type or form.
    InvalidField,
    /// What it names isn't there.
    NotFound,
    /// The name is taken.
    AlreadyExists,
    /// A scope that the caller may not hand out.
    ScopeTooWide,
    /// A condition that lets in more than a key above does.
    ConditionTooWide,
    /// A limit that lets through more than that of a key above does.
    LimitTooWide,
    /// A life that is too long without a recorded exception.
    ExpiryTooLate,
    /// More than the plan of the organisation has room for.
    PlanLimit,
}

impl FaultCode {
    /// As programs see it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MissingField => "missing-field",
            Self::UnknownField => "unknown-field",
            Self::InvalidField => "invalid-field",
            Self::NotFound => "not-found",
            Self::AlreadyExists => "already-exists",
            Self::ScopeTooWide => "scope-too-wide",
            Self::ConditionTooWide => "condition-too-wide",
            Self::LimitTooWide => "limit-too-wide",
            Self::ExpiryTooLate => "expiry-too-late",
            Self::PlanLimit => "plan-limit",
        }
    }
}

impl Fault {
    /// What a plan has no room for, as a fault of what was asked for.
    pub(crate) fn of_plan(limit: &PlanLimit) -> Self {
        let place = match limit.maximum {
            Maximum::LimitsPerKey | Maximum::RatePerSecond => "/limits",
            Maximum::Delegation => "/parent_key_id",
            _ => "",
        };
        Self {
            place: Place::Body(place.to_owned()),
            code: FaultCode::PlanLimit,
            detail: limit_in_words(limit),
            help: Some(limit_help(limit)),
        }
    }
}

impl AdminError {
    /// What to do about a plan that has no room.
    pub fn plan_help(limit: &PlanLimit) -> String {
        limit_help(limit)
    }

    /// One value that has to be another.
    pub fn of_place(place: Place, detail: String) -> Self {
        Self::Refused(vec![Fault { place, code: FaultCode::InvalidField, detail, help: None }])
    }
}

const fn changed(what: argus_store::Record) -> &'static str {
    match what {
        argus_store::Record::Organisation => "the organisation",
        argus_store::Record::Project => "the project",
        argus_store::Record::Contact => "the contact",
        argus_store::Record::Limit => "the limit",
        _ => "the key",
    }
}

/// The first fault, and how many more there are.
fn faults_in_words(faults: &[Fault]) -> String {
    let first = faults.first().map_or("", |fault| fault.detail.as_str());
    match faults.len().saturating_sub(1) {
        0 => first.to_owned(),
        1 => format!("{first}; and one more fault"),
        more => format!("{first}; and {more} more faults"),
    }
}
