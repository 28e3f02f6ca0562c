//! Who holds which keys, what they grant, and under which conditions.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use super::{Finding, counted, day};
use crate::compliance::facts::{Facts, KeyFacts};

/// For how long a key may go unused (PCI DSS 8.2.6).
const IDLE: TimeDelta = TimeDelta::days(90);

pub(in super::super) fn inventory(facts: &Facts) -> Finding {
    if facts.keys.is_empty() {
        return Finding::not_covered("there are no keys yet");
    }
    let mut by_state = BTreeMap::<&str, usize>::new();
    for key in &facts.keys {
        *by_state.entry(key.state.as_str()).or_default() += 1;
    }
    let mut found = Finding::new().with("keys on record", facts.keys.len()).with("keys in use", facts.in_use().count());
    for (state, count) in by_state {
        found = found.with(format!("keys that are {state}"), count);
    }
    let owners: BTreeSet<&str> = facts.in_use().map(|key| key.owner.as_str()).filter(|own| !own.is_empty()).collect();
    let without: Vec<_> = facts.in_use().filter(|key| key.owner.is_empty()).collect();
    found
        .with("owners of keys in use", owners.len())
        .with("keys in use without an owner", without.len())
        .attention(!without.is_empty(), || {
            counted(
                without.len(),
                "1 key has no owner: `argus key update KEY --owner WHO`",
                "# keys have no owner: `argus key update KEY --owner WHO`",
            )
        })
        .listing("Keys in use", &["key", "state", "owner", "made", "ends", "last used"], facts.in_use(), |key| {
            vec![
                key.path.clone(),
                key.state.to_string(),
                key.owner.clone(),
                day(Some(key.created_at), ""),
                day(key.expires_at, "never"),
                day(key.last_used_at, "never"),
            ]
        })
}

pub(in super::super) fn privileged(facts: &Facts) -> Finding {
    if facts.in_use().next().is_none() {
        return Finding::not_covered("no key is in use");
    }
    let privileged: Vec<_> = facts.in_use().filter(|key| key.administers()).collect();
    let exposed: Vec<_> =
        privileged.iter().filter(|key| !key.has_network && key.exception.is_none()).copied().collect();
    Finding::new()
        .with("keys in use", facts.in_use().count())
        .with("keys in use with an `admin` scope", privileged.len())
        .with("those bound to no network, with no recorded exception", exposed.len())
        .with(
            "keys in use that are derived from another, and can't do more",
            facts.in_use().filter(|k| k.parent.is_some()).count(),
        )
        .attention(!exposed.is_empty(), || {
            counted(
                exposed.len(),
                "1 key administers from any address: bind it with `argus key update KEY --network NET`",
                "# keys administer from any address: bind each with `argus key update KEY --network NET`",
            )
        })
        .listing(
            "Keys with an `admin` scope",
            &["key", "scopes", "from a network alone", "last used"],
            privileged,
            |key| {
                let bound = if key.has_network { "yes" } else { "no" };
                vec![key.path.clone(), key.scopes.join(" "), bound.to_owned(), day(key.last_used_at, "never")]
            },
        )
}

pub(in super::super) fn scopes(facts: &Facts) -> Finding {
    if facts.in_use().next().is_none() {
        return Finding::not_covered("no key is in use");
    }
    let without = facts.in_use().filter(|key| key.scopes.is_empty()).count();
    let scopes: usize = facts.in_use().map(|key| key.scopes.len()).sum();
    Finding::new()
        .with("keys in use", facts.in_use().count())
        .with("scopes that they hold", scopes)
        .with("keys in use that grant nothing", without)
        .attention(without > 0, || {
            counted(without, "1 key grants nothing: revoke it", "# keys grant nothing: revoke them")
        })
}

pub(in super::super) fn credentials(facts: &Facts) -> Finding {
    let mut by_kind = BTreeMap::<&str, usize>::new();
    for key in facts.in_use() {
        for (kind, count) in &key.credentials {
            *by_kind.entry(kind.as_str()).or_default() += count;
        }
    }
    if by_kind.is_empty() {
        return Finding::not_covered("no key in use has a credential");
    }
    by_kind.into_iter().fold(Finding::new(), |found, (kind, count)| {
        found.with(format!("credentials of keys in use: {}", kind.replace('_', " ")), count)
    })
}

