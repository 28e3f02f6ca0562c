//! What plans do by the clock: it is told, webhooks are disabled, what is kept for too long is forgotten, and every
//! key goes on.

use argus_store::contact::{self, ContactKind, ContactState, NewContact};
use argus_store::decision::{self, Decision, PolicySet};
use argus_store::key::KeyState;
use argus_store::organisation::{OrganisationChange, OrganisationPolicy};
use argus_store::{ContactId, KeyId, organisation};

use crate::{Fixture, day, on_both, sweep, sweeper};

fn lower(fixture: &Fixture, on: i64) {
    let change = OrganisationChange { plan: Some("professional".into()), ..OrganisationChange::default() };
    fixture.store.write(|conn| organisation::change(conn, &fixture.act(day(on)), &change, None)).unwrap();
}

fn add_webhook(fixture: &Fixture) -> ContactId {
    let new = NewContact {
        id: ContactId::new(day(0)),
        kind: ContactKind::Webhook,
        address: "https://hooks.acme.example/".into(),
        owner: None,
        events: Vec::new(),
        envelope: Some("sealed".into()),
    };
    fixture.store.write(|conn| contact::create(conn, &fixture.act(day(0)), &new)).unwrap().id
}

#[test]
fn what_is_over_is_told_before_the_end_of_a_grace_and_at_it_and_no_key_stops() {
    on_both(OrganisationPolicy::default(), |fixture| {
        let key = fixture.add("reader", |new| new.expires_at = None);
        fixture.add("other", |new| (new.owner, new.expires_at) = ("bob".into(), None));
        let hook = add_webhook(fixture);
        lower(fixture, 0);
        let hook = || fixture.store.read(|conn| contact::find(conn, hook)).unwrap().unwrap();
        assert_eq!(fixture.told(), ["plan.lowered 30"]);
        let mut sweeper = sweeper(&fixture.store);
        let mut told = |on: i64| {
            sweep(&mut sweeper, day(on));
            fixture.told().into_iter().skip(1).collect::<Vec<_>>()
        };
        assert_eq!(told(15), [""; 0]);
        assert_eq!(told(16), ["plan.grace_ending 14"]);
        assert_eq!(told(22), ["plan.grace_ending 14"]);
        assert_eq!(told(23), ["plan.grace_ending 14", "plan.grace_ending 7"]);
        assert_eq!(told(29).last().unwrap(), "plan.grace_ending 1");
        assert_eq!(hook().state, ContactState::Active);
        assert_eq!(told(30).last().unwrap(), "plan.grace_ended 0");
        assert_eq!((hook().state, told(40).len()), (ContactState::Disabled, 4));
        assert_eq!(hook().disabled_reason.as_deref(), Some("the plan of the organisation has no webhooks"));
        assert_eq!(fixture.key(&key).state, KeyState::Active);

        // A process that begins anew tells nothing twice.
        let again = sweep(&mut crate::sweeper(&fixture.other_node()), day(41));
        assert_eq!((again.webhooks_disabled, fixture.told().len()), (0, 5));
    });
}

#[test]
fn an_organisation_without_keys_is_told_of_its_plan() {
    on_both(OrganisationPolicy::default(), |fixture| {
        add_webhook(fixture);
        lower(fixture, 0);
        let mut sweeper = sweeper(&fixture.store);
        for on in [16, 23, 29, 30] {
            assert_eq!(sweep(&mut sweeper, day(on)).notices, 1, "{on}");
        }
        let about: Vec<_> = fixture.notices().into_iter().map(|notice| (notice.recipient, notice.key_id)).collect();
        assert_eq!(about, vec![("acme".to_owned(), None); 5]);
    });
}

#[test]
fn nobody_is_told_of_what_has_been_mended() {
    on_both(OrganisationPolicy::default(), |fixture| {
        let key = fixture.add("reader", |new| new.expires_at = None);
        lower(fixture, 0);
        let why = argus_store::key::Revocation {
            cause: argus_store::key::RevocationCause::Manual,
            reason: "not needed".into(),
        };
        fixture.store.write(|conn| argus_store::key::revoke(conn, &fixture.act(day(1)), key.id, &why)).unwrap();
        let swept = sweep(&mut sweeper(&fixture.store), day(30));
        assert_eq!((swept.notices, fixture.told()), (0, vec!["plan.lowered 30".into(), "key.revoked".into()]));
    });
}

fn log(fixture: &Fixture, id: &str, on: i64, of: &str) {
    let decision = Decision {
        id: id.into(),
        at: day(on),
        organisation: of.into(),
        door: "pdp".into(),
        caller_key_id: KeyId::new(day(0)),
        key_id: None,
        decision: "Deny".into(),
        reason: None,
        action: None,
        resource: None,
        address: None,
        microseconds: 1,
        policy_id: "urn:root".into(),
        policy_version: "1".into(),
        policy_set: "sha256:ab".into(),
        is_evaluated: true,
        request: "{}".into(),
        response: "{}".into(),
        redacted: "[]".into(),
    };
    let set = PolicySet { digest: "sha256:ab".into(), members: "[]".into() };
    fixture.store.write_aside(|conn| decision::add(conn, &[decision], &[set])).unwrap();
}

#[test]
fn what_a_plan_keeps_for_less_is_forgotten_after_the_grace_and_only_of_its_organisations() {
    on_both(OrganisationPolicy::default(), |fixture| {
        for (id, of) in [("a", "acme"), ("b", "globex")] {
            log(fixture, id, 0, of);
        }
        lower(fixture, 10);
        let left = |id: &str| fixture.store.read(|conn| decision::find(conn, id)).unwrap().is_some();
        let mut sweeper = sweeper(&fixture.store).keeping_decisions(90);
        assert_eq!(sweep(&mut sweeper, day(39)).decisions, 0);
        assert!(left("a") && left("b"));
        assert_eq!(sweep(&mut sweeper, day(40)).decisions, 1);
        assert_eq!((left("a"), left("b")), (false, true));
        log(fixture, "c", 34, "acme");
        assert_eq!(sweep(&mut sweeper, day(41) - chrono::TimeDelta::minutes(1)).decisions, 0);
        assert_eq!(sweep(&mut sweeper, day(41) + chrono::TimeDelta::minutes(5)).decisions, 1);
    });
}
