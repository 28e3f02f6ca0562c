//! The settings of a server: flags, then variables, then the settings file, then what holds where nothing is set.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use argus_admin::UsageRetention;
use argus_credentials::{CertificateHeader, Environment, Hasher, Iterations, TrustedProxies};
use argus_engine::limits::Limits;
use argus_pdp::{
    AtCap, ClientTrustFiles, LimitMode, LimitSettings, PlaceFiles, RedisSettings, RedisUrl, ServerTlsFiles,
    TrustedIssuer, WhenAway,
};
use argus_store::{Location, LocationError};
use serde::Deserialize;

use super::decision_log::{LogSettings, LogTexts};
use super::failure::settings;
use super::issuer::Tokens;
use super::notices::{self, Notices};
use super::traces::TraceSettings;
use super::trust::{Asked, IssuerEntry, Trust};
use super::{Flags, LimitAtCap, LimitsMode, LogForm, RedisAway, Role, Switch};
use crate::failure::Failure;

/// The file that is read where none is named and this one exists.
const FILE: &str = "argus.toml";

/// How long a node believes its keys while a database is away that others may write to.
const LONGEST_STALENESS_SECONDS: u64 = 30;

/// Every setting, decided.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) data_dir: PathBuf,
    pub(super) database: Location,
    pub(super) pdp_listen: String,
    pub(super) pap_listen: String,
    pub(super) pdp_url: Option<String>,
    pub(super) issuer: Option<String>,
    pub(super) tokens: Tokens,
    pub(super) policies: PathBuf,
    pub(super) role: Role,
    pub(super) master_key_file: PathBuf,
    pub(super) tag_key_file: Option<PathBuf>,
    pub(super) bootstrap_key_file: Option<PathBuf>,
    pub(super) hasher: Hasher,
    pub(super) longest_staleness: Option<Duration>,
    pub(super) key_limits: LimitSettings,
    pub(super) redis: Option<RedisSettings>,
    pub(super) journal: Option<PathBuf>,
    pub(super) places: PlaceFiles,
    pub(super) trusted_proxies: TrustedProxies,
    pub(super) server_tls: Option<ServerTlsFiles>,
    pub(super) client_trust: ClientTrustFiles,
    pub(super) trust: Trust,
    pub(super) notices: Notices,
    pub(super) audit_checkpoints_file: PathBuf,
    pub(super) audit_retention_days: Option<u32>,
    pub(super) usage: Switch,
    pub(super) usage_retention: UsageRetention,
    pub(super) anomalies: Switch,
    pub(super) decision_log: LogSettings,
    pub(super) traces: TraceSettings,
    pub(super) log: LogForm,
    pub(super) log_level: Option<String>,
    pub(super) core_dumps: Switch,
    pub(super) limits: Limits,
}

