//! What the sweeper asks for, and what the usage path writes down for it.

use std::net::IpAddr;

use argus_store::credential::{self, MOST_CALLERS, NewCaller};
use argus_store::key::{ExpiryCause, Key, KeyState, Revocation, Rotation};
use argus_store::{Store, forget, key};
use chrono::{DateTime, Utc};

use crate::support::{Fixture, act, add_key, fixture, minute, new_credential, new_hash, new_key};

fn rotate(fixture: &Fixture, key: &Key, id: &str, grace_ends_at: DateTime<Utc>) {
    let rotation = Rotation { id: id.into(), hash: new_hash(), grace_ends_at };
    let by = act(fixture.acme, minute(10));
    fixture.store.write(|conn| key::rotate(conn, &by, key.id, &rotation, None)).unwrap();
}

fn caller(credential: &str, address: Option<&str>, at: DateTime<Utc>) -> NewCaller {
    let address = address.map(|text| text.parse::<IpAddr>().unwrap());
    NewCaller { credential_id: credential.into(), address, user_agent: None, at }
}

fn at_half_time(store: &Store, at: DateTime<Utc>) -> Vec<String> {
    let due = store.read(|conn| key::list_used_at_half_time(conn, at, 10)).unwrap();
    due.into_iter().map(|(_, credential)| credential).collect()
}

#[test]
fn an_older_secret_that_is_still_used_is_due_from_the_middle_of_its_grace_until_somebody_is_told() {
    let Some(fixture) = fixture() else { return };
    let made = add_key(&fixture, None, "deploy", 1).unwrap();
    rotate(&fixture, &made, "000000000002", minute(30));
    let old = "000000000001";
    assert_eq!(at_half_time(&fixture.store, minute(25)), Vec::<String>::new(), "nobody uses it");
    let seen = [caller(old, Some("203.0.113.7"), minute(12)), caller(old, None, minute(11))];
    fixture.store.write_aside(|conn| credential::note_callers(conn, &seen)).unwrap();
    assert_eq!(at_half_time(&fixture.store, minute(19)), Vec::<String>::new());
    assert_eq!(at_half_time(&fixture.store, minute(20)), [old]);
    fixture.store.write(|conn| key::forget_half_time(conn, old)).unwrap();
    assert_eq!(at_half_time(&fixture.store, minute(25)), Vec::<String>::new());
}

#[test]
fn the_callers_of_a_secret_are_kept_once_each_up_to_a_bound_and_until_it_is_retired() {
    let Some(fixture) = fixture() else { return };
    let made = add_key(&fixture, None, "deploy", 1).unwrap();
    rotate(&fixture, &made, "000000000002", minute(30));
    let old = "000000000001";
    let note = |callers: &[NewCaller]| {
        fixture.store.write_aside(|conn| credential::note_callers(conn, callers)).unwrap();
    };
    note(&[caller(old, Some("2001:db8::1"), minute(12)), caller("999999999999", None, minute(12))]);
    note(&[caller(old, Some("2001:db8::1"), minute(11)), caller(old, Some("2001:db8::1"), minute(13))]);
    let callers = || fixture.store.read(|conn| credential::list_callers(conn, old)).unwrap();
    assert_eq!(callers().len(), 1);
    assert_eq!((callers()[0].address.as_str(), callers()[0].last_seen_at), ("2001:db8::1", minute(13)));
    let many: Vec<_> = (0..60).map(|n| caller(old, Some(&format!("203.0.113.{n}")), minute(14))).collect();
    note(&many);
    note(&[caller(old, Some("2001:db8::1"), minute(15))]);
    assert_eq!((callers().len(), callers()[0].last_seen_at), (MOST_CALLERS, minute(15)));
    fixture.store.write(|conn| key::end_grace(conn, &act(fixture.acme, minute(30)), made.id)).unwrap();
    fixture.store.write(|conn| forget(conn, minute(31), 100)).unwrap();
    assert_eq!(callers(), []);
}

#[test]
fn each_credential_knows_when_it_was_last_used() {
    let Some(fixture) = fixture() else { return };
    let made = add_key(&fixture, None, "deploy", 1).unwrap();
    rotate(&fixture, &made, "000000000002", minute(30));
    let uses = [("000000000001".to_owned(), minute(12)), ("999999999999".to_owned(), minute(12))];
    fixture.store.write_aside(|conn| credential::touch_last_used(conn, &uses)).unwrap();
    let earlier = [("000000000001".to_owned(), minute(11))];
    fixture.store.write_aside(|conn| credential::touch_last_used(conn, &earlier)).unwrap();
    let used = |id| fixture.store.read(|conn| credential::find(conn, id)).unwrap().unwrap().last_used_at;
    assert_eq!((used("000000000001"), used("000000000002")), (Some(minute(12)), None));
}

