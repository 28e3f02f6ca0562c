//! What is kept of people: where, how long, and whether it can be had and erased.

use argus_store::audit::AuditEvent;
use argus_store::evidence::REGISTER;
use chrono::{DateTime, TimeDelta, Utc};

use super::{Finding, day};
use crate::compliance::facts::Facts;
use crate::compliance::report::Listing;

/// How long the addresses of callers are kept in full.
const ADDRESSES: TimeDelta = TimeDelta::days(30);

pub(in super::super) fn register(facts: &Facts) -> Finding {
    let columns = &["field", "what it says", "of whom", "what for", "how it is kept", "how long", "rows"];
    let rows = REGISTER.iter().map(|field| {
        let rows = facts.register_rows.get(field.table).map_or_else(String::new, ToString::to_string);
        vec![
            format!("{}.{}", field.table, field.column),
            field.what.to_owned(),
            field.of.as_str().to_owned(),
            field.purpose.to_owned(),
            field.protection.to_owned(),
            field.kept.to_owned(),
            rows,
        ]
    });
    let listing = Listing { name: "What is stored of people", columns, rows: rows.collect(), more: 0 };
    let mut found = Finding::new()
        .with("fields that may tell of a person", REGISTER.len())
        .with("people whom the audit of this time names", facts.trail.people.len());
    found.listings.push(listing);
    found
}

pub(in super::super) fn minimised(facts: &Facts) -> Finding {
    let ((addresses, oldest), (logged, oldest_logged)) = (facts.callers, facts.logged);
    let is_too_old = |oldest: Option<DateTime<Utc>>| oldest.is_some_and(|at| at < facts.now - ADDRESSES);
    Finding::new()
        .with("addresses of whoever used a replaced secret, in full", addresses)
        .with("the oldest of them", day(oldest, "none"))
        .with("entries of the log of decisions with an address in full", logged)
        .with("the oldest of these", day(oldest_logged, "none"))
        .with("addresses in the counts of usage", "none: a sketch, from which no address can be read")
        .attention(is_too_old(oldest), || {
            "addresses are kept for more than 30 days: see that a node that administers is running".to_owned()
        })
        .attention(is_too_old(oldest_logged), || {
            "the log of decisions keeps addresses in full for more than 30 days: see that a node that administers is \
             running"
                .to_owned()
        })
}

pub(in super::super) fn access(facts: &Facts) -> Finding {
    if facts.trail.people.is_empty() {
        return Finding::not_covered("the audit of this time names nobody");
    }
    Finding::new()
        .with("people whom the audit of this time names", facts.trail.people.len())
        .with("how somebody gets what is kept of him", "`argus person export ORG OWNER`")
        .counts(facts, &[AuditEvent::PersonExported])
        .excerpts(facts, &[AuditEvent::PersonExported])
}

pub(in super::super) fn erasure(facts: &Facts) -> Finding {
    if facts.trail.people.is_empty() {
        return Finding::not_covered("the audit of this time names nobody");
    }
    Finding::new()
        .with("people whom the audit of this time names", facts.trail.people.len())
        .with("those of them who can't be read any more", facts.forgotten)
        .with("keys of forgotten people that should be gone", facts.remains)
        .counts(facts, &[AuditEvent::PersonForgotten])
        .attention(facts.remains > 0, || "the key of somebody who was forgotten is still there".to_owned())
        .excerpts(facts, &[AuditEvent::PersonForgotten])
}
