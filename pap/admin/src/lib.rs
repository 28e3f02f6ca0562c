//! `argus-admin`: the administrative acts, each a file of `act`, whatever door they are asked through.
//!
//! An act says who calls ([`Call`]), asks the decision point whether he may ([`Authority`]), reports every fault of
//! what he sent ([`Fault`]), does its work in one transaction of the store, and is over when the decision points have
//! taken it in. What it did stands in the audit by then; what it refused soon after. [`installation`] makes the first
//! administrator, who has nobody to ask.
//!
//! What is not here: no HTTP, no words for a terminal, and no permission system. What an act needs is a path and an
//! action ([`resource`]); whether a key has it is decided by policy, like everything else that Argus decides.
//!
//! # Decisions
//!
//! - **Permission is asked by name, before anything is looked up.** The answer to a stranger is then the same whether
//!   the organisation he names exists or not. A thing asked for by its id is found first, and one that may not be read
//!   is answered as one that isn't there.
//! - **Bodies are read by hand, not by derived code.** Derived code stops at the first fault, and the caller mends his
//!   request in as many turns as it has faults.
//! - **A secret is derived before the transaction begins**, on a thread for blocking work and behind a semaphore: the
//!   writer is free meanwhile, and a flood of creations leaves a core to decisions.
//! - **An owner of an organisation is whoever may `admin` `<organisation>/argus/organisation`.** Only he hands out
//!   `admin` on all of it. This too is asked of the policy.

mod act;
mod admin;
mod advice;
pub mod audit;
mod authority;
mod body;
mod call;
mod compliance;
mod csv;
mod cursor;
mod error;
mod guidance;
pub mod installation;
mod network;
mod oauth;
mod query;
mod reach;
mod refusals;
mod repeat;
pub mod resource;
mod risk;
mod sample;
pub mod schema;
mod supposition;
mod sweep;
mod view;
mod words;

pub use act::{
    AuditEntryView, AuditPublicKeys, ChangedCredential, ComplianceFormat, CreatedContact, CreatedKey, DecisionPolicy,
    DecisionView, ForgottenPerson, InForce, LatencyView, LeakOutcome, LeakResult, LeaksReported, NewToken, NodeView,
    Nodes, OpenedRotation, PersonExport, PlanStanding, PreviewedKey, ReplayDifference, ReplayedDecision, RevokedKey,
    RevokedKeys, Risks, Rotated, RotatedContact, RotatedKey, RotatedSigningKey, RotationView, StoppedKey, ThisNode,
    TokenView, UsageFormat, UsageView, WholeDecision,
};
pub use admin::{Admin, Clock, Parts};
pub use advice::{KeyAdvice, KeyRisk, RiskKind, ScopeUse, Severity};
pub use argus_store::vitals::Vitals;
pub use authority::{
    ActiveToken, Applied, Authority, Caller, PastDecision, PastPolicies, Replay, Ruling, TlsClientAuth,
    Unauthenticated, Waiting,
};
pub use body::Body;
pub use call::Call;
pub use compliance::{
    ChainProof, ComplianceReport, Control, ControlReport, ControlResult, ControlStanding, EvidenceItem, Excerpt,
    FipsReport, Framework, Listing, PackReport, Summary, verify_pack,
};
pub use error::{AdminError, Fault, FaultCode, Place};
pub use guidance::{Addresses, Guidance, NotAnAddress};
pub use oauth::{
    Challenge, Form, Issuer, IssuerError, Metadata, OauthCode, OauthCounts, OauthEndpoint, OauthRefused, OauthRequest,
};
pub use query::Query;
pub use repeat::{Answer, Repeatable, Repetition, SecretOf, Turn};
pub use risk::Risk;
pub use supposition::{Supposition, Surroundings, Trial, Verdict};
pub use sweep::{Sweeper, Swept, SystemOf, UsageRetention};
pub use view::{
    AnomalyView, CarriedOut, ChangedOrganisation, ContactView, CostsView, CredentialView, DeliveryView, FaultView,
    KeyView, LimitView, Listed, MaximaView, NoticeView, OrganisationView, OverView, PlanView, ProjectView,
    ReviewItemView, ReviewView, Seen, SigningKeyView, Tagged, TrialView, entity_tag,
};
