//! Plans, what is over them, and what a lower one changes.

use argus_store::anomaly::{AnomalyDetector, Response, Severity};
use argus_store::contact::{ContactKind, NewContact};
use argus_store::credential::{CertificateMatch, Material, NewCredential, PublicMaterial};
use argus_store::key::NewKey;
use argus_store::limit::NewSharedLimit;
use argus_store::organisation::{Organisation, OrganisationChange, OrganisationPolicy, ResponseRule};
use argus_store::outbox::{NoticeFilter, NoticeKind};
use argus_store::plan::{self, Maximum, Over};
use argus_store::{
    ContactId, KeyId, Limit, LimitId, LimitStrategy, PageSize, Record, StoreError, contact, credential, key,
    organisation, outbox, project,
};
use chrono::TimeDelta;

use crate::support::{Fixture, act, add_key, add_project, fixture, minute, new_credential, new_key};

fn change_plan(fixture: &Fixture, name: &str, at: i64) -> Result<Organisation, StoreError> {
    let change = OrganisationChange { plan: Some(name.into()), ..OrganisationChange::default() };
    let changed = fixture.store.write(|conn| organisation::change(conn, &act(fixture.acme, minute(at)), &change, None));
    changed.map(Option::unwrap)
}

fn acme(fixture: &Fixture) -> Organisation {
    fixture.store.read(|conn| organisation::find(conn, fixture.acme)).unwrap().unwrap()
}

fn over(fixture: &Fixture) -> Vec<Over> {
    let acme = acme(fixture);
    let found = fixture.store.read(|conn| {
        let professional = plan::find(conn, "professional")?.unwrap();
        plan::list_over(conn, &acme, &professional, minute(5))
    });
    found.unwrap()
}

fn limit(name: &str) -> Limit {
    Limit::new(name, LimitStrategy::TokenBucket, 50, 1)
}

fn limited(name: &str) -> NewKey {
    NewKey { limits: vec![limit("rps")], ..new_key(None, name) }
}

fn add(fixture: &Fixture, new: &NewKey, n: u32) -> KeyId {
    let first = new_credential(&format!("{n:012}"));
    fixture.store.write(|conn| key::create(conn, &act(fixture.acme, minute(1)), new, &first)).unwrap().id
}

#[test]
fn two_plans_ship_and_every_organisation_begins_with_all_there_is() {
    let Some(fixture) = fixture() else { return };
    let plans = fixture.store.read(plan::list).unwrap();
    assert_eq!(plans.iter().map(|plan| plan.name.as_str()).collect::<Vec<_>>(), ["enterprise", "professional"]);
    let all = Maximum::WORDS.iter().map(|word| word.parse::<Maximum>().unwrap());
    let of = |n: usize| all.clone().filter(|maximum| plans[n].most(*maximum).is_some()).count();
    // The log of decisions is the one feature of both.
    assert_eq!((of(0), of(1)), (0, Maximum::WORDS.len() - 1));
    assert!(Maximum::FEATURES.iter().all(|feature| plans[0].has(*feature)));
    assert_eq!((acme(&fixture).plan.as_str(), acme(&fixture).plan_grace_until), ("enterprise", None));
}

#[test]
fn a_plan_that_is_not_there_is_given_to_nobody() {
    let Some(fixture) = fixture() else { return };
    let refused = change_plan(&fixture, "gold", 1).unwrap_err();
    assert!(matches!(refused, StoreError::NotFound { what: Record::Plan, ref name } if name == "gold"), "{refused}");
    assert_eq!(acme(&fixture).plan, "enterprise");
}

#[test]
fn a_lower_plan_that_has_room_for_all_gives_no_grace_and_tells_nobody() {
    let Some(fixture) = fixture() else { return };
    add(&fixture, &limited("ci"), 1);
    let lowered = change_plan(&fixture, "professional", 2).unwrap();
    assert_eq!((lowered.plan.as_str(), lowered.plan_grace_until), ("professional", None));
    assert!(notices(&fixture).is_empty());
}

fn notices(fixture: &Fixture) -> Vec<outbox::Notice> {
    let size = PageSize::new(200).unwrap();
    fixture.store.read(|conn| outbox::list(conn, NoticeFilter::default(), None, size)).unwrap().items
}

#[test]
fn what_is_over_stays_for_thirty_days_and_is_told_once() {
    let Some(fixture) = fixture() else { return };
    // Keys without a limit let everything through.
    add_key(&fixture, None, "a-1", 1).unwrap();
    let lowered = change_plan(&fixture, "professional", 5).unwrap();
    assert_eq!(lowered.plan_grace_until, Some(minute(5) + TimeDelta::days(30)));
    assert!(lowered.is_in_grace(minute(5)) && !lowered.is_in_grace(minute(5) + TimeDelta::days(30)));

    let told: Vec<_> =
        notices(&fixture).into_iter().map(|notice| (notice.recipient, notice.kind, notice.key_id)).collect();
    assert_eq!(told, [("acme".to_owned(), NoticeKind::PlanLowered, None)]);
    let payload: serde_json::Value = serde_json::from_str(&notices(&fixture)[0].payload).unwrap();
    assert_eq!((&payload["plan"], &payload["days"]), (&"professional".into(), &30.into()));
    assert_eq!(payload["over"][0], serde_json::json!({"maximum": "max_rate_per_second", "most": 100, "found": null}));

    // The same again changes nothing; a higher plan ends it.
    assert_eq!(change_plan(&fixture, "professional", 9).unwrap(), lowered);
    let raised = change_plan(&fixture, "enterprise", 10).unwrap();
    assert_eq!((raised.plan_grace_until, raised.generation), (None, lowered.generation + 1));
    assert_eq!(notices(&fixture).len(), 1);
}

