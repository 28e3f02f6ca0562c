//! `GET /metrics`: what the administration counts. Decisions are counted by the decision points, each in its own.

use actix_web::http::header::{CONTENT_TYPE, HeaderValue};
use actix_web::{HttpResponse, web};
use argus_admin::{Admin, OauthCounts, Vitals};
use argus_http::Exposition;

use crate::metrics::{
    ANOMALIES, AUDIT, BUILD, CONNECTIONS, CONNECTIONS_BUSY, CONNECTIONS_CAP, DEAD, DELIVERIES, FEED, INTROSPECTED,
    ISSUED, NODES, NOTICES, REFUSED, REVOKED, SIGNED, SIGNING_AGE, SIGNING_KEYS, SLOWEST, STORE_AWAY, Watched,
};

const MEDIA_TYPE: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");

/// Show the metrics in Prometheus' text form: requests and refusals of this node, access tokens, notices, what the clock
/// brings about, and how the installation is. `argus help metrics` explains each.
///
/// They hold no names of organisations, keys or people.
#[utoipa::path(
    get, path = "/metrics", tag = "health", security(()),
    responses((status = 200, description = "The metrics.", body = String, content_type = "text/plain"))
)]
pub(crate) async fn show_metrics(admin: web::Data<Admin>, watched: web::Data<Watched>) -> HttpResponse {
    let mut exposition = Exposition::default();
    watched.write_to(&mut exposition);
    write_oauth(&mut exposition, admin.oauth_counts());
    write_connections(&mut exposition, &admin);
    let vitals = admin.vitals().await;
    exposition.plain(&STORE_AWAY, u8::from(vitals.is_none()));
    // What is not known is not told as nought.
    if let Some(vitals) = vitals {
        write_vitals(&mut exposition, &vitals, admin.seconds_since(vitals.signing_since));
    }
    for more in &watched.more {
        more.write_to(&mut exposition);
    }
    HttpResponse::Ok().insert_header((CONTENT_TYPE, MEDIA_TYPE)).body(exposition.into_text())
}

fn write_oauth(exposition: &mut Exposition, counts: &OauthCounts) {
    exposition.plain(&ISSUED, counts.issued());
    let [active, inactive] = counts.introspected();
    exposition.head(&INTROSPECTED);
    exposition.line(&INTROSPECTED, &["true"], active);
    exposition.line(&INTROSPECTED, &["false"], inactive);
    exposition.plain(&REVOKED, counts.revoked());
    exposition.head(&REFUSED);
    for (endpoint, error, count) in counts.refused() {
        exposition.line(&REFUSED, &[endpoint.as_str(), error], count);
    }
}

fn write_connections(exposition: &mut Exposition, admin: &Admin) {
    exposition.head(&BUILD);
    exposition.line(&BUILD, &[env!("CARGO_PKG_VERSION")], 1);
    let connections = admin.connections();
    exposition.head(&CONNECTIONS);
    for (pool, connections) in &connections {
        exposition.line(&CONNECTIONS, &[pool, "lent"], connections.lent);
        exposition.line(&CONNECTIONS, &[pool, "idle"], connections.idle);
    }
    exposition.head(&CONNECTIONS_CAP);
    for (pool, connections) in &connections {
        exposition.line(&CONNECTIONS_CAP, &[pool], connections.cap);
    }
    exposition.head(&CONNECTIONS_BUSY);
    for (pool, connections) in &connections {
        exposition.line(&CONNECTIONS_BUSY, &[pool], connections.busy);
    }
}

fn write_vitals(exposition: &mut Exposition, vitals: &Vitals, signing_seconds: u64) {
    exposition.plain(&FEED, vitals.feed_sequence);
    exposition.plain(&NODES, vitals.deciding_nodes);
    exposition.plain(&SLOWEST, vitals.slowest_sequence.unwrap_or(vitals.feed_sequence));
    exposition.plain(&AUDIT, vitals.audit_sequence);
    exposition.plain(&SIGNED, vitals.signed_sequence);
    exposition.head(&SIGNING_KEYS);
    for (state, count) in &vitals.signing_keys {
        exposition.line(&SIGNING_KEYS, &[state.as_str()], count);
    }
    exposition.plain(&SIGNING_AGE, signing_seconds);
    exposition.head(&ANOMALIES);
    for (severity, count) in &vitals.anomalies_open {
        exposition.line(&ANOMALIES, &[severity.as_str()], count);
    }
    exposition.plain(&NOTICES, vitals.notices_waiting);
    exposition.plain(&DELIVERIES, vitals.deliveries_waiting);
    exposition.plain(&DEAD, vitals.deliveries_dead);
}
