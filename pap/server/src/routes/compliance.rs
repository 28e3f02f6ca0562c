//! `GET /v1/compliance/fips`, `GET /v1/compliance/{framework}` and `GET /v1/compliance/breach/{key}`

use actix_web::http::header::{self, ContentType};
use actix_web::{HttpRequest, HttpResponse, web};
use argus_admin::{Admin, ComplianceFormat, ComplianceReport, FipsReport, schema};

use crate::asked::Asked;
use crate::negotiation::{COMPLIANCE, CSV, HTML, ZIP, wished};
use crate::query::Pairs;
use crate::{Problem, etag};

/// Show how keys are managed, control by control of FIPS 140-2 section 4.7, FIPS 140-3 and NIST SP 800-132.
///
/// Each control has the evidence that was read from the running system, and passes or fails. As HTML and as CSV, the
/// report has the form of those of the other frameworks.
#[utoipa::path(
    get, path = "/v1/compliance/fips", tag = "compliance",
    params(("format" = Option<String>, Query, description = "`json`, `html`, `csv`, or `pack`: a signed archive of them, with the audit that bears them out.")),
    responses((
        status = 200, description = "Every control.",
        content((FipsReport = "application/json"), (String = "text/html"), (String = "text/csv"),
            (schema::Pack = "application/zip"))
    )),
    extensions(("x-problems" = json!(["not-permitted"])))
)]
pub(crate) async fn show_fips(request: HttpRequest, asked: Asked<Pairs>) -> Result<HttpResponse, Problem> {
    let (report, format) = asked.admin.show_compliance(&asked.call, "fips", asked.input.0).await?;
    match format.unwrap_or_else(|| liked(&request)) {
        ComplianceFormat::Json => {
            let report = asked.admin.show_fips(&asked.call).await?;
            etag::shown(&request, None, etag::written(&report)?, ContentType::json())
        }
        format => shown(&request, &asked.admin, report, format).await,
    }
}

/// Show what key management can show of a framework's controls, for an organisation and a stretch of time.
///
/// Each control has its question, the evidence that was read from the running system, entries of the audit with their
/// places in the chain, and is `pass`, `attention` or `not_covered`, which is computed. The answer is HTML or CSV where
/// `Accept` prefers it, or `format` says so.
#[utoipa::path(
    get, path = "/v1/compliance/{framework}", tag = "compliance",
    params(
        ("framework" = String, Path, description = "`soc2`, `iso27001`, `pci-dss`, `gdpr` or `fips`."),
        ("organisation" = Option<String>, Query,
            description = "The organisation; that of the caller's key unless named, and all for a key of `argus`."),
        ("from" = Option<String>, Query, description = "The first moment; 90 days before `to` unless told."),
        ("to" = Option<String>, Query, description = "The moment up to which it goes; now unless told."),
        ("format" = Option<String>, Query, description = "`json`, `html`, `csv`, or `pack`: a signed archive of them, with the audit that bears them out.")
    ),
    responses((
        status = 200, description = "The report.",
        content((ComplianceReport = "application/json"), (String = "text/html"), (String = "text/csv"),
            (schema::Pack = "application/zip"))
    )),
    extensions(("x-problems" = json!(["not-permitted", "plan-limit", "not-found", "invalid-field", "unknown-field"])))
)]
pub(crate) async fn show_compliance(
    request: HttpRequest,
    asked: Asked<(web::Path<String>, Pairs)>,
) -> Result<HttpResponse, Problem> {
    let (framework, query) = asked.input;
    let (report, format) = asked.admin.show_compliance(&asked.call, &framework, query.0).await?;
    shown(&request, &asked.admin, report, format.unwrap_or_else(|| liked(&request))).await
}

/// Show all that is known of the use of one key in a stretch of time: what has to be told of its breach.
///
/// What the key is and could do, what stood out, when it was used, what it touched, from where, what it administered, what
/// was done about it and who was told; each with what was read from the running system, and entries of the audit with
/// their places in the chain. The log of decisions tells of single resources and addresses, the counts of usage of the
/// rest. It needs `read` on `audit`, `usage`, `decisions` and `keys` of the key's organisation.
#[utoipa::path(
    get, path = "/v1/compliance/breach/{key}", tag = "compliance",
    params(
        ("key" = String, Path, description = "The id of a key."),
        ("from" = Option<String>, Query, description = "The first moment; 90 days before `to` unless told."),
        ("to" = Option<String>, Query, description = "The moment up to which it goes; now unless told."),
        ("format" = Option<String>, Query, description = "`json`, `html`, `csv`, or `pack`: a signed archive of them, with the audit that bears them out.")
    ),
    responses((
        status = 200, description = "The report.",
        content((ComplianceReport = "application/json"), (String = "text/html"), (String = "text/csv"),
            (schema::Pack = "application/zip"))
    )),
    extensions(("x-problems" = json!(["not-permitted", "not-found", "invalid-field", "unknown-field"])))
)]
pub(crate) async fn show_breach(
    request: HttpRequest,
    asked: Asked<(web::Path<String>, Pairs)>,
) -> Result<HttpResponse, Problem> {
    let (key, query) = asked.input;
    let (report, format) = asked.admin.show_breach(&asked.call, &key, query.0).await?;
    shown(&request, &asked.admin, report, format.unwrap_or_else(|| liked(&request))).await
}

/// The form that `Accept` likes best.
fn liked(request: &HttpRequest) -> ComplianceFormat {
    match wished(request, COMPLIANCE) {
        Some(HTML) => ComplianceFormat::Html,
        Some(CSV) => ComplianceFormat::Csv,
        Some(ZIP) => ComplianceFormat::Pack,
        _ => ComplianceFormat::Json,
    }
}

async fn shown(
    request: &HttpRequest,
    admin: &Admin,
    report: ComplianceReport,
    format: ComplianceFormat,
) -> Result<HttpResponse, Problem> {
    let (body, media) = match format {
        ComplianceFormat::Html => (report.to_html(), "text/html; charset=utf-8"),
        ComplianceFormat::Csv => (report.to_csv(), "text/csv; charset=utf-8"),
        ComplianceFormat::Pack => return packed(admin, report).await,
        _ => (etag::written(&report)?, "application/json"),
    };
    let media = media.parse().map_err(|_| Problem::internal())?;
    etag::shown(request, None, body, ContentType(media))
}

/// A pack is made anew each time, and has no tag. Names of frameworks, organisations and days hold nothing that could
/// end a name of a file.
async fn packed(admin: &Admin, report: ComplianceReport) -> Result<HttpResponse, Problem> {
    let of = report.organisation.as_deref().unwrap_or("installation");
    let name = format!("attachment; filename=\"argus-{}-{of}.zip\"", report.framework.as_str());
    let pack = admin.pack_compliance(report).await?;
    let mut answer = HttpResponse::Ok();
    answer.insert_header((header::CACHE_CONTROL, "no-store")).insert_header((header::CONTENT_DISPOSITION, name));
    Ok(answer.content_type(ZIP).body(pack))
}
