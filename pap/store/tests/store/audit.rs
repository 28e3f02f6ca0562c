//! The chain that every act adds to.

use argus_store::audit::{self, AuditEvent, Entry, ORIGIN, Record, Target, TargetKind, canonical, digest, link};
use argus_store::credential::{Material, PublicMaterial};
use argus_store::key::{ExpiryCause, KeyChange, KeyFilter, Revocation, Rotation};
use argus_store::organisation::{OrganisationChange, OrganisationPolicy};
use argus_store::policy_document::{DocumentKind, NewPolicyDocument};
use argus_store::project::ProjectChange;
use argus_store::signing_key::NewSigningKey;
use argus_store::wrapped_key::NewWrappedKey;
use argus_store::{
    Act, Actor, Conditions, Conn, Store, StoreError, WrappedKeyId, credential, key, organisation, policy_document,
    project, revoked_token, signing_key, wrapped_key,
};
use serde_json::{Value, json};

use crate::support::{
    Fixture, act, add_key, add_organisation, add_project, fixture, minute, new_credential, new_hash, new_key, sequence,
};

fn entries(store: &Store) -> Vec<Record> {
    store.read(|conn| audit::list_after(conn, 0, 10_000)).unwrap()
}

/// The entry that an act left behind, of which there is one.
fn told<T>(fixture: &Fixture, n: i64, act_of: impl FnOnce(&mut Conn, &Act) -> Result<T, StoreError>) -> Value {
    let before = entries(&fixture.store).len();
    fixture.store.write(|conn| act_of(conn, &act(fixture.acme, minute(n)))).unwrap();
    let after = entries(&fixture.store);
    assert_eq!(after.len(), before + 1, "one entry for one act");
    serde_json::from_str(&after.last().unwrap().entry).unwrap()
}

fn rotation(n: u32, grace_ends: i64) -> Rotation {
    Rotation { id: format!("{n:012}"), hash: new_hash(), grace_ends_at: minute(grace_ends) }
}

fn event(entry: &Value) -> String {
    entry["event"].as_str().unwrap().to_owned()
}

#[test]
fn every_act_upon_a_place_leaves_an_entry() {
    let Some(fixture) = fixture() else { return };
    let made: Value = serde_json::from_str(&entries(&fixture.store)[0].entry).unwrap();
    assert_eq!(event(&made), "organisation.created");

    let change = OrganisationChange {
        policy: Some(OrganisationPolicy { max_age_seconds: Some(1), ..<_>::default() }),
        ..<_>::default()
    };
    let changed = told(&fixture, 1, |conn, act| organisation::change(conn, act, &change, None));
    assert_eq!(
        (event(&changed).as_str(), &changed["after"]["policy"]),
        ("organisation.changed", &json!({"max_age_seconds": 1}))
    );

    let new = project::NewProject {
        id: argus_store::ProjectId::new(minute(1)),
        name: "atlas".into(),
        conditions: Conditions::default(),
    };
    assert_eq!(told(&fixture, 1, |conn, act| project::create(conn, act, &new))["target"]["path"], "acme/atlas");
    let change = ProjectChange { conditions: Some(Conditions { countries: vec!["DE".into()], ..<_>::default() }) };
    let changed = told(&fixture, 1, |conn, act| project::change(conn, act, new.id, &change, None));
    assert_eq!(
        (event(&changed).as_str(), &changed["after"]["conditions"]["countries"]),
        ("project.changed", &json!(["DE"]))
    );
}