/// The settings file: the names of the flags, with `_`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct SettingsFile {
    data_dir: Option<PathBuf>,
    database_url: Option<String>,
    database_ca_file: Option<PathBuf>,
    pdp_listen: Option<String>,
    pap_listen: Option<String>,
    pdp_url: Option<String>,
    issuer: Option<String>,
    token_seconds: Option<u32>,
    signing_key: Option<String>,
    signing_key_days: Option<u32>,
    policies: Option<PathBuf>,
    role: Option<Role>,
    master_key_file: Option<PathBuf>,
    tag_key_file: Option<PathBuf>,
    bootstrap_key_file: Option<PathBuf>,
    pbkdf2_iterations: Option<u32>,
    longest_staleness_seconds: Option<u64>,
    limit_buckets: Option<u32>,
    limit_at_cap: Option<LimitAtCap>,
    attempts_per_second: Option<u32>,
    limits_mode: Option<LimitsMode>,
    redis_url: Option<String>,
    redis_away: Option<RedisAway>,
    redis_milliseconds: Option<u32>,
    journal: Option<PathBuf>,
    geoip_database: Option<PathBuf>,
    geoip_asn_database: Option<PathBuf>,
    geoip_anonymous_database: Option<PathBuf>,
    trusted_proxies: Vec<String>,
    tls_certificate: Option<PathBuf>,
    tls_key: Option<PathBuf>,
    client_ca_file: Option<PathBuf>,
    client_crl_files: Vec<PathBuf>,
    client_certificate_header: Option<String>,
    audience: Option<String>,
    token_leeway_seconds: Option<u32>,
    jwks_networks: Vec<String>,
    jwks_plain_http: bool,
    smtp_url: Option<String>,
    smtp_from: Option<String>,
    smtp_ca_file: Option<PathBuf>,
    smtp_seconds: Option<u32>,
    webhook_networks: Vec<String>,
    webhook_plain_http: bool,
    webhook_seconds: Option<u32>,
    trusted_issuer: Vec<IssuerEntry>,
    /// The entries, read.
    #[serde(skip)]
    issuers: Vec<TrustedIssuer>,
    audit_checkpoints_file: Option<PathBuf>,
    audit_retention_days: Option<u32>,
    usage: Option<Switch>,
    usage_retention_days: Option<String>,
    anomalies: Option<Switch>,
    decision_log: Option<String>,
    decision_log_days: Option<u32>,
    decision_log_file: Option<PathBuf>,
    decision_log_file_bytes: Option<u64>,
    decision_log_files: Option<u32>,
    decision_log_redact: Option<String>,
    otlp_endpoint: Option<String>,
    trace_share: Option<String>,
    log: Option<LogForm>,
    log_level: Option<String>,
    core_dumps: Option<Switch>,
    limits: BTreeMap<String, usize>,
}

