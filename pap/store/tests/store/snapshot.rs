//! What a decision point reads at its start, and after a line in the change feed.

use argus_store::change::{ChangeKind, list_since};
use argus_store::key::{KeyState, Revocation};
use argus_store::organisation::{NewOrganisation, OrganisationPolicy};
use argus_store::project::NewProject;
use argus_store::snapshot::{load_credentials, load_credentials_of};
use argus_store::{Conditions, OrganisationId, ProjectId, credential, key, organisation, project};

use crate::support::{act, add_key, fixture, minute, new_credential, new_key, sequence};

fn networks(network: &str) -> Conditions {
    Conditions { networks: vec![network.into()], ..Conditions::default() }
}

#[test]
fn a_record_holds_the_conditions_of_every_level() {
    let Some(fixture) = fixture() else { return };
    let id = OrganisationId::new(minute(0));
    let by = act(id, minute(0));
    let globex = NewOrganisation {
        id,
        name: "globex".into(),
        display_name: None,
        conditions: networks("10.0.0.0/8"),
        policy: OrganisationPolicy::default(),
        time_zone: "UTC".into(),
    };
    let atlas = NewProject { id: ProjectId::new(minute(0)), name: "atlas".into(), conditions: networks("10.1.0.0/16") };
    let mut deploy = new_key(Some(atlas.id), "deploy");
    deploy.conditions = networks("10.1.2.0/24");
    let made = fixture.store.write(|conn| {
        organisation::create(conn, &by, &globex)?;
        project::create(conn, &by, &atlas)?;
        key::create(conn, &by, &deploy, &new_credential("000000000001"))
    });
    let records = fixture.store.read(load_credentials).unwrap();
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].key, made.unwrap());
    assert_eq!(records[0].key.conditions, networks("10.1.2.0/24"));
    assert_eq!(records[0].project_conditions, Some(networks("10.1.0.0/16")));
    assert_eq!(records[0].organisation_conditions, networks("10.0.0.0/8"));
}

#[test]
fn revoked_and_suspended_keys_are_loaded_with_their_state() {
    let Some(fixture) = fixture() else { return };
    let by = act(fixture.acme, minute(2));
    let ids: Vec<_> = (0..3).map(|n| add_key(&fixture, None, &format!("key-{n}"), n).unwrap().id).collect();
    fixture.store.write(|conn| credential::create(conn, &by, ids[0], &new_credential("000000000003"))).unwrap();
    fixture.store.write(|conn| key::suspend(conn, &by, ids[1])).unwrap();
    fixture.store.write(|conn| key::revoke(conn, &by, ids[2], &Revocation::manual("leaked"))).unwrap();
    let records = fixture.store.read(load_credentials).unwrap();
    let states: Vec<_> = records.iter().map(|record| (record.key.id, record.key.state)).collect();
    let [active, suspended, revoked] = [KeyState::Active, KeyState::Suspended, KeyState::Revoked];
    assert_eq!(states, [(ids[0], active), (ids[1], suspended), (ids[2], revoked), (ids[0], active)]);
    assert!(records.iter().all(|record| record.project_conditions.is_none()));

    let of_one = fixture.store.read(|conn| load_credentials_of(conn, ids[0])).unwrap();
    assert_eq!(of_one, [records[0].clone(), records[3].clone()]);
}

#[test]
fn the_change_feed_tells_what_to_read_again() {
    let Some(fixture) = fixture() else { return };
    let start = sequence(&fixture.store);
    let made = add_key(&fixture, None, "deploy", 1).unwrap();
    let by = act(fixture.acme, minute(2));
    fixture.store.write(|conn| key::revoke(conn, &by, made.id, &Revocation::manual("leaked"))).unwrap();
    let lines = fixture.store.read(|conn| list_since(conn, start, 100)).unwrap();
    assert_eq!(lines.len(), 2);
    assert!(lines.iter().all(|line| (line.kind, &line.id) == (ChangeKind::Key, &made.id.to_string())));
    assert!(lines[0].sequence > start && lines[1].sequence > lines[0].sequence);
    assert_eq!(lines[1].at, minute(2));
    let first = fixture.store.read(|conn| list_since(conn, start, 1)).unwrap();
    assert_eq!(first, lines[..1]);
    assert!(fixture.store.read(|conn| list_since(conn, lines[1].sequence, 100)).unwrap().is_empty());
}
