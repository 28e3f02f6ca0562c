//! Every metric of the administration, in the order in which `argus help metrics` explains them.

use argus_http::Metric;

macro_rules! metrics {
    ($($name:ident = $make:ident($text:literal, [$($label:literal),*], $help:literal);)+) => {
        $(pub(crate) static $name: Metric = Metric::$make($text, &[$($label),*], $help);)+

        /// All of them.
        pub fn metrics() -> impl Iterator<Item = &'static Metric> {
            [$(&$name),+].into_iter()
        }
    };
}

#[rustfmt::skip]
metrics! {
    REQUESTS = counter("argus_administration_requests_total", ["method", "status"],
        "Requests to the administration, by method and class of status.");
    DURATION = histogram("argus_administration_request_duration_seconds", [],
        "From the arrival of a request to its answer.");
    PROBLEMS = counter("argus_administration_problems_total", ["code"],
        "Requests that were refused, by the code of the problem: `credential-refused` is a wrong key.");
    ISSUED = counter("argus_tokens_issued_total", [], "Access tokens that were issued.");
    INTROSPECTED = counter("argus_tokens_introspected_total", ["active"],
        "Access tokens that were asked about, by whether they were good for whoever asked.");
    REVOKED = counter("argus_tokens_revoked_total", [], "Access tokens that were revoked by themselves.");
    REFUSED = counter("argus_tokens_refused_total", ["endpoint", "error"],
        "Requests to the endpoints of OAuth that were refused, by endpoint and error.");
    BUILD = gauge("argus_build_info", ["version"], "The version of argus; always 1.");
    CONNECTIONS = gauge("argus_store_connections", ["pool", "state"],
        "Connections to the database, by what they are for and whether they are lent.");
    CONNECTIONS_CAP = gauge("argus_store_connections_cap", ["pool"],
        "How many connections to the database there may be.");
    CONNECTIONS_BUSY = counter("argus_store_busy_total", ["pool"],
        "Reads and writes that were given up because all connections were lent for too long.");
    STORE_AWAY = gauge("argus_store_away", [], "Whether the store can't be read.");
    FEED = gauge("argus_feed_sequence", [], "The newest line of the change feed.");
    NODES = gauge("argus_deciding_nodes", [],
        "Nodes that decide and were heard of lately; 0 where the database is a file, which no other node is on.");
    SLOWEST = gauge("argus_feed_slowest_sequence", [],
        "The last line of the change feed that the slowest of these nodes knows; the newest one where there is none.");
    AUDIT = gauge("argus_audit_sequence", [], "The last entry of the audit.");
    SIGNED = gauge("argus_audit_signed_sequence", [], "The last entry that a signed checkpoint vouches for.");
    SIGNING_KEYS = gauge("argus_signing_keys", ["state"], "Keys that sign access tokens, by where they are in their life.");
    SIGNING_AGE = gauge("argus_signing_key_age_seconds", [],
        "For how long the key has signed that signs now; 0 where none does yet.");
    ANOMALIES = gauge("argus_anomalies_open", ["severity"], "Alerts about keys that nobody has looked at, by severity.");
    NOTICES = gauge("argus_notices_waiting", [],
        "Notices that are due and on their way to nobody: their organisation may have no contact.");
    DELIVERIES = gauge("argus_deliveries_waiting", [], "Deliveries of notices that are tried, now or later.");
    DEAD = gauge("argus_deliveries_dead", [], "Deliveries of notices that were given up, until they are forgotten.");
}
