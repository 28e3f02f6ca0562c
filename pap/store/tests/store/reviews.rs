//! Reviews of access: what is written down, what is said of it, and that a signed one stands.

use argus_store::audit::{self, AuditEvent, AuditFilter};
use argus_store::key::{self, KeyChange, Revocation, RevocationCause};
use argus_store::review::{self, Review, ReviewCounts, ReviewFilter, ReviewItem, ReviewState, ReviewVerdict, Subject};
use argus_store::{Act, KeyId, PageSize, Record, ReviewId, StoreError};
use chrono::TimeDelta;
use serde_json::Value;

use crate::support::{Fixture, act, add_key, add_organisation, add_project, fixture, minute};

fn start(fixture: &Fixture, n: i64, replaces: bool) -> Result<Review, StoreError> {
    let act = act(fixture.acme, minute(n));
    fixture.store.write(|conn| review::start(conn, &act, ReviewId::new(minute(n)), replaces))
}

fn say(
    fixture: &Fixture,
    review: &Review,
    subject: Subject,
    verdict: ReviewVerdict,
) -> Result<Option<usize>, StoreError> {
    let act = act(fixture.acme, minute(30));
    fixture.store.write(|conn| review::decide(conn, &act, review.id, (subject, verdict, "as agreed")))
}

fn sign_at(fixture: &Fixture, review: &Review, act: &Act) -> Result<Option<Review>, StoreError> {
    fixture.store.write(|conn| review::sign(conn, act, review.id, Some("third quarter")))
}

fn sign(fixture: &Fixture, review: &Review) -> Result<Option<Review>, StoreError> {
    sign_at(fixture, review, &act(fixture.acme, minute(40)))
}

fn items(fixture: &Fixture, review: &Review) -> Vec<ReviewItem> {
    fixture.store.read(|conn| review::list_items(conn, review.id, None, None, PageSize::default())).unwrap().items
}

fn told(fixture: &Fixture, event: AuditEvent) -> Vec<Value> {
    let filter = AuditFilter { event: Some(event), ..AuditFilter::default() };
    let found = fixture.store.read(|conn| audit::list(conn, &filter, 0, PageSize::default())).unwrap().items;
    found.iter().map(|record| serde_json::from_str(&record.entry).unwrap()).collect()
}

fn widen(fixture: &Fixture, id: KeyId, scopes: &[&str]) {
    let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    let change = KeyChange { scopes: Some(scopes), ..KeyChange::default() };
    let (act, seen) = (act(fixture.acme, minute(35)), fixture.store.read(|conn| key::find(conn, id)).unwrap().unwrap());
    fixture.store.write(|conn| key::change(conn, &act, id, &change, Some(seen.generation))).unwrap().unwrap();
}

#[test]
fn a_review_has_every_key_that_has_not_ended_as_it_was_then() {
    let Some(fixture) = fixture() else { return };
    let atlas = add_project(&fixture.store, fixture.acme, "atlas").unwrap();
    let first = add_key(&fixture, Some(atlas.id), "reader", 1).unwrap();
    let second = add_key(&fixture, None, "writer", 2).unwrap();
    let gone = add_key(&fixture, None, "gone", 3).unwrap();
    let revocation = Revocation { cause: RevocationCause::Manual, reason: "left".into() };
    fixture.store.write(|conn| key::revoke(conn, &act(fixture.acme, minute(2)), gone.id, &revocation)).unwrap();
    let started = start(&fixture, 10, false).unwrap();
    assert_eq!(
        (started.state, started.organisation_name.as_str(), started.ended_at),
        (ReviewState::Open, "acme", None)
    );
    let found = items(&fixture, &started);
    let paths: Vec<_> = found.iter().map(|item| (item.key_id, item.key_path.as_str())).collect();
    assert_eq!(paths, [(first.id, "acme/atlas/reader"), (second.id, "acme/writer")]);
    assert_eq!(
        (&found[0].scopes, &found[0].owner, found[0].expires_at),
        (&first.scopes, &first.owner, first.expires_at)
    );
    assert_eq!((found[0].verdict, found[0].state_now, &found[0].scopes_now), (None, first.state, &first.scopes));
    add_key(&fixture, None, "later", 4).unwrap();
    widen(&fixture, first.id, &["acme:admin"]);
    let found = items(&fixture, &started);
    assert_eq!((found.len(), &found[0].scopes, found[0].scopes_now.len()), (2, &first.scopes, 1));
    assert_ne!(found[0].scopes, found[0].scopes_now);

    let page = |after, most| {
        let size = PageSize::new(most).unwrap();
        fixture.store.read(|conn| review::list_items(conn, started.id, None, after, size)).unwrap()
    };
    let one = page(None, 1);
    assert_eq!((one.items[0].key_id, one.more), (first.id, true));
    assert_eq!(page(Some(first.id), 1).items[0].key_id, second.id);
}

