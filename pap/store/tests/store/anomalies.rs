//! Anomalies: one open alert for each key and detector however often it is seen, and what people say of it.

use argus_store::anomaly::{
    self, AnomalyDetector, AnomalyFilter, AnomalyState, Evidence, MEMORY_CHARACTERS, Response, Severity, Sign,
};
use argus_store::audit::{self, AuditEvent};
use argus_store::key::{self, Revocation, RevocationCause};
use argus_store::{KeyId, NodeId, PageSize, Store, StoreError};

use crate::support::{Fixture, act, add_key, add_organisation, fixture, minute};

fn sign(key: KeyId, since: i64, times: i64) -> Sign {
    Sign {
        key,
        detector: AnomalyDetector::SharedKey,
        severity: Severity::Critical,
        explanation: "40 addresses within an hour".into(),
        evidence: Evidence { score: 2.0, request_ids: vec!["d1".into()], ..Evidence::default() },
        since: minute(since).timestamp(),
        last_seen_at: minute(since + times),
        times,
    }
}

fn note(store: &Store, sign: &Sign) -> (anomaly::Anomaly, bool) {
    store.write(|conn| anomaly::note(conn, minute(500), sign)).unwrap().unwrap()
}

fn told(fixture: &Fixture, event: AuditEvent) -> usize {
    let filter = audit::AuditFilter { event: Some(event), ..audit::AuditFilter::default() };
    fixture.store.read(|conn| audit::list(conn, &filter, 0, PageSize::default())).unwrap().items.len()
}

#[test]
fn what_is_seen_again_is_counted_and_no_news_however_often_it_is_noted() {
    let Some(fixture) = fixture() else { return };
    let key = add_key(&fixture, None, "reader", 1).unwrap();
    let (first, is_news) = note(&fixture.store, &sign(key.id, 10, 1));
    assert!(is_news);
    assert_eq!((first.state, first.times, first.key_path()), (AnomalyState::Open, 1, "acme/reader".to_owned()));
    assert_eq!(first.first_seen_at, argus_store_second(10));
    for _ in 0..2 {
        let (again, is_news) = note(&fixture.store, &sign(key.id, 10, 5));
        assert_eq!((again.id, again.times, again.last_seen_at, is_news), (first.id, 5, minute(15), false));
    }
    let stronger = Sign {
        explanation: "90 addresses within an hour".into(),
        evidence: Evidence { score: 3.0, ..Evidence::default() },
        ..sign(key.id, 10, 6)
    };
    assert_eq!(note(&fixture.store, &stronger).0.explanation, "90 addresses within an hour");
    // After it was over it begins anew: nobody has looked, so it is the same alert, and told again.
    let (anew, is_news) = note(&fixture.store, &sign(key.id, 3_000, 2));
    assert_eq!((anew.id, anew.times, anew.earlier_times, is_news), (first.id, 8, 6, true));
    assert!(!note(&fixture.store, &sign(key.id, 10, 6)).1, "an older one is noted already");
    assert_eq!(told(&fixture, AuditEvent::AnomalyDetected), 2);
    let nobody = fixture.store.write(|conn| anomaly::note(conn, minute(1), &sign(KeyId::new(minute(0)), 1, 1)));
    assert_eq!(nobody.unwrap(), None, "of a key that isn't there nothing is noted");
}

/// Without the fraction of a second that all these minutes have.
fn argus_store_second(n: i64) -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp(minute(n).timestamp(), 0).unwrap()
}

