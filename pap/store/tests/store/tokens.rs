//! Access tokens that were revoked.

use argus_store::change::{ChangeKind, list_since};
use argus_store::revoked_token::{find, forget, list, revoke};
use argus_store::used_assertion;

use crate::support::{act, add_key, fixture, minute, sequence};

#[test]
fn a_token_is_revoked_once_and_told_of_once() {
    let Some(fixture) = fixture() else { return };
    let key = add_key(&fixture, None, "deploy", 1).unwrap();
    let start = sequence(&fixture.store);
    let at = |n| act(fixture.acme, minute(n));
    assert!(fixture.store.write(|conn| revoke(conn, &at(2), key.id, ("a-token", minute(10)))).unwrap());
    assert!(!fixture.store.write(|conn| revoke(conn, &at(3), key.id, ("a-token", minute(10)))).unwrap());

    let found = fixture.store.read(|conn| find(conn, "a-token")).unwrap().unwrap();
    assert_eq!((found.key_id, found.expires_at, found.revoked_at), (key.id, minute(10), minute(2)));
    let lines = fixture.store.read(|conn| list_since(conn, start, 10)).unwrap();
    let told: Vec<_> = lines.iter().map(|line| (line.kind, line.id.as_str())).collect();
    assert_eq!(told, [(ChangeKind::Token, "a-token")]);
}

#[test]
fn a_token_that_has_ended_is_forgotten() {
    let Some(fixture) = fixture() else { return };
    let key = add_key(&fixture, None, "deploy", 1).unwrap();
    for (jti, end) in [("early", 10), ("late", 20)] {
        let by = act(fixture.acme, minute(2));
        fixture.store.write(|conn| revoke(conn, &by, key.id, (jti, minute(end)))).unwrap();
    }
    let lasting = |at| fixture.store.read(|conn| list(conn, minute(at))).unwrap();
    assert_eq!(lasting(9).len(), 2);
    assert_eq!(lasting(10).iter().map(|token| token.jti.as_str()).collect::<Vec<_>>(), ["late"]);
    assert_eq!(fixture.store.write_aside(|conn| forget(conn, minute(15))).unwrap(), 1);
    assert_eq!(fixture.store.read(|conn| find(conn, "early")).unwrap(), None);
    assert!(fixture.store.read(|conn| find(conn, "late")).unwrap().is_some());
}

#[test]
fn an_assertion_is_used_once_by_whoever_comes_first_until_it_has_expired() {
    let Some(fixture) = fixture() else { return };
    let note = |client: &str, jti: &str, at: i64| {
        let noted =
            fixture.store.write_aside(|conn| used_assertion::note(conn, client, jti, minute(at + 5), minute(at)));
        noted.unwrap()
    };
    assert!(note("a", "1", 0));
    assert!(!note("a", "1", 0), "again");
    assert!(note("b", "1", 0) && note("a", "2", 0), "another client, another id");
    assert!(!note("a", "1", 4));
    // What has expired is forgotten: nobody believes the assertion any more.
    assert!(note("c", "1", 10) && note("a", "1", 10));

    let winners = std::thread::scope(|scope| {
        let racing: Vec<_> = (0..8).map(|_| scope.spawn(|| note("a", "raced for", 20))).collect();
        racing.into_iter().map(|one| one.join().unwrap()).filter(|won| *won).count()
    });
    assert_eq!(winners, 1);
}
