//! The audit: what it tells of, whether it is whole, how far back it reaches.

use argus_store::audit::AuditEvent;
use chrono::TimeDelta;

use super::{Finding, day};
use crate::compliance::facts::{ASKED, Facts};

/// How long a trail is kept at least (PCI DSS 10.5.1).
const KEPT: TimeDelta = TimeDelta::days(365);

/// How far clocks may be apart before the order of things is in doubt.
const APART_MILLISECONDS: i64 = 2_000;

pub(in super::super) fn events(facts: &Facts) -> Finding {
    if facts.trail.entries == 0 {
        return Finding::not_covered("the audit has no entry of this time");
    }
    let found = Finding::new().with("entries of this time", facts.trail.entries);
    let happened = AuditEvent::ALL.iter().filter(|event| facts.trail.count(**event) > 0);
    let found =
        happened.fold(found, |found, event| found.with(format!("entries `{event}`"), facts.trail.count(*event)));
    found.excerpts(facts, &[AuditEvent::ActRefused, AuditEvent::AuthenticationRefused])
}

pub(in super::super) fn complete(facts: &Facts) -> Finding {
    if facts.trail.entries == 0 {
        return Finding::not_covered("the audit has no entry of this time");
    }
    let incomplete = &facts.trail.incomplete;
    let found = Finding::new().with("entries of this time", facts.trail.entries);
    ASKED
        .iter()
        .zip(facts.trail.with)
        .fold(found, |found, ((what, _), count)| found.with(format!("entries that say {what}"), count))
        .with("entries of acts that came over the network", facts.trail.remote)
        .with("those of them that say from where", facts.trail.with_source)
        .with("entries that lack something", incomplete.len())
        .attention(!incomplete.is_empty(), || {
            format!(
                "entry {} is the first that lacks something: `argus audit verify`",
                incomplete.first().unwrap_or(&0)
            )
        })
}

pub(in super::super) fn whole(facts: &Facts) -> Finding {
    let chain = &facts.chain;
    if chain.last == 0 {
        return Finding::not_covered("the audit has no entry");
    }
    let signed = chain.signed_up_to.map_or_else(|| "none".to_owned(), |sequence| format!("entry {sequence}"));
    Finding::new()
        .with("entries that were read again, by their numbers", format!("{} to {}", chain.first, chain.last))
        .with("hash of the last of them", &chain.hash)
        .with("each holds on to the one before it", if chain.is_whole { "yes" } else { "no" })
        .with("signed up to", signed)
        .with("signed by", chain.signed_by.as_deref().unwrap_or("nobody"))
        .with("checkpoints signed in this time", facts.checkpoints)
        .attention(!chain.is_whole, || chain.broken.clone().unwrap_or_else(|| "the chain is broken".to_owned()))
        .attention(chain.signed_up_to.is_none(), || {
            "no checkpoint vouches for the trail: start a node with a master key".to_owned()
        })
}

pub(in super::super) fn kept(facts: &Facts) -> Finding {
    let Some(oldest) = facts.trail.oldest else { return Finding::not_covered("the audit has no entry") };
    let is_cut = facts.chain.first > 1;
    Finding::new()
        .with("oldest entry", format!("{} of {}", facts.chain.first, day(Some(oldest), "")))
        .with("days that the trail reaches back", (facts.now - oldest).num_days())
        .with("older entries were cut off", if is_cut { "yes" } else { "no" })
        .attention(is_cut && facts.now - oldest < KEPT, || {
            "entries younger than twelve months were cut off: raise the retention of the audit".to_owned()
        })
        .excerpts(facts, &[AuditEvent::AuditCut])
}

pub(in super::super) fn clocks(facts: &Facts) -> Finding {
    if facts.nodes.is_empty() && facts.trail.entries == 0 {
        return Finding::not_covered("no node has spoken, and no entry was written");
    }
    let most = facts.nodes.iter().map(|node| node.clock_ahead_milliseconds.abs()).max().unwrap_or(0);
    Finding::new()
        .with("nodes that have told their time", facts.nodes.len())
        .with("milliseconds that a clock is off the database's, at most", most)
        .with("entries of this time that are older than the one before them by more than two seconds", {
            facts.trail.back_in_time
        })
        .attention(most > APART_MILLISECONDS, || format!("a clock is off by {most} ms: let it follow a time server"))
        .attention(facts.trail.back_in_time > 0, || "a clock went back: the order of acts is in doubt".to_owned())
}
