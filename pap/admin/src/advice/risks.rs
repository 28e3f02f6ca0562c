//! What about a key makes its loss worse, with the numbers that say so.

use argus_store::KeyId;
use chrono::{DateTime, TimeDelta, Utc};

use super::{KeyRisk, RiskKind, Severity, Uses, advise};
use crate::compliance::KeyFacts;

/// How old a key may become where nobody says otherwise.
const AGE: TimeDelta = TimeDelta::days(365);

/// From so many addresses a key is shared, and from so many it is anybody's.
const MANY_ADDRESSES: u64 = 20;
const VERY_MANY_ADDRESSES: u64 = 100;

/// By what keys are judged.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    pub(crate) now: DateTime<Utc>,
    /// For how many days something has to be unused.
    pub(crate) days: u32,
    /// How old a key of its organisation may become.
    pub(crate) max_age: Option<TimeDelta>,
    /// Since when it is counted which scopes are used.
    pub(crate) counted_since: Option<DateTime<Utc>>,
}

impl Terms {
    /// Since when the uses of a key are counted.
    pub(crate) fn watched_since(&self, key: &KeyFacts) -> Option<DateTime<Utc>> {
        self.counted_since.map(|since| since.max(key.created_at))
    }

    /// Whether they are for as long as something has to be unused.
    pub(crate) fn is_watched_long_enough(&self, key: &KeyFacts) -> bool {
        self.watched_since(key).is_some_and(|since| self.now - since >= self.span())
    }

    fn span(&self) -> TimeDelta {
        TimeDelta::days(self.days.into())
    }
}

/// The risks of a key, the worst first. One that has ended has none.
pub(crate) fn risks_of(key: &KeyFacts, uses: &Uses, terms: &Terms) -> Vec<KeyRisk> {
    let Some(id) = key.id.parse::<KeyId>().ok().filter(|_| !key.has_ended()) else { return Vec::new() };
    let found = [
        no_expiry(key),
        no_conditions(key),
        over_age(key, terms),
        many_addresses(uses, terms),
        unused(key, terms),
        unused_scopes(key, uses, terms),
    ];
    let mut risks: Vec<KeyRisk> = found
        .into_iter()
        .flatten()
        .map(|(severity, kind, reason)| {
            let (path, owner) = (key.path.clone(), key.owner.clone());
            KeyRisk { key_id: id, path, owner, severity, kind, reason }
        })
        .collect();
    risks.sort_by_key(|risk| (risk.severity, risk.kind));
    risks
}

type Found = Option<(Severity, RiskKind, String)>;

fn no_expiry(key: &KeyFacts) -> Found {
    key.expires_at.is_none().then(|| match &key.exception {
        Some(why) => (Severity::Low, RiskKind::NoExpiry, format!("it never ends: {why}")),
        None => (Severity::High, RiskKind::NoExpiry, "it never ends, and nobody has said why".to_owned()),
    })
}

fn no_conditions(key: &KeyFacts) -> Found {
    let severity = if key.administers() { Severity::High } else { Severity::Medium };
    let reason = "it may be used from anywhere at any time: 0 conditions of its own and 0 above".to_owned();
    (!key.is_conditioned).then_some((severity, RiskKind::NoConditions, reason))
}

fn over_age(key: &KeyFacts, terms: &Terms) -> Found {
    let (age, allowed) = (terms.now - key.created_at, terms.max_age.unwrap_or(AGE));
    let reason = format!("it is {} days old; {} are allowed", age.num_days(), allowed.num_days());
    (age > allowed).then_some((Severity::Medium, RiskKind::OverAge, reason))
}

fn many_addresses(uses: &Uses, terms: &Terms) -> Found {
    let addresses = uses.addresses();
    let severity = if addresses >= VERY_MANY_ADDRESSES { Severity::High } else { Severity::Medium };
    let reason = format!("it was used from {addresses} different addresses in {} days", terms.days);
    (addresses >= MANY_ADDRESSES).then_some((severity, RiskKind::ManyAddresses, reason))
}

fn unused(key: &KeyFacts, terms: &Terms) -> Found {
    let days_since = |at: DateTime<Utc>| (terms.now - at).num_days();
    let before = terms.now - terms.span();
    match key.last_used_at {
        Some(at) if at <= before => {
            let reason = format!("it was last used {} days ago", days_since(at));
            Some((Severity::Medium, RiskKind::Idle, reason))
        }
        None if key.created_at <= before => {
            let reason = format!("it was never used since it was made {} days ago", days_since(key.created_at));
            Some((Severity::Medium, RiskKind::NeverUsed, reason))
        }
        _ => None,
    }
}

