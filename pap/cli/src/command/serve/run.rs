//! The start, in an order in which nothing has to be undone: lock, listeners, keys, first administrator, decision
//! point, servers.

use std::fs::DirBuilder;
use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use actix_web::dev::{Server, ServerHandle};
use actix_web::rt::System;
use actix_web::web::Data;
use actix_web::{App, HttpServer};
use argus_admin::{Addresses, Admin, Issuer, Parts, ThisNode};
use argus_credentials::{TagKeys, TrustedProxies, self_test};
use argus_http::{MoreMetrics, SdkTracer};
use argus_insight::decisions::DecisionLogging;
use argus_insight::notify::Carrier;
use argus_insight::usage::Metering;
use argus_pap::Watched;
use argus_pdp::{ClientTrust, DecisionLog, Pdp, Presence, ServerTls, TagKeySource, UsageSink, keep_certificate};
use argus_store::{PageSize, Store, StoreError, organisation};
use chrono::{DateTime, Utc};
use rustls::ServerConfig;
use tokio::sync::watch;
use tracing::info;

use super::audit::{self, Audit};
use super::authority::Decisions;
use super::banner::Banner;
use super::bootstrap::{self, Bootstrap};
use super::decision_log;
use super::failure::{of_start, of_store, of_tls, settings as failure};
use super::issuer;
use super::listen::{self, Listeners};
use super::master_key::open_tag_keys;
use super::memory;
use super::metering;
use super::metrics::{Carried, Process, Sweeps};
use super::quotas::QuotaNotices;
use super::settings::Settings;
use super::signals::Signals;
use super::sweep::Sweeping;
use super::traces::Tracing;
use super::watch::Watching;
use super::{Role, Switch};
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::progress::Progress;

/// How long requests under way may take when the server is told to stop.
const GRACE_SECONDS: u64 = 10;

/// Threads that serve the administration. What takes time in it is done elsewhere.
const ADMINISTRATION_WORKERS: usize = 1;

/// Begins to serve, in the clear or over TLS. The two servers have no type in common that can be named.
macro_rules! listen {
    ($server:expr, $socket:expr, $tls:expr) => {{
        let server = $server.tcp_nodelay(true).shutdown_timeout(GRACE_SECONDS).disable_signals();
        let server = server.on_connect(keep_certificate);
        let listening = match $tls {
            Some(tls) => server.listen_rustls_0_23($socket, tls_config(tls)?),
            None => server.listen($socket),
        };
        Ok(listening.map_err(|error| our_fault(&error))?.run())
    }};
}

/// Everything that is served.
struct Installation {
    pdp: Pdp,
    admin: Admin,
    bootstrap: Option<Bootstrap>,
    trusted_proxies: TrustedProxies,
    tls: Option<ServerTls>,
    /// Counts until the servers have ended.
    _metering: Option<Metering>,
    /// Tells owners of keys, where this node administers.
    carrier: Option<Carrier>,
    /// Logs decisions until then.
    _logging: Option<DecisionLogging>,
    /// Signs until the servers have ended.
    _audit: Option<Audit>,
    /// Sends spans until then.
    _tracing: Option<Tracing>,
    /// What the administration tells besides what it counts itself.
    watched: Watched,
}

impl Installation {
    fn begin_sweeping(&mut self, store: &Store, settings: &Settings) -> Result<Sweeping, Failure> {
        let counts = Arc::<Sweeps>::default();
        self.watched.tell_of(Arc::clone(&counts) as Arc<dyn MoreMetrics>);
        Sweeping::begin(store, &self.pdp, settings, counts)
    }
}

