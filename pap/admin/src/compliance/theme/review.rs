//! Reviews of access: whether somebody looked at what keys grant, signed it, and saw that it was done.

use argus_store::audit::AuditEvent;
use argus_store::review::ReviewCounts;
use chrono::{DateTime, TimeDelta, Utc};

use super::{Finding, ROWS, counted, day};
use crate::compliance::facts::{Facts, KeyFacts, LastReview};
use crate::compliance::report::Listing;

/// How old the last signed review may be: a quarter of a year.
const QUARTER: TimeDelta = TimeDelta::days(92);

/// For how long a grant may go without a look at it before it is told.
const LATELY: TimeDelta = TimeDelta::days(90);
const LONG: TimeDelta = TimeDelta::days(180);

pub(in super::super) fn signed(facts: &Facts) -> Finding {
    if facts.in_use().next().is_none() {
        return Finding::not_covered("no key is in use");
    }
    let now = facts.now.min(facts.within.period.1);
    let age = |last: &LastReview| last.review.ended_at.map(|at| now - at);
    let last = || facts.reviews.iter().filter_map(|of| of.last.as_ref());
    let never: Vec<_> = facts.reviews.iter().filter(|of| of.last.is_none()).map(|of| &*of.organisation).collect();
    let oldest = last().filter_map(age).max();
    let late = last().filter(|last| age(last).is_none_or(|age| age > QUARTER)).count();
    let counts = last().fold(ReviewCounts::default(), |sum, last| add(sum, last.counts));
    let pending: usize = last().map(|last| last.pending.len()).sum();
    let altered = last().filter(|last| is_altered(facts, last)).count();
    let since: usize = facts.reviews.iter().filter(|of| of.last.is_some()).map(|of| of.not_looked_at).sum();
    touched(facts)
        .with(
            "reviews of access that were signed in this time",
            facts.reviews.iter().map(|of| of.signed.len()).sum::<usize>(),
        )
        .with("reviews of access that are open", facts.reviews.iter().filter(|of| of.is_one_open).count())
        .with("organisations with keys in use of which none was ever signed", never.len())
        .with(
            "days since the last one was signed",
            oldest.map_or_else(|| "never".to_owned(), |age| age.num_days().to_string()),
        )
        .with("keys that the last one looked at", counts.keys())
        .with("those that it keeps", counts.keep)
        .with("those that it wants narrowed", counts.narrow)
        .with("those that it wants revoked", counts.revoke)
        .with("those that are neither narrowed nor revoked, and should be", pending)
        .with("keys in use that were made since", since)
        .counts(facts, EVENTS)
        .attention(!never.is_empty(), || {
            format!("nobody has ever signed a review of {}: `argus review start ORG` begins one", never.join(", "))
        })
        .attention(late > 0, || {
            let days = oldest.unwrap_or_default().num_days();
            format!("the last review was signed {days} days ago, and 92 may pass: `argus review start ORG`")
        })
        .attention(pending > 0, || {
            counted(
                pending,
                "1 key is neither narrowed nor revoked, as was said of it: `argus review show REVIEW`",
                "# keys are neither narrowed nor revoked, as was said of them: `argus review show REVIEW`",
            )
        })
        .attention(altered > 0, || "a review is not what the audit says was signed: restore a backup".to_owned())
        .with_listing(list_signed(facts))
        .with_listing(list_pending(facts))
        .excerpts(facts, EVENTS)
}

const EVENTS: &[AuditEvent] = &[AuditEvent::ReviewStarted, AuditEvent::ReviewDecided, AuditEvent::ReviewSigned];

/// What the audit tells of a look at each key, whether anybody signed that or not.
fn touched(facts: &Facts) -> Finding {
    let at = |key: &KeyFacts| facts.trail.last_touched(&key.id).max(Some(key.created_at));
    let since = |time| facts.in_use().filter(|key| at(key) >= Some(facts.now - time)).count();
    Finding::new()
        .with("keys in use", facts.in_use().count())
        .with("those made, changed or renewed in the last 90 days", since(LATELY))
        .with("those made, changed or renewed in the last 180 days", since(LONG))
        .with("those that nobody has touched for 180 days", facts.in_use().count() - since(LONG))
}

/// Whether it is another one than was signed, or the audit has lost what it should still have.
fn is_altered(facts: &Facts, last: &LastReview) -> bool {
    let is_kept = || last.review.ended_at.is_some_and(|at: DateTime<Utc>| facts.trail.is_kept(at));
    last.is_as_signed.map_or_else(is_kept, |is_as_signed| !is_as_signed)
}

fn add(sum: ReviewCounts, more: ReviewCounts) -> ReviewCounts {
    ReviewCounts {
        undecided: sum.undecided + more.undecided,
        keep: sum.keep + more.keep,
        narrow: sum.narrow + more.narrow,
        revoke: sum.revoke + more.revoke,
    }
}

fn list_signed(facts: &Facts) -> Listing {
    let all = facts.reviews.iter().flat_map(|of| &of.signed);
    let rows = all.clone().take(ROWS).map(|(review, counts, by)| {
        vec![
            review.organisation_name.clone(),
            day(Some(review.started_at), ""),
            day(review.ended_at, ""),
            by.clone(),
            counts.keep.to_string(),
            counts.narrow.to_string(),
            counts.revoke.to_string(),
        ]
    });
    let columns = &["organisation", "started", "signed", "by", "keep", "narrow", "revoke"];
    Listing { name: "Reviews that were signed", columns, rows: rows.collect(), more: all.count().saturating_sub(ROWS) }
}

fn list_pending(facts: &Facts) -> Listing {
    let all = facts.reviews.iter().filter_map(|of| of.last.as_ref()).flat_map(|last| &last.pending);
    let rows = all.clone().take(ROWS).map(|item| {
        let verdict = item.verdict.map(|verdict| verdict.to_string()).unwrap_or_default();
        vec![item.key_path.clone(), verdict, item.reason.clone().unwrap_or_default(), item.scopes_now.join(" ")]
    });
    let columns = &["key", "verdict", "why", "what it grants still"];
    let more = all.count().saturating_sub(ROWS);
    Listing { name: "Verdicts that were not carried out", columns, rows: rows.collect(), more }
}
