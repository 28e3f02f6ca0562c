//! What an installation may set, each with the value that holds where nothing is set.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use argus_credentials::{Hasher, Iterations, TrustedProxies};
use argus_engine::limits::Limits;
use argus_http::{MoreMetrics, SdkTracer};

use crate::authentication::TokenSettings;
use crate::decision_log::DecisionLog;
use crate::limits::{LimitSettings, RedisSettings};
use crate::outbound::{Lookup, Reach, SystemLookup};
use crate::places::PlaceFiles;
use crate::presence::Presence;
use crate::quota::QuotaWatch;
use crate::snapshot::TagKeySource;
use crate::tls::{ClientTrust, ServerTls};
use crate::usage::UsageSink;

/// The settings of a decision point.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The policy folder; without it, or where it doesn't exist, the stored set or the copy inside the program decides.
    pub policies: Option<PathBuf>,
    /// Where the tag keys come from.
    pub tag_keys: TagKeySource,
    /// Reads stored secrets, and hashes those anew that are shown right and were hashed with fewer rounds than it
    /// makes.
    pub hasher: Hasher,
    /// Caps and times of verification.
    pub verifier: argus_credentials::Settings,
    /// Whose signed tokens are believed.
    pub tokens: TokenSettings,
    /// Which addresses may be asked for sets of keys.
    pub reach: Reach,
    /// What finds the addresses of names there.
    pub lookup: Arc<dyn Lookup>,
    /// The bounds of requests and policies.
    pub limits: Limits,
    /// How uses of keys are counted.
    pub key_limits: LimitSettings,
    /// Where they are counted together with other nodes; each by itself unless set.
    pub redis: Option<RedisSettings>,
    /// The folder of the journal, which uses of durable keys stand in before they are answered. Without one they are
    /// refused. It is this process's alone.
    pub journal: Option<PathBuf>,
    /// After this time without the store, the snapshot is trusted no longer. `None` where the store is this machine's
    /// own: then nothing changes while it is away.
    pub longest_staleness: Option<Duration>,
    /// What the other nodes are told of this one, where the store has others.
    pub presence: Option<Presence>,
    /// How long the body of a request may take to arrive.
    pub body_timeout: Duration,
    /// The databases that tell where a client's address is.
    pub places: PlaceFiles,
    /// The proxies that are believed when they say for whom they ask.
    pub trusted_proxies: TrustedProxies,
    /// By what certificates of clients are judged.
    pub client_trust: ClientTrust,
    /// TLS of the servers of this process, to be told of in `/readyz`.
    pub server_tls: Vec<ServerTls>,
    /// Who counts decisions; nobody unless set.
    pub usage: Option<Arc<dyn UsageSink>>,
    /// Who is told how quotas stand; `None`: nobody.
    pub quotas: Option<Arc<dyn QuotaWatch>>,
    /// Where spans of requests go; `None`: nowhere.
    pub spans: Option<SdkTracer>,
    /// What is told in `/metrics` besides what the decision point counts itself.
    pub more_metrics: Option<Arc<dyn MoreMetrics>>,
    /// Who keeps a log of decisions; nobody unless set.
    pub decision_log: Option<Arc<dyn DecisionLog>>,
    /// What challenges name.
    pub realm: &'static str,
}

impl Settings {
    /// The settings of an embedded installation.
    pub fn new(tag_keys: TagKeySource) -> Self {
        Self {
            policies: None,
            tag_keys,
            hasher: Hasher::new(Iterations::production()),
            verifier: argus_credentials::Settings::default(),
            tokens: TokenSettings::default(),
            reach: Reach::default(),
            lookup: Arc::new(SystemLookup),
            limits: Limits::default(),
            key_limits: LimitSettings::default(),
            redis: None,
            journal: None,
            longest_staleness: None,
            presence: None,
            body_timeout: Duration::from_secs(20),
            places: PlaceFiles::default(),
            trusted_proxies: TrustedProxies::default(),
            client_trust: ClientTrust::none(),
            server_tls: Vec::new(),
            usage: None,
            quotas: None,
            spans: None,
            more_metrics: None,
            decision_log: None,
            realm: "argus",
        }
    }
}
