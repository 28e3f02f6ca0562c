//! What would be decided about a key that isn't there: the same as of the key, once it is.

use argus_engine::scope::Scope;
use argus_pdp::{Reason, SupposedDecision, SupposedKey, SupposedUse};
use argus_store::Conditions;
use argus_store::key::Key;
use chrono::{DateTime, Utc};
use serde_json::json;

use crate::support::{Installation, installation};

fn conditions() -> Conditions {
    Conditions {
        networks: vec!["10.0.0.0/8".to_owned()],
        countries: vec!["DE".to_owned()],
        windows: vec!["Mon-Fri 08:00-18:00 Europe/Berlin".to_owned()],
        network_types: vec!["corporate".to_owned()],
        device: Some(true),
    }
}

fn supposed(key: &Key) -> SupposedKey {
    SupposedKey {
        name: key.name.clone(),
        organisation: key.organisation_name.clone(),
        project: None,
        owner: key.owner.clone(),
        scopes: key.scopes.iter().map(|scope| Scope::parse(scope).unwrap()).collect(),
        chain: Vec::new(),
        conditions: key.conditions.clone(),
        inherited: Vec::new(),
        project_conditions: Conditions::default(),
        organisation_conditions: Conditions::default(),
    }
}

/// A use that meets every condition: a Tuesday in Berlin, at noon.
fn fitting<'u>(action: &'u str, resource: &'u str) -> SupposedUse<'u> {
    SupposedUse {
        action,
        resource,
        ip: Some("10.1.2.3".parse().unwrap()),
        country: Some("DE"),
        network: Some("corporate"),
        device_compliant: Some(true),
        at: "2026-11-24T11:00:00Z".parse().unwrap(),
    }
}

fn suppose(installation: &Installation, key: &SupposedKey, supposed: SupposedUse<'_>) -> SupposedDecision {
    installation.pdp.suppose(key, &[supposed]).remove(0)
}

#[test]
fn every_condition_is_supposed_alone() {
    let installation = installation();
    let key = SupposedKey { conditions: conditions(), ..supposed(&installation.reader.key) };
    let refused = |change: fn(&mut SupposedUse<'_>)| {
        let mut asked = fitting("read", "acme/atlas/evidence/42");
        change(&mut asked);
        suppose(&installation, &key, asked).refused
    };
    assert_eq!(refused(|_| {}), None);
    assert_eq!(refused(|asked| asked.ip = Some("203.0.113.7".parse().unwrap())), Some(Reason::ConditionIp));
    assert_eq!(refused(|asked| asked.ip = None), Some(Reason::ConditionIp));
    assert_eq!(refused(|asked| asked.country = Some("FR")), Some(Reason::ConditionCountry));
    assert_eq!(refused(|asked| asked.country = None), Some(Reason::ConditionCountry));
    let sunday: DateTime<Utc> = "2026-11-29T11:00:00Z".parse().unwrap();
    let asked = SupposedUse { at: sunday, ..fitting("read", "acme/atlas/evidence/42") };
    assert_eq!(suppose(&installation, &key, asked).refused, Some(Reason::ConditionTime));
    assert_eq!(refused(|asked| asked.network = Some("mobile")), Some(Reason::ConditionNetwork));
    assert_eq!(refused(|asked| asked.device_compliant = None), Some(Reason::ConditionDevice));
}

#[test]
fn what_a_key_above_asks_is_asked_of_what_is_supposed_below_it() {
    let installation = installation();
    let key = SupposedKey { inherited: vec![conditions()], ..supposed(&installation.reader.key) };
    let asked = || fitting("read", "acme/atlas/evidence/42");
    assert_eq!(suppose(&installation, &key, asked()).refused, None);
    let elsewhere = SupposedUse { country: Some("FR"), ..asked() };
    assert_eq!(suppose(&installation, &key, elsewhere).refused, Some(Reason::ConditionCountry));
}

#[actix_web::test]
async fn what_is_supposed_of_a_key_is_decided_once_it_is_there() {
    let installation = installation();
    let beyond = installation.add_key("acme", "beyond", "*:read", |key, _| {
        key.conditions.networks = vec!["10.0.0.0/8".to_owned()];
    });
    for key in [&installation.reader, &beyond] {
        for (action, resource) in [
            ("read", "acme/atlas/evidence"),
            ("read", "acme/atlas/evidence/42"),
            ("write", "acme/atlas/evidence/42"),
            ("read", "acme/atlas/evidence-archive"),
            ("read", "beta/atlas/evidence"),
        ] {
            for ip in [None, Some("10.0.0.7"), Some("203.0.113.7")] {
                let context = ip.map_or(json!({}), |ip| json!({ "ip": ip }));
                let question =
                    json!({"credential": key.token, "action": action, "resource": resource, "context": context});
                let answer = installation.verify(&installation.boss, &question).await.json();
                let ip = ip.map(|ip| ip.parse().unwrap());
                let asked = SupposedUse { ip, country: None, network: None, ..fitting(action, resource) };
                let supposed = suppose(&installation, &supposed(&key.key), asked);
                let reason = supposed.refused.map(Reason::as_str);
                assert_eq!(answer["reason"], json!(reason), "{resource}:{action} {ip:?}");
                if reason.is_none() {
                    assert_eq!(answer["matched_scope"], json!(supposed.matched_scope));
                }
            }
        }
    }
}

