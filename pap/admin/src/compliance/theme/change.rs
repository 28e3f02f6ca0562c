//! What governs access, and who changed it.

use argus_store::audit::AuditEvent;

use super::Finding;
use crate::compliance::facts::Facts;
use crate::compliance::report::Listing;

/// The set is one for all organisations: a report of one of them tells of its changes too, and whose they are.
const SWITCHES: &str = "changes of the set of policies in force, which is that of the whole installation";

pub(in super::super) fn policies(facts: &Facts) -> Finding {
    if facts.policies.is_empty() {
        return Finding::not_covered("no policy is in force in the store");
    }
    let columns = &["document", "policy", "version", "digest"];
    let rows = facts.policies.iter().take(super::ROWS).map(|document| {
        vec![document.path.clone(), document.policy_id.clone(), document.version.clone(), document.digest.clone()]
    });
    let listing = Listing {
        name: "Policies in force",
        columns,
        rows: rows.collect(),
        more: facts.policies.len().saturating_sub(super::ROWS),
    };
    let mut found = Finding::new()
        .with("policy documents in force", facts.policies.len())
        .with(SWITCHES, facts.trail.switches)
        .excerpts(facts, &[AuditEvent::PoliciesImported]);
    // Their names are the business of whoever runs the installation.
    if facts.is_of_all() {
        found.listings.push(listing);
    }
    found
}

pub(in super::super) fn administration(facts: &Facts) -> Finding {
    const EVENTS: &[AuditEvent] = &[
        AuditEvent::OrganisationCreated,
        AuditEvent::OrganisationChanged,
        AuditEvent::ProjectCreated,
        AuditEvent::ProjectChanged,
        AuditEvent::LimitCreated,
        AuditEvent::LimitChanged,
        AuditEvent::LimitRemoved,
        AuditEvent::CostsChanged,
        AuditEvent::ContactCreated,
        AuditEvent::ContactChanged,
        AuditEvent::ContactRemoved,
    ];
    if facts.trail.entries == 0 {
        return Finding::not_covered("the audit has no entry of this time");
    }
    Finding::new()
        .with(SWITCHES, facts.trail.switches)
        .counts(facts, EVENTS)
        .excerpts(facts, &[AuditEvent::PoliciesImported])
        .excerpts(facts, EVENTS)
}