impl Settings {
    pub(super) fn read(flags: Flags, file: Option<&Path>) -> Result<Self, Failure> {
        let file = SettingsFile::read(file)?;
        let redis = read_redis(&flags, &file)?;
        let key_limits = key_limits(&flags, &file, redis.is_some())?;
        // `docker run -e ARGUS_POLICIES=` is how a variable of an image is taken back.
        let path =
            |flag: Option<PathBuf>, own: Option<PathBuf>| flag.filter(|path| !path.as_os_str().is_empty()).or(own);
        let text = |flag: Option<String>, own: Option<String>| flag.filter(|text| !text.is_empty()).or(own);

        let data_dir = path(flags.data_dir, file.data_dir).unwrap_or_else(|| "./argus-data".into());
        let (url, ca_file) =
            (text(flags.database_url, file.database_url), path(flags.database_ca_file, file.database_ca_file));
        let database = read_database(url.as_deref(), ca_file, &data_dir)?;
        let journal = path(flags.journal, file.journal).or_else(|| own_journal(&database, &data_dir));
        let master_key_file = path(flags.master_key_file, file.master_key_file);
        let longest_staleness = flags.longest_staleness_seconds.or(file.longest_staleness_seconds);
        let longest_staleness = longest_staleness.or(database.file().is_none().then_some(LONGEST_STALENESS_SECONDS));
        let places = PlaceFiles {
            country: path(flags.geoip_database, file.geoip_database),
            asn: path(flags.geoip_asn_database, file.geoip_asn_database),
            anonymous: path(flags.geoip_anonymous_database, file.geoip_anonymous_database),
        };
        let trusted = Some(flags.trusted_proxies).filter(|some| !some.is_empty()).unwrap_or(file.trusted_proxies);
        let given =
            |files: Vec<PathBuf>| -> Vec<_> { files.into_iter().filter(|file| !file.as_os_str().is_empty()).collect() };
        let revocations = Some(given(flags.client_crl_files)).filter(|files| !files.is_empty());
        let revocations = revocations.unwrap_or_else(|| given(file.client_crl_files));
        let asked = Asked {
            audience: text(flags.audience, file.audience),
            leeway_seconds: flags.token_leeway_seconds.or(file.token_leeway_seconds),
            networks: Some(flags.jwks_networks).filter(|some| !some.is_empty()).unwrap_or(file.jwks_networks),
            plain_http: flags.jwks_plain_http || file.jwks_plain_http,
        };
        Ok(Self {
            trust: Trust::read(asked, file.issuers)?,
            notices: Notices::read(notices::Asked {
                smtp_url: text(flags.smtp_url, file.smtp_url),
                smtp_from: text(flags.smtp_from, file.smtp_from),
                smtp_ca_file: path(flags.smtp_ca_file, file.smtp_ca_file),
                smtp_seconds: flags.smtp_seconds.or(file.smtp_seconds),
                networks: Some(flags.webhook_networks)
                    .filter(|networks| !networks.is_empty())
                    .unwrap_or(file.webhook_networks),
                plain_http: flags.webhook_plain_http || file.webhook_plain_http,
                webhook_seconds: flags.webhook_seconds.or(file.webhook_seconds),
            })?,
            audit_checkpoints_file: path(flags.audit_checkpoints_file, file.audit_checkpoints_file)
                .unwrap_or_else(|| data_dir.join("audit-checkpoints.jsonl")),
            audit_retention_days: flags.audit_retention_days.or(file.audit_retention_days),
            master_key_file: master_key_file.unwrap_or_else(|| data_dir.join("master.key")),
            data_dir,
            database,
            pdp_listen: text(flags.pdp_listen, file.pdp_listen).unwrap_or_else(|| "127.0.0.1:8180".to_owned()),
            pap_listen: text(flags.pap_listen, file.pap_listen).unwrap_or_else(|| "127.0.0.1:8181".to_owned()),
            pdp_url: text(flags.pdp_url, file.pdp_url),
            issuer: text(flags.issuer, file.issuer),
            tokens: Tokens::read(
                flags.token_seconds.or(file.token_seconds),
                text(flags.signing_key, file.signing_key).as_deref(),
                flags.signing_key_days.or(file.signing_key_days),
            )?,
            policies: path(flags.policies, file.policies).unwrap_or_else(|| "./policies".into()),
            role: flags.role.or(file.role).unwrap_or_default(),
            tag_key_file: path(flags.tag_key_file, file.tag_key_file),
            bootstrap_key_file: path(flags.bootstrap_key_file, file.bootstrap_key_file),
            hasher: read_hasher(flags.pbkdf2_iterations.or(file.pbkdf2_iterations))?,
            longest_staleness: longest_staleness.map(Duration::from_secs),
            key_limits,
            redis,
            journal,
            places,
            trusted_proxies: read_proxies(
                &trusted,
                text(flags.client_certificate_header, file.client_certificate_header),
            )?,
            server_tls: server_tls(
                path(flags.tls_certificate, file.tls_certificate),
                path(flags.tls_key, file.tls_key),
            )?,
            client_trust: ClientTrustFiles {
                authorities: path(flags.client_ca_file, file.client_ca_file),
                revocations,
            },
            usage: flags.usage.or(file.usage).unwrap_or_default(),
            usage_retention: read_retention(text(flags.usage_retention_days, file.usage_retention_days))?,
            anomalies: flags.anomalies.or(file.anomalies).unwrap_or_default(),
            decision_log: LogSettings::read(LogTexts {
                which: text(flags.decision_log, file.decision_log),
                days: flags.decision_log_days.or(file.decision_log_days),
                file: path(flags.decision_log_file, file.decision_log_file),
                file_bytes: flags.decision_log_file_bytes.or(file.decision_log_file_bytes),
                files: flags.decision_log_files.or(file.decision_log_files),
                redact: text(flags.decision_log_redact, file.decision_log_redact),
            })?,
            traces: TraceSettings::read(
                text(flags.otlp_endpoint, file.otlp_endpoint).as_deref(),
                text(flags.trace_share, file.trace_share).as_deref(),
            )?,
            log: flags.log.or(file.log).unwrap_or_default(),
            log_level: text(flags.log_level, file.log_level),
            core_dumps: flags.core_dumps.or(file.core_dumps).unwrap_or(Switch::Off),
            limits: flags.limits.over_file(&file.limits).map_err(settings)?,
        })
    }
}

