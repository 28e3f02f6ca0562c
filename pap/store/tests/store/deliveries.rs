//! Contacts, and what is on its way to them: who is told, who claims, what becomes of a claim.

use argus_store::contact::{self, Contact, ContactChange, ContactKind, ContactState, NewContact};
use argus_store::delivery::{self, Claim, Delivery, DeliveryFilter, DeliveryState, NewDelivery, Outcome};
use argus_store::key::{self, NewKey};
use argus_store::outbox::{self, NewNotice, NoticeFilter, NoticeKind};
use argus_store::{
    ContactId, DeliveryId, KeyId, NoticeId, OrganisationId, PageSize, Store, StoreError, forget, organisation,
};
use chrono::{DateTime, TimeDelta, Utc};

use crate::support::{Fixture, act, add_organisation, fixture, minute, new_credential, new_key};

const ADA: &str = "ada@acme.example";
const BOTH: [ContactKind; 2] = [ContactKind::Email, ContactKind::Webhook];

fn new_contact(kind: ContactKind, owner: Option<&str>, events: &[&str]) -> NewContact {
    NewContact {
        id: ContactId::new(minute(1)),
        kind,
        address: "https://hooks.acme.example/argus?t0ken".into(),
        owner: owner.map(str::to_owned),
        events: events.iter().map(|event| (*event).to_owned()).collect(),
        envelope: Some("sealed 1".into()),
    }
}

fn add(fixture: &Fixture, at: DateTime<Utc>, new: &NewContact) -> Contact {
    fixture.store.write(|conn| contact::create(conn, &act(fixture.acme, at), new)).unwrap()
}

fn add_plain(fixture: &Fixture) -> Contact {
    add(fixture, minute(1), &new_contact(ContactKind::Webhook, None, &[]))
}

fn put(store: &Store, organisation: OrganisationId, kind: NoticeKind, n: i64) {
    let new = NewNotice {
        kind,
        organisation,
        key: Some(KeyId::new(minute(n))),
        recipient: ADA.into(),
        payload: r#"{"days":7}"#.into(),
        dedup_key: format!("{kind}/{n}/{organisation}"),
    };
    assert!(store.write(|conn| outbox::put(conn, minute(n), &new)).unwrap());
}

fn spread(store: &Store, at: DateTime<Utc>) -> usize {
    store.write_aside(|conn| delivery::spread(conn, at, 10)).unwrap()
}

/// So many notices, on their way to one contact.
fn on_the_way(fixture: &Fixture, notices: i64) -> Contact {
    let contact = add_plain(fixture);
    for n in 0..notices {
        put(&fixture.store, fixture.acme, NoticeKind::Revoked, 2 + n);
    }
    assert_eq!(spread(&fixture.store, minute(2 + notices)), usize::try_from(notices).unwrap());
    contact
}

fn all(store: &Store) -> Vec<Delivery> {
    store.read(|conn| delivery::list(conn, DeliveryFilter::default(), None, PageSize::default())).unwrap().items
}

fn claim_by(store: &Store, name: &str, at: DateTime<Utc>, kinds: &[ContactKind]) -> Vec<DeliveryId> {
    let claim = Claim { name, at, until: at + TimeDelta::minutes(1) };
    let claimed = store.write_aside(|conn| delivery::claim(conn, &claim, kinds, 2)).unwrap();
    claimed.into_iter().map(|delivery| delivery.id).collect()
}

fn claim(store: &Store, name: &str, at: DateTime<Utc>) -> Vec<DeliveryId> {
    claim_by(store, name, at, &BOTH)
}

fn settle(store: &Store, name: &str, id: DeliveryId, outcome: &Outcome, at: DateTime<Utc>) -> bool {
    store.write_aside(|conn| delivery::settle(conn, name, id, outcome, at)).unwrap()
}

fn dead() -> Outcome {
    Outcome::Dead { fault: "it answers with status 500".into() }
}