#[test]
fn every_step_in_the_life_of_a_key_leaves_an_entry() {
    let Some(fixture) = fixture() else { return };
    let atlas = add_project(&fixture.store, fixture.acme, "atlas").unwrap();
    let mut later = new_key(Some(atlas.id), "later");
    later.not_before = Some(minute(10));
    let made = told(&fixture, 1, |conn, act| key::create(conn, act, &later, &new_credential("000000000001")));
    assert_eq!((event(&made).as_str(), &made["target"]["path"]), ("key.created", &json!("acme/atlas/later")));
    assert_eq!(
        (&made["details"]["credential"]["id"], &made["after"]["state"]),
        (&json!("000000000001"), &json!("pending"))
    );
    let id = later.id;
    let begun = told(&fixture, 10, |conn, act| key::begin(conn, act, id));
    assert_eq!((&begun["before"], &begun["after"]), (&json!({"state": "pending"}), &json!({"state": "active"})));
    let change = KeyChange { tags: Some(vec![]), grace_seconds: Some(Some(60)), ..<_>::default() };
    let changed = told(&fixture, 11, |conn, act| key::change(conn, act, id, &change, None));
    assert_eq!(
        (&changed["before"], &changed["after"]),
        (&json!({"tags": ["ci"], "grace_seconds": null}), &json!({"grace_seconds": 60, "tags": null}))
    );

    let rotated = told(&fixture, 12, |conn, act| key::rotate(conn, act, id, &rotation(2, 13), None));
    assert_eq!(
        (event(&rotated).as_str(), &rotated["details"]["in_grace"]["credential_id"]),
        ("key.rotated", &json!("000000000001"))
    );
    let ended = told(&fixture, 13, |conn, act| key::end_grace(conn, act, id));
    assert_eq!(
        (event(&ended).as_str(), &ended["details"]["retired_credentials"]),
        ("key.grace_ended", &json!(["000000000001"]))
    );
    let opened = told(&fixture, 14, |conn, act| key::open_rotation(conn, act, id, "000000000003"));
    assert_eq!(event(&opened), "key.rotation_opened");
    let collected = told(&fixture, 15, |conn, act| key::collect(conn, act, id, &rotation(3, 20)));
    assert_eq!(event(&collected), "key.rotation_collected");

    let subject = PublicMaterial::JwtSubject { issuer: "https://a.example".into(), subject: "ci".into() };
    let new = credential::NewCredential { material: Material::Public(subject), ..new_credential("000000000004") };
    let added = told(&fixture, 16, |conn, act| credential::create(conn, act, id, &new));
    assert_eq!(
        (event(&added).as_str(), &added["details"]["credential"]["public"]["subject"]),
        ("credential.created", &json!("ci"))
    );
    let revoked = told(&fixture, 17, |conn, act| credential::revoke(conn, act, id, "000000000004"));
    assert_eq!((event(&revoked).as_str(), &revoked["target"]["id"]), ("credential.revoked", &json!(id.to_string())));

    assert_eq!(event(&told(&fixture, 18, |conn, act| key::suspend(conn, act, id))), "key.suspended");
    assert_eq!(event(&told(&fixture, 19, |conn, act| key::resume(conn, act, id))), "key.resumed");
    let expired = told(&fixture, 20, |conn, act| key::expire(conn, act, id, ExpiryCause::Idle));
    assert_eq!((event(&expired).as_str(), &expired["details"]["cause"]), ("key.expired", &json!("idle")));
    let revoked = told(&fixture, 21, |conn, act| key::revoke(conn, act, id, &Revocation::manual("unused")));
    assert_eq!(
        (&revoked["before"]["state"], &revoked["after"]["revoked_reason"]),
        (&json!("expired"), &json!("unused"))
    );

    let token = told(&fixture, 29, |conn, act| revoked_token::revoke(conn, act, id, ("a token", minute(40))));
    assert_eq!((event(&token).as_str(), &token["details"]["jti"]), ("token.revoked", &json!("a token")));
    holds_no_secret(&fixture.store);
}

fn holds_no_secret(store: &Store) {
    let text = entries(store).iter().map(|record| record.entry.as_str()).collect::<String>();
    for secret in ["pbkdf2", "argus-wrap", "c2FsdA", "ada@acme.example"] {
        assert!(!text.contains(secret), "{secret} stands in an entry");
    }
}