#[test]
fn all_that_is_over_is_listed_with_what_there_is() {
    let Some(fixture) = fixture() else { return };
    assert_eq!(over(&fixture), []);
    (0..11).for_each(|n| add_project_named(&fixture, &format!("project-{n}")));
    let above = add(&fixture, &limited("above"), 1);
    let below = add(&fixture, &NewKey { parent_key_id: Some(above), ..limited("below") }, 2);
    let four = ["a", "b", "c", "d"].map(limit).to_vec();
    let many = add(&fixture, &NewKey { limits: four, ..new_key(None, "many") }, 3);
    let open = add_key(&fixture, None, "open", 4).unwrap().id;
    present_by_certificate(&fixture, open);
    (0..11).for_each(|n| add_shared_limit(&fixture, n));
    let hook = NewContact {
        id: ContactId::new(minute(1)),
        kind: ContactKind::Webhook,
        address: "https://hooks.acme.example/".into(),
        owner: None,
        events: Vec::new(),
        envelope: Some("sealed".into()),
    };
    let act = act(fixture.acme, minute(1));
    fixture.store.write(|conn| contact::create(conn, &act, &hook)).unwrap();
    let rule = |response| ResponseRule { detector: Some(AnomalyDetector::Volume), severity: Severity::High, response };
    let responses = vec![rule(Response::Suspend), rule(Response::Notify)];
    let policy = OrganisationPolicy { responses, ..OrganisationPolicy::default() };
    let change = OrganisationChange { policy: Some(policy), ..OrganisationChange::default() };
    fixture.store.write(|conn| organisation::change(conn, &act, &change, None)).unwrap();

    let row = |maximum, most, found, key_ids: &[KeyId]| Over {
        maximum,
        most,
        found,
        keys: key_ids.len() as u64,
        key_ids: key_ids.to_vec(),
    };
    assert_eq!(
        over(&fixture),
        [
            row(Maximum::Projects, 10, Some(11), &[]),
            row(Maximum::LimitsPerKey, 3, Some(4), &[many]),
            row(Maximum::SharedLimits, 10, Some(11), &[]),
            row(Maximum::RatePerSecond, 100, None, &[open]),
            row(Maximum::AnomalyResponses, 0, Some(1), &[]),
            row(Maximum::Webhooks, 0, Some(1), &[]),
            row(Maximum::MutualTls, 0, Some(1), &[open]),
            row(Maximum::Delegation, 0, Some(1), &[below]),
        ]
    );
}

fn add_project_named(fixture: &Fixture, name: &str) {
    add_project(&fixture.store, fixture.acme, name).unwrap();
}

/// The first of them of an owner, the second of a project, the others of the organisation.
fn add_shared_limit(fixture: &Fixture, n: usize) {
    let act = act(fixture.acme, minute(1));
    let added = fixture.store.write(|conn| {
        let first = project::find_by_name(conn, fixture.acme, "project-0")?.unwrap().id;
        let (project_id, owner) = ((n == 1).then_some(first), (n == 0).then(|| "bob".to_owned()));
        let (id, definition) = (LimitId::new(minute(1)), limit(&format!("shared-{n}")));
        argus_store::limit::create(conn, &act, &NewSharedLimit { id, project_id, owner, definition })
    });
    added.unwrap();
}

fn present_by_certificate(fixture: &Fixture, key: KeyId) {
    let new = NewCredential {
        id: "certificate0".into(),
        material: Material::Public(PublicMaterial::Certificate(CertificateMatch::SubjectDn("CN=ci".into()))),
        not_before: minute(1),
        expires_at: None,
    };
    let act = act(fixture.acme, minute(1));
    fixture.store.write(|conn| credential::create(conn, &act, key, &new)).unwrap();
}

#[test]
fn keys_beyond_the_maximum_are_counted_until_they_end() {
    let Some(fixture) = fixture() else { return };
    let keys: Vec<KeyId> = (1..=101).map(|n| add(&fixture, &limited(&format!("k-{n}")), n)).collect();
    let found = over(&fixture);
    assert_eq!((found[0].maximum, found[0].most, found[0].found, found.len()), (Maximum::Keys, 100, Some(101), 1));
    let why = key::Revocation { cause: key::RevocationCause::Manual, reason: "over".into() };
    fixture.store.write(|conn| key::revoke(conn, &act(fixture.acme, minute(2)), keys[0], &why)).unwrap();
    assert_eq!(over(&fixture), []);
}