/// The database that is named, or a file in the data folder.
fn read_database(url: Option<&str>, ca_file: Option<PathBuf>, data_dir: &Path) -> Result<Location, Failure> {
    let database = match url {
        Some(url) => read_database_url(url)?,
        None => Location::from(&data_dir.join("argus.db")),
    };
    Ok(match ca_file {
        Some(ca_file) => database.with_ca_file(ca_file),
        None => database,
    })
}

/// The folder that is taken for a journal where none is named. Beside a file it is this process's alone; nodes on a server
/// may share a data folder, and have to say where each of them writes.
fn own_journal(database: &Location, data_dir: &Path) -> Option<PathBuf> {
    database.file().is_some().then(|| data_dir.join("journal"))
}

/// Hashes secrets with as many iterations as are set.
fn read_hasher(iterations: Option<u32>) -> Result<Hasher, Failure> {
    let Some(count) = iterations else { return Ok(Hasher::new(Iterations::production())) };
    let iterations = Iterations::new(count, Environment::Live).map_err(|error| {
        settings(error.to_string()).help("correct --pbkdf2-iterations (ARGUS_PBKDF2_ITERATIONS), or leave it out")
    })?;
    Ok(Hasher::new(iterations))
}

fn key_limits(flags: &Flags, file: &SettingsFile, has_redis: bool) -> Result<LimitSettings, Failure> {
    let given = LimitSettings::default();
    let (buckets, at_cap) = (flags.limit_buckets.or(file.limit_buckets), flags.limit_at_cap.or(file.limit_at_cap));
    let attempts = flags.attempts_per_second.or(file.attempts_per_second);
    Ok(LimitSettings {
        // None at all would refuse, or let through, every use.
        buckets: buckets.map_or(given.buckets, |buckets| usize::try_from(buckets.max(1)).unwrap_or(given.buckets)),
        at_cap: at_cap.map_or(given.at_cap, |at_cap| match at_cap {
            LimitAtCap::Overflow => AtCap::Share,
            LimitAtCap::Closed => AtCap::Closed,
            LimitAtCap::Open => AtCap::Open,
        }),
        attempts_per_second: attempts.unwrap_or(given.attempts_per_second),
        mode: read_mode(flags.limits_mode.or(file.limits_mode), has_redis)?,
    })
}

/// A mode that goes with whether there is a Redis.
fn read_mode(given: Option<LimitsMode>, has_redis: bool) -> Result<Option<LimitMode>, Failure> {
    let Some(given) = given else { return Ok(None) };
    let mode = match given {
        LimitsMode::Exact => LimitMode::Exact,
        LimitsMode::Leased => LimitMode::Leased,
        LimitsMode::LocalShare => LimitMode::LocalShare,
        LimitsMode::Local => LimitMode::Local,
    };
    let word = mode.as_str();
    match (mode.needs_redis(), has_redis) {
        (true, false) => Err(settings(format!("limits are counted as `{word}` in Redis, and none is named"))
            .help("name it with --redis-url (ARGUS_REDIS_URL), or leave out --limits-mode (ARGUS_LIMITS_MODE)")),
        (false, true) => Err(settings(format!("limits that are counted as `{word}` need no Redis"))
            .help("leave out --redis-url (ARGUS_REDIS_URL); for while it is away there is --redis-away")),
        _ => Ok(Some(mode)),
    }
}

