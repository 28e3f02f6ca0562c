//! The log of decisions: each is there once, listed from the newest, found by its id, and forgotten by its age.

use argus_store::decision::{self, Decision, DecisionFilter, PolicySet};
use argus_store::policy_document::{self, DocumentKind, NewPolicyDocument};
use argus_store::{KeyId, PageSize, Store};

use crate::support::{act, fixture, minute};

fn decided(id: &str, n: i64) -> Decision {
    Decision {
        id: id.to_owned(),
        at: minute(n),
        organisation: "acme".into(),
        door: "verify".into(),
        caller_key_id: KeyId::new(minute(0)),
        key_id: Some(KeyId::new(minute(0))),
        decision: "Permit".into(),
        reason: None,
        action: Some("read".into()),
        resource: Some("acme/atlas/évidence/1".into()),
        address: Some("203.0.113.7".into()),
        microseconds: 211,
        policy_id: "urn:argus:policy:root".into(),
        policy_version: "1.0".into(),
        policy_set: "sha256:ab".into(),
        is_evaluated: true,
        request: r#"{"Request":{}}"#.into(),
        response: r#"{"Response":[]}"#.into(),
        redacted: "[]".into(),
    }
}

fn set() -> PolicySet {
    PolicySet { digest: "sha256:ab".into(), members: r#"[["root.xml","sha256:cd"]]"#.into() }
}

fn add(store: &Store, rows: &[Decision]) {
    store.write_aside(|conn| decision::add(conn, rows, &[set()])).unwrap();
}

fn list(store: &Store, filter: &DecisionFilter) -> Vec<String> {
    let page = store.read(|conn| decision::list(conn, filter, None, PageSize::default())).unwrap();
    page.items.into_iter().map(|decision| decision.id).collect()
}

#[test]
fn a_decision_that_is_added_twice_is_there_once_and_as_it_was() {
    let Some(fixture) = fixture() else { return };
    let store = &fixture.store;
    let first = decided("01-a", 1);
    add(store, std::slice::from_ref(&first));
    let other = Decision { reason: Some("scope_missing".into()), key_id: None, ..decided("01-b", 2) };
    add(store, &[Decision { decision: "Deny".into(), ..first.clone() }, other.clone()]);
    let find = |id: &str| store.read(|conn| decision::find(conn, id)).unwrap();
    assert_eq!((find("01-a"), find("01-b"), find("01-c")), (Some(first), Some(other), None));
    assert_eq!(store.read(|conn| decision::find_policy_set(conn, "sha256:ab")).unwrap(), Some(set()));
    assert_eq!(store.read(|conn| decision::find_policy_set(conn, "sha256:xx")).unwrap(), None);
}

#[test]
fn decisions_are_listed_from_the_newest_page_by_page() {
    let Some(fixture) = fixture() else { return };
    let store = &fixture.store;
    let ids: Vec<String> = (0..7).map(|n| format!("0{n}-{}", if n % 2 == 0 { "a" } else { "B" })).collect();
    let rows: Vec<_> = (0..).zip(&ids).map(|(n, id)| decided(id, n)).collect();
    add(store, &rows);
    let (mut seen, size) = (Vec::<String>::new(), PageSize::new(3).unwrap());
    loop {
        let before = seen.last().cloned();
        let all = DecisionFilter::default();
        let page = store.read(|conn| decision::list(conn, &all, before.as_deref(), size)).unwrap();
        seen.extend(page.items.into_iter().map(|decision| decision.id));
        if !page.more {
            break;
        }
    }
    seen.reverse();
    assert_eq!(seen, ids);
}

#[test]
fn a_list_holds_what_its_filter_lets_through() {
    let Some(fixture) = fixture() else { return };
    let store = &fixture.store;
    let denied = Decision { decision: "Deny".into(), reason: Some("scope_missing".into()), ..decided("02", 2) };
    let others = Decision { organisation: "globex".into(), ..decided("03", 3) };
    add(store, &[decided("01", 1), denied.clone(), others]);
    let filter = DecisionFilter::default;
    assert_eq!(list(store, &filter()), ["03", "02", "01"]);
    assert_eq!(list(store, &DecisionFilter { organisation: Some("acme".into()), ..filter() }), ["02", "01"]);
    assert_eq!(list(store, &DecisionFilter { key: denied.key_id, ..filter() }), ["02"]);
    assert_eq!(list(store, &DecisionFilter { decision: Some("Permit".into()), ..filter() }), ["03", "01"]);
    assert_eq!(list(store, &DecisionFilter { reason: Some("scope_missing".into()), ..filter() }), ["02"]);
    assert_eq!(list(store, &DecisionFilter { from: Some(minute(2)), before: Some(minute(3)), ..filter() }), ["02"]);
}

#[test]
fn old_decisions_are_forgotten_in_portions_and_their_policies_kept() {
    let Some(fixture) = fixture() else { return };
    let store = &fixture.store;
    let rows: Vec<_> = (0..9).map(|n| decided(&format!("0{n}"), n)).collect();
    add(store, &rows);
    let forget = || store.write_aside(|conn| decision::forget(conn, minute(5), 3)).unwrap();
    assert_eq!([forget(), forget(), forget()], [3, 2, 0]);
    assert_eq!(list(store, &DecisionFilter::default()), ["08", "07", "06", "05"]);
    assert!(store.read(|conn| decision::find_policy_set(conn, "sha256:ab")).unwrap().is_some());
}

#[test]
fn texts_of_policies_are_found_after_others_have_taken_their_place() {
    let Some(fixture) = fixture() else { return };
    let store = &fixture.store;
    for (digest, text) in [("sha256:cd", "<Policy/>"), ("sha256:ef", "<Policy >")] {
        let new = NewPolicyDocument {
            path: "root.xml".into(),
            digest: digest.into(),
            kind: DocumentKind::Policy,
            policy_id: "urn:root".into(),
            version: "1.0".into(),
            text: text.into(),
        };
        store.write(|conn| policy_document::import(conn, &act(fixture.acme, minute(1)), &[new])).unwrap();
    }
    let digests = ["sha256:cd", "sha256:ef", "sha256:00"].map(str::to_owned);
    let texts = store.read(|conn| decision::find_policy_texts(conn, &digests)).unwrap();
    let texts: Vec<_> = texts.iter().map(|(digest, text)| (digest.as_str(), text.as_str())).collect();
    assert_eq!(texts, [("sha256:cd", "<Policy/>"), ("sha256:ef", "<Policy >")]);
}