#[test]
fn a_notice_goes_once_to_each_contact_that_is_told_of_it_and_was_there_when_it_was_written() {
    let Some(fixture) = fixture() else { return };
    let store = &fixture.store;
    let everything = add_plain(&fixture);
    let of_ada = add(&fixture, minute(1), &new_contact(ContactKind::Email, Some(ADA), &["key.revoked"]));
    add(&fixture, minute(1), &new_contact(ContactKind::Email, Some("bob@acme.example"), &[]));
    add(&fixture, minute(1), &new_contact(ContactKind::Email, None, &["key.expired"]));
    let disabled = add_plain(&fixture);
    let off = ContactChange { state: Some(ContactState::Disabled), ..ContactChange::default() };
    store.write(|conn| contact::change(conn, &act(fixture.acme, minute(1)), disabled.id, &off, 1)).unwrap();
    put(store, fixture.acme, NoticeKind::Revoked, 2);
    add(&fixture, minute(3), &new_contact(ContactKind::Webhook, None, &[]));
    let other = add_organisation(store, "zeta").unwrap();
    put(store, other, NoticeKind::Revoked, 2);

    assert_eq!(spread(store, minute(1)), 0, "it is not due");
    assert_eq!(spread(store, minute(4)), 1, "the other organisation asks for nothing");
    assert_eq!(spread(store, minute(5)), 0, "once");
    let made = all(store);
    let mut to: Vec<_> = made.iter().map(|delivery| delivery.contact_id).collect();
    to.sort();
    let mut expected = [everything.id, of_ada.id];
    expected.sort();
    assert_eq!(to, expected);
    let notices = NoticeFilter { is_handed: Some(true), ..NoticeFilter::default() };
    let notices = store.read(|conn| outbox::list(conn, notices, None, PageSize::default())).unwrap().items;
    assert_eq!((notices.len(), notices[0].id), (1, made[0].notice_id));
    assert_eq!((made[0].kind.as_str(), made[0].recipient.as_str()), ("key.revoked", ADA));
    assert_eq!((made[0].payload.as_str(), made[0].noticed_at), (r#"{"days":7}"#, minute(2)));
    let oldest = store.read(delivery::find_oldest_waiting).unwrap();
    assert_eq!(oldest, Some(minute(4)));
}

/// A notice of the plan of `acme`, and the contacts that it is on its way to.
fn told_of_plan(fixture: &Fixture, at: i64) -> Vec<ContactId> {
    let acme = fixture.store.read(|conn| organisation::find(conn, fixture.acme)).unwrap().unwrap();
    let tell = |conn: &mut argus_store::Conn| {
        outbox::tell_of_plan(conn, minute(at), &acme, (NoticeKind::PlanLowered, &at.to_string()), &[])
    };
    assert_eq!([fixture.store.write(tell), fixture.store.write(tell)].map(Result::unwrap), [true, false]);
    assert_eq!(spread(&fixture.store, minute(at)), 1);
    let made = all(&fixture.store).into_iter().filter(|delivery| delivery.noticed_at == minute(at));
    made.map(|delivery| delivery.contact_id).collect()
}

#[test]
fn of_its_plan_each_contact_of_an_organisation_is_told_once_and_of_its_owners_those_who_have_keys() {
    let Some(fixture) = fixture() else { return };
    let all = add_plain(&fixture);
    let [of_ada, of_bob] =
        [ADA, "bob"].map(|owner| add(&fixture, minute(1), &new_contact(ContactKind::Email, Some(owner), &[])));
    add(&fixture, minute(1), &new_contact(ContactKind::Email, None, &["key.expired"]));
    assert_eq!(told_of_plan(&fixture, 2), [all.id], "nobody has a key");
    let sorted = |mut ids: Vec<ContactId>| {
        ids.sort();
        ids
    };
    // Two keys of one owner, and one of another.
    for (n, (name, owner)) in [("a", ADA), ("b", ADA), ("c", "bob")].into_iter().enumerate() {
        let new = NewKey { owner: owner.into(), ..new_key(None, name) };
        let first = new_credential(&format!("{n:012}"));
        fixture.store.write(|conn| key::create(conn, &act(fixture.acme, minute(3)), &new, &first)).unwrap();
    }
    assert_eq!(sorted(told_of_plan(&fixture, 4)), sorted(vec![all.id, of_ada.id, of_bob.id]));
}

#[test]
fn several_claimants_get_different_deliveries_by_their_ways_and_what_has_ended_is_claimed_by_nobody() {
    let Some(fixture) = fixture() else { return };
    let store = &fixture.store;
    on_the_way(&fixture, 5);
    assert_eq!(claim_by(store, "letters", minute(9), &[ContactKind::Email]), [], "they go by another way");
    assert_eq!(claim(store, "early", minute(6)), [], "not before they are due");
    let (one, two) = (claim(store, "one", minute(9)), claim(store, "two", minute(9)));
    assert_eq!((one.len(), two.len()), (2, 2));
    assert!(one.iter().all(|id| !two.contains(id)));
    assert!(settle(store, "one", one[0], &Outcome::Delivered, minute(9)));
    assert!(settle(store, "one", one[1], &dead(), minute(9)));
    let again = Outcome::Again { due_at: minute(30), fault: "it answers with status 500".into() };
    assert!(settle(store, "two", two[0], &again, minute(9)));

    let rest = claim(store, "three", minute(11));
    assert_eq!((rest.len(), rest.contains(&two[1])), (2, true), "what nobody settled comes again");
    let later = [claim(store, "four", minute(30)), claim(store, "five", minute(30))].concat();
    assert_eq!((later.len(), later.contains(&two[0])), (3, true), "what was put off comes when it is due");
    let found = |id| all(store).into_iter().find(|delivery| delivery.id == id).unwrap();
    let (delivered, given_up, put_off) = (found(one[0]), found(one[1]), found(two[0]));
    assert_eq!((delivered.state, delivered.fault, delivered.attempts), (DeliveryState::Delivered, None, 1));
    assert_eq!((given_up.state, given_up.ended_at), (DeliveryState::Dead, Some(minute(9))));
    assert_eq!(given_up.fault.as_deref(), Some("it answers with status 500"));
    assert_eq!((put_off.state, put_off.attempts, put_off.ended_at), (DeliveryState::Waiting, 1, None));
}

#[test]
fn a_claimant_who_comes_back_late_settles_nothing_of_anothers() {
    let Some(fixture) = fixture() else { return };
    let store = &fixture.store;
    on_the_way(&fixture, 1);
    let first = claim(store, "first", minute(5));
    assert_eq!(claim(store, "second", minute(5)), [], "it is held");
    assert_eq!(claim(store, "second", minute(6)), first, "the same delivery, under the same id");
    assert!(!settle(store, "first", first[0], &dead(), minute(6)));
    assert!(settle(store, "second", first[0], &Outcome::Delivered, minute(6)));
    assert!(!settle(store, "second", first[0], &Outcome::Delivered, minute(6)), "once");
}

#[test]
fn a_claim_of_a_clock_that_was_an_hour_ahead_holds_nothing() {
    let Some(fixture) = fixture() else { return };
    on_the_way(&fixture, 1);
    let ahead = claim(&fixture.store, "ahead", minute(63));
    assert_eq!(ahead.len(), 1);
    assert_eq!(claim(&fixture.store, "right", minute(3)), ahead);
}

#[test]
fn what_is_dead_is_replayed_from_the_first_attempt_on_and_nothing_else_is() {
    let Some(fixture) = fixture() else { return };
    let store = &fixture.store;
    let contact = on_the_way(&fixture, 1);
    let id = claim(store, "one", minute(5))[0];
    let replay = |organisation, at| store.write(|conn| delivery::replay(conn, &act(organisation, at), id));
    let refused = replay(fixture.acme, minute(5)).unwrap_err();
    assert_eq!(refused.to_string(), "a delivery that is `waiting` can't be replayed");
    settle(store, "one", id, &dead(), minute(5));
    let stranger = add_organisation(store, "zeta").unwrap();
    assert_eq!(replay(stranger, minute(6)).unwrap(), None);
    let replayed = replay(fixture.acme, minute(6)).unwrap().unwrap();
    assert_eq!((replayed.state, replayed.attempts, replayed.due_at), (DeliveryState::Waiting, 0, minute(6)));
    assert_eq!(claim(store, "two", minute(6)), [id]);

    settle(store, "two", id, &dead(), minute(7));
    let gone = "it answered 410: gone";
    assert!(store.write(|conn| contact::disable(conn, &act(fixture.acme, minute(7)), contact.id, gone)).unwrap());
    assert!(!store.write(|conn| contact::disable(conn, &act(fixture.acme, minute(7)), contact.id, gone)).unwrap());
    let refused = replay(fixture.acme, minute(8)).unwrap_err();
    assert_eq!(refused.to_string(), "a contact that is `disabled` can't be told anything");
}

#[test]
fn what_waits_for_a_contact_ends_with_it() {
    let Some(fixture) = fixture() else { return };
    let store = &fixture.store;
    let contact = on_the_way(&fixture, 2);
    let held = claim(store, "one", minute(5));
    let off = ContactChange { state: Some(ContactState::Disabled), ..ContactChange::default() };
    let by = act(fixture.acme, minute(5));
    let change = |seen| store.write(|conn| contact::change(conn, &by, contact.id, &off, seen));
    assert!(matches!(change(7).unwrap_err(), StoreError::Stale { found: 1, .. }));
    let disabled = change(1).unwrap().unwrap();
    assert_eq!((disabled.state, disabled.generation), (ContactState::Disabled, 2));
    assert_eq!(change(2).unwrap().unwrap().generation, 2, "it is so already");
    assert!(all(store).iter().all(|delivery| delivery.state == DeliveryState::Dead));
    assert!(!settle(store, "one", held[0], &Outcome::Delivered, minute(6)));
    assert_eq!(claim(store, "two", minute(20)), []);

    let removed = store.write(|conn| contact::remove(conn, &by, contact.id)).unwrap();
    assert_eq!(removed.map(|contact| contact.id), Some(contact.id));
    assert_eq!((all(store), store.read(|conn| contact::find(conn, contact.id)).unwrap()), (Vec::new(), None));
    assert_eq!(store.write(|conn| contact::remove(conn, &by, contact.id)).unwrap(), None);
}

#[test]
fn a_claim_that_is_renewed_lasts_and_one_that_is_not_runs_out() {
    let Some(fixture) = fixture() else { return };
    let store = &fixture.store;
    on_the_way(&fixture, 2);
    let held = claim(store, "one", minute(5));
    let renew = |name, id| {
        let claim = Claim { name, at: minute(6), until: minute(7) };
        store.write_aside(|conn| delivery::renew(conn, &claim, id)).unwrap()
    };
    assert!(renew("one", held[0]) && !renew("two", held[1]));
    assert_eq!(claim(store, "two", minute(6)), [held[1]]);
    assert_eq!(claim(store, "three", minute(7)).len(), 2);
    assert!(!renew("one", held[0]), "another holds it");
}

#[test]
fn what_waits_goes_to_the_new_address_of_its_contact_at_once() {
    let Some(fixture) = fixture() else { return };
    let store = &fixture.store;
    let contact = on_the_way(&fixture, 2);
    let held = claim(store, "one", minute(5));
    let again = Outcome::Again { due_at: minute(600), fault: "it answers with status 500".into() };
    assert!(settle(store, "one", held[0], &again, minute(5)));
    assert_eq!(claim(store, "two", minute(5)), []);
    let address = "https://hooks.acme.example/an0ther".to_owned();
    let moved = ContactChange { address: Some(address.clone()), ..ContactChange::default() };
    let by = act(fixture.acme, minute(5));
    let changed = store.write(|conn| contact::change(conn, &by, contact.id, &moved, 1)).unwrap().unwrap();
    assert_eq!((changed.address, changed.generation), (address, 2));
    assert_eq!((changed.envelope, changed.secret_version), (contact.envelope, 1));
    // What somebody holds he tries; the other one is due.
    assert_eq!(claim(store, "two", minute(5)), [held[0]]);
    assert!(all(store).iter().all(|delivery| delivery.attempts == 0));
    assert!(settle(store, "one", held[1], &Outcome::Delivered, minute(6)));
}

#[test]
fn the_secret_before_lies_beside_the_new_one_and_a_rotation_based_on_an_older_one_is_refused() {
    let Some(fixture) = fixture() else { return };
    let contact = add_plain(&fixture);
    let rotate = |version| {
        let (by, sealed) = (act(fixture.acme, minute(2)), format!("sealed {version}"));
        fixture.store.write(|conn| contact::rotate(conn, &by, contact.id, (&sealed, version), minute(9)))
    };
    let rotated = rotate(2).unwrap().unwrap();
    assert_eq!((rotated.envelope.as_deref(), rotated.secret_version), (Some("sealed 2"), 2));
    assert_eq!((rotated.previous_envelope.as_deref(), rotated.previous_until), (Some("sealed 1"), Some(minute(9))));
    assert!(matches!(rotate(2).unwrap_err(), StoreError::Stale { .. }));
}

#[test]
fn a_trial_goes_to_its_contact_alone_and_not_to_one_that_is_told_nothing() {
    let Some(fixture) = fixture() else { return };
    let (tried, _other) = (add_plain(&fixture), add_plain(&fixture));
    let new = |n| NewDelivery {
        id: DeliveryId::new(minute(n)),
        contact: tried.id,
        organisation: fixture.acme,
        notice: NoticeId::new(minute(n)),
        kind: "contact.test".into(),
        recipient: String::new(),
        payload: "{}".into(),
        noticed_at: minute(n),
    };
    let by = act(fixture.acme, minute(2));
    let test = |n| fixture.store.write(|conn| contact::test(conn, &by, &tried, &new(n)));
    assert_eq!(test(2).unwrap().contact_id, tried.id);
    assert_eq!(all(&fixture.store).len(), 1);
    fixture.store.write(|conn| contact::disable(conn, &by, tried.id, "gone")).unwrap();
    assert!(matches!(test(3).unwrap_err(), StoreError::NotPossible { .. }));
}

#[test]
fn an_organisation_has_no_more_contacts_than_it_may() {
    let Some(fixture) = fixture() else { return };
    for _ in 0..contact::MOST_CONTACTS {
        add_plain(&fixture);
    }
    let one_more = new_contact(ContactKind::Email, None, &[]);
    let refused = fixture.store.write(|conn| contact::create(conn, &act(fixture.acme, minute(2)), &one_more));
    assert!(matches!(refused.unwrap_err(), StoreError::TooMany { most: contact::MOST_CONTACTS, .. }));
    let page = |after| fixture.store.read(|conn| contact::list(conn, fixture.acme, after, PageSize::new(60).unwrap()));
    let first = page(None).unwrap();
    let second = page(first.items.last().map(|contact| contact.id)).unwrap();
    assert_eq!((first.items.len(), first.more, second.items.len(), second.more), (60, true, 40, false));
}

#[test]
fn what_ended_or_waited_a_quarter_ago_is_forgotten_and_nothing_else() {
    let Some(fixture) = fixture() else { return };
    let store = &fixture.store;
    on_the_way(&fixture, 2);
    let claimed = claim(store, "one", minute(5));
    settle(store, "one", claimed[0], &Outcome::Delivered, minute(6));
    let after = |days: i64| store.write(|conn| forget(conn, minute(7) + TimeDelta::days(days), 100)).unwrap();
    assert_eq!((after(29).total(), all(store).len()), (0, 2));
    assert_eq!(after(30).notices, 2, "what is on its way needs its notice no more");
    assert_eq!((after(89).total(), all(store).len()), (0, 2));
    assert_eq!((after(90).deliveries, all(store)), (2, Vec::new()));
    let name = store.read(|conn| organisation::find(conn, fixture.acme)).unwrap().map(|found| found.name);
    assert_eq!(name.as_deref(), Some("acme"));
}