#[test]
fn a_key_is_due_for_rotation_where_it_has_a_secret_and_none_waits_to_be_collected() {
    let Some(fixture) = fixture() else { return };
    let (store, by) = (&fixture.store, act(fixture.acme, minute(1)));
    let mut new = new_key(None, "own");
    new.rotation_interval_seconds = Some(3_600);
    let own = store.write(|conn| key::create(conn, &by, &new, &new_credential("000000000001"))).unwrap();
    let other = add_key(&fixture, None, "organisation's", 2).unwrap();
    let due = |at| store.read(|conn| key::list_rotation_due(conn, at, 10)).unwrap();
    let older =
        |before, after| store.read(|conn| key::list_older_secrets(conn, fixture.acme, before, after, 10)).unwrap();
    assert_eq!(due(minute(60)), []);
    assert_eq!(due(minute(61)).iter().map(|due| due.key).collect::<Vec<_>>(), [own.id]);
    assert_eq!(older(minute(0), None), []);
    assert_eq!(older(minute(1), None), [(other.id, minute(1))]);
    assert_eq!(older(minute(1), Some(other.id)), []);
    for (key, id) in [(&own, "000000000003"), (&other, "000000000004")] {
        store.write(|conn| key::open_rotation(conn, &act(fixture.acme, minute(61)), key.id, id)).unwrap();
    }
    assert_eq!((due(minute(62)), older(minute(1), None)), (Vec::new(), Vec::new()));
    let uncollected = |before| store.read(|conn| key::list_uncollected(conn, before, None, 10)).unwrap();
    assert_eq!((uncollected(minute(60)).len(), uncollected(minute(61)).len()), (0, 2));
    let first = uncollected(minute(61)).remove(0);
    let rest = store.read(|conn| key::list_uncollected(conn, minute(61), Some(&first), 10)).unwrap();
    assert_eq!(rest.iter().map(|credential| credential.id.as_str()).collect::<Vec<_>>(), ["000000000004"]);
}

#[test]
fn what_lies_ahead_of_keys_is_found_in_its_window_alone() {
    let Some(fixture) = fixture() else { return };
    let (store, by) = (&fixture.store, act(fixture.acme, minute(1)));
    let mut new = new_key(None, "deploy");
    new.rotation_interval_seconds = Some(3_600);
    let made = store.write(|conn| key::create(conn, &by, &new, &new_credential("000000000001"))).unwrap();
    let ending = |from, to, after| store.read(|conn| key::list_ending(conn, (from, to), after, 10)).unwrap().len();
    let rotating =
        |from, to, after| store.read(|conn| key::list_rotating_soon(conn, (from, to), after, 10)).unwrap().len();
    assert_eq!((ending(minute(1), minute(999), None), ending(minute(1), minute(1_000), None)), (0, 1));
    assert_eq!((ending(minute(1_000), minute(2_000), None), ending(minute(1), minute(1_000), Some(made.id))), (0, 0));
    assert_eq!((rotating(minute(1), minute(60), None), rotating(minute(1), minute(61), None)), (0, 1));
    assert_eq!((rotating(minute(61), minute(99), None), rotating(minute(1), minute(61), Some(made.id))), (0, 0));
    store.write(|conn| key::revoke(conn, &by, made.id, &Revocation::manual("over"))).unwrap();
    assert_eq!((ending(minute(1), minute(1_000), None), rotating(minute(1), minute(61), None)), (0, 0));
}

#[test]
fn a_key_that_nobody_uses_is_idle_but_not_while_others_derived_from_it_go_on() {
    let Some(fixture) = fixture() else { return };
    let parent = add_key(&fixture, None, "parent", 1).unwrap();
    let mut new = new_key(None, "child");
    new.parent_key_id = Some(parent.id);
    let by = act(fixture.acme, minute(2));
    let child = fixture.store.write(|conn| key::create(conn, &by, &new, &new_credential("000000000002"))).unwrap();
    let idle = || {
        let due = fixture.store.read(|conn| key::list_idle(conn, fixture.acme, minute(50), 10)).unwrap();
        due.into_iter().map(|due| due.key).collect::<Vec<_>>()
    };
    assert_eq!(idle(), [child.id]);
    fixture.store.write_aside(|conn| key::touch_last_used(conn, &[(child.id, minute(50))])).unwrap();
    assert_eq!(idle(), []);
    let by = act(fixture.acme, minute(60));
    let expired = fixture.store.write(|conn| key::expire(conn, &by, child.id, ExpiryCause::Idle)).unwrap().unwrap();
    assert_eq!(expired.state, KeyState::Expired);
    assert_eq!(idle(), [parent.id]);
}
