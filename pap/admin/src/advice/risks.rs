//! What about a key makes its loss worse, with the numbers that say so.

use argus_engine::scope::Scope;
use argus_store::KeyId;
use chrono::{DateTime, TimeDelta, Utc};

use super::grant::administers;
use super::{KeyRisk, RiskKind, Severity, Uses, advise};
use crate::compliance::KeyFacts;

/// How old a key may become where nobody says otherwise.
const AGE: TimeDelta = TimeDelta::days(365);

/// From so many addresses a key is shared, and from so many it is anybody's.
const MANY_ADDRESSES: u64 = 20;
const VERY_MANY_ADDRESSES: u64 = 100;

/// Nodes of one installation begin to count one after the other.
const TOGETHER: TimeDelta = TimeDelta::days(1);

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
    /// Since when also for acts upon Argus's own resources.
    pub(crate) acts_counted_since: Option<DateTime<Utc>>,
}

impl Terms {
    /// Since when the uses of a key are counted.
    pub(crate) fn watched_since(&self, key: &KeyFacts) -> Option<DateTime<Utc>> {
        self.counted_since.map(|since| since.max(key.created_at))
    }

    /// Since when its uses of Argus's own resources are.
    pub(crate) fn acts_watched_since(&self, key: &KeyFacts) -> Option<DateTime<Utc>> {
        self.acts_counted_since.map(|since| since.max(key.created_at))
    }

    /// Since when all uses of a scope of a key are.
    fn scope_watched_since(&self, key: &KeyFacts, scope: &Scope) -> Option<DateTime<Utc>> {
        let since = self.watched_since(key)?;
        if administers(scope) { Some(since.max(self.acts_watched_since(key)?)) } else { Some(since) }
    }

    /// Whether all uses of a scope are counted: for long enough, or for as long as those of other scopes are.
    pub(crate) fn counts_uses_of(&self, key: &KeyFacts, scope: &Scope) -> bool {
        let since = self.watched_since(key).zip(self.scope_watched_since(key, scope));
        since.is_some_and(|(since, of_scope)| of_scope - since <= TOGETHER || self.now - of_scope >= self.span())
    }

    /// Whether all uses of a scope are counted for as long as something has to be unused.
    pub(crate) fn watches_long_enough(&self, key: &KeyFacts, scope: &Scope) -> bool {
        self.scope_watched_since(key, scope).is_some_and(|since| self.now - since >= self.span())
    }

    /// Whether those of all its scopes are.
    pub(crate) fn is_watched_long_enough(&self, key: &KeyFacts) -> bool {
        let mut scopes = key.scopes.iter().filter_map(|text| Scope::parse(text).ok());
        self.counted_since.is_some() && scopes.all(|scope| self.watches_long_enough(key, &scope))
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
    let advised = advise(key, uses, terms);
    let unused = advised.unused.iter().filter(|scope| terms.watches_long_enough(key, scope)).count();
    let all = key.scopes.len();
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
            parent: None,
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
        let since = Some(DateTime::UNIX_EPOCH);
        Terms { now, days: 90, max_age: None, counted_since: since, acts_counted_since: since }
    }

    fn kinds(key: &KeyFacts, days_old: i64) -> Vec<(Severity, RiskKind)> {
        let risks = risks_of(key, &Uses::default(), &terms(days_old));
        risks.into_iter().map(|risk| (risk.severity, risk.kind)).collect()
    }

    #[test]
    fn each_risk_has_its_bound() {
        let plain = key(&["acme/argus/pdp:execute"]);
        assert_eq!(kinds(&plain, 89), []);
        let unused = [(Severity::Medium, RiskKind::NeverUsed), (Severity::Low, RiskKind::UnusedScopes)];
        assert_eq!(kinds(&plain, 90), unused);
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
        let idle = (Severity::Medium, RiskKind::Idle);
        assert_eq!((kinds(&used, 99).contains(&idle), kinds(&used, 100).contains(&idle)), (false, true));
        let ended = KeyFacts { state: KeyState::Revoked, ..used };
        assert_eq!(kinds(&ended, 1_000), []);
    }

