//! Keys and their credentials, from creation to revocation.

use argus_store::credential::{CredentialKind, CredentialState, StoredHash, StrongerHash};
use argus_store::key::{KeyFilter, KeyState, Revocation};
use argus_store::{
    Actor, Conditions, KeyId, OrganisationId, PageSize, ProjectId, Record, StoreError, change, credential, key,
};
use chrono::TimeDelta;

use crate::support::{
    act, add_key, add_organisation, add_project, fixture, minute, new_credential, new_hash, new_key, sequence,
};

#[test]
fn a_key_comes_back_as_it_was_made() {
    let Some(fixture) = fixture() else { return };
    let atlas = add_project(&fixture.store, fixture.acme, "atlas").unwrap();
    let mut new = new_key(Some(atlas.id), "deploy");
    new.conditions = Conditions {
        networks: vec!["10.0.0.0/8".into()],
        windows: vec!["Mon-Fri 08:00-18:00 Europe/Berlin".into()],
        device: Some(true),
        ..Conditions::default()
    };
    new.parent_key_id = Some(add_key(&fixture, None, "parent", 1).unwrap().id);
    let by = act(fixture.acme, minute(1) + TimeDelta::nanoseconds(789));
    let by = argus_store::Act { actor: Actor::Key(new.parent_key_id.unwrap()), ..by };
    let made = fixture.store.write(|conn| key::create(conn, &by, &new, &new_credential("000000000002"))).unwrap();

    assert_eq!(made.created_at, minute(1), "cut to the microsecond");
    assert_eq!((made.organisation_name.as_str(), made.project_name.as_deref()), ("acme", Some("atlas")));
    assert_eq!((&made.scopes, &made.tags, &made.conditions), (&new.scopes, &new.tags, &new.conditions));
    assert_eq!((made.state, made.generation, made.created_by), (KeyState::Active, 1, by.actor));
    assert_eq!((made.expires_at, made.parent_key_id), (new.expires_at, new.parent_key_id));
    assert_eq!(fixture.store.read(|conn| key::find(conn, new.id)).unwrap(), Some(made));

    let credentials = fixture.store.read(|conn| credential::list(conn, new.id)).unwrap();
    assert_eq!(credentials.len(), 1);
    assert_eq!((credentials[0].kind, credentials[0].state), (CredentialKind::Secret, CredentialState::Active));
    assert_eq!((&credentials[0].hash, &credentials[0].public), (&Some(new_hash()), &None));
    assert_eq!(format!("{:?}", credentials[0].hash), "Some(StoredHash(..))");
    assert_eq!((credentials[0].not_before, credentials[0].expires_at), (minute(1), None));
}

#[test]
fn a_key_is_made_with_its_credential_and_its_change_or_not_at_all() {
    let Some(fixture) = fixture() else { return };
    let made = add_key(&fixture, None, "deploy", 1).unwrap();
    let before = sequence(&fixture.store);
    let refused = add_key(&fixture, None, "backup", 1).unwrap_err();
    assert!(matches!(refused, StoreError::AlreadyExists { what: Record::Credential, .. }), "{refused}");
    let find = |name| fixture.store.read(|conn| key::find_by_name(conn, fixture.acme, None, name)).unwrap();
    assert_eq!(find("backup"), None);
    assert_eq!(sequence(&fixture.store), before);

    let last = fixture.store.read(|conn| change::list_since(conn, before - 1, 10)).unwrap();
    assert_eq!(last.len(), 1);
    assert_eq!((last[0].kind, &last[0].id), (change::ChangeKind::Key, &made.id.to_string()));
    assert_eq!((last[0].sequence, last[0].at), (before, minute(1)));
}

