//! Derivations at random against a naive reading of what keys grant: none is let through that grants more.

use std::collections::HashMap;

use argus_engine::scope::Action;
use argus_store::key::{Environment, KeyState};
use argus_store::{Actor, KeyId, LimitStrategy, OrganisationId};

use super::*;
use crate::body::Body;
use crate::{AdminError, Place};

const CASES: usize = 100_000;

/// Whatever is asked in the tests: paths under `acme` of up to three more levels, and each action.
const LEVELS: [&str; 3] = ["a", "argus", "z"];

/// What is granted of [`uses`], a bit each.
type Granted = [u64; 4];

/// Numbers that look random, the same in every run (xorshift).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % below as u64).unwrap()
    }

    fn some<T: Clone>(&mut self, from: &[T], least: usize, most: usize) -> Vec<T> {
        (0..least + self.roll(most - least + 1)).map(|_| from[self.roll(from.len())].clone()).collect()
    }
}

fn paths(levels: &[&'static str]) -> Vec<Vec<&'static str>> {
    let mut paths = vec![vec!["acme"]];
    let mut begin = 0;
    for _ in 0..3 {
        let end = paths.len();
        for at in begin..end {
            for level in levels {
                paths.push([paths[at].clone(), vec![*level]].concat());
            }
        }
        begin = end;
    }
    paths
}

/// Level by level: the scope's path and all beneath it, `*` for one level, `admin` for every action. What is Argus's own is
/// granted only by name, or by `admin`.
fn grants(scope: &(Vec<&'static str>, Action), path: &[&str], action: Action) -> bool {
    let (levels, granted) = scope;
    let is_beneath =
        path.len() >= levels.len() && levels.iter().zip(path).all(|(level, part)| *level == "*" || level == part);
    let is_named = path.get(1) != Some(&"argus") || levels.get(1) == Some(&"argus") || *granted == Action::Admin;
    is_beneath && is_named && (*granted == action || *granted == Action::Admin)
}

/// Every scope there is here, with what it grants.
fn scopes() -> Vec<(Scope, Granted)> {
    let uses: Vec<_> =
        paths(&LEVELS).into_iter().flat_map(|path| Action::ALL.map(|action| (path.clone(), action))).collect();
    let paths = paths(&["a", "argus", "*"]);
    let all = paths.into_iter().flat_map(|path| Action::ALL.map(|action| (path.clone(), action)));
    all.map(|scope| {
        let mut granted = Granted::default();
        for (at, (path, action)) in uses.iter().enumerate() {
            if grants(&scope, path, *action) {
                granted[at / 64] |= 1 << (at % 64);
            }
        }
        (Scope::parse(&format!("{}:{}", scope.0.join("/"), scope.1)).unwrap(), granted)
    })
    .collect()
}

fn is_within(own: &Granted, above: &Granted) -> bool {
    own.iter().zip(above).all(|(own, above)| own & !above == 0)
}

/// Networks, each with which of five addresses it holds: 10.0.0.1, 10.1.0.1, 10.1.2.3, 192.0.2.1, 198.51.100.1.
const NETWORKS: [(&str, u8); 5] = [
    ("10.0.0.0/8", 0b0_0111),
    ("10.1.0.0/16", 0b0_0110),
    ("10.1.2.3", 0b0_0100),
    ("192.0.2.0/24", 0b0_1000),
    ("0.0.0.0/0", 0b1_1111),
];

/// The addresses of each of these networks.
fn addresses(networks: &[String]) -> impl Iterator<Item = u8> {
    networks.iter().map(|text| NETWORKS.iter().find(|(other, _)| other == text).unwrap().1)
}

const WINDOWS: [&str; 2] = ["Mon-Fri 08:00-18:00 UTC", "Sat-Sun 08:00-18:00 UTC"];

fn limit(name: &str, limit: u64, burst: Option<u64>, cost: Option<u64>) -> Limit {
    Limit { burst, cost, ..Limit::new(name, LimitStrategy::TokenBucket, limit, 60) }
}

/// Up to two limits at random, of different names.
fn limits(dice: &mut Dice) -> Vec<Limit> {
    let mut limits = Vec::new();
    for name in ["r", "s"] {
        if dice.roll(3) == 0 {
            let [burst, cost] = [[None, Some(5), Some(50)], [None, Some(1), Some(2)]].map(|of| of[dice.roll(3)]);
            let mut one = limit(name, [10, 20, 20][dice.roll(3)], burst, cost);
            one.window_seconds = [60, 60, 60, 30][dice.roll(4)];
            one.strategy = if dice.roll(4) == 0 { LimitStrategy::SlidingWindow } else { one.strategy };
            limits.push(one);
        }
    }
    limits
}

/// Whether of two limits one lets through no more uses, however they come: as many at once, and as many in any time.
fn lets_through_no_more(own: &Limit, above: &Limit) -> bool {
    let units = |limit: &Limit| (limit.limit, limit.burst.unwrap_or(limit.limit));
    let (mine, theirs) = (units(own), units(above));
    let counts_alike = (own.strategy, own.window_seconds) == (above.strategy, above.window_seconds);
    let costs_as_much = own.cost.unwrap_or(1) >= above.cost.unwrap_or(1);
    counts_alike && costs_as_much && mine.0 <= theirs.0 && mine.1 <= theirs.1
}

fn key(name: &str) -> Key {
    let at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    Key {
        id: KeyId::new(at),
        organisation_id: OrganisationId::new(at),
        organisation_name: "acme".to_owned(),
        project_id: None,
        project_name: None,
        name: name.to_owned(),
        owner: "ada@acme.example".to_owned(),
        environment: Environment::Live,
        scopes: Vec::new(),
        conditions: Conditions::default(),
        limits: Vec::new(),
        tags: Vec::new(),
        parent_key_id: None,
        state: KeyState::Active,
        not_before: None,
        expires_at: None,
        expiry_exception: None,
        rotation_interval_seconds: None,
        grace_seconds: None,
        durable: false,
        rotate_at: None,
        created_at: at,
        created_by: Actor::Host,
        suspended_at: None,
        expired_at: None,
        revoked_at: None,
        revoked_cause: None,
        revoked_reason: None,
        generation: 1,
        last_used_at: None,
    }
}

/// A key at random, with what it grants.
fn random(dice: &mut Dice, all: &[(Scope, Granted)], name: &str) -> (Key, Vec<(Scope, Granted)>) {
    let mut scopes = dice.some(all, 1, 3);
    // Else hardly any would be let through.
    if name != "derived" && dice.roll(3) > 0 {
        scopes.extend(all.iter().find(|(scope, _)| scope.to_string() == "acme:admin").cloned());
    }
    let mut key = key(name);
    key.scopes = scopes.iter().map(|(scope, _)| scope.to_string()).collect();
    key.conditions.networks = dice.some(&NETWORKS, 0, 2).into_iter().map(|(text, _)| text.to_owned()).collect();
    key.conditions.countries = dice.some(&["DE", "FR"], 0, 1).into_iter().map(str::to_owned).collect();
    key.conditions.windows = dice.some(&WINDOWS, 0, 1).into_iter().map(str::to_owned).collect();
    key.conditions.network_types = dice.some(&["corporate", "vpn"], 0, 1).into_iter().map(str::to_owned).collect();
    key.conditions.device = (dice.roll(2) == 0).then_some(true);
    key.limits = limits(dice);
    key.expires_at =
        (dice.roll(4) > 0).then(|| key.created_at + chrono::TimeDelta::days(dice.roll(5).try_into().unwrap()));
    (key, scopes)
}

/// `code pointer` of what is refused, with what is said.
fn refused(wanted: &Wanted<'_>, chain: &[&Key]) -> HashMap<String, String> {
    let mut fields = Fields::of(Body::default());
    wanted.refuse_widening(&mut fields, chain.iter().copied().map(Bound::above));
    let Err(AdminError::Refused(faults)) = fields.finish() else { return HashMap::new() };
    let pointer = |place| match place {
        Place::Body(pointer) => pointer,
        other => panic!("{other:?}"),
    };
    faults
        .into_iter()
        .map(|fault| (format!("{} {}", fault.code.as_str(), pointer(fault.place)), fault.detail))
        .collect()
}

/// A sort of conditions, by its name.
type Sort = (&'static str, fn(&Conditions) -> &Vec<String>);

/// The sorts of conditions that are compared as words.
const WORDS: [Sort; 3] = [
    ("countries", |conditions| &conditions.countries),
    ("windows", |conditions| &conditions.windows),
    ("network_types", |conditions| &conditions.network_types),
];

#[test]
fn of_a_hundred_thousand_derivations_none_is_wider_than_a_key_above_and_each_refusal_names_what_is() {
    let (all, mut dice) = (scopes(), Dice(0x5eed));
    let (mut made, mut refusals) = (0, 0);
    for _ in 0..CASES {
        let (first, of_first) = random(&mut dice, &all, "first");
        let (second, of_second) = random(&mut dice, &all, "second");
        let (derived, of_derived) = random(&mut dice, &all, "derived");
        let asked: Vec<_> = of_derived
            .iter()
            .enumerate()
            .map(|(index, (scope, _))| (format!("scopes/{index}"), scope.clone()))
            .collect();
        let wanted = Wanted {
            scopes: &asked,
            conditions: &derived.conditions,
            limits: &derived.limits,
            expires_at: derived.expires_at,
            present: None,
        };
        let refused = refused(&wanted, &[&second, &first]);

        let mut expected = Vec::new();
        for (index, (scope, own)) in of_derived.iter().enumerate() {
            // One scope above has to grant all of it, as whoever reads them expects.
            let is_granted = |above: &[(Scope, Granted)]| above.iter().any(|(_, above)| is_within(own, above));
            if !is_granted(&of_first) || !is_granted(&of_second) {
                let code = format!("scope-too-wide /scopes/{index}");
                assert!(
                    refused.get(&code).is_some_and(|detail| detail.starts_with(&format!("`{scope}` is more than"))),
                    "{code}: {refused:?}"
                );
                expected.push(code);
            }
        }
        for (index, own) in addresses(&derived.conditions.networks).enumerate() {
            let lets_in = |above: &Key| {
                let above = &above.conditions.networks;
                above.is_empty() || addresses(above).any(|above| own & !above == 0)
            };
            if !lets_in(&first) || !lets_in(&second) {
                expected.push(format!("condition-too-wide /conditions/networks/{index}"));
            }
        }
        for (sort, of) in WORDS {
            for (index, own) in of(&derived.conditions).iter().enumerate() {
                let names = |above: &Key| of(&above.conditions).is_empty() || of(&above.conditions).contains(own);
                if !names(&first) || !names(&second) {
                    expected.push(format!("condition-too-wide /conditions/{sort}/{index}"));
                }
            }
        }
        for (index, own) in derived.limits.iter().enumerate() {
            let is_within = |above: &Key| {
                let of_its_name = above.limits.iter().find(|above| above.name == own.name);
                of_its_name.is_none_or(|above| lets_through_no_more(own, above))
            };
            if !is_within(&first) || !is_within(&second) {
                expected.push(format!("limit-too-wide /limits/{index}"));
            }
        }
        let last = [first.expires_at, second.expires_at].into_iter().flatten().min();
        if last.is_some_and(|last| derived.expires_at.is_none_or(|end| end > last)) {
            expected.push("expiry-too-late /expires_at".to_owned());
        }
        let mut found: Vec<_> = refused.keys().cloned().collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{derived:?}\nbelow {second:?}\nbelow {first:?}");
        if found.is_empty() { made += 1 } else { refusals += 1 }
    }
    assert!(made > CASES / 100 && refusals > CASES / 2, "{made} made, {refusals} refused");
}

#[test]
fn a_limit_is_at_most_that_of_its_name_above() {
    let mut above = key("above");
    above.limits = vec![limit("r", 100, None, Some(2))];
    let conditions = Conditions::default();
    let of = |limit: Limit| {
        let wanted = Wanted { scopes: &[], conditions: &conditions, limits: &[limit], expires_at: None, present: None };
        refused(&wanted, &[&above]).into_keys().collect::<Vec<_>>()
    };
    let wide = ["limit-too-wide /limits/0"];
    assert!(of(limit("r", 100, None, Some(2))).is_empty() && of(limit("r", 1, Some(50), Some(3))).is_empty());
    assert_eq!(of(limit("r", 101, None, Some(2))), wide);
    assert_eq!(of(limit("r", 100, Some(101), Some(2))), wide);
    let narrow = Limit { actions: vec!["read".to_owned()], ..limit("r", 1, None, Some(2)) };
    assert_eq!(of(narrow), wide, "it would count fewer uses");
    assert_eq!(of(limit("r", 100, None, None)), wide, "a use that costs less is a wider limit");
    assert_eq!(of(Limit { window_seconds: 59, ..limit("r", 100, None, Some(2)) }), wide);
    assert!(of(limit("another", 1_000, None, None)).is_empty(), "that above counts all the same");
}