/// Starts everything, says that it is ready, and serves until a signal ends it.
pub(super) fn serve(console: &Console, settings: &Settings, new_key: bool, since: Instant) -> Result<Exit, Failure> {
    self_test().map_err(|error| Failure::new(Exit::Bug, "internal", error.to_string()))?;
    if settings.core_dumps == Switch::Off {
        memory::forbid_dumps().map_err(|error| our_fault(&error))?;
    }
    make_data_folder(settings)?;
    let store = Store::open(&settings.database).map_err(|error| of_store(&error, settings))?;
    let is_new = is_empty(&store).map_err(|error| of_store(&error, settings))?;
    let (listeners, addresses) = Listeners::bind(settings)?;
    let guidance = guidance_addresses(console, settings, &addresses)?;
    let mut installation = install(console, settings, &store, (guidance, addresses.of_node()), new_key)?;
    let _sweeping = (settings.role != Role::Pdp).then(|| installation.begin_sweeping(&store, settings)).transpose()?;
    let is_watched = settings.role != Role::Pdp && settings.anomalies == Switch::On;
    let _watching = is_watched.then(|| Watching::begin(&store)).transpose()?;
    let report = installation.pdp.report();
    let bootstrap = installation.bootstrap.take();
    let ready = move || {
        // Shown once, and then let go of.
        let bootstrap = bootstrap;
        let (addresses, report, bootstrap) = (&addresses, &report, bootstrap.as_ref());
        let banner = Banner { settings, addresses, report, bootstrap, is_new, took: since.elapsed() };
        if console.is_json() { console.print_json(&banner.to_json()) } else { console.print(banner.in_words()) }
    };
    System::new().block_on(async {
        let decisions = listeners.decisions.map(|socket| serve_decisions(&installation, socket));
        let administration = listeners.administration.map(|socket| serve_administration(&installation, socket));
        let (decisions, administration) = (decisions.transpose()?, administration.transpose()?);
        let signals = Signals::catch().map_err(|error| our_fault(&error))?;
        ready()?;
        if administration.is_some() {
            actix_web::rt::spawn(issuer::keep_signing_keys(installation.admin.clone()));
        }
        let (end, ended) = watch::channel(false);
        let carrying = installation.carrier.clone().map(|carrier| actix_web::rt::spawn(carrier.run(ended)));
        actix_web::rt::spawn(stop_at(
            signals,
            [&decisions, &administration].map(|server| server.as_ref().map(Server::handle)),
        ));
        tokio::try_join!(to_the_end(decisions), to_the_end(administration))?;
        // What is under way is finished, or made again by another start.
        let _ = end.send(true);
        if let Some(carrying) = carrying {
            // A panic of that task has been told.
            let _ = carrying.await;
        }
        Ok(())
    })?;
    installation.pdp.leave();
    info!("stopped");
    Ok(Exit::Done)
}

/// The database may be elsewhere, and the master key and the checkpoints of the audit still come into this folder.
fn make_data_folder(settings: &Settings) -> Result<(), Failure> {
    let holds_master_key = settings.tag_key_file.is_none() && settings.master_key_file.starts_with(&settings.data_dir);
    let holds_checkpoints =
        settings.role != Role::Pdp && settings.audit_checkpoints_file.starts_with(&settings.data_dir);
    if !holds_master_key && !holds_checkpoints {
        return Ok(());
    }
    let mut folder = DirBuilder::new();
    folder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    folder.create(&settings.data_dir).map_err(|error| {
        failure(format!("can't open `{}`: {error}", settings.data_dir.display()))
            .help("let this user write there, or choose another folder with --data-dir (ARGUS_DATA_DIR)")
    })
}

fn is_empty(store: &Store) -> Result<bool, StoreError> {
    store.read(|conn| Ok(organisation::list(conn, None, PageSize::default())?.items.is_empty()))
}

/// Where those who integrate find what is served here: behind a proxy they find it elsewhere than where it listens.
fn guidance_addresses(
    console: &Console,
    settings: &Settings,
    listened: &listen::Addresses,
) -> Result<Addresses, Failure> {
    let decisions = settings.pdp_url.clone().or(listened.decisions.map(listen::Address::url));
    let administration = console
        .url()
        .filter(|url| !url.is_empty())
        .map(str::to_owned)
        .or(listened.administration.map(listen::Address::url));
    let issuer = settings.issuer.as_deref().or(administration.as_deref());
    issuer.map_or(Ok(()), issuer::check_name)?;
    Addresses::new(decisions.as_deref(), administration.as_deref(), issuer).map_err(|error| {
        failure(error.to_string())
            .help("correct --pdp-url (ARGUS_PDP_URL), --url (ARGUS_URL) or --issuer (ARGUS_ISSUER)")
    })
}

