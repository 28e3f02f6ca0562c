//! `argus serve`: the decision point and the administration in one process, on one database.

mod audit;
mod authority;
mod banner;
mod bootstrap;
mod decision_log;
mod destroy;
mod failure;
mod issuer;
mod listen;
mod log;
mod master_key;
mod memory;
mod metering;
pub(super) mod metrics;
mod notices;
mod quotas;
mod run;
mod settings;
mod signals;
mod sweep;
mod traces;
mod trust;
mod watch;

use std::path::PathBuf;
use std::time::Instant;

use argus_store::node::NodeRole;
use argus_store::{Location, StoreError};
use clap::{Args, ValueEnum};

use super::database::DatabaseFlags;
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::limit::LimitFlags;
pub(super) use destroy::{FoundMasterKey, find_master_key, last_words, remove_master_key};
use settings::Settings;

/// Start Argus: decisions on one port, administration on another, data in one folder.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus serve --data-dir /var/lib/argus --policies /etc/argus/policies\n\n\
    A flag goes before its variable (`argus help environment`), a variable before the settings file. The file alone names\n\
    the issuers whose tokens are believed (`argus help authentication`).")]
pub(crate) struct Serve {
    // Larger than what other commands take together.
    #[command(flatten)]
    flags: Box<Flags>,
    /// Settings file (default: argus.toml, where it exists).
    #[arg(long, value_name = "FILE", env = "ARGUS_CONFIG", hide_env = true)]
    config: Option<PathBuf>,
    /// Make a new administrator's key, as at the first start. Those made before stay what they are.
    #[arg(long)]
    new_bootstrap_key: bool,
}