#[test]
fn every_act_upon_policies_and_keys_of_the_installation_leaves_an_entry() {
    let Some(fixture) = fixture() else { return };
    let document = NewPolicyDocument {
        path: "root.xml".into(),
        digest: "sha256:1".into(),
        kind: DocumentKind::Policy,
        policy_id: "root".into(),
        version: "1.0".into(),
        text: "<Policy/>".into(),
    };
    let imported = told(&fixture, 22, |conn, act| policy_document::import(conn, act, &[document]));
    assert_eq!(
        (event(&imported).as_str(), &imported["after"]),
        ("policies.imported", &json!({"root.xml": "sha256:1"}))
    );
    let new = NewWrappedKey {
        id: WrappedKeyId::new(minute(1)),
        purpose: "tag".into(),
        version: 1,
        envelope: "argus-wrap:…".into(),
    };
    assert_eq!(told(&fixture, 23, |conn, act| wrapped_key::create(conn, act, &new))["target"]["path"], "tag/1");
    assert_eq!(event(&told(&fixture, 24, |conn, act| wrapped_key::retire(conn, act, new.id))), "wrapped_key.retired");

    let signing = |kid: &str| NewSigningKey {
        kid: kid.into(),
        algorithm: "RS256".into(),
        public_jwk: "{}".into(),
        envelope: "argus-wrap:…".into(),
    };
    for kid in ["first", "second"] {
        let published = told(&fixture, 25, |conn, act| signing_key::publish(conn, act, &signing(kid)));
        assert_eq!(event(&published), "signing_key.published");
    }
    let began = told(&fixture, 26, |conn, act| signing_key::begin_signing(conn, act, "first"));
    assert_eq!((event(&began).as_str(), &began["target"]["id"]), ("signing_key.began", &json!("first")));
    let by = act(fixture.acme, minute(27));
    fixture.store.write(|conn| signing_key::begin_signing(conn, &by, "second")).unwrap();
    let last: Vec<Value> = entries(&fixture.store).iter().map(|it| serde_json::from_str(&it.entry).unwrap()).collect();
    let last: Vec<_> = last.iter().rev().take(2).map(event).collect();
    assert_eq!(last, ["signing_key.began", "signing_key.retired"]);
    let gone = told(&fixture, 28, |conn, act| signing_key::withdraw(conn, act, "first"));
    assert_eq!(event(&gone), "signing_key.withdrawn");
    holds_no_secret(&fixture.store);
}

#[test]
fn every_line_of_the_change_feed_has_its_entry() {
    let Some(fixture) = fixture() else { return };
    for n in 1..=5 {
        add_key(&fixture, None, &format!("key-{n}"), n).unwrap();
    }
    let before = (sequence(&fixture.store), entries(&fixture.store).len());
    assert_eq!(before, (6, 6));
    // What changes nothing is no act.
    let by = act(fixture.acme, minute(2));
    fixture.store.write(|conn| organisation::change(conn, &by, &OrganisationChange::default(), None)).unwrap();
    add_key(&fixture, None, "key-1", 9).unwrap_err();
    assert_eq!((sequence(&fixture.store), entries(&fixture.store).len()), before);
}

#[test]
fn each_entry_holds_on_to_the_one_before_it_and_is_written_in_one_way() {
    let Some(fixture) = fixture() else { return };
    add_project(&fixture.store, fixture.acme, "atlas").unwrap();
    add_organisation(&fixture.store, "globex").unwrap();
    let mut previous = ORIGIN;
    for (place, record) in entries(&fixture.store).iter().enumerate() {
        let entry: Value = serde_json::from_str(&record.entry).unwrap();
        assert_eq!((record.sequence, &record.previous), (i64::try_from(place).unwrap() + 1, &previous.to_string()));
        assert_eq!(canonical(&entry).unwrap(), record.entry);
        assert_eq!((&entry["sequence"], &entry["outcome"]), (&json!(record.sequence), &json!("done")));
        previous = link(record.sequence, &previous, &digest(&record.entry));
        assert_eq!(previous.to_string(), record.hash);
    }
}

