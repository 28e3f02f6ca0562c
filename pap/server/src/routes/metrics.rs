//! `GET /metrics`: what the administration counts. Decisions are counted by the decision points, each in its own.

use std::fmt::Write as _;

use actix_web::http::header::{CONTENT_TYPE, HeaderValue};
use actix_web::{HttpResponse, web};
use argus_admin::{Admin, OauthCounts};

const MEDIA_TYPE: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");

/// Show the metrics in Prometheus' text form: access tokens issued, introspected, revoked and refused by this node.
///
/// They hold no names of organisations, keys or people.
#[utoipa::path(
    get, path = "/metrics", tag = "health", security(()),
    responses((status = 200, description = "The metrics.", body = String, content_type = "text/plain"))
)]
pub(crate) async fn show_metrics(admin: web::Data<Admin>) -> HttpResponse {
    HttpResponse::Ok().insert_header((CONTENT_TYPE, MEDIA_TYPE)).body(text(admin.oauth_counts()))
}

fn text(counts: &OauthCounts) -> String {
    let mut text = String::new();
    let [active, inactive] = counts.introspected();
    let plain = |count: u64| vec![(String::new(), count)];
    let is_active = |is: bool, count: u64| (format!("{{active=\"{is}\"}}"), count);
    let of_error = |(endpoint, error, count): (argus_admin::OauthEndpoint, &str, u64)| {
        (format!("{{endpoint=\"{}\",error=\"{error}\"}}", endpoint.as_str()), count)
    };
    for (name, about, counted) in [
        ("argus_tokens_issued_total", "Access tokens that were issued.", plain(counts.issued())),
        (
            "argus_tokens_introspected_total",
            "Access tokens that were asked about, by whether they were good for whoever asked.",
            vec![is_active(true, active), is_active(false, inactive)],
        ),
        ("argus_tokens_revoked_total", "Access tokens that were revoked by themselves.", plain(counts.revoked())),
        (
            "argus_tokens_refused_total",
            "Requests to the endpoints of OAuth that were refused, by endpoint and error.",
            counts.refused().map(of_error).collect(),
        ),
    ] {
        // Writing to a string never fails.
        let _ = writeln!(text, "# HELP {name} {about}\n# TYPE {name} counter");
        for (labels, count) in counted {
            let _ = writeln!(text, "{name}{labels} {count}");
        }
    }
    text
}