#[test]
fn what_people_say_is_kept_audited_and_waits_to_be_learned() {
    let Some(fixture) = fixture() else { return };
    let (store, key) = (&fixture.store, add_key(&fixture, None, "reader", 1).unwrap());
    let id = note(store, &sign(key.id, 10, 1)).0.id;
    let of_acme = act(fixture.acme, minute(20));
    let other = act(add_organisation(store, "globex").unwrap(), minute(20));
    assert_eq!(store.write(|conn| anomaly::acknowledge(conn, &other, id, "mine")).unwrap(), None);

    for _ in 0..2 {
        let seen = store.write(|conn| anomaly::acknowledge(conn, &of_acme, id, "load test")).unwrap().unwrap();
        let expected = (AnomalyState::Acknowledged, Some("load test"), false, 2);
        assert_eq!((seen.state, seen.note.as_deref(), seen.is_learned, seen.generation), expected);
    }
    let unlearned = store.read(|conn| anomaly::list_unlearned(conn, 10)).unwrap();
    assert_eq!(unlearned.len(), 1);
    let snoozed = store.write(|conn| anomaly::snooze(conn, &of_acme, id, (minute(90), None))).unwrap().unwrap();
    store.write(|conn| anomaly::learned(conn, &unlearned[0])).unwrap();
    let waiting = store.read(|conn| anomaly::list_unlearned(conn, 10)).unwrap();
    assert_eq!(waiting, [snoozed], "what was said meanwhile has still to be learned");
    store.write(|conn| anomaly::learned(conn, &waiting[0])).unwrap();
    assert_eq!(store.read(|conn| anomaly::list_unlearned(conn, 10)).unwrap(), []);

    assert!(!note(store, &sign(key.id, 10, 40)).1, "it is snoozed");
    let (awake, is_news) = note(store, &sign(key.id, 10, 80));
    assert_eq!((awake.state, awake.snoozed_until, is_news), (AnomalyState::Open, None, true));
    assert!(!note(store, &sign(key.id, 10, 81)).1);

    let marked = store.write(|conn| anomaly::mark_false(conn, &of_acme, id, None)).unwrap().unwrap();
    assert_eq!((marked.state, marked.note, marked.is_learned), (AnomalyState::False, None, false));
    let late = store.write(|conn| anomaly::acknowledge(conn, &of_acme, id, "late")).unwrap_err();
    assert!(matches!(late, StoreError::NotPossible { state: "false", .. }), "{late}");
    let events = [AuditEvent::AnomalyAcknowledged, AuditEvent::AnomalySnoozed, AuditEvent::AnomalyMarkedFalse];
    assert_eq!(events.map(|event| told(&fixture, event)), [1, 1, 1]);
    assert!(note(store, &sign(key.id, 3_000, 1)).1, "the next one is another");
}

#[test]
fn a_list_is_narrowed_and_paged_from_the_newest() {
    let Some(fixture) = fixture() else { return };
    let (store, globex) = (&fixture.store, add_organisation(&fixture.store, "globex").unwrap());
    let (one, two) = (add_key(&fixture, None, "one", 1).unwrap(), add_key(&fixture, None, "two", 2).unwrap());
    let first = note(store, &sign(one.id, 10, 1)).0;
    let second = note(store, &sign(two.id, 20, 1)).0;
    let quiet = Sign { detector: AnomalyDetector::Silence, severity: Severity::Medium, ..sign(two.id, 30, 1) };
    let third = note(store, &quiet).0;
    let list = |filter: &AnomalyFilter| {
        let page = store.read(|conn| anomaly::list(conn, filter, None, PageSize::default())).unwrap();
        page.items.into_iter().map(|found| found.id).collect::<Vec<_>>()
    };
    let all = AnomalyFilter::default();
    assert_eq!(list(&all), [third.id, second.id, first.id]);
    assert_eq!(list(&AnomalyFilter { key: Some(one.id), ..all.clone() }), [first.id]);
    assert_eq!(list(&AnomalyFilter { organisation: Some(globex), ..all.clone() }), []);
    assert_eq!(list(&AnomalyFilter { detector: Some(AnomalyDetector::Silence), ..all.clone() }), [third.id]);
    let severe = Some(vec![Severity::High, Severity::Critical]);
    assert_eq!(list(&AnomalyFilter { severities: severe, ..all.clone() }), [second.id, first.id]);
    assert_eq!(list(&AnomalyFilter { state: Some(AnomalyState::Snoozed), ..all.clone() }), []);
    let from = AnomalyFilter { from: Some(minute(15)), before: Some(minute(25)), ..all.clone() };
    assert_eq!(list(&from), [second.id]);
    let page = store.read(|conn| anomaly::list(conn, &all, Some(second.id), PageSize::default())).unwrap();
    assert_eq!(page.items, std::slice::from_ref(&first));

    store.write(|conn| anomaly::respond(conn, minute(40), first.id, Response::Suspend)).unwrap();
    let found = store.read(|conn| anomaly::find(conn, first.id)).unwrap().unwrap();
    assert_eq!((found.response, found.responded_at), (Some(Response::Suspend), Some(minute(40))));

    assert_eq!(store.write(|conn| anomaly::forget(conn, minute(25), 10)).unwrap(), 2);
    assert_eq!(list(&all), [third.id]);
}

