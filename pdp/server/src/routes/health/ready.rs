//! GET /readyz

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::web::Data;
use chrono::{DateTime, SecondsFormat};
use serde::Serialize;
use utoipa::ToSchema;

use crate::moment::Moment;
use crate::pdp::{Report, Shared};
use crate::places::PlaceSource;
use crate::policies::PolicyProblem;

/// Problems of policies that are listed. The log has them all.
const LISTED: usize = 20;

/// How the decision point is.
#[derive(Serialize, ToSchema)]
struct Readiness {
    /// `ready`, `degraded` where it decides by what it knew before, or `not_ready`.
    status: &'static str,
    snapshot: SnapshotState,
    policies: PolicyState,
    geoip: GeoipState,
    tls: TlsState,
    store: StoreState,
    clock: ClockState,
    limits: LimitState,
}

#[derive(Serialize, ToSchema)]
struct SnapshotState {
    sequence: i64,
    age_seconds: i64,
    /// After so many seconds without the store, nothing is decided any more; null: it never is too old.
    longest_staleness_seconds: Option<u64>,
}

#[derive(Serialize, ToSchema)]
struct PolicyState {
    documents: usize,
    origin: &'static str,
    /// Why what lies in the folder is not in force.
    problems: Vec<Problem>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = PolicyProblem)]
struct Problem {
    file: String,
    line: Option<usize>,
    column: Option<usize>,
    code: Option<&'static str>,
    message: String,
}

#[derive(Serialize, ToSchema)]
struct GeoipState {
    databases: Vec<Geoip>,
    /// Why a database is another than the one in its file.
    problems: Vec<String>,
}

#[derive(Serialize, ToSchema)]
struct TlsState {
    /// Why what is used is another than what lies in the files.
    problems: Vec<String>,
}

#[derive(Serialize, ToSchema)]
struct Geoip {
    file: String,
    kind: String,
    built_at: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct LimitState {
    /// How limits are counted: `exact` (all nodes together in Redis), `leased` (the same, by
    /// what each took there before), `local-share` (each node its share of them) or `local`
    /// (each node all of them).
    mode: &'static str,
    /// How they are counted now: as `mode` says, or, while Redis is away, by what is set for that.
    counted_by: &'static str,
    /// Where each node counts its share: among how many nodes limits are divided; 0: this one has no share yet. Else null.
    nodes: Option<u32>,
    /// The Redis that limits are counted in together with other nodes; null: each node counts by itself.
    redis: Option<String>,
    /// Why it is away.
    problem: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct StoreState {
    problem: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct ClockState {
    /// How far this machine's clock is ahead of the database's; negative: behind.
    ahead_milliseconds: i64,
    problem: Option<String>,
}

/// Show whether decisions may be asked for.
///
/// With a faulty policy folder or a store that is away it goes on with what it knows, and says so; 503 only when that is
/// too old to be trusted.
#[utoipa::path(
    get, path = "/readyz", tag = "health", security(()),
    responses(
        (status = 200, description = "It may be asked: `ready`, or `degraded` where something is to be mended.", body = Readiness),
        (status = 503, description = "It may not: `not_ready`.", body = Readiness)
    )
)]
pub(in crate::routes) async fn show_readiness(shared: Data<Shared>) -> HttpResponse {
    let report = shared.report(Moment::now());
    let status = if report.is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    HttpResponse::build(status)
        .insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .json(Readiness::from(report))
}

impl From<Report> for Readiness {
    fn from(report: Report) -> Self {
        let problems = report.policy_fault.map(|fault| fault.problems).unwrap_or_default();
        let is_sound = problems.is_empty() && report.store_fault.is_none();
        let is_sound =
            is_sound && report.place_faults.is_empty() && report.tls_faults.is_empty() && report.clock_fault.is_none();
        let is_sound = is_sound && report.redis_fault.is_none();
        let status = match (report.is_ready, is_sound) {
            (true, true) => "ready",
            (true, false) => "degraded",
            (false, _) => "not_ready",
        };
        Self {
            status,
            snapshot: SnapshotState {
                sequence: report.sequence,
                age_seconds: report.age_seconds,
                longest_staleness_seconds: report.longest_staleness_seconds,
            },
            policies: PolicyState {
                documents: report.policy_documents,
                origin: report.policy_origin.as_str(),
                problems: problems.into_iter().take(LISTED).map(Into::into).collect(),
            },
            geoip: GeoipState {
                databases: report.places.into_iter().map(Into::into).collect(),
                problems: report.place_faults.iter().map(ToString::to_string).collect(),
            },
            tls: TlsState { problems: report.tls_faults.iter().map(ToString::to_string).collect() },
            store: StoreState { problem: report.store_fault },
            clock: ClockState { ahead_milliseconds: report.clock_ahead_milliseconds, problem: report.clock_fault },
            limits: LimitState {
                mode: report.limit_mode.as_str(),
                counted_by: report.limits_by,
                nodes: report.limit_nodes,
                redis: report.redis,
                problem: report.redis_fault,
            },
        }
    }
}

impl From<PlaceSource> for Geoip {
    fn from(source: PlaceSource) -> Self {
        let built_at =
            i64::try_from(source.built_at_seconds).ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        let built_at = built_at.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true));
        Self { file: source.path.display().to_string(), kind: source.kind, built_at }
    }
}

impl From<PolicyProblem> for Problem {
    fn from(problem: PolicyProblem) -> Self {
        let PolicyProblem { file, place, code, message } = problem;
        Self { file, line: place.map(|(line, _)| line), column: place.map(|(_, column)| column), code, message }
    }
}
