//! Rotation, suspension, revocation of many, leaks.

use argus_admin::{AdminError, LeakOutcome, Rotated, RotatedKey};
use serde_json::{Value, json};

use crate::support::Installation;
use crate::{acting, body, create_key, faults, holding, reader, root, shown, with, with_acme};

async fn rotate(installation: &Installation, id: &str, asked: &Value) -> Result<RotatedKey, AdminError> {
    match installation.admin.rotate_key(&root(), id, body(asked)).await? {
        Rotated::Done(rotated) => Ok(*rotated),
        Rotated::Opened(opened) => panic!("{opened:?}"),
    }
}

/// The states of a key's credentials, sorted: made in one moment, they stand in no order.
fn states(key: &Value) -> Vec<&str> {
    let credentials = key["credentials"].as_array().unwrap();
    let mut states: Vec<_> = credentials.iter().map(|credential| credential["state"].as_str().unwrap()).collect();
    states.sort_unstable();
    states
}

#[tokio::test]
async fn a_rotation_adds_a_secret_and_gives_the_older_one_a_grace() {
    let installation = with_acme().await;
    let made = create_key(&installation, &root(), &reader()).await.unwrap();
    let id = made.key.id.to_string();
    let rotated = rotate(&installation, &id, &json!({"grace_seconds": 60})).await.unwrap();
    let key = shown(&rotated.key);
    assert_eq!((&key["id"], &key["state"]), (&json!(id), &json!("rotating")), "the key stays the same");
    assert_ne!(rotated.secret.expose(), made.secret.expose());
    assert_eq!(states(&key), ["active", "active"]);
    let newest = json!(rotated.rotation.credential_id);
    let old = key["credentials"].as_array().unwrap().iter().find(|credential| credential["id"] != newest).unwrap();
    assert_eq!(old["superseded_by"], newest);
    assert_eq!(shown(&rotated.rotation)["grace_ends_at"], "2027-01-15T08:01:00Z");

    let again = rotate(&installation, &id, &json!({"grace_seconds": 60})).await.unwrap();
    assert_eq!(states(&shown(&again.key)), ["active", "active", "revoked"], "a second rotation retires the oldest");
    let at_once = rotate(&installation, &id, &json!({"emergency": true})).await.unwrap();
    assert_eq!(states(&shown(&at_once.key)), ["active", "revoked", "revoked", "revoked"]);
    assert_eq!(shown(&at_once.key)["state"], "active");
}

#[tokio::test]
async fn a_rotation_that_asks_for_two_things_is_refused() {
    let installation = with_acme().await;
    let id = create_key(&installation, &root(), &reader()).await.unwrap().key.id.to_string();
    for (asked, fault) in [
        (json!({"emergency": true, "grace_seconds": 5}), "invalid-field /emergency"),
        (json!({"emergency": true, "collect": true}), "invalid-field /emergency"),
        (json!({"grace_seconds": -1}), "invalid-field /grace_seconds"),
        (json!({"grace_seconds": 2_592_001}), "invalid-field /grace_seconds"),
        (json!({"speed": 1}), "unknown-field /speed"),
    ] {
        assert_eq!(faults(&rotate(&installation, &id, &asked).await.unwrap_err()), [fault], "{asked}");
    }
}

#[tokio::test]
async fn the_holder_of_a_key_and_nobody_else_collects_its_secret_once() {
    let installation = with_acme().await;
    let made = create_key(&installation, &root(), &reader()).await.unwrap();
    let (admin, id) = (&installation.admin, made.key.id.to_string());
    let Rotated::Opened(opened) = admin.rotate_key(&root(), &id, body(&json!({"collect": true}))).await.unwrap() else {
        panic!("nothing to collect")
    };
    let credential = opened.credential_id.clone();
    assert_eq!(states(&shown(&opened.key)), ["active", "pending"]);
    for stranger in [root(), acting("acme", &["acme:admin"])] {
        let refused = admin.collect_credential(&stranger, &id, &credential).await.unwrap_err();
        assert!(matches!(refused, AdminError::NotFound), "{refused}");
    }
    let holder = holding(&made);
    let collected = admin.collect_credential(&holder, &id, &credential).await.unwrap();
    assert!(collected.secret.expose().contains(&credential), "its id is the one that was opened");
    assert_eq!(shown(&collected.key)["state"], "rotating");
    let again = admin.collect_credential(&holder, &id, &credential).await.unwrap_err();
    assert!(matches!(again, AdminError::WrongState(_)), "{again}");
}

