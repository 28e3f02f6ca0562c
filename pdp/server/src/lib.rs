//! `argus-pdp`: the decision point. Doors, the context handler, enrichment, the snapshot.
//!
//! [`Pdp::start`] reads the store and the policies and keeps up with them; [`Pdp::configure`] mounts the doors into a
//! server of the caller's. The administration beside it asks the same handle who somebody is ([`Pdp::authenticate`]) and
//! whether he may ([`Pdp::authorise`]).
//!
//! A request goes through these, in order: the key of whoever asks (`caller`), the wire form (`argus-engine`), the
//! subject's key and what is known of it (`context`), the policies of the organisation (`policies`), the answer
//! (`routes`). All of it works on one [`Snapshot`] that never changes and is swapped whole.
//!
//! What is not here: no socket (the caller's server listens), no administrative act (nothing but policies from the folder
//! is ever written), no lock on the way of a decision but those of
//! the buckets that its key's limits count in, and, where the key is a durable one, that of the journal's next write.
//! Nothing of a body is logged.

mod authentication;
mod caller;
mod clock;
mod context;
mod decision_id;
mod decision_log;
mod error;
mod fleet;
mod health;
mod http;
mod journal;
mod key_sets;
mod limits;
mod metrics;
mod moment;
mod names;
mod obligation;
mod outbound;
mod pdp;
mod places;
mod policies;
mod presence;
mod quota;
mod reason;
mod replay;
mod routes;
mod settings;
mod snapshot;
mod strengthen;
mod suppose;
mod tls;
mod usage;
mod wait;
mod watched;

pub use authentication::{AssertionRefused, CertificateMethod, InspectedToken, Method, TokenSettings, TrustedIssuer};
pub use caller::{Act, Authorisation, Caller, CallerRefused};
pub use decision_id::DecisionId;
pub use decision_log::{DecisionLog, LoggedDecision, LoggedRequest, Redaction};
pub use error::StartError;
pub use http::problem::{FieldError, PROBLEM_KINDS, Problem, ProblemKind};
pub use journal::JournalFolderFault;
pub use limits::{AtCap, LimitMode, LimitSettings, RedisSettings, RedisUrl, RedisUrlError, WhenAway};
pub use metrics::metrics;
pub use moment::Moment;
pub use outbound::{Fetched, Lookup, Outbound, OutboundFault, Reach, SystemLookup};
pub use pdp::{Pdp, Report};
pub use places::{HiddenBy, PlaceFault, PlaceFiles, PlaceNames, PlaceSource, Point};
pub use policies::{Origin, PolicyFault, PolicyProblem, PolicyVersion, SHIPPED_POLICIES};
pub use presence::Presence;
pub use quota::{QuotaOf, QuotaStanding, QuotaWatch};
pub use reason::Reason;
pub use replay::{PastDocument, PastRequest, ReplayFault, Replayed};
pub use settings::Settings;
pub use snapshot::{
    KeyRecord, KeyView, SecretRecord, Snapshot, SupposedKey, TAG_PURPOSE, TagKeySource, TagKeySourceError, tag_version,
    wrap_tag_key,
};
pub use suppose::{SupposedDecision, SupposedUse};
pub use tls::{ClientTrust, ClientTrustFiles, ServerTls, ServerTlsFiles, TlsFault, keep_certificate};
pub use usage::{OwnUse, ReservedUse, Shown, UsageSink, Use, UsesNoted};
pub use watched::{SeenFiles, WatchedFiles};
