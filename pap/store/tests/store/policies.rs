//! Policy documents, and the wrapped keys beside them.

use argus_store::policy_document::{DocumentKind, Imported, NewPolicyDocument, import, list_current};
use argus_store::wrapped_key::NewWrappedKey;
use argus_store::{Store, StoreError, WrappedKeyId, wrapped_key};

use crate::support::{Fixture, act, fixture, minute, sequence};

fn document(path: &str, version: &str, text: &str) -> NewPolicyDocument {
    NewPolicyDocument {
        path: path.into(),
        digest: format!("digest of {text}"),
        kind: DocumentKind::PolicySet,
        policy_id: format!("urn:example:{path}"),
        version: version.into(),
        text: text.into(),
    }
}

fn import_at(fixture: &Fixture, n: i64, documents: &[NewPolicyDocument]) -> Result<Imported, StoreError> {
    fixture.store.write(|conn| import(conn, &act(fixture.acme, minute(n)), documents))
}

fn current(store: &Store) -> Vec<(String, String, i64)> {
    let documents = store.read(list_current).unwrap();
    let minutes =
        |document: &argus_store::policy_document::PolicyDocument| (document.imported_at - minute(0)).num_minutes();
    documents.iter().map(|found| (found.path.clone(), found.text.clone(), minutes(found))).collect()
}

fn row(path: &str, text: &str, minute: i64) -> (String, String, i64) {
    (path.into(), text.into(), minute)
}

#[test]
fn an_import_switches_the_whole_set() {
    let Some(fixture) = fixture() else { return };
    let before = sequence(&fixture.store);
    let first = [document("root.xml", "1.0", "a"), document("time.xml", "1.0", "b")];
    assert_eq!(import_at(&fixture, 1, &first).unwrap().arrived, ["root.xml", "time.xml"]);
    let second = [document("root.xml", "1.1", "c"), document("networks.xml", "1.0", "d")];
    let imported = import_at(&fixture, 2, &second).unwrap();
    assert_eq!(
        (imported.arrived, imported.gone),
        (vec!["root.xml".into(), "networks.xml".into()], vec!["time.xml".into()])
    );
    assert_eq!(current(&fixture.store), [row("networks.xml", "d", 2), row("root.xml", "c", 2)]);
    import_at(&fixture, 3, &first).unwrap();
    assert_eq!(current(&fixture.store), [row("root.xml", "a", 1), row("time.xml", "b", 1)], "as first imported");
    assert_eq!(sequence(&fixture.store), before + 3);
}

#[test]
fn importing_what_is_current_changes_nothing() {
    let Some(fixture) = fixture() else { return };
    let documents = [document("root.xml", "1.0", "a"), document("time.xml", "1.0", "b")];
    import_at(&fixture, 1, &documents).unwrap();
    let before = sequence(&fixture.store);
    assert_eq!(import_at(&fixture, 2, &documents).unwrap(), Imported::default());
    assert_eq!(sequence(&fixture.store), before);
}

#[test]
fn another_text_under_an_old_version_is_noticed() {
    let Some(fixture) = fixture() else { return };
    import_at(&fixture, 1, &[document("root.xml", "1.0", "a"), document("time.xml", "1.0", "b")]).unwrap();
    let changed = [document("root.xml", "1.0", "changed"), document("time.xml", "1.1", "changed too")];
    assert_eq!(import_at(&fixture, 2, &changed).unwrap().version_reused, ["root.xml"]);
}

#[test]
fn a_set_with_one_path_twice_is_refused_whole() {
    let Some(fixture) = fixture() else { return };
    import_at(&fixture, 1, &[document("root.xml", "1.0", "a")]).unwrap();
    let twice = [document("time.xml", "1.0", "b"), document("root.xml", "1.1", "c"), document("root.xml", "1.2", "d")];
    let refused = import_at(&fixture, 2, &twice).unwrap_err();
    assert_eq!(refused.to_string(), "policy document `root.xml` already exists");
    assert_eq!(current(&fixture.store), [row("root.xml", "a", 1)]);
}

#[test]
fn a_wrapped_key_is_kept_after_it_is_retired() {
    let Some(fixture) = fixture() else { return };
    let by = |n| act(fixture.acme, minute(n));
    let new = |version| NewWrappedKey {
        id: WrappedKeyId::new(minute(1)),
        purpose: "tag".into(),
        version,
        envelope: format!("envelope {version}"),
    };
    let first = fixture.store.write(|conn| wrapped_key::create(conn, &by(1), &new(1))).unwrap();
    let taken = fixture.store.write(|conn| wrapped_key::create(conn, &by(1), &new(1))).unwrap_err();
    assert_eq!(taken.to_string(), "wrapped key `tag 1` already exists");
    fixture.store.write(|conn| wrapped_key::create(conn, &by(1), &new(2))).unwrap();
    let before = sequence(&fixture.store);
    for n in [2, 3] {
        let retired = fixture.store.write(|conn| wrapped_key::retire(conn, &by(n), first.id)).unwrap().unwrap();
        assert_eq!(retired.retired_at, Some(minute(2)));
    }
    assert_eq!(sequence(&fixture.store), before + 1);
    let kept = fixture.store.read(|conn| wrapped_key::list(conn, "tag")).unwrap();
    assert_eq!(kept.iter().map(|key| key.envelope.as_str()).collect::<Vec<_>>(), ["envelope 1", "envelope 2"]);
    assert!(fixture.store.read(|conn| wrapped_key::list(conn, "audit")).unwrap().is_empty());
}