#[test]
fn a_name_is_taken_until_its_key_is_revoked() {
    let Some(fixture) = fixture() else { return };
    let atlas = add_project(&fixture.store, fixture.acme, "atlas").unwrap();
    let first = add_key(&fixture, None, "deploy", 1).unwrap();
    add_key(&fixture, Some(atlas.id), "deploy", 2).unwrap();
    let refused = add_key(&fixture, None, "deploy", 3).unwrap_err();
    assert_eq!(refused.to_string(), "key `deploy` already exists");
    let refused = add_key(&fixture, Some(atlas.id), "deploy", 3).unwrap_err();
    assert_eq!(refused.to_string(), "key `deploy` already exists");

    let by = act(fixture.acme, minute(2));
    fixture.store.write(|conn| key::revoke(conn, &by, first.id, &Revocation::manual("leaked"))).unwrap();
    let find = || fixture.store.read(|conn| key::find_by_name(conn, fixture.acme, None, "deploy")).unwrap().unwrap();
    assert_eq!((find().id, find().state), (first.id, KeyState::Revoked), "still shown by its name");
    let second = add_key(&fixture, None, "deploy", 3).unwrap();
    assert_eq!(find().id, second.id);
}

#[test]
fn a_key_belongs_to_a_project_and_a_parent_of_its_own_organisation() {
    let Some(fixture) = fixture() else { return };
    let globex = add_organisation(&fixture.store, "globex").unwrap();
    let theirs = add_project(&fixture.store, globex, "atlas").unwrap();
    let refused = add_key(&fixture, Some(theirs.id), "deploy", 1).unwrap_err();
    assert!(matches!(refused, StoreError::NotFound { what: Record::Project, .. }), "{refused}");
    let refused = add_key(&fixture, Some(ProjectId::new(minute(0))), "deploy", 1).unwrap_err();
    assert!(matches!(refused, StoreError::NotFound { what: Record::Project, .. }), "{refused}");

    let mut new = new_key(None, "deploy");
    new.parent_key_id = Some(add_key(&fixture, None, "parent", 1).unwrap().id);
    let create = |organisation| {
        fixture
            .store
            .write(|conn| key::create(conn, &act(organisation, minute(1)), &new, &new_credential("000000000002")))
    };
    assert!(matches!(create(globex), Err(StoreError::NotFound { what: Record::Key, .. })));
    let nobody = OrganisationId::new(minute(0));
    assert!(matches!(create(nobody), Err(StoreError::NotFound { what: Record::Organisation, .. })));
    create(fixture.acme).unwrap();
}

#[test]
fn a_revoked_key_keeps_its_first_time_and_reason() {
    let Some(fixture) = fixture() else { return };
    let made = add_key(&fixture, None, "deploy", 1).unwrap();
    let before = sequence(&fixture.store);
    let revoke = |n, reason| {
        let by = act(fixture.acme, minute(n));
        fixture.store.write(|conn| key::revoke(conn, &by, made.id, &Revocation::manual(reason))).unwrap().unwrap()
    };
    let first = revoke(2, "leaked");
    assert_eq!((first.state, first.revoked_at), (KeyState::Revoked, Some(minute(2))));
    assert_eq!((first.revoked_reason.as_deref(), first.generation), (Some("leaked"), made.generation + 1));
    assert_eq!(revoke(3, "again"), first);
    assert_eq!(fixture.store.read(|conn| change::list_since(conn, before, 10)).unwrap().len(), 1);

    let by = act(fixture.acme, minute(4));
    let refused = fixture.store.write(|conn| key::resume(conn, &by, made.id)).unwrap_err();
    assert_eq!(refused.to_string(), "a key that is `revoked` can't be resumed");
    let refused = fixture.store.write(|conn| key::suspend(conn, &by, made.id)).unwrap_err();
    assert_eq!(refused.to_string(), "a key that is `revoked` can't be suspended");
    assert_eq!(fixture.store.read(|conn| key::find(conn, made.id)).unwrap(), Some(first));
}