fn read_redis(flags: &Flags, file: &SettingsFile) -> Result<Option<RedisSettings>, Failure> {
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let away = flags.redis_away.or(file.redis_away).unwrap_or_default();
    let milliseconds = flags.redis_milliseconds.or(file.redis_milliseconds);
    let timeout = match milliseconds {
        None => RedisSettings::TIMEOUT,
        Some(number @ 1..=1_000) => Duration::from_millis(number.into()),
        Some(number) => {
            return Err(settings(format!("Redis can't be waited for {number} ms"))
                .help("write a number from 1 to 1000 in --redis-milliseconds (ARGUS_REDIS_MILLISECONDS)"));
        }
    };
    let Some(url) = given(&flags.redis_url).or(given(&file.redis_url)) else { return Ok(None) };
    // The address is not repeated: it may hold a password.
    let url = RedisUrl::parse(&url).map_err(|error| {
        settings(error.to_string()).help(
            "write `redis://HOST:PORT`, or `rediss://NAME:PASSWORD@HOST:PORT` for TLS, in --redis-url (ARGUS_REDIS_URL)",
        )
    })?;
    let away = match away {
        RedisAway::LocalShare => WhenAway::LocalShare,
        RedisAway::Local => WhenAway::Local,
        RedisAway::Allow => WhenAway::Allow,
        RedisAway::Deny => WhenAway::Deny,
    };
    Ok(Some(RedisSettings { url, timeout, away }))
}

impl SettingsFile {
    fn read(named: Option<&Path>) -> Result<Self, Failure> {
        let path = named.unwrap_or(Path::new(FILE));
        match fs::read_to_string(path) {
            Ok(text) => Self::parse(path, &text),
            Err(error) if error.kind() == ErrorKind::NotFound && named.is_none() => Ok(Self::default()),
            Err(error) => Err(settings(format!("the settings file `{}` can't be read: {error}", path.display()))),
        }
    }

    fn parse(path: &Path, text: &str) -> Result<Self, Failure> {
        let at = |start: usize, message: &str| {
            let line = text.bytes().take(start).filter(|octet| *octet == b'\n').count() + 1;
            settings(format!("{}:{line}: {message}", path.display()))
        };
        let mut file: Self = toml::from_str(text).map_err(|error| {
            at(error.span().map_or(0, |span| span.start), error.message())
                .help("its settings are named as the flags of argus serve, with `_` for `-`")
        })?;
        for entry in std::mem::take(&mut file.trusted_issuer) {
            let issuer = entry.read(&file.issuers).map_err(|wrong| at(wrong.at, &wrong.message))?;
            file.issuers.push(issuer);
        }
        Ok(file)
    }
}

/// A certificate and its key, or neither.
fn server_tls(certificate: Option<PathBuf>, key: Option<PathBuf>) -> Result<Option<ServerTlsFiles>, Failure> {
    match (certificate, key) {
        (Some(certificate), Some(key)) => Ok(Some(ServerTlsFiles { certificate, key })),
        (None, None) => Ok(None),
        _ => Err(settings("TLS needs a certificate and its key")
            .help("name both, with --tls-certificate (ARGUS_TLS_CERTIFICATE) and --tls-key (ARGUS_TLS_KEY)")),
    }
}

fn read_retention(text: Option<String>) -> Result<UsageRetention, Failure> {
    let Some(text) = text else { return Ok(UsageRetention::default()) };
    let days: Option<Vec<u32>> = text.split(',').map(|days| days.trim().parse().ok()).collect();
    match days.as_deref() {
        Some(&[minutes @ 1..=3_650, hours @ 1..=3_650, days @ 1..=3_650]) => {
            Ok(UsageRetention { minutes, hours, days })
        }
        _ => Err(settings(format!("`{text}` is not for how many days usage is kept")).help(
            "write three numbers from 1 to 3650 in --usage-retention-days (ARGUS_USAGE_RETENTION_DAYS): 7,90,730",
        )),
    }
}

fn read_proxies(networks: &[String], header: Option<String>) -> Result<TrustedProxies, Failure> {
    // An empty variable is one that was taken back.
    let networks: Vec<&str> = networks.iter().map(|text| text.trim()).filter(|text| !text.is_empty()).collect();
    let proxies = TrustedProxies::parse(&networks)
        .map_err(|error| settings(error.to_string()).help("correct --trusted-proxies (ARGUS_TRUSTED_PROXIES)"))?;
    let Some(header) = header else { return Ok(proxies) };
    let header = CertificateHeader::parse(&header).map_err(|error| {
        settings(error.to_string()).help("correct --client-certificate-header (ARGUS_CLIENT_CERTIFICATE_HEADER)")
    })?;
    if proxies.is_empty() {
        return Err(settings(format!("nobody is trusted to send `{header}`"))
            .help("name your proxies with --trusted-proxies (ARGUS_TRUSTED_PROXIES)"));
    }
    Ok(proxies.with_certificate_header(header))
}