#[test]
fn an_entry_says_who_what_when_and_by_which_decision() {
    let Some(fixture) = fixture() else { return };
    let made = add_key(&fixture, None, "deploy", 1).unwrap();
    let by = Act { actor: Actor::Key(made.id), decision_id: Some("a decision".into()), ..act(fixture.acme, minute(2)) };
    fixture.store.write(|conn| key::suspend(conn, &by, made.id)).unwrap();
    let last = entries(&fixture.store).pop().unwrap();
    let mut entry: Value = serde_json::from_str(&last.entry).unwrap();
    let nonce = entry.as_object_mut().unwrap().remove("nonce").unwrap();
    assert_eq!(nonce.as_str().unwrap().len(), 32);
    let expected = json!({
        "version": 1,
        "sequence": 3,
        "at": "2027-01-15T08:02:00.123456Z",
        "event": "key.suspended",
        "outcome": "done",
        "actor": {"kind": "key", "id": made.id, "path": "acme/deploy"},
        "organisation": {"id": fixture.acme, "name": "acme"},
        "target": {"kind": "key", "id": made.id, "path": "acme/deploy"},
        "before": {"state": "active", "suspended_at": null},
        "after": {"state": "suspended", "suspended_at": "2027-01-15T08:02:00.123456Z"},
        "request_id": "a request",
        "decision_id": "a decision",
    });
    assert_eq!(entry, expected);
    assert_eq!(last.organisation_id, fixture.acme.to_string());
}

#[test]
fn an_act_whose_entry_cannot_be_written_does_not_happen() {
    let Some(fixture) = fixture() else { return };
    // A number that is taken: what a second writer of the chain would do.
    let by = act(fixture.acme, minute(1));
    let entry = Entry::new(AuditEvent::ActRefused, Target::nameless(TargetKind::Resource, "acme/argus/keys")).refused();
    let failed: Result<(), _> = fixture.store.write(|conn| {
        audit::append(conn, &by, &entry)?;
        Err(StoreError::Busy)
    });
    failed.unwrap_err();
    assert_eq!(entries(&fixture.store).len(), 1, "a failed act leaves no entry");
    break_the_chain(&fixture.store);
    let before = sequence(&fixture.store);
    add_key(&fixture, None, "deploy", 1).unwrap_err();
    assert!(fixture.store.read(|conn| key::find_by_name(conn, fixture.acme, None, "deploy")).unwrap().is_none());
    assert_eq!(sequence(&fixture.store), before);
}

/// Makes the table refuse every entry.
fn break_the_chain(store: &Store) {
    use diesel::connection::SimpleConnection as _;
    let gone = "ALTER TABLE audit_entries RENAME TO gone";
    store
        .write(|conn| match conn {
            Conn::Sqlite(conn) => Ok(conn.queries().batch_execute(gone)?),
            Conn::Postgres(conn) => Ok(conn.queries().batch_execute(gone)?),
            other => unreachable!("{other:?}"),
        })
        .unwrap();
}

#[test]
fn a_bulk_act_names_every_key_in_entries_of_bounded_size() {
    let Some(fixture) = fixture() else { return };
    let count = u32::try_from(audit::BULK).unwrap() + 1;
    fixture
        .store
        .write(|conn| {
            for n in 0..count {
                let (new, first) = (new_key(None, &format!("key-{n}")), new_credential(&format!("{n:012}")));
                key::create(conn, &act(fixture.acme, minute(1)), &new, &first)?;
            }
            Ok(())
        })
        .unwrap();
    let before = entries(&fixture.store).len();
    let filter = KeyFilter { tag: Some("ci".into()), ..KeyFilter::default() };
    let by = act(fixture.acme, minute(2));
    let done = fixture.store.write(|conn| key::revoke_many(conn, &by, &filter, &Revocation::manual("gone"))).unwrap();
    let new: Vec<Value> = entries(&fixture.store)
        .iter()
        .skip(before)
        .map(|record| serde_json::from_str(&record.entry).unwrap())
        .collect();
    assert_eq!(new.len(), 2);
    let named: Vec<String> = new
        .iter()
        .flat_map(|entry| entry["details"]["keys"].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()))
        .collect();
    assert_eq!(named, done.revoked.iter().map(ToString::to_string).collect::<Vec<_>>());
    assert_eq!((&new[1]["details"]["part"], &new[1]["details"]["parts"]), (&json!(2), &json!(2)));
    assert_eq!(
        (&new[0]["details"]["keys_in_all"], &new[0]["details"]["filter"]),
        (&json!(count), &json!({"tag": "ci"}))
    );
}