#[test]
fn a_suspended_key_is_resumed_or_revoked() {
    let Some(fixture) = fixture() else { return };
    let made = add_key(&fixture, None, "deploy", 1).unwrap();
    let before = sequence(&fixture.store);
    let by = act(fixture.acme, minute(2));
    let suspended = fixture.store.write(|conn| key::suspend(conn, &by, made.id)).unwrap().unwrap();
    assert_eq!((suspended.state, suspended.suspended_at), (KeyState::Suspended, Some(minute(2))));
    assert!(add_key(&fixture, None, "deploy", 2).is_err(), "its name stays taken");
    let resumed = fixture.store.write(|conn| key::resume(conn, &by, made.id)).unwrap().unwrap();
    assert_eq!(resumed, key::Key { generation: 3, ..made.clone() });
    fixture.store.write(|conn| key::suspend(conn, &by, made.id)).unwrap();
    let revoked =
        fixture.store.write(|conn| key::revoke(conn, &by, made.id, &Revocation::manual("unused"))).unwrap().unwrap();
    assert_eq!((revoked.state, revoked.suspended_at), (KeyState::Revoked, Some(minute(2))));
    assert_eq!(sequence(&fixture.store), before + 4);
}

#[test]
fn another_organisation_cannot_stop_a_key() {
    let Some(fixture) = fixture() else { return };
    let globex = add_organisation(&fixture.store, "globex").unwrap();
    let made = add_key(&fixture, None, "deploy", 1).unwrap();
    let before = sequence(&fixture.store);
    let by = act(globex, minute(2));
    assert_eq!(
        fixture.store.write(|conn| key::revoke(conn, &by, made.id, &Revocation::manual("ours?"))).unwrap(),
        None
    );
    assert_eq!(fixture.store.write(|conn| key::suspend(conn, &by, made.id)).unwrap(), None);
    assert_eq!(fixture.store.write(|conn| credential::revoke(conn, &by, made.id, "000000000001")).unwrap(), None);
    assert!(
        fixture.store.write(|conn| credential::create(conn, &by, made.id, &new_credential("000000000002"))).is_err()
    );
    assert_eq!(
        fixture.store.write(|conn| key::revoke(conn, &by, KeyId::new(minute(0)), &Revocation::manual("none"))).unwrap(),
        None
    );
    assert_eq!(fixture.store.read(|conn| key::find(conn, made.id)).unwrap(), Some(made));
    assert_eq!(sequence(&fixture.store), before);
}

#[test]
fn a_list_of_keys_is_narrowed_by_organisation_project_and_state() {
    let Some(fixture) = fixture() else { return };
    let atlas = add_project(&fixture.store, fixture.acme, "atlas").unwrap();
    let globex = add_organisation(&fixture.store, "globex").unwrap();
    add_key(&fixture, None, "a", 1).unwrap();
    let b = add_key(&fixture, Some(atlas.id), "b", 2).unwrap();
    add_key(&fixture, Some(atlas.id), "c", 3).unwrap();
    fixture
        .store
        .write(|conn| key::revoke(conn, &act(fixture.acme, minute(2)), b.id, &Revocation::manual("unused")))
        .unwrap();

    let names = |organisation, project, state| -> Vec<String> {
        let filter = KeyFilter { organisation, project, state, ..KeyFilter::default() };
        let page = fixture.store.read(|conn| key::list(conn, &filter, None, PageSize::default())).unwrap();
        page.items.into_iter().map(|key| key.name).collect()
    };
    assert_eq!(names(None, None, None), ["a", "b", "c"]);
    assert_eq!(names(Some(fixture.acme), None, None), ["a", "b", "c"]);
    assert!(names(Some(globex), None, None).is_empty());
    assert_eq!(names(None, Some(atlas.id), None), ["b", "c"]);
    assert!(names(Some(globex), Some(atlas.id), None).is_empty());
    assert_eq!(names(None, None, Some(KeyState::Active)), ["a", "c"]);
    assert_eq!(names(Some(fixture.acme), Some(atlas.id), Some(KeyState::Revoked)), ["b"]);
}