#[test]
fn a_key_of_argus_reaches_every_organisation() {
    let installation = installation();
    let boss = supposed(&installation.boss.key);
    for resource in ["argus/x", "acme/atlas/evidence", "beta/argus/keys", "argus/argus/organisations"] {
        let decision = suppose(&installation, &boss, fitting("write", resource));
        assert_eq!((decision.refused, decision.matched_scope.as_deref()), (None, Some("*:admin")), "{resource}");
    }
}

#[test]
fn an_act_of_administration_is_supposed_by_its_own_policy() {
    let installation = installation();
    let key = supposed(&installation.pep.key);
    let ask = |action, resource| suppose(&installation, &key, fitting(action, resource)).refused;
    assert_eq!(ask("execute", "acme/argus/pdp"), None);
    assert_eq!(ask("read", "acme/argus/keys"), Some(Reason::ScopeMissing));
    assert_eq!(ask("execute", "beta/argus/pdp"), Some(Reason::PolicyDenied));
}

/// What a scope grants as whoever reads it expects: level by level, `*` for one level, `admin` for every action, and what is
/// Argus's own only by name, or by `admin`.
fn grants(scope: (&[&str], &str), path: &[&str], action: &str) -> bool {
    let (levels, granted) = scope;
    let is_beneath =
        path.len() >= levels.len() && levels.iter().zip(path).all(|(level, part)| *level == "*" || level == part);
    let is_named = path.get(1) != Some(&"argus") || levels.get(1) == Some(&"argus") || granted == "admin";
    is_beneath && is_named && (granted == action || granted == "admin")
}

const ACTIONS: [&str; 5] = ["read", "write", "delete", "execute", "admin"];

fn with_scopes(key: &Key, scopes: &[(Vec<&str>, &str)]) -> SupposedKey {
    let scopes = scopes.iter().map(|(levels, action)| Scope::parse(&format!("{}:{action}", levels.join("/"))).unwrap());
    SupposedKey { scopes: scopes.collect(), ..supposed(key) }
}

#[test]
fn organisation_project_and_resource_are_granted_by_each_action_as_they_are_written() {
    let installation = installation();
    let levels: [&[&str]; 5] =
        [&["acme"], &["acme", "atlas"], &["acme", "atlas", "evidence"], &["acme", "*", "evidence"], &["*", "atlas"]];
    let paths: [&[&str]; 7] = [
        &["acme"],
        &["acme", "atlas"],
        &["acme", "atlas", "evidence"],
        &["acme", "atlas", "evidence", "42"],
        &["acme", "atlas", "evidence-archive"],
        &["acme", "nova", "evidence"],
        &["acme", "argus", "keys"],
    ];
    for levels in levels {
        for granted in ACTIONS {
            let key = with_scopes(&installation.reader.key, &[(levels.to_vec(), granted)]);
            for path in paths {
                for action in ACTIONS {
                    let decision = suppose(&installation, &key, fitting(action, &path.join("/")));
                    let expected = grants((levels, granted), path, action);
                    assert_eq!(
                        decision.refused.is_none(),
                        expected,
                        "{levels:?}:{granted} {path:?}:{action} {decision:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_key_of_any_other_organisation_than_argus_never_reaches_another_one() {
    const KEYS: usize = 1_000;
    const USES: usize = 100;
    let installation = installation();
    let mut state: u64 = 0x5eed;
    let mut roll = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    let mut permitted = 0;
    for _ in 0..KEYS {
        let mut path = |first: &[&'static str], rest: &[&'static str], longest: usize| {
            let mut path = vec![first[roll(first.len())]];
            path.extend((0..roll(longest)).map(|_| rest[roll(rest.len())]));
            (path, ACTIONS[roll(5)])
        };
        let scopes: Vec<_> =
            (0..3).map(|_| path(&["acme", "beta", "argus", "*"], &["a", "argus", "keys", "*"], 4)).collect();
        let uses: Vec<_> = (0..USES).map(|_| path(&["acme", "beta", "argus"], &["a", "argus", "keys"], 5)).collect();
        let texts: Vec<String> = uses.iter().map(|(path, _)| path.join("/")).collect();
        let asked: Vec<_> = uses.iter().zip(&texts).map(|((_, action), text)| fitting(action, text)).collect();
        let decisions = installation.pdp.suppose(&with_scopes(&installation.reader.key, &scopes), &asked);
        for ((path, action), decision) in uses.iter().zip(decisions) {
            let is_own = path[0] == "acme";
            let granted = scopes.iter().any(|(levels, granted)| grants((levels, granted), path, action));
            let (is_permitted, expected) = (decision.refused.is_none(), is_own && granted);
            assert!(expected || !is_permitted, "{scopes:?} {path:?}:{action} {decision:?}");
            // Of what is Argus's own, its policy may grant less than a scope does.
            assert!(
                path.get(1) == Some(&"argus") || is_permitted == expected,
                "{scopes:?} {path:?}:{action} {decision:?}"
            );
            permitted += usize::from(decision.refused.is_none());
        }
    }
    assert!(permitted > KEYS, "{permitted} of {} uses were permitted", KEYS * USES);
}