/// The settings that can be given by flag or variable.
#[derive(Debug, Default, Args)]
struct Flags {
    /// Folder of the data (default: ./argus-data).
    #[arg(long, value_name = "DIR", env = "ARGUS_DATA_DIR", hide_env = true)]
    data_dir: Option<PathBuf>,
    /// Database, as sqlite://FILE or postgres://USER@HOST/NAME (default: argus.db in the data folder). Best not given as
    /// a flag where it holds a password.
    #[arg(long, value_name = "URL", env = "ARGUS_DATABASE_URL", hide_env = true)]
    database_url: Option<String>,
    /// Certificate authorities of the database server, as PEM (default: those of this machine).
    #[arg(long, value_name = "FILE", env = "ARGUS_DATABASE_CA_FILE", hide_env = true)]
    database_ca_file: Option<PathBuf>,
    /// Where decisions are asked for (default: 127.0.0.1:8180).
    #[arg(long, value_name = "ADDRESS", env = "ARGUS_PDP_LISTEN", hide_env = true)]
    pdp_listen: Option<String>,
    /// Where the administration is (default: 127.0.0.1:8181).
    #[arg(long, value_name = "ADDRESS", env = "ARGUS_PAP_LISTEN", hide_env = true)]
    pap_listen: Option<String>,
    /// Where clients find the decision point, as whoever gets a key is told (default: the address that is listened on).
    #[arg(long, value_name = "URL", env = "ARGUS_PDP_URL", hide_env = true)]
    pdp_url: Option<String>,
    /// The address that access tokens name as their issuer, beneath which clients find the endpoints of OAuth (default: that
    /// of the administration). All nodes have to be told the same.
    #[arg(long, value_name = "URL", env = "ARGUS_ISSUER", hide_env = true)]
    issuer: Option<String>,
    /// For how long an access token is good, in seconds, from 60 to 900 (default: 600).
    #[arg(long, value_name = "SECONDS", env = "ARGUS_TOKEN_SECONDS", hide_env = true)]
    token_seconds: Option<u32>,
    /// What new signing keys are: rsa-2048, rsa-3072, rsa-4096 (RS256), p-256 (ES256) or ed25519 (EdDSA) (default:
    /// rsa-3072).
    #[arg(long, value_name = "KIND", env = "ARGUS_SIGNING_KEY", hide_env = true)]
    signing_key: Option<String>,
    /// After how many days another key signs access tokens (default: 90).
    #[arg(long, value_name = "DAYS", env = "ARGUS_SIGNING_KEY_DAYS", hide_env = true)]
    signing_key_days: Option<u32>,
    /// Folder of the policies (default: ./policies; without it, those kept before, else the copy inside the program).
    #[arg(long, value_name = "DIR", env = "ARGUS_POLICIES", hide_env = true)]
    policies: Option<PathBuf>,
    /// What to serve: all, pdp or pap (default: all).
    #[arg(long, value_name = "ROLE", env = "ARGUS_ROLE", hide_env = true, value_enum, hide_possible_values = true)]
    role: Option<Role>,
    /// The installation's master key, made at the first start (default: master.key in the data folder).
    #[arg(long, value_name = "FILE", env = "ARGUS_MASTER_KEY_FILE", hide_env = true)]
    master_key_file: Option<PathBuf>,
    /// The tag keys alone, for a node that only decides and has no master key.
    #[arg(long, value_name = "FILE", env = "ARGUS_TAG_KEY_FILE", hide_env = true)]
    tag_key_file: Option<PathBuf>,
    /// Where the first administrator's key is written, with mode 0600 (default: shown on a terminal, else bootstrap.key
    /// in the data folder).
    #[arg(long, value_name = "FILE", env = "ARGUS_BOOTSTRAP_KEY_FILE", hide_env = true)]
    bootstrap_key_file: Option<PathBuf>,
    /// How many iterations of PBKDF2 new hashes of secrets take, from 600000 on (default: 600000). A secret with fewer
    /// is hashed anew when it is next shown. All nodes are best told the same.
    #[arg(long, value_name = "NUMBER", env = "ARGUS_PBKDF2_ITERATIONS", hide_env = true)]
    pbkdf2_iterations: Option<u32>,
    /// For how long keys are believed while the database is away, in seconds (default: 30 where the database is shared,
    /// without end where it is this machine's own file).
    #[arg(long, value_name = "SECONDS", env = "ARGUS_LONGEST_STALENESS_SECONDS", hide_env = true)]
    longest_staleness_seconds: Option<u64>,
    /// The most buckets that limits are counted in, of each kind (default: 100000).
    #[arg(long, value_name = "NUMBER", env = "ARGUS_LIMIT_BUCKETS", hide_env = true)]
    limit_buckets: Option<u32>,
    /// What becomes of a use for which there is no bucket: overflow (such uses share one), closed (refused) or open
    /// (admitted uncounted) (default: overflow).
    #[arg(
        long,
        value_name = "POLICY",
        env = "ARGUS_LIMIT_AT_CAP",
        hide_env = true,
        value_enum,
        hide_possible_values = true
    )]
    limit_at_cap: Option<LimitAtCap>,
    /// How many uses of one key that are not permitted are evaluated in a second, ten times as many at once; 0 for all
    /// (default: 1000).
    #[arg(long, value_name = "NUMBER", env = "ARGUS_ATTEMPTS_PER_SECOND", hide_env = true)]
    attempts_per_second: Option<u32>,
    /// Redis or Valkey in which all nodes count limits together, as redis://HOST or rediss://NAME:PASSWORD@HOST:PORT for TLS
    /// (default: none, each node counts by itself). Best not given as a flag where it holds a password.
    #[arg(long, value_name = "URL", env = "ARGUS_REDIS_URL", hide_env = true)]
    redis_url: Option<String>,
    /// How limits are counted where several nodes decide: exact (together, in Redis), leased
    /// (the same with a hundredth of a limit taken at a time, which a node lets through by itself for a second),
    /// local-share (each node its share: the limit divided by the live nodes) or local (each node all of it, together as
    /// many times as much) (default: exact
    /// with --redis-url, else local-share).
    #[arg(
        long,
        value_name = "MODE",
        env = "ARGUS_LIMITS_MODE",
        hide_env = true,
        value_enum,
        hide_possible_values = true
    )]
    limits_mode: Option<LimitsMode>,
    /// What happens to uses of keys with limits while Redis is away: local-share or local (as for --limits-mode), allow
    /// (admitted uncounted) or deny (refused) (default: local-share).
    #[arg(
        long,
        value_name = "CHOICE",
        env = "ARGUS_REDIS_AWAY",
        hide_env = true,
        value_enum,
        hide_possible_values = true
    )]
    redis_away: Option<RedisAway>,
    /// How long Redis may take to answer until it counts as away, in milliseconds, from 1 to 1000 (default: 50).
    #[arg(long, value_name = "NUMBER", env = "ARGUS_REDIS_MILLISECONDS", hide_env = true)]
    redis_milliseconds: Option<u32>,
    /// Database in MaxMind's format that tells countries, such as GeoLite2-Country.mmdb (default: none; a key that is bound
    /// to countries is then refused). Replaced files are read again.
    #[arg(long, value_name = "FILE", env = "ARGUS_GEOIP_DATABASE", hide_env = true)]
    geoip_database: Option<PathBuf>,
    /// Database in MaxMind's format that tells autonomous systems, such as GeoLite2-ASN.mmdb (default: none).
    #[arg(long, value_name = "FILE", env = "ARGUS_GEOIP_ASN_DATABASE", hide_env = true)]
    geoip_asn_database: Option<PathBuf>,
    /// Database in MaxMind's format that tells anonymisers and hosting providers, such as GeoIP2-Anonymous-IP.mmdb (default:
    /// none): a new country or network is then told as graver through one of them.
    #[arg(long, value_name = "FILE", env = "ARGUS_GEOIP_ANONYMOUS_DATABASE", hide_env = true)]
    geoip_anonymous_database: Option<PathBuf>,
    /// Proxies that are believed when they say for whom they ask, by `Forwarded` or `X-Forwarded-For`: networks such as
    /// 10.0.0.0/8, joined by commas (default: none).
    #[arg(long, value_name = "NETWORKS", env = "ARGUS_TRUSTED_PROXIES", hide_env = true, value_delimiter = ',')]
    trusted_proxies: Vec<String>,
    /// Certificate that both servers show, in PEM, those above it included (default: no TLS). Replaced files are read again.
    #[arg(long, value_name = "FILE", env = "ARGUS_TLS_CERTIFICATE", hide_env = true)]
    tls_certificate: Option<PathBuf>,
    /// Its private key, in PEM.
    #[arg(long, value_name = "FILE", env = "ARGUS_TLS_KEY", hide_env = true)]
    tls_key: Option<PathBuf>,
    /// Authorities that may sign certificates of clients, in PEM (default: none; certificates that are registered
    /// themselves present their keys all the same). Replaced files are read again.
    #[arg(long, value_name = "FILE", env = "ARGUS_CLIENT_CA_FILE", hide_env = true)]
    client_ca_file: Option<PathBuf>,
    /// Their lists of revocations, in PEM, joined by commas. With any, every authority in a chain needs one in date.
    #[arg(long, value_name = "FILES", env = "ARGUS_CLIENT_CRL_FILES", hide_env = true, value_delimiter = ',')]
    client_crl_files: Vec<PathBuf>,
    /// Header in which trusted proxies hand on certificates of clients: Client-Cert, X-Forwarded-Client-Cert, or a name of
    /// your own with escaped PEM, as nginx writes $ssl_client_escaped_cert (default: none).
    #[arg(long, value_name = "NAME", env = "ARGUS_CLIENT_CERTIFICATE_HEADER", hide_env = true)]
    client_certificate_header: Option<String>,
    /// What signed tokens have to name as their audience, to be presented here (default: argus).
    #[arg(long, value_name = "NAME", env = "ARGUS_AUDIENCE", hide_env = true)]
    audience: Option<String>,
    /// What clocks may differ by where tokens begin and end, in seconds; at most 60 (default: 30).
    #[arg(long, value_name = "SECONDS", env = "ARGUS_TOKEN_LEEWAY_SECONDS", hide_env = true)]
    token_leeway_seconds: Option<u32>,
    /// Private networks that sets of public keys may be fetched from, such as 10.0.0.0/8, joined by commas (default: none,
    /// only public addresses).
    #[arg(long, value_name = "NETWORKS", env = "ARGUS_JWKS_NETWORKS", hide_env = true, value_delimiter = ',')]
    jwks_networks: Vec<String>,
    /// Let sets of public keys be fetched from this machine, over plain HTTP: for trials.
    #[arg(long, env = "ARGUS_JWKS_PLAIN_HTTP", hide_env = true)]
    jwks_plain_http: bool,
    /// Mail server that notices go by, as smtps://NAME:PASSWORD@HOST or smtp://… for STARTTLS; in the clear to this
    /// machine alone (default: none, no e-mail). Best not given as a flag where it holds a password.
    #[arg(long, value_name = "URL", env = "ARGUS_SMTP_URL", hide_env = true)]
    smtp_url: Option<String>,
    /// Whom e-mail is from, such as 'Argus <argus@acme.example>'.
    #[arg(long, value_name = "ADDRESS", env = "ARGUS_SMTP_FROM", hide_env = true)]
    smtp_from: Option<String>,
    /// Certificate authorities of the mail server, as PEM, besides the public ones.
    #[arg(long, value_name = "FILE", env = "ARGUS_SMTP_CA_FILE", hide_env = true)]
    smtp_ca_file: Option<PathBuf>,
    /// How long a step with the mail server may take, in seconds, at most 40 (default: 20).
    #[arg(long, value_name = "SECONDS", env = "ARGUS_SMTP_SECONDS", hide_env = true)]
    smtp_seconds: Option<u32>,
    /// Private networks that webhooks may be in, such as 10.0.0.0/8, joined by commas (default: none, only public
    /// addresses).
    #[arg(long, value_name = "NETWORKS", env = "ARGUS_WEBHOOK_NETWORKS", hide_env = true, value_delimiter = ',')]
    webhook_networks: Vec<String>,
    /// Let webhooks be on this machine, over plain HTTP: for trials.
    #[arg(long, env = "ARGUS_WEBHOOK_PLAIN_HTTP", hide_env = true)]
    webhook_plain_http: bool,
    /// How long a webhook may take to answer, in seconds, at most 40 (default: 10).
    #[arg(long, value_name = "SECONDS", env = "ARGUS_WEBHOOK_SECONDS", hide_env = true)]
    webhook_seconds: Option<u32>,
    /// Where the signed checkpoints of the audit are written, apart from the database (default: audit-checkpoints.jsonl in
    /// the data folder).
    #[arg(long, value_name = "FILE", env = "ARGUS_AUDIT_CHECKPOINTS_FILE", hide_env = true)]
    audit_checkpoints_file: Option<PathBuf>,
    /// How many days audit entries are kept; then they are cut off at a checkpoint (default: for good).
    #[arg(long, value_name = "DAYS", env = "ARGUS_AUDIT_RETENTION_DAYS", hide_env = true)]
    audit_retention_days: Option<u32>,
    /// Whether decisions are counted for the usage of keys: on or off (default: on).
    #[arg(long, value_name = "SWITCH", env = "ARGUS_USAGE", hide_env = true, value_enum, hide_possible_values = true)]
    usage: Option<Switch>,
    /// Folder that uses of durable keys are written to before they are answered, of this node alone (default: journal in
    /// the data folder; none where --database-url names a server).
    #[arg(long, value_name = "DIR", env = "ARGUS_JOURNAL", hide_env = true)]
    journal: Option<PathBuf>,
    /// For how many days usage is kept by the minute, by the hour and by the day, joined by commas (default: 7,90,730).
    #[arg(long, value_name = "DAYS", env = "ARGUS_USAGE_RETENTION_DAYS", hide_env = true)]
    usage_retention_days: Option<String>,
    /// Whether the use of keys is watched for what stands out: on or off (default: on, where usage is counted).
    #[arg(
        long,
        value_name = "SWITCH",
        env = "ARGUS_ANOMALIES",
        hide_env = true,
        value_enum,
        hide_possible_values = true
    )]
    anomalies: Option<Switch>,
    /// Which decisions are logged: off, all, denied (whatever is no Permit), or a share of all such as 10% (default: off).
    #[arg(long, value_name = "WHICH", env = "ARGUS_DECISION_LOG", hide_env = true)]
    decision_log: Option<String>,
    /// For how many days logged decisions are kept in the database, where `argus decisions` finds them; 0: not there
    /// (default: 30).
    #[arg(long, value_name = "DAYS", env = "ARGUS_DECISION_LOG_DAYS", hide_env = true)]
    decision_log_days: Option<u32>,
    /// File that logged decisions are written to as JSON Lines as well; `-` is standard output (default: none).
    #[arg(long, value_name = "FILE|-", env = "ARGUS_DECISION_LOG_FILE", hide_env = true)]
    decision_log_file: Option<PathBuf>,
    /// How large that file may be before it is moved aside (default: 104857600).
    #[arg(long, value_name = "BYTES", env = "ARGUS_DECISION_LOG_FILE_BYTES", hide_env = true)]
    decision_log_file_bytes: Option<u64>,
    /// How many such files there may be (default: 10).
    #[arg(long, value_name = "COUNT", env = "ARGUS_DECISION_LOG_FILES", hide_env = true)]
    decision_log_files: Option<u32>,
    /// Attributes that are left out of logged requests, by their ids joined by commas; `content` is XML content.
    #[arg(long, value_name = "IDS", env = "ARGUS_DECISION_LOG_REDACT", hide_env = true)]
    decision_log_redact: Option<String>,
    /// Form of the log on standard error: human or json (default: human).
    #[arg(long, value_name = "FORM", env = "ARGUS_LOG", hide_env = true, value_enum, hide_possible_values = true)]
    log: Option<LogForm>,
    /// What is logged: error, warn, info, debug, or finer as in `argus_pdp=debug,warn` (default: warn on a terminal,
    /// else info).
    #[arg(long, value_name = "LEVEL", env = "ARGUS_LOG_LEVEL", hide_env = true)]
    log_level: Option<String>,
    /// Whether the system may write down the memory of the server, in which secrets are, when it breaks down: on or off
    /// (default: off; of effect on Linux).
    #[arg(
        long,
        value_name = "SWITCH",
        env = "ARGUS_CORE_DUMPS",
        hide_env = true,
        value_enum,
        hide_possible_values = true
    )]
    core_dumps: Option<Switch>,
    /// Collector that spans of requests are sent to by OTLP over HTTP, such as http://127.0.0.1:4318 (default: none).
    #[arg(long, value_name = "URL", env = "ARGUS_OTLP_ENDPOINT", hide_env = true)]
    otlp_endpoint: Option<String>,
    /// Share of the traces that begin here, as `10%`; those that callers have begun are kept where they keep them
    /// (default: 10%).
    #[arg(long, value_name = "PERCENT", env = "ARGUS_TRACE_SHARE", hide_env = true)]
    trace_share: Option<String>,
    #[command(flatten)]
    limits: LimitFlags,
}