#[tokio::test]
async fn a_suspended_key_is_resumed_and_a_revoked_one_is_not() {
    let installation = with_acme().await;
    let id = create_key(&installation, &root(), &reader()).await.unwrap().key.id.to_string();
    let admin = &installation.admin;
    let state = |stopped: &Value| stopped["state"].as_str().unwrap().to_owned();
    let nothing = || body(&json!({}));
    assert_eq!(state(&shown(&admin.suspend_key(&root(), &id, nothing()).await.unwrap())), "suspended");
    assert_eq!(state(&shown(&admin.suspend_key(&root(), &id, nothing()).await.unwrap())), "suspended", "twice is once");
    assert_eq!(state(&shown(&admin.resume_key(&root(), &id, nothing()).await.unwrap())), "active");
    admin.revoke_key(&root(), &id, nothing()).await.unwrap();
    let refused = admin.resume_key(&root(), &id, nothing()).await.unwrap_err();
    assert!(matches!(refused, AdminError::WrongState(_)), "{refused}");
}

#[tokio::test]
async fn keys_are_revoked_by_owner_project_and_tag_and_a_dry_run_only_tells() {
    let installation = with_acme().await;
    for (name, owner, tag) in [("a", "ada", "ci"), ("b", "ada", "cd"), ("c", "bob", "ci")] {
        let asked = with(reader(), &json!({"name": name, "owner": owner, "tags": [tag]}));
        create_key(&installation, &root(), &asked).await.unwrap();
    }
    let admin = &installation.admin;
    let revoke = async |members: Value| {
        let asked = with(json!({"organisation": "acme"}), &members);
        admin.revoke_keys(&root(), body(&asked)).await.map(|done| (done.revoked, done.key_ids.len()))
    };
    assert_eq!(revoke(json!({"owner": "ada", "dry_run": true})).await.unwrap(), (2, 2));
    assert_eq!(revoke(json!({"owner": "ada", "tag": "ci"})).await.unwrap(), (1, 1));
    assert_eq!(revoke(json!({"project": "atlas", "reason": "the project ends"})).await.unwrap(), (2, 2));
    assert_eq!(revoke(json!({"owner": "ada"})).await.unwrap(), (0, 0), "they are revoked already");
    assert_eq!(faults(&revoke(json!({})).await.unwrap_err()), ["missing-field /owner"]);
    assert_eq!(faults(&revoke(json!({"project": "nova"})).await.unwrap_err()), ["not-found /project"]);
}

#[tokio::test]
async fn a_leaked_key_is_revoked_by_whoever_has_it_and_a_made_up_one_is_unknown() {
    let installation = with_acme().await;
    let made = create_key(&installation, &root(), &reader()).await.unwrap();
    let (admin, secret) = (&installation.admin, made.secret.expose().to_owned());
    let mut forged = secret.clone();
    forged.replace_range(30..31, if &secret[30..31] == "a" { "b" } else { "a" });
    let anybody = acting("beta", &["beta/x:read"]);
    let report = async |keys: &[&str]| {
        let asked = json!({"keys": keys, "source": format!("a public page: {secret}")});
        let done = admin.report_leaks(&anybody, body(&asked)).await.unwrap();
        done.results.into_iter().map(|result| result.outcome).collect::<Vec<_>>()
    };
    assert_eq!(report(&[&forged, "no key"]).await, [LeakOutcome::Unknown, LeakOutcome::Unknown]);
    assert_eq!(report(&[&secret, &secret]).await, [LeakOutcome::Revoked, LeakOutcome::AlreadyEnded]);
    let key = shown(&admin.show_key(&root(), &made.key.id.to_string()).await.unwrap());
    assert_eq!((&key["state"], &key["revoked_cause"]), (&json!("revoked"), &json!("leak")));
    assert!(!key["revoked_reason"].as_str().unwrap().contains(&secret), "a source that quotes the key is redacted");
    assert_eq!(faults(&admin.report_leaks(&anybody, body(&json!({}))).await.unwrap_err()), ["invalid-field /keys"]);
}
