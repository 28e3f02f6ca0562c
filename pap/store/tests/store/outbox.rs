//! Notices: who writes them, and when they are forgotten.

use argus_store::key::{ExpiryCause, Key, KeyFilter, NewKey, Revocation, RevocationCause, Rotation};
use argus_store::outbox::{NewNotice, Notice, NoticeFilter, NoticeKind};
use argus_store::{PageSize, Store, delivery, forget, key, lease, outbox};
use chrono::{DateTime, TimeDelta, Utc};

use crate::support::{Fixture, act, add_key, fixture, minute, new_credential, new_hash, new_key};

fn notices(store: &Store) -> Vec<Notice> {
    store.read(|conn| outbox::list(conn, NoticeFilter::default(), None, PageSize::default())).unwrap().items
}

fn put(fixture: &Fixture, key: &Key, dedup_key: &str) -> bool {
    let new = NewNotice {
        kind: NoticeKind::ExpiryAhead,
        organisation: fixture.acme,
        key: Some(key.id),
        recipient: "ada@acme.example".into(),
        payload: "{}".into(),
        dedup_key: dedup_key.into(),
    };
    fixture.store.write(|conn| outbox::put(conn, minute(2), &new)).unwrap()
}

fn rotation(id: &str, grace_ends_at: DateTime<Utc>) -> Rotation {
    Rotation { id: id.into(), hash: new_hash(), grace_ends_at }
}

#[test]
fn whoever_answers_for_a_key_is_told_once_of_each_thing_that_happens_to_it() {
    let Some(fixture) = fixture() else { return };
    let (store, acme) = (&fixture.store, fixture.acme);
    let made = add_key(&fixture, None, "deploy", 1).unwrap();
    let ended = add_key(&fixture, None, "backup", 2).unwrap();
    for _ in 0..2 {
        store.write(|conn| key::open_rotation(conn, &act(acme, minute(2)), made.id, "000000000003")).unwrap();
    }
    let by = act(acme, minute(3));
    store.write(|conn| key::collect(conn, &by, made.id, &rotation("000000000003", minute(9)))).unwrap();
    for n in 4..6 {
        store.write(|conn| key::suspend(conn, &act(acme, minute(n)), made.id)).unwrap();
    }
    store.write(|conn| key::resume(conn, &act(acme, minute(6)), made.id)).unwrap();
    let leak = Revocation { cause: RevocationCause::Leak, reason: "found on a page".into() };
    for n in 7..9 {
        store.write(|conn| key::revoke(conn, &act(acme, minute(n)), made.id, &leak)).unwrap();
        store.write(|conn| key::expire(conn, &act(acme, minute(n)), ended.id, ExpiryCause::Idle)).unwrap();
    }

    let told = notices(store);
    let kinds: Vec<_> = told.iter().map(|notice| notice.kind.as_str()).collect();
    let expected = ["key.rotation_opened", "key.rotated", "key.suspended", "key.resumed", "key.revoked", "key.expired"];
    assert_eq!(kinds, expected);
    for notice in &told {
        assert_eq!((notice.recipient.as_str(), notice.organisation_name.as_str()), ("ada@acme.example", "acme"));
        assert_eq!(notice.handed_at, None);
    }
    let payload = |place: usize| serde_json::from_str::<serde_json::Value>(&told[place].payload).unwrap();
    assert_eq!(payload(1)["grace_ends_at"], "2027-01-15T08:09:00.123456Z");
    assert_eq!((&payload(4)["cause"], &payload(4)["path"]), (&"leak".into(), &"acme/deploy".into()));
    assert_eq!((&payload(5)["cause"], told[5].key_id), (&"idle".into(), Some(ended.id)));
}

