//! Every metric of a decision point, in the order in which `argus help metrics` explains them.

use argus_http::Metric;

/// What the exporter writes: its handles have these names.
#[rustfmt::skip]
pub(super) static COUNTED: &[Metric] = &[
    Metric::counter("argus_decisions_total", &["door", "decision", "reason"], "Decisions, by door, decision and reason."),
    Metric::counter("argus_limits_total", &["kind", "outcome"], "Limits that admitted a use, or refused it, by how they count."),
    Metric::gauge("argus_limit_buckets", &[], "Buckets that limits are counted in."),
    Metric::gauge("argus_limit_buckets_cap", &[], "How many of them there may be."),
    Metric::counter("argus_limit_buckets_reclaimed_total", &[], "Buckets that gave way because they owed nothing."),
    Metric::counter("argus_limit_overflow_total", &[], "Uses for which there was no bucket of their own at the cap."),
    Metric::gauge("argus_quota_uses_unwritten", &[], "Uses of quotas that would be forgotten if this node were killed now."),
    Metric::counter("argus_quota_write_failures_total", &[], "Attempts to write what is used of quotas that failed."),
    Metric::gauge("argus_reservations_open", &[], "Uses that are reserved and not yet settled."),
    Metric::counter("argus_reservations_total", &["outcome"], "Reserved uses, by what became of them: settled, overdue (given back), turned_away (no room)."),
    Metric::gauge("argus_limits_counted", &["by"], "1 for how limits are counted now: exact, leased, local-share, local, allow or deny."),
    Metric::gauge("argus_limit_nodes", &[], "Among how many nodes limits are divided; 0 while this one has no share of them."),
    Metric::gauge("argus_redis_away", &[], "Whether the Redis that limits are counted in can't be used."),
    Metric::counter("argus_redis_checks_total", &["outcome"], "Decisions that Redis was asked about, by whether it answered in time; leased: not asked, taken before."),
    Metric::gauge("argus_limit_leased", &[], "How much of limits this node has taken from Redis to let through without asking."),
    Metric::counter("argus_decisions_without_redis_total", &["choice"], "Uses of keys with limits while Redis was away, by what was chosen for that."),
    Metric::counter("argus_refused_total", &["at"], "Requests refused before a decision."),
    Metric::counter("argus_derivations_total", &[], "Secrets derived: 60 ms of a core each."),
    Metric::counter("argus_derivations_in_background_total", &[], "Derivations that renewed what is remembered."),
    Metric::counter("argus_secrets_strengthened_total", &[], "Secrets hashed anew with more iterations, at a use."),
    Metric::counter("argus_derivations_shared_total", &[], "Requests that waited for another's derivation."),
    Metric::counter("argus_verified_from_memory_total", &[], "Keys verified without a derivation."),
    Metric::counter("argus_refused_from_memory_total", &[], "Wrong keys refused without a second derivation."),
    Metric::counter("argus_credentials_refused_total", &["cause"], "Keys refused, by cause. Forged ones are an attack."),
    Metric::counter("argus_verifications_busy_total", &["cause"], "Keys that could not be looked at, by cause."),
    Metric::counter("argus_uses_while_rotated_total", &["secret"], "Uses of keys with two secrets, by which of them: the older one's share falls to none before its grace ends."),
    Metric::counter("argus_obligations_total", &["outcome"], "Revocations that policies demand, by what became of them."),
    Metric::counter("argus_usage_events_total", &[], "Decisions that were counted for the usage of keys, and costs that were settled."),
    Metric::counter("argus_usage_events_dropped_total", &[], "Decisions missing in the usage of keys: too many waited."),
    Metric::gauge("argus_usage_events_waiting", &[], "Decisions that are not yet in the usage of keys."),
    Metric::counter("argus_usage_events_written_total", &[], "Decisions that stand in the usage of keys."),
    Metric::counter("argus_usage_write_failures_total", &[], "Attempts to write usage that failed, and were repeated."),
    Metric::counter("argus_usage_acts_total", &[], "Uses of scopes on Argus's own resources that were counted: administrative acts, and the asking for decisions."),
    Metric::counter("argus_usage_acts_dropped_total", &[], "Such uses missing in the usage of keys: too many waited."),
    Metric::counter("argus_decision_log_entries_total", &[], "Decisions that were taken for the log of decisions."),
    Metric::counter("argus_decision_log_entries_dropped_total", &[], "Decisions missing in the log: too many waited."),
    Metric::gauge("argus_decision_log_entries_waiting", &[], "Decisions that are not yet in the log."),
    Metric::counter("argus_decision_log_entries_written_total", &[], "Decisions that stand in the log."),
    Metric::counter("argus_decision_log_write_failures_total", &[], "Attempts to write the log that failed."),
    Metric::counter("argus_journal_uses_total", &[], "Uses of durable keys that were written to the journal before their answer."),
    Metric::counter("argus_journal_syncs_total", &[], "Writes of the journal that were synced, each of all uses that waited for it."),
    Metric::counter("argus_journal_write_failures_total", &[], "Writes of the journal that failed: their uses were not answered."),
    Metric::gauge("argus_journal_bytes", &[], "Octets of the journal that wait to be counted in the store."),
    Metric::gauge("argus_verified_remembered", &[], "Keys that are verified without a derivation."),
    Metric::gauge("argus_snapshot_sequence", &[], "The last line of the change feed that is taken in."),
    Metric::gauge("argus_snapshot_age_seconds", &[], "Seconds since the store was last read."),
    Metric::gauge("argus_snapshot_credentials", &[], "Credentials in the snapshot."),
    Metric::gauge("argus_policies_loaded", &[], "Policy documents in force."),
    Metric::gauge("argus_policies_faulty", &[], "Whether the policies in the folder are refused."),
    Metric::gauge("argus_clock_ahead_seconds", &[], "How far this machine's clock is ahead of the database's."),
    Metric::gauge("argus_store_away", &[], "Whether the store can't be read."),
    Metric::gauge("argus_tls_faulty", &[], "How many sets of files for TLS are refused."),
    Metric::gauge("argus_geoip_faulty", &[], "Whether a database of countries or systems is refused."),
];

