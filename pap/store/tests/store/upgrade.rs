//! A file that the first version made, opened by this one.

use std::fs;

use argus_store::change::{ChangeKind, list_since};
use argus_store::credential::{CredentialKind, CredentialState};
use argus_store::key::{KeyFilter, KeyState, RevocationCause};
use argus_store::organisation::OrganisationPolicy;
use argus_store::snapshot::load_credentials;
use argus_store::{
    Conn, PageSize, Store, credential, key, organisation, policy_document, project, setting, wrapped_key,
};

use crate::support::{minute, new_hash};

/// Made by the first version: two organisations, a project, five keys in every state there was then, one of them derived
/// from another, six credentials, a policy, a wrapped key and a setting.
const FIRST: &[u8] = include_bytes!("files/migration-1.db");

fn open() -> (Store, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("argus.db");
    fs::write(&file, FIRST).unwrap();
    (Store::open(&file).unwrap(), folder)
}

#[test]
fn keys_of_the_first_version_keep_what_they_were() {
    let (store, _folder) = open();
    store.read(Conn::check_integrity).unwrap();
    let keys = store.read(|conn| key::list(conn, &KeyFilter::default(), None, PageSize::default())).unwrap().items;
    let states: Vec<_> = keys.iter().map(|key| (key.name.as_str(), key.state, key.generation)).collect();
    let [active, suspended, revoked] = [KeyState::Active, KeyState::Suspended, KeyState::Revoked];
    let expected = [
        ("parent", active, 1),
        ("child", active, 1),
        ("suspended", suspended, 2),
        ("revoked", revoked, 3),
        ("revoked", active, 1),
    ];
    assert_eq!(states, expected);

    let [parent, child, _, ended, _] = &keys[..] else { panic!("five keys") };
    assert_eq!((child.parent_key_id, child.created_by), (Some(parent.id), argus_store::Actor::Key(parent.id)));
    assert_eq!(
        (child.project_name.as_deref(), &child.conditions.networks[..]),
        (Some("atlas"), &["10.1.2.0/24".into()][..])
    );
    assert_eq!(
        (&child.scopes[..], &child.tags[..]),
        (&["acme/atlas/evidence:read".into()][..], &["ci".into(), "böse \"tags\"".into()][..])
    );
    assert_eq!((child.created_at, child.expires_at), (minute(1), Some(minute(1_000))));
    assert_eq!((parent.last_used_at, &parent.limits[..]), (Some(minute(9)), &[][..]));
    assert_eq!((parent.not_before, parent.rotate_at, parent.grace_seconds), (None, None, None));
    assert_eq!((ended.suspended_at, ended.revoked_at), (Some(minute(3)), Some(minute(4))));
    assert_eq!((ended.revoked_cause, ended.revoked_reason.as_deref()), (Some(RevocationCause::Manual), Some("leaked")));
    assert_eq!(ended.expiry_exception.as_deref(), Some("a machine in orbit"));
}

#[test]
fn credentials_of_the_first_version_are_secrets() {
    let (store, _folder) = open();
    let records = store.read(load_credentials).unwrap();
    assert_eq!(records.len(), 6);
    for record in &records {
        assert_eq!((record.credential.kind, &record.credential.hash), (CredentialKind::Secret, &Some(new_hash())));
        assert_eq!((&record.credential.public, &record.credential.superseded_by), (&None, &None));
    }
    let find = |id| store.read(|conn| credential::find(conn, id)).unwrap().unwrap();
    let revoked = find("000000000005");
    assert_eq!((revoked.state, revoked.revoked_at), (CredentialState::Revoked, Some(minute(7))));
    let other = find("000000000006");
    assert_eq!((other.state, other.expires_at, other.revoked_at), (CredentialState::Active, Some(minute(50)), None));
}

#[test]
fn everything_else_of_the_first_version_is_there() {
    let (store, _folder) = open();
    store
        .read(|conn| {
            let acme = organisation::find_by_name(conn, "acme")?.unwrap();
            assert_eq!((acme.display_name.as_deref(), acme.generation), (Some("Acme Ltd"), 1));
            assert_eq!(acme.policy, OrganisationPolicy::default());
            assert_eq!((acme.plan.as_str(), acme.plan_grace_until), ("enterprise", None));
            let atlas = project::find_by_name(conn, acme.id, "atlas")?.unwrap();
            assert_eq!((&atlas.conditions.networks[..], atlas.generation), (&["10.1.0.0/16".into()][..], 1));
            assert_eq!(policy_document::list_current(conn)?.len(), 1);
            assert_eq!(wrapped_key::list(conn, "tag")?.len(), 1);
            assert_eq!(setting::find(conn, "installation_id")?.as_deref(), Some("first"));
            let lines = list_since(conn, 0, 100)?;
            assert_eq!((lines.len(), lines[0].sequence, lines[0].kind), (15, 1, ChangeKind::Organisation));
            Ok(())
        })
        .unwrap();
}

#[test]
fn an_upgraded_file_is_upgraded_once() {
    let (store, folder) = open();
    let file = folder.path().join("argus.db");
    drop(store);
    let store = Store::open(&file).unwrap();
    store.read(Conn::check_integrity).unwrap();
    assert_eq!(store.read(load_credentials).unwrap().len(), 6);
}
