//! The numbers by which an installation is watched.

use argus_store::node::{self, Node, NodeRole};
use argus_store::outbox::{self, NewNotice, NoticeKind};
use argus_store::signing_key::{self, NewSigningKey, SigningKeyState};
use argus_store::vitals::{self, Vitals};
use argus_store::{KeyId, NodeId};
use chrono::{DateTime, Utc};

use crate::support::{Fixture, act, fixture, minute};

fn read(fixture: &Fixture, at: DateTime<Utc>) -> Vitals {
    fixture.store.read(|conn| vitals::read(conn, at, minute(2))).unwrap()
}

fn report(fixture: &Fixture, role: NodeRole, sequence: i64, seen_at: DateTime<Utc>) {
    let node = Node {
        id: NodeId::new(seen_at),
        role,
        address: "node:8180".into(),
        sequence,
        seen_at,
        longest_staleness_seconds: Some(30),
        clock_ahead_milliseconds: 0,
    };
    fixture.store.write_aside(|conn| node::report(conn, &node)).unwrap();
}

#[test]
fn what_waits_and_how_far_all_have_come_is_told_in_numbers() {
    let Some(fixture) = fixture() else { return };
    let before = read(&fixture, minute(1));
    assert_eq!((before.deciding_nodes, before.slowest_sequence, before.signing_since), (0, None, None));
    assert_eq!((before.notices_waiting, before.deliveries_waiting, before.deliveries_dead), (0, 0, 0));
    assert!(before.feed_sequence > 0 && before.audit_sequence > 0 && before.signed_sequence == 0, "{before:?}");

    report(&fixture, NodeRole::Pdp, 7, minute(3));
    report(&fixture, NodeRole::All, 5, minute(2));
    // Neither what only administers is waited for, nor what has been silent for long.
    report(&fixture, NodeRole::Pap, 1, minute(3));
    report(&fixture, NodeRole::Pdp, 2, minute(1));
    let notice = NewNotice {
        kind: NoticeKind::Revoked,
        organisation: fixture.acme,
        key: Some(KeyId::new(minute(4))),
        recipient: "ada@acme.example".into(),
        payload: "{}".into(),
        dedup_key: "once".into(),
    };
    fixture.store.write(|conn| outbox::put(conn, minute(4), &notice)).unwrap();
    for kid in ["first", "second"] {
        let new = NewSigningKey {
            kid: kid.into(),
            algorithm: "RS256".into(),
            public_jwk: "{}".into(),
            envelope: "sealed".into(),
        };
        fixture.store.write(|conn| signing_key::publish(conn, &act(fixture.acme, minute(5)), &new)).unwrap();
    }
    fixture.store.write(|conn| signing_key::begin_signing(conn, &act(fixture.acme, minute(6)), "first")).unwrap();

    let mut after = read(&fixture, minute(6));
    after.signing_keys.sort_by_key(|(state, _)| state.as_str());
    assert_eq!((after.deciding_nodes, after.slowest_sequence), (2, Some(5)));
    assert_eq!((after.notices_waiting, read(&fixture, minute(3)).notices_waiting), (1, 0), "not before it is due");
    assert_eq!(after.signing_keys, [(SigningKeyState::Published, 1), (SigningKeyState::Signing, 1)]);
    assert_eq!(after.signing_since, Some(minute(6)));
    assert!(after.feed_sequence >= before.feed_sequence + 3 && after.audit_sequence > before.audit_sequence);
}