#[test]
fn of_many_keys_that_are_revoked_at_once_every_owner_is_told_once() {
    let Some(fixture) = fixture() else { return };
    let ids: Vec<_> = (1..4).map(|n| add_key(&fixture, None, &format!("key-{n}"), n).unwrap().id).collect();
    let by = act(fixture.acme, minute(2));
    let filter = KeyFilter { tag: Some("ci".into()), ..KeyFilter::default() };
    for _ in 0..2 {
        fixture.store.write(|conn| key::revoke_many(conn, &by, &filter, &Revocation::manual("over"))).unwrap();
    }
    let [told] = &notices(&fixture.store)[..] else { panic!("one owner is told once") };
    assert_eq!(
        (told.kind, told.recipient.as_str(), told.key_id),
        (NoticeKind::Revoked, "ada@acme.example", Some(ids[0]))
    );
    let payload: serde_json::Value = serde_json::from_str(&told.payload).unwrap();
    assert_eq!((&payload["path"], &payload["reason"]), (&"acme/key-1".into(), &"over".into()));
    assert_eq!((&payload["keys"], &payload["key_ids"]), (&3.into(), &serde_json::json!(ids)));
    assert_eq!(payload.get("above_key_id"), None);
}

/// A root of Ada's with a key of hers and two of Bob's below it, and one of Cleo's below one of Bob's.
fn add_tree(fixture: &Fixture) -> [Key; 5] {
    let add = |n: u32, owner: &str, above: Option<&Key>| {
        let new = NewKey {
            owner: owner.into(),
            parent_key_id: above.map(|key| key.id),
            ..new_key(None, &format!("key-{n}"))
        };
        let credential = new_credential(&format!("{n:012}"));
        fixture.store.write(|conn| key::create(conn, &act(fixture.acme, minute(1)), &new, &credential)).unwrap()
    };
    let root = add(1, "ada@acme.example", None);
    let hers = add(2, "ada@acme.example", Some(&root));
    let his = add(3, "bob@acme.example", Some(&root));
    let also_his = add(4, "bob@acme.example", Some(&root));
    let deepest = add(5, "cleo@acme.example", Some(&also_his));
    [root, hers, his, also_his, deepest]
}

#[test]
fn whoever_answers_for_keys_below_one_that_is_stopped_is_told_once_of_all_of_them() {
    let Some(fixture) = fixture() else { return };
    let [root, hers, his, also_his, deepest] = add_tree(&fixture);
    let (store, acme) = (&fixture.store, fixture.acme);
    for n in 2..4 {
        store.write(|conn| key::suspend(conn, &act(acme, minute(n)), root.id)).unwrap();
    }
    store.write(|conn| key::resume(conn, &act(acme, minute(4)), root.id)).unwrap();
    store.write(|conn| key::suspend(conn, &act(acme, minute(5)), root.id)).unwrap();
    for n in 6..8 {
        store.write(|conn| key::revoke(conn, &act(acme, minute(n)), root.id, &Revocation::manual("over"))).unwrap();
    }

    let told = notices(store);
    let of = |owner: &str| {
        let of_his = told.iter().filter(|notice| notice.recipient == owner);
        of_his.map(|notice| notice.kind.as_str()).collect::<Vec<_>>()
    };
    let expected = ["key.suspended", "key.resumed", "key.suspended", "key.revoked"];
    for owner in ["ada@acme.example", "bob@acme.example", "cleo@acme.example"] {
        assert_eq!(of(owner), expected, "{owner}");
    }
    let last = |owner: &str| {
        let last = told.iter().rev().find(|notice| notice.recipient == owner).unwrap();
        (last.key_id, serde_json::from_str::<serde_json::Value>(&last.payload).unwrap())
    };
    assert_eq!(last("ada@acme.example").0, Some(root.id), "of {} nobody else is told", hers.id);
    let (first, bobs) = last("bob@acme.example");
    assert_eq!((first, &bobs["path"], &bobs["reason"]), (Some(his.id), &"acme/key-3".into(), &"over".into()));
    assert_eq!(
        (&bobs["above_path"], bobs["above_key_id"].as_str()),
        (&"acme/key-1".into(), Some(&*root.id.to_string()))
    );
    assert_eq!((&bobs["keys"], &bobs["key_ids"]), (&2.into(), &serde_json::json!([his.id, also_his.id])));
    assert_eq!(last("cleo@acme.example").1["key_ids"], serde_json::json!([deepest.id]));
}