pub(in super::super) fn conditions(facts: &Facts) -> Finding {
    if facts.in_use().next().is_none() {
        return Finding::not_covered("no key is in use");
    }
    let count = |is: fn(&KeyFacts) -> bool| facts.in_use().filter(|key| is(key)).count();
    let open: Vec<_> = facts.in_use().filter(|key| !key.is_conditioned && key.exception.is_none()).collect();
    Finding::new()
        .with("keys in use", facts.in_use().count())
        .with("keys in use with a condition, their own or one above", count(|key| key.is_conditioned))
        .with("keys in use that may come from some networks alone", count(|key| key.has_network))
        .with("keys in use with no condition and no recorded exception", open.len())
        .attention(!open.is_empty(), || {
            counted(
                open.len(),
                "1 key may be used from anywhere at any time: `argus key list --risk` shows it",
                "# keys may be used from anywhere at any time: `argus key list --risk` shows them",
            )
        })
        .listing("Keys with no condition", &["key", "owner", "scopes"], open, |key| {
            vec![key.path.clone(), key.owner.clone(), key.scopes.join(" ")]
        })
}

pub(in super::super) fn limits(facts: &Facts) -> Finding {
    if facts.in_use().next().is_none() {
        return Finding::not_covered("no key is in use");
    }
    let limited = facts.in_use().filter(|key| key.limits > 0).count();
    let sharing = facts.in_use().filter(|key| key.shared_limits > 0).count();
    let free = facts.in_use().filter(|key| key.limits + key.shared_limits == 0).count();
    let all = facts.in_use().count();
    Finding::new()
        .with("keys in use", all)
        .with("keys in use with a limit of their own", limited)
        .with("keys in use with a limit that keys share", sharing)
        .with("keys in use with no limit at all", free)
        .attention(free == all, || "no key has a limit: a stolen one could be used without bound".to_owned())
}

pub(in super::super) fn expiry(facts: &Facts) -> Finding {
    if facts.in_use().next().is_none() {
        return Finding::not_covered("no key is in use");
    }
    let endless: Vec<_> = facts.in_use().filter(|key| key.expires_at.is_none()).collect();
    let unexplained = endless.iter().filter(|key| key.exception.is_none()).count();
    let ahead = |key: &&KeyFacts| key.expires_at.is_some_and(|end| end < facts.now + TimeDelta::days(30));
    Finding::new()
        .with("keys in use", facts.in_use().count())
        .with("keys in use that never end", endless.len())
        .with("those with no recorded exception", unexplained)
        .with("keys in use that end within 30 days", facts.in_use().filter(ahead).count())
        .attention(unexplained > 0, || {
            counted(
                unexplained,
                "1 key lives for ever and nobody has said why",
                "# keys live for ever and nobody has said why",
            )
        })
        .listing("Keys that never end", &["key", "owner", "why"], endless, |key| {
            vec![key.path.clone(), key.owner.clone(), key.exception.clone().unwrap_or_default()]
        })
}

pub(in super::super) fn idle(facts: &Facts) -> Finding {
    if facts.in_use().next().is_none() {
        return Finding::not_covered("no key is in use");
    }
    let before = facts.now - IDLE;
    let idle: Vec<_> = facts.in_use().filter(|key| key.last_used_at.unwrap_or(key.created_at) < before).collect();
    let never = facts.in_use().filter(|key| key.last_used_at.is_none()).count();
    Finding::new()
        .with("keys in use", facts.in_use().count())
        .with("keys in use that were never used", never)
        .with("keys in use that nobody has used for 90 days", idle.len())
        .attention(!idle.is_empty(), || {
            counted(
                idle.len(),
                "1 key is idle: revoke it, or let the organisation's policy end it",
                "# keys are idle: revoke them, or let the organisation's policy end them",
            )
        })
        .listing("Idle keys", &["key", "owner", "made", "last used"], idle, |key| {
            let made = day(Some(key.created_at), "");
            vec![key.path.clone(), key.owner.clone(), made, day(key.last_used_at, "never")]
        })
}