#[test]
fn the_last_use_of_a_key_only_moves_forward() {
    let Some(fixture) = fixture() else { return };
    let made = add_key(&fixture, None, "deploy", 1).unwrap();
    let before = sequence(&fixture.store);
    for (n, expected) in [(5, 5), (3, 5), (8, 8)] {
        let uses = [(made.id, minute(n)), (KeyId::new(minute(0)), minute(n))];
        fixture.store.write(|conn| key::touch_last_used(conn, &uses)).unwrap();
        let found = fixture.store.read(|conn| key::find(conn, made.id)).unwrap().unwrap();
        assert_eq!((found.last_used_at, found.generation), (Some(minute(expected)), made.generation));
    }
    assert_eq!(sequence(&fixture.store), before);
}

#[test]
fn a_credential_is_revoked_alone() {
    let Some(fixture) = fixture() else { return };
    let made = add_key(&fixture, None, "deploy", 1).unwrap();
    let by = act(fixture.acme, minute(2));
    let second = new_credential("000000000002");
    fixture.store.write(|conn| credential::create(conn, &by, made.id, &second)).unwrap();
    let before = sequence(&fixture.store);
    let revoke = |n, id| {
        let by = act(fixture.acme, minute(n));
        fixture.store.write(|conn| credential::revoke(conn, &by, made.id, id)).unwrap()
    };
    let revoked = revoke(3, "000000000001").unwrap();
    assert_eq!((revoked.revoked_at, revoked.generation), (Some(minute(3)), 2));
    assert_eq!(revoke(4, "000000000001").unwrap(), revoked);
    assert_eq!(revoke(4, "000000000009"), None);
    assert_eq!(sequence(&fixture.store), before + 1);
    let other = fixture.store.read(|conn| credential::find(conn, "000000000002")).unwrap().unwrap();
    assert_eq!((other.revoked_at, other.created_at), (None, minute(2)));
}

#[test]
fn a_stronger_hash_takes_the_place_of_the_one_it_was_made_for_and_revives_nothing() {
    let Some(fixture) = fixture() else { return };
    let key = add_key(&fixture, None, "deploy", 1).unwrap();
    let phc = |text: &str| StoredHash::new(format!("$pbkdf2-sha256$i=700000,l=32$c2FsdA${text}"));
    let stronger = |before: &StoredHash, after: &str| StrongerHash {
        id: format!("{:012}", 1),
        before: before.clone(),
        after: phc(after),
        iterations: 700_000,
    };
    let by = act(fixture.acme, minute(2));
    let keep =
        |hash: &StrongerHash| fixture.store.write(|conn| credential::strengthen(conn, &by, key.id, hash)).unwrap();
    let read = || fixture.store.read(|conn| credential::find(conn, &format!("{:012}", 1))).unwrap().unwrap();
    let before = sequence(&fixture.store);
    assert!(keep(&stronger(&new_hash(), "Zmlyc3Q")));
    assert_eq!((read().hash, read().generation), (Some(phc("Zmlyc3Q")), 1), "what nodes remember of it holds");
    assert!(!keep(&stronger(&new_hash(), "c2Vjb25k")), "two nodes raise it at once: one does");
    assert_eq!((read().hash, sequence(&fixture.store)), (Some(phc("Zmlyc3Q")), before + 1));
    let same = fixture.store.read(|conn| key::find(conn, key.id)).unwrap().unwrap();
    assert_eq!((same.generation, same.state), (key.generation, KeyState::Active), "an ETag that was read still holds");

    fixture.store.write(|conn| credential::revoke(conn, &by, key.id, &format!("{:012}", 1))).unwrap();
    let revoked = read();
    assert!(!keep(&stronger(&phc("Zmlyc3Q"), "dGhpcmQ")), "a revoked credential stays as it is");
    assert_eq!((read(), read().state), (revoked, CredentialState::Revoked));

    let other = add_key(&fixture, None, "backup", 2).unwrap();
    fixture.store.write(|conn| key::revoke(conn, &by, other.id, &Revocation::manual("leaked"))).unwrap();
    let hash = StrongerHash { id: format!("{:012}", 2), ..stronger(&new_hash(), "Zm91cnRo") };
    let kept = fixture.store.write(|conn| credential::strengthen(conn, &by, other.id, &hash)).unwrap();
    assert!(!kept, "so does a credential of a revoked key");
}