fn unused_scopes(key: &KeyFacts, uses: &Uses, terms: &Terms) -> Found {
    if !terms.is_watched_long_enough(key) {
        return None;
    }
    let advised = advise(key, uses);
    let (unused, all) = (advised.unused, key.scopes.len());
    let reason = format!("{unused} of its {all} scopes were not used in {} days", terms.days);
    (unused > 0).then_some((Severity::Low, RiskKind::UnusedScopes, reason))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use argus_store::key::KeyState;

    use super::*;

    fn key(scopes: &[&str]) -> KeyFacts {
        KeyFacts {
            id: KeyId::new(DateTime::UNIX_EPOCH).to_string(),
            path: "acme/atlas/reader".to_owned(),
            owner: "ada".to_owned(),
            state: KeyState::Active,
            created_at: DateTime::UNIX_EPOCH,
            created_by: "ada".to_owned(),
            expires_at: Some(DateTime::UNIX_EPOCH),
            exception: None,
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            is_derived: false,
            last_used_at: None,
            revoked_at: None,
            revoked_cause: None,
            revoked_reason: None,
            expired_at: None,
            limits: 0,
            shared_limits: 0,
            has_network: true,
            is_conditioned: true,
            rotation_interval: None,
            newest_secret_at: None,
            credentials: BTreeMap::new(),
        }
    }

    fn uses(scopes: &[(&str, u64)], exercised: &[(&str, u64)]) -> Uses {
        let owned = |of: &[(&str, u64)]| of.iter().map(|(scope, count)| ((*scope).to_owned(), *count)).collect();
        Uses { scopes: owned(scopes), exercised: owned(exercised), ..Uses::default() }
    }

    fn terms(days_old: i64) -> Terms {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(days_old);
        Terms { now, days: 90, max_age: None, counted_since: Some(DateTime::UNIX_EPOCH) }
    }

    fn kinds(key: &KeyFacts, days_old: i64) -> Vec<(Severity, RiskKind)> {
        let risks = risks_of(key, &Uses::default(), &terms(days_old));
        risks.into_iter().map(|risk| (risk.severity, risk.kind)).collect()
    }

    #[test]
    fn each_risk_has_its_bound() {
        let plain = key(&["acme/argus/pdp:execute"]);
        assert_eq!(kinds(&plain, 89), []);
        assert_eq!(kinds(&plain, 90), [(Severity::Medium, RiskKind::NeverUsed)]);
        let ages = |days| kinds(&plain, days).contains(&(Severity::Medium, RiskKind::OverAge));
        assert!(!ages(365) && ages(366));
        let endless = KeyFacts { expires_at: None, is_conditioned: false, ..key(&["acme:admin"]) };
        assert_eq!(
            kinds(&endless, 1),
            [(Severity::High, RiskKind::NoExpiry), (Severity::High, RiskKind::NoConditions)]
        );
        let explained = KeyFacts { exception: Some("a robot".to_owned()), ..endless };
        assert!(kinds(&explained, 1).contains(&(Severity::Low, RiskKind::NoExpiry)));
        let used = KeyFacts { last_used_at: Some(DateTime::UNIX_EPOCH + TimeDelta::days(10)), ..plain.clone() };
        assert_eq!((kinds(&used, 99), kinds(&used, 100)), (vec![], vec![(Severity::Medium, RiskKind::Idle)]));
        let ended = KeyFacts { state: KeyState::Revoked, ..used };
        assert_eq!(kinds(&ended, 1_000), []);
    }

    #[test]
    fn what_is_proposed_permits_what_was_used_and_no_more() {
        let holds = key(&["acme/atlas:read", "acme/atlas:write", "acme/argus/pdp:execute"]);
        let used = uses(&[("acme/atlas:read", 4)], &[("acme/atlas/evidence:read", 4)]);
        let advised = advise(&holds, &used);
        let proposed = ["acme/argus/pdp:execute", "acme/atlas/evidence:read"].map(str::to_owned).to_vec();
        assert_eq!((advised.unused, advised.proposed), (1, Some(proposed)));
        assert_eq!(
            advised.command.as_deref(),
            Some(
                "argus key update acme/atlas/reader --scope 'acme/argus/pdp:execute' --scope 'acme/atlas/evidence:read'"
            )
        );
        assert_eq!(advised.scopes[2].uses, None, "of what administers nothing is counted");

        let exact = advise(
            &key(&["acme/atlas/evidence:read"]),
            &uses(&[("acme/atlas/evidence:read", 1)], &[("acme/atlas/evidence:read", 1)]),
        );
        assert_eq!((exact.proposed, exact.command, exact.unused), (None, None, 0));
        let nothing = advise(&key(&["acme/atlas:read"]), &Uses::default());
        assert_eq!((nothing.proposed, nothing.command.as_deref()), (None, Some("argus key revoke acme/atlas/reader")));
        let deep = advise(
            &key(&["acme/atlas/evidence/42:read"]),
            &uses(&[("acme/atlas/evidence/42:read", 1)], &[("acme/atlas/evidence:read", 1)]),
        );
        assert_eq!(deep.proposed, None, "never more than it has");
        let cut = Uses { is_cut: true, ..uses(&[("acme/atlas:read", 1), ("other", 1)], &[("other", 1)]) };
        assert_eq!(advise(&key(&["acme/atlas:read", "acme/atlas:write"]), &cut).proposed, None);
    }
}