fn read_database_url(url: &str) -> Result<Location, Failure> {
    Location::parse(url).map_err(|error: LocationError| {
        settings(error.to_string()).help(
            "write `sqlite://FILE` or `postgres://USER:PASSWORD@HOST/NAME?sslmode=require` in --database-url \
             (ARGUS_DATABASE_URL), or leave it out",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_goes_before_the_file_and_the_file_before_the_default() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("argus.toml");
        fs::write(&file, "data_dir = '/data'\npdp_listen = '127.0.0.1:1'\npap_listen = '127.0.0.1:2'\nrole = 'pdp'\n")
            .unwrap();
        let flags =
            Flags { pdp_listen: Some("127.0.0.1:3".to_owned()), pap_listen: Some(String::new()), ..Flags::default() };
        let settings = Settings::read(flags, Some(&file)).unwrap();
        assert_eq!((settings.pdp_listen.as_str(), settings.pap_listen.as_str()), ("127.0.0.1:3", "127.0.0.1:2"));
        assert_eq!((settings.role, settings.log), (Role::Pdp, LogForm::Human));
        assert_eq!(settings.database.file(), Some(Path::new("/data/argus.db")));
        assert_eq!(settings.master_key_file, Path::new("/data/master.key"));
    }

    #[test]
    fn proxies_are_trusted_by_name_alone() {
        let of = |networks: &[&str]| read_proxies(&networks.iter().map(ToString::to_string).collect::<Vec<_>>(), None);
        assert!(of(&[]).unwrap().is_empty() && of(&["", " "]).unwrap().is_empty());
        assert!(of(&["10.0.0.0/8", " 192.0.2.7"]).unwrap().contains("192.0.2.7".parse().unwrap()));
        let wrong = of(&["10.0.0.1/8"]).unwrap_err().to_text();
        assert!(wrong.contains("`10.0.0.0/8`") && wrong.contains("--trusted-proxies"), "{wrong}");
    }

    #[test]
    fn iterations_are_raised_and_never_lowered() {
        let of = |count| read_hasher(count).map(|hasher| hasher.iterations().count());
        assert_eq!(
            (of(None).unwrap(), of(Some(600_000)).unwrap(), of(Some(700_000)).unwrap()),
            (600_000, 600_000, 700_000)
        );
        for count in [0, 1_000, 599_999, 10_000_001] {
            let wrong = of(Some(count)).unwrap_err().to_text();
            assert!(wrong.contains("from 600000 to 10000000") && wrong.contains("--pbkdf2-iterations"), "{wrong}");
        }
    }

    #[test]
    fn what_goes_together_is_set_together() {
        let alone = server_tls(Some("a.pem".into()), None).unwrap_err().to_text();
        assert!(alone.contains("--tls-key"), "{alone}");
        let nobody = read_proxies(&[], Some("Client-Cert".to_owned())).unwrap_err().to_text();
        assert!(nobody.contains("--trusted-proxies"), "{nobody}");
        let no_name = read_proxies(&["10.0.0.0/8".to_owned()], Some("a b".to_owned())).unwrap_err().to_text();
        assert!(no_name.contains("`a b` is no name of a header"), "{no_name}");
    }

    #[test]
    fn a_way_of_counting_goes_with_what_it_counts_in() {
        let of = |mode: Option<&str>, redis: Option<&str>| {
            let mode = mode.map(|word| <LimitsMode as clap::ValueEnum>::from_str(word, false).unwrap());
            let flags = Flags { limits_mode: mode, redis_url: redis.map(str::to_owned), ..Flags::default() };
            Settings::read(flags, None).map(|settings| settings.key_limits.mode.map(LimitMode::as_str))
        };
        let redis = Some("redis://127.0.0.1");
        assert_eq!([of(None, None).unwrap(), of(None, redis).unwrap()], [None, None]);
        assert_eq!(
            [of(Some("exact"), redis).unwrap(), of(Some("local"), None).unwrap()],
            [Some("exact"), Some("local")]
        );
        let alone = of(Some("exact"), None).unwrap_err().to_text();
        assert!(alone.contains("--redis-url") && alone.contains("`exact`"), "{alone}");
        let both = of(Some("local-share"), redis).unwrap_err().to_text();
        assert!(both.contains("--redis-away"), "{both}");
    }

    #[test]
    fn limits_are_a_table_of_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("argus.toml");
        fs::write(&file, "[limits]\nrequest_bytes = 4096\n").unwrap();
        assert_eq!(Settings::read(Flags::default(), Some(&file)).unwrap().limits.request_bytes, 4096);
        fs::write(&file, "[limits]\nrequest_byte = 4096\n").unwrap();
        let wrong = Settings::read(Flags::default(), Some(&file)).unwrap_err();
        assert_eq!(wrong.message(), "there is no limit `request_byte`; did you mean `request_bytes`?");
    }

    #[test]
    fn a_wrong_setting_is_told_with_its_line() {
        let path = Path::new("argus.toml");
        let wrong = SettingsFile::parse(path, "role = 'all'\nport = 1\n").unwrap_err();
        assert!(wrong.to_text().starts_with("error: argus.toml:2: unknown field `port`"), "{}", wrong.to_text());
        let wrong = SettingsFile::parse(path, "\nrole = 'both'\n").unwrap_err();
        assert!(wrong.to_text().starts_with("error: argus.toml:2: "), "{}", wrong.to_text());
        let wrong = read_database_url("mysql://argus:s3cret@db/argus").unwrap_err();
        assert!(!wrong.to_text().contains("s3cret"));
        assert_eq!(read_database_url("sqlite:///x/y.db").unwrap().file(), Some(Path::new("/x/y.db")));
        assert!(read_database_url("postgres://argus:s3cret@db/argus").unwrap().file().is_none());
    }

    #[test]
    fn a_trusted_issuer_is_read_and_what_is_wrong_with_one_is_told_with_its_line() {
        let path = Path::new("argus.toml");
        let entry = "[[trusted_issuer]]\nissuer = 'https://ci.example'\njwks_url = 'https://ci.example/jwks.json'\n\
                     audience = 'https://argus.acme.example'\nalgorithms = ['RS256', 'ES256']\n";
        let file = SettingsFile::parse(path, entry).unwrap();
        let [issuer] = file.issuers.as_slice() else { panic!() };
        assert_eq!((issuer.issuer.as_str(), issuer.algorithms.len()), ("https://ci.example", 2));
        for (from, to, line) in [
            ("'https://ci.example'", "''", 2),
            ("'https://ci.example'", "'019a3c5e-0000-7000-8000-000000000001'", 2),
            ("'https://ci.example/jwks.json'", "'http://ci.example/jwks.json'", 3),
            ("'https://ci.example/jwks.json'", "'https://a:b@ci.example/'", 3),
            ("'https://argus.acme.example'", "' '", 4),
            ("'ES256'", "'HS256'", 5),
            ("algorithms", "algorithm", 5),
            ("['RS256', 'ES256']", "'RS256'", 5),
        ] {
            assert!(entry.contains(from));
            let wrong = SettingsFile::parse(path, &entry.replacen(from, to, 1)).unwrap_err().to_text();
            assert!(wrong.starts_with(&format!("error: argus.toml:{line}: ")), "{from} {to}: {wrong}");
        }
        let twice = SettingsFile::parse(path, &format!("{entry}{entry}")).unwrap_err().to_text();
        assert!(twice.starts_with("error: argus.toml:7: two entries"), "{twice}");
    }
}