/// How long requests take.
pub(super) static DURATION: Metric = Metric::histogram(
    "argus_decision_duration_seconds",
    &["door"],
    "From the arrival of a request to its written answer.",
);

/// How far behind decisions are.
pub(super) static FEED_LAG: Metric = Metric::histogram(
    "argus_feed_lag_seconds",
    &[],
    "From an administrative act until decisions know of it, by the clocks of the two nodes.",
);

/// Whose policies decide.
pub(super) static POLICY_ROOT: Metric = Metric::gauge(
    "argus_policy_root_info",
    &["id", "version", "origin"],
    "The root policy in force where an organisation adds none of its own; always 1.",
);

/// Which program this is.
pub(super) static BUILD: Metric = Metric::gauge("argus_build_info", &["version"], "The version of argus; always 1.");

/// Connections to the database.
pub(super) static CONNECTIONS: Metric = Metric::gauge(
    "argus_store_connections",
    &["pool", "state"],
    "Connections to the database, by what they are for and whether they are lent.",
);

/// How many there may be.
pub(super) static CONNECTIONS_CAP: Metric =
    Metric::gauge("argus_store_connections_cap", &["pool"], "How many connections to the database there may be.");

/// Waits that came to nothing.
pub(super) static CONNECTIONS_BUSY: Metric = Metric::counter(
    "argus_store_busy_total",
    &["pool"],
    "Reads and writes that were given up because all connections were lent for too long.",
);

/// All of them.
pub fn metrics() -> impl Iterator<Item = &'static Metric> {
    let others = [&DURATION, &FEED_LAG, &POLICY_ROOT, &BUILD, &CONNECTIONS, &CONNECTIONS_CAP, &CONNECTIONS_BUSY];
    COUNTED.iter().chain(others)
}