fn install(
    console: &Console,
    settings: &Settings,
    store: &Store,
    (addresses, address): (Addresses, String),
    new_key: bool,
) -> Result<Installation, Failure> {
    let (at, hasher) = (Utc::now(), settings.hasher);
    let source = open_tag_keys(settings, store, at)?;
    let tag_keys: Arc<TagKeys> = source.load(store).map_err(|error| {
        failure(error.to_string())
            .help("name the master key of this installation with --master-key-file (ARGUS_MASTER_KEY_FILE)")
    })?;
    let bootstrap = bootstrap::make(settings, store, &tag_keys, hasher, (new_key, at))?;
    let master_key = issuer::master_key(&source);
    let tls = settings.server_tls.clone().map(ServerTls::open).transpose();
    let tls = tls.map_err(|fault| of_tls(&fault, "--tls-certificate and --tls-key"))?;
    let audit = begin_audit(settings, store, &source, at)?;
    let role = settings.role.of_node();
    let presence = Presence { role, address: address.clone() };
    let progress = Progress::new(console, "reading", "policies");
    let carrier =
        (settings.role != Role::Pdp).then(|| settings.notices.carrier(store, master_key.clone())).transpose()?;
    let (usage, queues) = (settings.usage == Switch::On).then(|| metering::ends(store)).unzip();
    let acts = usage.clone().filter(|_| !role.decides()).map(metering::Acts);
    let log = if role.decides() { decision_log::begin(&settings.decision_log, store)? } else { None };
    let (log, logging) = log.unzip();
    let of_node = (addresses.issuer(), presence, tls.as_ref());
    let spans = Arc::default();
    let tracing = settings.traces.begin(&spans)?;
    let process: Arc<dyn MoreMetrics> = Arc::new(Process { began: at, spans });
    let spans = tracing.as_ref().map(|tracing| tracing.tracer.clone());
    let told = Told { usage, log, spans: spans.clone(), more: Arc::clone(&process) };
    let pdp = start_decisions(settings, store, source, of_node, told, &progress)?;
    drop(progress);
    let is_watched = settings.anomalies == Switch::On;
    if queues.is_none() {
        metering::leave_out(store, role)?;
    }
    let metering = queues.map(|queues| metering::begin(store, (&pdp, role), queues, is_watched)).transpose()?;
    if let Some(bootstrap) = &bootstrap {
        pdp.prime(&bootstrap.secret);
    }
    let parts = Parts {
        store: store.clone(),
        authority: Arc::new(Decisions { pdp: pdp.clone(), is_asked: role.decides() }),
        tag_keys,
        hasher,
        clock: Arc::new(Utc::now),
        issuer: Issuer {
            sees_certificates: tls.is_some() || settings.trusted_proxies.hand_on_certificates(),
            ..settings.tokens.issuer(addresses.issuer(), master_key)
        },
        addresses,
        node: ThisNode { id: pdp.node_id(), role, address },
        audit: audit.as_ref().map(|audit| Arc::clone(&audit.tender)),
    };
    let trusted_proxies = settings.trusted_proxies.clone();
    let mut watched = Watched::default();
    watched.tell_of(process);
    if let Some(acts) = acts {
        watched.tell_of(Arc::new(acts));
    }
    if let Some(spans) = spans {
        watched.trace_to(spans);
    }
    if let Some(carrier) = &carrier {
        watched.tell_of(Arc::new(Carried(carrier.counted())));
    }
    if let Some(audit) = &audit {
        watched.tell_of(Arc::clone(&audit.signings) as Arc<dyn MoreMetrics>);
    }
    Ok(Installation {
        pdp,
        admin: Admin::new(parts),
        bootstrap,
        trusted_proxies,
        tls,
        _metering: metering,
        carrier,
        _logging: logging,
        _audit: audit,
        _tracing: tracing,
        watched,
    })
}

/// A node that only decides does nothing that the audit would tell of, but import policies; it signs nothing.
fn begin_audit(
    settings: &Settings,
    store: &Store,
    source: &TagKeySource,
    at: DateTime<Utc>,
) -> Result<Option<Audit>, Failure> {
    match source {
        _ if settings.role == Role::Pdp => Ok(None),
        TagKeySource::Wrapped(master) => audit::begin(settings, store, master, at).map(Some),
        _ => Err(failure("the administration needs the master key: without it the audit can't be signed")
            .help("leave out --tag-key-file (ARGUS_TAG_KEY_FILE), or serve decisions alone with --role pdp")),
    }
}