/// What a process serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
enum Role {
    /// Both.
    #[default]
    All,
    /// Decisions alone.
    Pdp,
    /// The administration alone.
    Pap,
}

/// What becomes of a use for which there is no bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
enum LimitAtCap {
    /// Such uses share a bucket.
    Overflow,
    /// It is refused.
    Closed,
    /// It is admitted uncounted.
    Open,
}

/// How limits are counted where several nodes decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
enum LimitsMode {
    /// Together, in Redis.
    Exact,
    /// Together, in Redis, by leases.
    Leased,
    /// Each node its share.
    LocalShare,
    /// Each node all of it.
    Local,
}

/// What happens to uses of keys with limits while Redis is away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RedisAway {
    /// Each node counts its share.
    #[default]
    LocalShare,
    /// Each node counts by itself.
    Local,
    /// They are admitted uncounted.
    Allow,
    /// They are refused.
    Deny,
}

/// Whether something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
enum Switch {
    /// It is.
    #[default]
    On,
    /// It isn't.
    Off,
}

/// In what form the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
enum LogForm {
    /// For people.
    #[default]
    Human,
    /// One JSON object a line.
    Json,
}

/// Where the database is, and what is told when it can't be used.
pub(super) struct DatabaseSettings(Settings);

impl DatabaseSettings {
    pub(super) fn location(&self) -> &Location {
        &self.0.database
    }