#[test]
fn one_review_is_open_and_another_takes_its_place_only_where_that_is_asked_for() {
    let Some(fixture) = fixture() else { return };
    add_key(&fixture, None, "reader", 1).unwrap();
    let first = start(&fixture, 10, false).unwrap();
    let refused = start(&fixture, 11, false).unwrap_err();
    assert_eq!(refused.to_string(), "a review that is `open` can't be started beside another");
    let second = start(&fixture, 12, true).unwrap();
    let first = fixture.store.read(|conn| review::find(conn, first.id)).unwrap().unwrap();
    assert_eq!((first.state, first.ended_at), (ReviewState::Replaced, Some(minute(12))));
    let refused = say(&fixture, &first, Subject::Rest, ReviewVerdict::Keep).unwrap_err();
    assert!(matches!(refused, StoreError::NotPossible { what: Record::Review, state: "replaced", .. }), "{refused}");
    let all =
        fixture.store.read(|conn| review::list(conn, ReviewFilter::default(), None, PageSize::default())).unwrap();
    assert_eq!(all.items.iter().map(|one| one.id).collect::<Vec<_>>(), [second.id, first.id], "the newest first");
    let open = ReviewFilter { state: Some(ReviewState::Open), organisation: Some(fixture.acme) };
    let open = fixture.store.read(|conn| review::list(conn, open, None, PageSize::default())).unwrap();
    assert_eq!(open.items, [second]);
    let other = add_organisation(&fixture.store, "globex").unwrap();
    let theirs = act(other, minute(13));
    fixture.store.write(|conn| review::start(conn, &theirs, ReviewId::new(minute(13)), false)).unwrap();
    assert_eq!(told(&fixture, AuditEvent::ReviewStarted)[1]["details"]["replaces"], first.id.to_string());
}

#[test]
fn it_is_signed_when_something_was_said_of_each_key_as_it_is_and_then_stands() {
    let Some(fixture) = fixture() else { return };
    let keys: Vec<_> = (1..=3).map(|n| add_key(&fixture, None, &format!("key-{n}"), n).unwrap().id).collect();
    let started = start(&fixture, 10, false).unwrap();
    assert!(sign(&fixture, &started).unwrap_err().to_string().contains("before something was said of each key"));
    assert_eq!(say(&fixture, &started, Subject::Key(keys[0]), ReviewVerdict::Revoke).unwrap(), Some(1));
    assert_eq!(say(&fixture, &started, Subject::Key(keys[0]), ReviewVerdict::Narrow).unwrap(), Some(1), "said anew");
    let unknown = say(&fixture, &started, Subject::Key(KeyId::new(minute(0))), ReviewVerdict::Keep).unwrap_err();
    assert!(matches!(unknown, StoreError::NotFound { what: Record::Key, .. }), "{unknown}");
    let later = add_key(&fixture, None, "later", 4).unwrap();
    let beside = say(&fixture, &started, Subject::Key(later.id), ReviewVerdict::Keep).unwrap_err();
    assert!(matches!(beside, StoreError::NotFound { what: Record::Key, .. }), "{beside}");
    assert_eq!(say(&fixture, &started, Subject::Rest, ReviewVerdict::Keep).unwrap(), Some(2));
    assert_eq!(say(&fixture, &started, Subject::Rest, ReviewVerdict::Keep).unwrap(), Some(0));
    let counts = fixture.store.read(|conn| review::count(conn, started.id)).unwrap();
    assert_eq!((counts, counts.keys()), (ReviewCounts { keep: 2, narrow: 1, ..ReviewCounts::default() }, 3));
    let rest = &told(&fixture, AuditEvent::ReviewDecided)[2]["details"];
    assert_eq!((&rest["keys"], &rest["verdict"], &rest["reason"]), (&2.into(), &"keep".into(), &Value::Null));

    widen(&fixture, keys[1], &["acme:admin"]);
    let refused = sign(&fixture, &started).unwrap_err().to_string();
    assert!(refused.contains("grants another thing than what was looked at"), "{refused}");
    say(&fixture, &started, Subject::Key(keys[1]), ReviewVerdict::Keep).unwrap();
    let late = act(fixture.acme, minute(10) + TimeDelta::days(31) + TimeDelta::seconds(1));
    assert!(sign_at(&fixture, &started, &late).unwrap_err().to_string().contains("31 days"));
    let other = act(add_organisation(&fixture.store, "globex").unwrap(), minute(41));
    assert_eq!(sign_at(&fixture, &started, &other).unwrap(), None);

    let signed = sign(&fixture, &started).unwrap().unwrap();
    assert_eq!((signed.state, signed.ended_at), (ReviewState::Signed, Some(minute(40))));
    assert_eq!(signed.statement.as_deref(), Some("third quarter"));
    for refused in [
        say(&fixture, &signed, Subject::Key(keys[0]), ReviewVerdict::Keep).unwrap_err(),
        say(&fixture, &signed, Subject::Rest, ReviewVerdict::Keep).unwrap_err(),
        sign(&fixture, &signed).unwrap_err(),
    ] {
        assert!(matches!(refused, StoreError::NotPossible { state: "signed", .. }), "{refused}");
    }
    let entry = &told(&fixture, AuditEvent::ReviewSigned)[0]["details"];
    assert_eq!((&entry["keys"], &entry["keep"], &entry["narrow"]), (&3.into(), &2.into(), &1.into()));
    let held = fixture.store.read(|conn| {
        Ok::<_, StoreError>((review::digest(conn, signed.id)?, review::find_signed_digest(conn, &signed)?))
    });
    let (now, then) = held.unwrap();
    assert_eq!((Some(&now), entry["digest"].as_str()), (then.as_ref(), then.as_deref()));
    let last = |before| fixture.store.read(|conn| review::find_last_signed(conn, fixture.acme, before)).unwrap();
    assert_eq!((last(minute(41)), last(minute(40))), (Some(signed), None));
}