/// Whom the decision point tells of its decisions, and who tells something beside it.
struct Told {
    usage: Option<Arc<dyn UsageSink>>,
    log: Option<Arc<dyn DecisionLog>>,
    spans: Option<SdkTracer>,
    more: Arc<dyn MoreMetrics>,
}

fn start_decisions(
    settings: &Settings,
    store: &Store,
    source: TagKeySource,
    (issuer, presence, tls): (Option<&str>, Presence, Option<&ServerTls>),
    told: Told,
    progress: &Progress,
) -> Result<Pdp, Failure> {
    let mut of_pdp = argus_pdp::Settings::new(source);
    of_pdp.hasher = settings.hasher;
    of_pdp.tokens = settings.trust.tokens(issuer)?;
    of_pdp.reach = settings.trust.reach.clone();
    of_pdp.policies = Some(settings.policies.clone());
    of_pdp.longest_staleness = settings.longest_staleness;
    of_pdp.key_limits = settings.key_limits;
    if settings.role == Role::Pap {
        // Who decides nothing counts nothing.
        of_pdp.key_limits.mode = None;
    } else {
        of_pdp.redis.clone_from(&settings.redis);
    }
    of_pdp.journal.clone_from(&settings.journal);
    of_pdp.places = settings.places.clone();
    of_pdp.trusted_proxies = settings.trusted_proxies.clone();
    of_pdp.presence = Some(presence);
    of_pdp.limits = settings.limits;
    of_pdp.usage = told.usage;
    of_pdp.quotas = Some(Arc::new(QuotaNotices::new(store)));
    of_pdp.spans = told.spans;
    of_pdp.more_metrics = Some(told.more);
    of_pdp.decision_log = told.log;
    of_pdp.client_trust = ClientTrust::open(settings.client_trust.clone())
        .map_err(|fault| of_tls(&fault, "--client-ca-file and --client-crl-files"))?;
    of_pdp.server_tls = tls.cloned().into_iter().collect();
    Pdp::start_telling(of_pdp, store.clone(), &mut || progress.step()).map_err(|error| of_start(&error, settings))
}

fn serve_decisions(installation: &Installation, socket: TcpListener) -> Result<Server, Failure> {
    let pdp = installation.pdp.clone();
    let server = HttpServer::new(move || App::new().configure(|config| pdp.configure(config)));
    let workers = thread::available_parallelism().map_or(1, usize::from);
    listen!(server.workers(workers), socket, &installation.tls)
}

fn serve_administration(installation: &Installation, socket: TcpListener) -> Result<Server, Failure> {
    let (admin, proxies) = (installation.admin.clone(), Data::new(installation.trusted_proxies.clone()));
    let watched = installation.watched.clone();
    let app = move || {
        App::new().app_data(proxies.clone()).configure(argus_pap::configure_watched(admin.clone(), watched.clone()))
    };
    let server = HttpServer::new(app);
    listen!(server.workers(ADMINISTRATION_WORKERS), socket, &installation.tls)
}

/// The configuration of a listener that serves TLS.
fn tls_config(tls: &ServerTls) -> Result<ServerConfig, Failure> {
    tls.config().map_err(|error| our_fault(&io::Error::other(error)))
}

/// Tells the servers to end when a signal comes: what is under way is finished first.
async fn stop_at(signals: Signals, servers: [Option<ServerHandle>; 2]) {
    signals.wait().await;
    for server in servers.into_iter().flatten() {
        server.stop(true).await;
    }
}

/// A server that isn't wanted has ended already.
async fn to_the_end(server: Option<Server>) -> Result<(), Failure> {
    match server {
        Some(server) => server.await.map_err(|error| our_fault(&error)),
        None => Ok(()),
    }
}

fn our_fault(error: &io::Error) -> Failure {
    Failure::new(Exit::Bug, "internal", format!("the servers don't run: {error}"))
}