    pub(super) fn master_key(&self) -> String {
        self.0.master_key_file.display().to_string()
    }
}

/// The settings that `argus serve` would have.
pub(super) fn database_settings(
    flags: DatabaseFlags,
    master_key_file: Option<PathBuf>,
) -> Result<DatabaseSettings, Failure> {
    let DatabaseFlags { data_dir, database_url, database_ca_file, config } = flags;
    let flags = Flags { data_dir, database_url, database_ca_file, master_key_file, ..Flags::default() };
    Settings::read(flags, config.as_deref()).map(DatabaseSettings)
}

/// Why the database can't be used.
pub(super) fn of_store(error: &StoreError, settings: &DatabaseSettings) -> Failure {
    failure::of_store(error, &settings.0)
}

impl Role {
    /// The same, as the nodes tell each other.
    const fn of_node(self) -> NodeRole {
        match self {
            Self::All => NodeRole::All,
            Self::Pdp => NodeRole::Pdp,
            Self::Pap => NodeRole::Pap,
        }
    }
}

impl Serve {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let since = Instant::now();
        console.output(&[Output::Human, Output::Json])?;
        let settings = Settings::read(*self.flags, self.config.as_deref())?;
        log::begin(&settings)?;
        run::serve(console, &settings, self.new_bootstrap_key, since)
    }
}