#[test]
fn a_watch_is_remembered_found_overdue_and_forgotten_with_its_key() {
    let Some(fixture) = fixture() else { return };
    let (store, key) = (&fixture.store, add_key(&fixture, None, "reader", 1).unwrap());
    assert_eq!(store.read(|conn| anomaly::find_watch(conn, key.id)).unwrap(), None);
    for memory in ["AQ==", "Ag=="] {
        store.write_aside(|conn| anomaly::save_watch(conn, key.id, memory, minute(60))).unwrap();
        assert_eq!(store.read(|conn| anomaly::find_watch(conn, key.id)).unwrap().as_deref(), Some(memory));
    }
    let overdue = |before| store.read(|conn| anomaly::list_overdue_watches(conn, minute(before), 10)).unwrap();
    assert_eq!((overdue(60), overdue(61)), (vec![], vec![key.id]));
    let long = "A".repeat(MEMORY_CHARACTERS + 1);
    store.write_aside(|conn| anomaly::save_watch(conn, key.id, &long, minute(70))).unwrap_err();
    assert_eq!(store.write(|conn| anomaly::forget_ended_watches(conn, 10)).unwrap(), 0);
    store.write(|conn| key::revoke(conn, &act(fixture.acme, minute(80)), key.id, &Revocation::manual("gone"))).unwrap();
    assert_eq!(store.write(|conn| anomaly::forget_ended_watches(conn, 10)).unwrap(), 1);
}

#[test]
fn sightings_wait_in_order_and_a_node_that_nobody_listens_to_keeps_its_last_ones() {
    let Some(fixture) = fixture() else { return };
    let (store, one, two) = (&fixture.store, NodeId::new(minute(0)), NodeId::new(minute(0)));
    let add = |of, at, seen| store.write_aside(|conn| anomaly::add_sighting(conn, of, minute(at), seen)).unwrap();
    add((two, 1), 2, "b");
    add((one, 1), 1, "a");
    add((one, 1), 9, "again");
    add((one, 2), 3, "c");
    let list = |most, but: &dyn Fn(&anomaly::SightingOf) -> bool| {
        store.read(|conn| anomaly::list_sightings(conn, but, most)).unwrap()
    };
    let nothing = |_: &anomaly::SightingOf| false;
    let of = |node, batch, seen: &str| ((node, batch), seen.to_owned());
    assert_eq!(list(10, &nothing), [of(one, 1, "a"), of(two, 1, "b"), of(one, 2, "c")]);
    assert_eq!(list(1, &|of| *of == (one, 1)), [of(two, 1, "b")]);
    store.write(|conn| anomaly::forget_sightings(conn, [(one, 1), (two, 1)].iter())).unwrap();
    assert_eq!(list(10, &nothing), [of(one, 2, "c")]);
    add((one, 2_002), 4, "d");
    assert_eq!(list(10, &nothing), [of(one, 2_002, "d")]);
}

#[test]
fn a_key_is_stopped_for_a_detected_threat_and_the_audit_says_so() {
    let Some(fixture) = fixture() else { return };
    let (store, key) = (&fixture.store, add_key(&fixture, None, "reader", 1).unwrap());
    let threat = Revocation { cause: RevocationCause::Threat, reason: "detected threat: 40 addresses".into() };
    let act = argus_store::Act::of_argus(fixture.acme, minute(5), "watch");
    let suspended = store.write(|conn| key::suspend_for(conn, &act, key.id, &threat)).unwrap().unwrap();
    assert_eq!(suspended.state, key::KeyState::Suspended);
    let filter = audit::AuditFilter { event: Some(AuditEvent::KeySuspended), ..audit::AuditFilter::default() };
    let told = store.read(|conn| audit::list(conn, &filter, 0, PageSize::default())).unwrap().items;
    let entry = &told.first().unwrap().entry;
    assert!(entry.contains(r#""cause":"threat""#) && entry.contains("detected threat: 40 addresses"), "{entry}");
}
