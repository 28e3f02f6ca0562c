//! Requests that may be repeated: what was done stands with its answer, in one transaction.

use argus_store::idempotency::{self, Answer, Repeatable, SecretOf};
use argus_store::{KeyId, Record, StoreError, organisation};
use chrono::TimeDelta;

use crate::support::{Fixture, add_organisation, fixture, minute};

fn request(body: &str) -> Repeatable {
    let caller = "01890000-0000-7000-8000-000000000001".parse().unwrap();
    let (route, idempotency_key) = ("POST /v1/organisations".to_owned(), "a request".to_owned());
    Repeatable { caller, route, idempotency_key, body_digest: body.to_owned() }
}

fn whole(text: &str) -> Answer {
    Answer::Whole { status: 201, text: text.to_owned() }
}

fn find(fixture: &Fixture, request: &Repeatable, at: chrono::DateTime<chrono::Utc>) -> Option<idempotency::Kept> {
    fixture.store.read(|conn| idempotency::find(conn, request, at)).unwrap()
}

#[test]
fn an_answer_is_found_for_a_day_by_its_caller_its_route_and_its_name() {
    let Some(fixture) = fixture() else { return };
    let asked = request("b");
    fixture.store.write(|conn| idempotency::keep(conn, &asked, &whole("x"), minute(0))).unwrap();
    let day = TimeDelta::hours(24);
    let kept = find(&fixture, &asked, minute(0) + day - TimeDelta::microseconds(1)).unwrap();
    assert_eq!((kept.body_digest.as_str(), kept.answer.as_deref(), kept.key_id), ("b", Some("x"), None));
    assert!(find(&fixture, &request("another body"), minute(0)).is_some(), "the name tells, the body is compared");
    assert_eq!(find(&fixture, &asked, minute(0) + day), None);
    for other in [
        Repeatable { caller: KeyId::new(minute(0)), ..asked.clone() },
        Repeatable { route: "POST /v1/projects".to_owned(), ..asked.clone() },
        Repeatable { idempotency_key: "another".to_owned(), ..asked.clone() },
    ] {
        assert_eq!(find(&fixture, &other, minute(0)), None);
    }
    let keep_again = |at| fixture.store.write(|conn| idempotency::keep(conn, &asked, &whole("y"), at));
    let taken = keep_again(minute(1)).unwrap_err();
    assert!(matches!(taken, StoreError::AlreadyExists { what: Record::IdempotentRequest, .. }), "{taken}");
    keep_again(minute(0) + day).unwrap();
}

#[test]
fn an_act_that_was_done_before_is_not_done_again() {
    let Some(fixture) = fixture() else { return };
    let act = |name: &str| {
        fixture.store.write(|conn| {
            let made = organisation::find_by_name(conn, "acme")?.unwrap();
            let new = organisation::NewOrganisation {
                id: argus_store::OrganisationId::new(minute(2)),
                name: name.to_owned(),
                display_name: None,
                conditions: made.conditions,
                policy: made.policy,
                time_zone: "UTC".into(),
            };
            let made = organisation::create(conn, &crate::support::act(new.id, minute(2)), &new)?;
            idempotency::keep(conn, &request("b"), &whole(&made.name), minute(2))
        })
    };
    act("first").unwrap();
    act("second").unwrap_err();
    let found = |name| fixture.store.read(|conn| organisation::find_by_name(conn, name)).unwrap();
    assert!(found("first").is_some() && found("second").is_none());
    add_organisation(&fixture.store, "second").unwrap();
}

#[test]
fn the_answer_as_it_was_given_takes_the_place_of_what_was_known_before_but_of_no_secret() {
    let Some(fixture) = fixture() else { return };
    let complete = |asked: &Repeatable, text| {
        fixture.store.write_aside(|conn| idempotency::complete(conn, asked, &whole(text), minute(1)))
    };
    let asked = request("b");
    fixture.store.write(|conn| idempotency::keep(conn, &asked, &whole("so far"), minute(0))).unwrap();
    complete(&asked, "as given").unwrap();
    complete(&request("another body"), "of another").unwrap();
    let kept = find(&fixture, &asked, minute(1)).unwrap();
    assert_eq!((kept.answer.as_deref(), kept.created_at), (Some("as given"), minute(0)));

    let secret = Repeatable { idempotency_key: "a secret".to_owned(), ..request("b") };
    let key = KeyId::new(minute(0));
    let answer = Answer::Secret { status: 201, of: SecretOf::Key(key) };
    fixture.store.write(|conn| idempotency::keep(conn, &secret, &answer, minute(0))).unwrap();
    complete(&secret, "a secret").unwrap();
    let kept = find(&fixture, &secret, minute(1)).unwrap();
    assert_eq!((kept.answer, kept.key_id), (None, Some(key)));

    let unchanged = Repeatable { idempotency_key: "a preview".to_owned(), ..request("b") };
    complete(&unchanged, "of an act that changes nothing").unwrap();
    assert!(find(&fixture, &unchanged, minute(1)).unwrap().answer.is_some());
}
