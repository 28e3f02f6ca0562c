//! Making a pack of a report.

use argus_store::audit::{self, canonical};
use argus_store::{OrganisationId, Store};
use chrono::{SecondsFormat, SubsecRound as _};
use serde_json::{Value, json};

use super::{FILES, MANIFEST, SIGNATURE, STATEMENT, digest, zip};
use crate::AdminError;
use crate::audit::{AuditExport, AuditTender, PublicKey};
use crate::compliance::ComplianceReport;

/// The pack of a report. `organisation` is the one that the report is of; none: the whole installation.
///
/// The audit in it begins at the last checkpoint before the time of the report, and goes up to the last one there is.
pub(crate) fn make(
    store: &Store,
    tender: &AuditTender,
    report: &ComplianceReport,
    organisation: Option<(OrganisationId, String)>,
) -> Result<Vec<u8>, AdminError> {
    let at = report.at.0.trunc_subsecs(0);
    let (begins, ends) =
        store.read(|conn| Ok((audit::find_checkpoint_of(conn, report.from.0)?, audit::find_last_checkpoint(conn)?)))?;
    let ends = ends.ok_or(AdminError::Unfinished)?;
    let mut export = AuditExport::new(store.clone(), tender.keys().clone(), organisation, ends).beginning_at(begins);
    let mut lines = String::new();
    while let Some(more) = export.next_lines()? {
        lines.push_str(&more);
    }
    let written = |value: &Value| canonical(value).map_err(|_| AdminError::Unfinished);
    let json = serde_json::to_string(report).map_err(|_| AdminError::Unfinished)?;
    let contents = [written(&query(report))?, report.to_html(), json, report.to_csv(), lines];
    let mut files: zip::Files<'_> = FILES.into_iter().zip(contents.iter().map(String::as_bytes)).collect();
    let list: Vec<Value> = files.iter().map(|(name, content)| describe(name, content)).collect();
    let keys = tender.keys();
    let manifest = written(&json!({
        "statement": STATEMENT,
        "argus": env!("CARGO_PKG_VERSION"),
        "made_at": at.to_rfc3339_opts(SecondsFormat::Secs, true),
        "key_id": keys.key_id(),
        "query": query(report),
        "files": list,
    }))?;
    let signature =
        written(&json!({ "key": keys.own().map(PublicKey::to_jwk), "signature": keys.sign_text(&manifest) }))?;
    files.extend([(MANIFEST, manifest.as_bytes()), (SIGNATURE, signature.as_bytes())]);
    zip::write(&files, at).ok_or(AdminError::Unfinished)
}

fn describe(name: &str, content: &[u8]) -> Value {
    json!({ "name": name, "size_bytes": content.len(), "sha256": digest(content) })
}

/// What was asked, so that somebody else can ask it again.
fn query(report: &ComplianceReport) -> Value {
    json!({
        "framework": report.framework,
        "organisation": report.organisation,
        "key": report.key,
        "from": report.from,
        "to": report.to,
        "at": report.at,
        "argus": env!("CARGO_PKG_VERSION"),
    })
}