#[test]
fn owners_of_keys_below_are_told_of_a_bulk_revocation_and_of_an_end() {
    let Some(fixture) = fixture() else { return };
    add_tree(&fixture);
    let by = act(fixture.acme, minute(2));
    let filter = KeyFilter { owner: Some("ada@acme.example".into()), ..KeyFilter::default() };
    for _ in 0..2 {
        fixture.store.write(|conn| key::revoke_many(conn, &by, &filter, &Revocation::manual("over"))).unwrap();
    }
    let told: Vec<_> = notices(&fixture.store).into_iter().map(|notice| notice.recipient).collect();
    let bob_and_cleo = told.iter().filter(|recipient| !recipient.starts_with("ada"));
    assert_eq!((told.len(), bob_and_cleo.count()), (3, 2), "{told:?}");

    let Some(fixture) = self::fixture() else { return };
    let [other, _, _, also_his, _] = add_tree(&fixture);
    let ended = act(fixture.acme, minute(3));
    fixture.store.write(|conn| key::expire(conn, &ended, also_his.id, ExpiryCause::End)).unwrap();
    assert_eq!(notices(&fixture.store).len(), 1, "what is below ends by itself");
    fixture.store.write(|conn| key::expire(conn, &ended, other.id, ExpiryCause::Idle)).unwrap();
    let kinds: Vec<_> = notices(&fixture.store).into_iter().map(|notice| notice.kind).collect();
    // Bob for his key that ended, then Ada for the root and Bob for what is left below it.
    assert_eq!(kinds, [NoticeKind::Expired; 3]);
}

#[test]
fn a_notice_is_written_once_however_often_somebody_finds_it_due() {
    let Some(fixture) = fixture() else { return };
    let key = add_key(&fixture, None, "deploy", 1).unwrap();
    assert!(put(&fixture, &key, "expiry/14"));
    assert!(!put(&fixture, &key, "expiry/14"));
    assert!(put(&fixture, &key, "expiry/7"));
    let asked = ["expiry/14".to_owned(), "expiry/1".to_owned()];
    assert_eq!(fixture.store.read(|conn| outbox::list_told(conn, &asked)).unwrap(), ["expiry/14"]);
}

#[test]
fn a_lease_is_one_holders_until_it_ends_or_is_given_back() {
    let Some(fixture) = fixture() else { return };
    let take = |holder: &str, at| {
        fixture.store.write_aside(|conn| lease::take(conn, "sweep", holder, at, TimeDelta::minutes(1))).unwrap()
    };
    assert!(take("one", minute(1)));
    assert!(!take("two", minute(1)));
    assert!(take("one", minute(1) + TimeDelta::seconds(30)), "renewed");
    assert!(!take("two", minute(2)));
    assert!(take("two", minute(3)));
    assert!(!take("one", minute(3)));
    fixture.store.write_aside(|conn| lease::give_back(conn, "sweep", "one")).unwrap();
    assert!(!take("one", minute(3)), "it was not his to give back");
    fixture.store.write_aside(|conn| lease::give_back(conn, "sweep", "two")).unwrap();
    assert!(take("one", minute(3)));
    assert!(take("two", minute(-57)), "taken by a clock that was an hour ahead, it is as good as free");
}

#[test]
fn a_notice_that_waits_for_somebody_to_be_told_is_forgotten_after_a_quarter() {
    let Some(fixture) = fixture() else { return };
    let key = add_key(&fixture, None, "deploy", 1).unwrap();
    put(&fixture, &key, "expiry/14");
    let store = &fixture.store;
    assert_eq!(store.write_aside(|conn| delivery::spread(conn, minute(3), 10)).unwrap(), 0, "nobody asks for it");
    let after = |days: i64| store.write(|conn| forget(conn, minute(4) + TimeDelta::days(days), 100)).unwrap();
    assert_eq!(after(89).total(), 0);
    assert_eq!((after(90).unhanded_notices, notices(store).len()), (1, 0));
}