    #[test]
    fn what_is_proposed_permits_what_was_used_and_no_more() {
        let holds = key(&["acme/atlas:read", "acme/atlas:write", "acme/argus/pdp:execute"]);
        let pdp = ("acme/argus/pdp:execute", 9);
        let used = uses(&[("acme/atlas:read", 4), pdp], &[("acme/atlas/evidence:read", 4), pdp]);
        let advised = advise(&holds, &used, &terms(1));
        let proposed = ["acme/argus/pdp:execute", "acme/atlas/evidence:read"].map(str::to_owned).to_vec();
        assert_eq!((advised.unused.len(), advised.proposed), (1, Some(proposed)));
        assert_eq!(
            advised.command.as_deref(),
            Some(
                "argus key update acme/atlas/reader --scope 'acme/argus/pdp:execute' --scope 'acme/atlas/evidence:read'"
            )
        );
        assert_eq!(advised.scopes[2].uses, Some(9));

        let exact = advise(
            &key(&["acme/atlas/evidence:read"]),
            &uses(&[("acme/atlas/evidence:read", 1)], &[("acme/atlas/evidence:read", 1)]),
            &terms(1),
        );
        assert_eq!((exact.proposed, exact.command, exact.unused), (None, None, vec![]));
        let nothing = advise(&key(&["acme/atlas:read"]), &Uses::default(), &terms(1));
        assert_eq!((nothing.proposed, nothing.command.as_deref()), (None, Some("argus key revoke acme/atlas/reader")));
        let deep = advise(
            &key(&["acme/atlas/evidence/42:read"]),
            &uses(&[("acme/atlas/evidence/42:read", 1)], &[("acme/atlas/evidence:read", 1)]),
            &terms(1),
        );
        assert_eq!(deep.proposed, None, "never more than it has");
        let cut = Uses { is_cut: true, ..uses(&[("acme/atlas:read", 1), ("other", 1)], &[("other", 1)]) };
        assert_eq!(advise(&key(&["acme/atlas:read", "acme/atlas:write"]), &cut, &terms(1)).proposed, None);
        let uncounted = Terms { counted_since: None, ..terms(1) };
        assert_eq!(advise(&key(&["acme/atlas:read"]), &Uses::default(), &uncounted).command, None);
    }

    fn proposed(holds: &[&str], used: &Uses) -> String {
        advise(&key(holds), used, &terms(1)).proposed.unwrap_or_default().join(" ")
    }

    #[test]
    fn of_admin_what_was_done_with_it_is_left() {
        let lists = uses(&[("acme:admin", 3)], &[("acme/argus/keys:read", 3)]);
        assert_eq!(proposed(&["acme:admin"], &lists), "acme/argus/keys:read");
        let both = [("acme/argus/keys:read", 3), ("acme/argus/keys:write", 1), ("acme/atlas/evidence:read", 1)];
        let both = uses(&[("acme:admin", 5)], &both);
        assert_eq!(
            proposed(&["acme:admin"], &both),
            "acme/argus/keys:read acme/argus/keys:write acme/atlas/evidence:read"
        );
        let owns = uses(&[("acme:admin", 1)], &[("acme/argus/organisation:admin", 1)]);
        assert_eq!(proposed(&["acme:admin"], &owns), "acme/argus/organisation:admin");
    }

