//! Signing keys from their publication to their end.

use argus_store::change::{ChangeKind, list_since};
use argus_store::signing_key::{
    MOST_SIGNING_KEYS, NewSigningKey, SigningKeyState, begin_signing, find, find_signing, list, publish, withdraw,
};
use argus_store::{Record, StoreError};

use crate::support::{Fixture, act, fixture, minute, sequence};

fn new(kid: &str) -> NewSigningKey {
    NewSigningKey {
        kid: kid.into(),
        algorithm: "RS256".into(),
        public_jwk: r#"{"kty":"RSA"}"#.into(),
        envelope: "argus-wrap:1:0123:sealed".into(),
    }
}

/// A key that is published, and signs from the minute on.
fn sign(fixture: &Fixture, kid: &str, from: i64) {
    let by = act(fixture.acme, minute(from));
    fixture.store.write(|conn| publish(conn, &by, &new(kid)).and_then(|_| begin_signing(conn, &by, kid))).unwrap();
}

#[test]
fn a_signing_key_is_published_before_it_signs() {
    let Some(fixture) = fixture() else { return };
    let made = fixture.store.write(|conn| publish(conn, &act(fixture.acme, minute(1)), &new("first"))).unwrap();
    assert_eq!((made.state, made.published_at, made.signing_at), (SigningKeyState::Published, minute(1), None));
    assert_eq!(fixture.store.read(find_signing).unwrap(), None);

    let by = act(fixture.acme, minute(11));
    let signing = fixture.store.write(|conn| begin_signing(conn, &by, "first")).unwrap().unwrap();
    assert_eq!((signing.state, signing.signing_at), (SigningKeyState::Signing, Some(minute(11))));
    assert_eq!(fixture.store.read(find_signing).unwrap(), Some(signing.clone()));
    let later = act(fixture.acme, minute(12));
    assert_eq!(fixture.store.write(|conn| begin_signing(conn, &later, "first")).unwrap(), Some(signing));
    assert_eq!(fixture.store.write(|conn| begin_signing(conn, &later, "none")).unwrap(), None);
}

#[test]
fn one_key_signs_and_what_its_predecessor_signed_with_is_wiped() {
    let Some(fixture) = fixture() else { return };
    sign(&fixture, "first", 1);
    let start = sequence(&fixture.store);
    sign(&fixture, "second", 20);
    let first = fixture.store.read(|conn| find(conn, "first")).unwrap().unwrap();
    assert_eq!((first.state, first.retired_at, first.envelope), (SigningKeyState::Retired, Some(minute(20)), None));
    assert_eq!(fixture.store.read(find_signing).unwrap().unwrap().kid, "second");
    assert_eq!(fixture.store.read(list).unwrap().len(), 2, "what it signed can still be verified");

    let lines = fixture.store.read(|conn| list_since(conn, start, 10)).unwrap();
    let told: Vec<_> = lines.iter().map(|line| (line.kind, line.id.as_str())).collect();
    assert_eq!(told, ["second", "first", "second"].map(|kid| (ChangeKind::SigningKey, kid)));

    let again = fixture.store.write(|conn| begin_signing(conn, &act(fixture.acme, minute(21)), "first"));
    assert!(matches!(again, Err(StoreError::NotPossible { state: "retired", .. })), "{again:?}");
}

#[test]
fn a_withdrawn_key_is_published_no_more() {
    let Some(fixture) = fixture() else { return };
    sign(&fixture, "first", 1);
    let gone = fixture.store.write(|conn| withdraw(conn, &act(fixture.acme, minute(2)), "first")).unwrap().unwrap();
    assert_eq!((gone.state, gone.gone_at, &gone.envelope), (SigningKeyState::Gone, Some(minute(2)), &None));
    assert!(fixture.store.read(list).unwrap().is_empty());
    assert_eq!(fixture.store.read(find_signing).unwrap(), None);
    let start = sequence(&fixture.store);
    let again = fixture.store.write(|conn| withdraw(conn, &act(fixture.acme, minute(3)), "first")).unwrap();
    assert_eq!((again, sequence(&fixture.store)), (Some(gone), start));
}

#[test]
fn a_key_is_published_once_and_not_too_many_are() {
    let Some(fixture) = fixture() else { return };
    let by = act(fixture.acme, minute(1));
    for n in 0..MOST_SIGNING_KEYS {
        fixture.store.write(|conn| publish(conn, &by, &new(&n.to_string()))).unwrap();
    }
    let more = fixture.store.write(|conn| publish(conn, &by, &new("more")));
    assert!(matches!(more, Err(StoreError::TooMany { most: MOST_SIGNING_KEYS, .. })), "{more:?}");
    fixture.store.write(|conn| withdraw(conn, &by, "1")).unwrap();
    let taken = fixture.store.write(|conn| publish(conn, &by, &new("1")));
    assert!(matches!(taken, Err(StoreError::AlreadyExists { what: Record::SigningKey, .. })), "{taken:?}");
}