    #[test]
    fn of_more_than_anybody_reads_the_actions_are_left_and_no_path_that_it_did_not_reach() {
        let many = |project: &str, action: &str| -> Vec<(String, u64)> {
            (0..9).map(|n| (format!("acme/{project}/kind-{n}:{action}"), 1)).collect()
        };
        let exercised = |all: Vec<(String, u64)>, scope: &str| Uses {
            scopes: BTreeMap::from([(scope.to_owned(), 9)]),
            exercised: all.into_iter().collect(),
            ..Uses::default()
        };
        let read = exercised(many("atlas", "read"), "acme:admin");
        assert_eq!(proposed(&["acme:admin"], &read), "acme/atlas:read");
        let own = exercised([many("argus", "read"), many("atlas", "write")].concat(), "acme:admin");
        assert_eq!(proposed(&["acme:admin"], &own), "acme/argus:read acme/atlas:write");
        let wild = exercised(many("atlas", "read"), "acme/*:admin");
        assert_eq!(proposed(&["acme/*:admin"], &wild), "acme/atlas:read");
        let deep = exercised(many("atlas", "read"), "acme/*/*:read");
        assert_eq!(proposed(&["acme/*/*:read"], &deep), "", "nothing less is short");
        let projects = (0..9).flat_map(|n| many(&format!("p{n}"), "read")).collect();
        assert_eq!(proposed(&["acme:admin"], &exercised(projects, "acme:admin")), "acme:read");
    }

    #[test]
    fn what_derived_keys_hold_is_in_use() {
        let handed_on = ["acme/atlas/note:read".to_owned(), "beta:read".to_owned()].into();
        let used = Uses { handed_on, ..uses(&[("acme/atlas:read", 1)], &[("acme/atlas/evidence:read", 1)]) };
        let own = ["acme/atlas:read", "acme/atlas:write"];
        assert_eq!(proposed(&own, &used), "acme/atlas/evidence:read acme/atlas/note:read");
        let unused = Uses { scopes: BTreeMap::new(), exercised: BTreeMap::new(), ..used };
        assert_eq!(proposed(&own, &unused), "acme/atlas/note:read");
    }

    #[test]
    fn no_scope_is_called_unused_for_days_in_which_its_uses_were_not_counted() {
        let holds = key(&["acme/atlas:read", "acme:admin", "acme/argus/keys:write"]);
        let day = |day| Some(DateTime::UNIX_EPOCH + TimeDelta::days(day));
        // Administrative uses are counted from the 100th day on: by then the key is long there.
        let updated = |now| Terms { acts_counted_since: day(100), ..terms(now) };
        for (days, kept, unused) in [(101, 2, 1), (189, 2, 1), (190, 0, 3)] {
            let terms = updated(days);
            let advised = advise(&holds, &Uses::default(), &terms);
            let not_counted = advised.scopes.iter().filter(|scope| scope.uses.is_none()).count();
            assert_eq!((not_counted, advised.unused.len()), (kept, unused), "{days}");
            let risks = risks_of(&holds, &Uses::default(), &terms);
            let reason = risks.into_iter().find(|risk| risk.kind == RiskKind::UnusedScopes).unwrap().reason;
            assert_eq!(reason, format!("{unused} of its 3 scopes were not used in 90 days"));
            assert_eq!(terms.is_watched_long_enough(&holds), kept == 0);
        }
        let lists = uses(&[("acme:admin", 3)], &[("acme/argus/keys:read", 3)]);
        let narrowed = |terms: &Terms| advise(&key(&["acme:admin"]), &lists, terms).proposed;
        assert_eq!(narrowed(&updated(150)), None, "what it did before is not known");
        assert_eq!(narrowed(&updated(190)), Some(vec!["acme/argus/keys:read".to_owned()]));
        // Never: by an installation of which a part does not count.
        let part = Terms { acts_counted_since: None, ..terms(400) };
        assert_eq!((narrowed(&part), part.is_watched_long_enough(&holds)), (None, false));
        // A key that was made afterwards was never used uncounted.
        let young = KeyFacts { created_at: day(120).unwrap(), ..holds };
        assert_eq!(advise(&young, &Uses::default(), &updated(130)).unused.len(), 3);
    }
}
