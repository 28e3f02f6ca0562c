//! Making keys.

use argus_admin::{AdminError, Body};
use argus_credentials::{Environment, PresentedKey};
use argus_store::{PageSize, credential, key};
use serde_json::{Value, json};

use crate::{acting, create_key, faults, holding, reader, root, shown, with, with_acme};

#[tokio::test]
async fn a_key_is_made_with_all_that_was_asked_for() {
    let installation = with_acme().await;
    let asked = with(
        reader(),
        &json!({"environment": "test", "tags": ["ci", "ci"], "expires_in_seconds": 3600,
                "conditions": {"networks": ["10.0.0.0/8"], "device_compliant": true}}),
    );
    let made = create_key(&installation, &acting("acme", &["acme:admin"]), &asked).await.unwrap();
    let presented = PresentedKey::parse(made.secret.expose()).unwrap();
    assert_eq!(presented.environment(), Environment::Test);

    let view = shown(&made.key);
    assert_eq!((&view["path"], &view["owner"]), (&json!("acme/atlas/reader"), &json!("ada@acme.example")));
    assert_eq!((&view["state"], &view["tags"]), (&json!("active"), &json!(["ci"])));
    assert_eq!(view["expires_at"], "2027-01-15T09:00:00Z");
    assert_eq!(view["credentials"][0]["id"], presented.id().to_string());
    assert_eq!(
        view["summary"],
        "may read everything under acme/atlas/evidence; may do nothing else; only from 10.0.0.0/8, only on compliant \
         devices; no country or time rule"
    );
    let (settled, remembered) = (&installation.authority.settled, &installation.authority.remembered);
    assert_eq!((settled.lock().unwrap().len(), *remembered.lock().unwrap()), (4, 1));

    let stored = installation.store.read(|conn| credential::find(conn, presented.id().as_str())).unwrap().unwrap();
    assert!(stored.hash.as_ref().unwrap().as_str().starts_with("$pbkdf2-sha256$"));
}

#[tokio::test]
async fn a_key_lives_ninety_days_and_is_its_makers_unless_told_otherwise() {
    let installation = with_acme().await;
    let mut asked = reader();
    asked.as_object_mut().unwrap().remove("owner");
    let made = shown(&create_key(&installation, &root(), &asked).await.unwrap().key);
    assert_eq!((&made["expires_at"], &made["environment"]), (&json!("2027-04-15T08:00:00Z"), &json!("live")));
    assert!(made["summary"].as_str().unwrap().ends_with("may do nothing else; no address, country or time rule"));
    assert!(!made["owner"].as_str().unwrap().is_empty());
}

#[tokio::test]
async fn a_long_life_needs_a_recorded_exception() {
    let installation = with_acme().await;
    let make = |members: Value| {
        let installation = &installation;
        let asked = with(reader(), &with(json!({"name": "long"}), &members));
        async move { create_key(installation, &root(), &asked).await }
    };
    let year = 365 * 24 * 3600;
    for (members, expected) in [
        (json!({"expires_in_seconds": year + 1}), "expiry-too-late /expires_at"),
        (json!({"expires_at": "2029-01-01T00:00:00Z"}), "expiry-too-late /expires_at"),
        (json!({"expires_at": null}), "expiry-too-late /expires_at"),
        (json!({"expires_at": "2026-01-01T00:00:00Z"}), "invalid-field /expires_at"),
        (json!({"expires_at": "tomorrow"}), "invalid-field /expires_at"),
        (json!({"expires_in_seconds": 0}), "invalid-field /expires_in_seconds"),
        (json!({"expires_in_seconds": i64::MAX}), "expiry-too-late /expires_in_seconds"),
        (json!({"expires_in_seconds": 1, "expires_at": "2027-02-01T00:00:00Z"}), "invalid-field /expires_in_seconds"),
        (json!({"expiry_exception": " "}), "invalid-field /expiry_exception"),
    ] {
        assert_eq!(faults(&make(members.clone()).await.unwrap_err()), [expected], "{members}");
    }
    make(json!({"expires_in_seconds": year, "name": "year"})).await.unwrap();
    let made = make(json!({"expiry_exception": "a satellite"})).await.unwrap();
    let view = shown(&made.key);
    assert_eq!((&view["expires_at"], &view["expiry_exception"]), (&Value::Null, &json!("a satellite")));
}

#[tokio::test]
async fn every_fault_of_a_key_is_named_and_nothing_is_made() {
    let installation = with_acme().await;
    let asked = json!({
        "organisation": "acme", "project": "zeus", "name": "a b", "owner": "", "environment": "prod",
        "scopes": ["acme/atlas", "acme/atlas:fly", "acme//x:read", "acme/atlas:read", 5],
        "tags": [""], "expires_in_seconds": "1d", "scope": "acme:read",
    });
    let error = create_key(&installation, &root(), &asked).await.unwrap_err();
    assert_eq!(
        faults(&error),
        [
            "invalid-field /name",
            "invalid-field /owner",
            "invalid-field /environment",
            "invalid-field /scopes/4",
            "invalid-field /scopes/0",
            "invalid-field /scopes/1",
            "invalid-field /scopes/2",
            "invalid-field /tags/0",
            "invalid-field /expires_in_seconds",
            "not-found /project",
            "unknown-field /scope",
        ]
    );
    for scopes in [json!([]), Value::Null] {
        let refused = create_key(&installation, &root(), &with(reader(), &json!({"scopes": scopes}))).await;
        assert_eq!(faults(&refused.unwrap_err()), ["missing-field /scopes"], "a key without a scope");
    }
    let all = installation.store.read(|conn| key::list(conn, &key::KeyFilter::default(), None, PageSize::default()));
    assert!(all.unwrap().items.is_empty());
}

#[tokio::test]
async fn only_an_owner_hands_out_the_whole_organisation() {
    let installation = with_acme().await;
    let scopes = ["acme/argus/keys:admin", "acme/atlas:admin"];
    let manager = json!({"organisation": "acme", "name": "manager", "scopes": scopes});
    let manager = holding(&create_key(&installation, &root(), &manager).await.unwrap());
    let owner = acting("acme", &["acme:admin"]);
    for (n, scope) in ["acme:admin", "acme/*:admin", "acme/argus:admin", "acme/argus/*:admin"].into_iter().enumerate() {
        let asked = with(reader(), &json!({"name": format!("k{n}"), "scopes": ["acme/atlas:read", scope]}));
        let refused = create_key(&installation, &manager, &asked).await.unwrap_err();
        assert_eq!(faults(&refused), ["scope-too-wide /scopes/1"], "{scope}");
        create_key(&installation, &owner, &asked).await.unwrap();
    }
    let asked = with(reader(), &json!({"scopes": ["acme/atlas:admin", "acme/argus/keys:admin"]}));
    create_key(&installation, &manager, &asked).await.unwrap();
}

#[tokio::test]
async fn a_key_gets_scopes_of_its_own_organisation_unless_argus_gives_them() {
    let installation = with_acme().await;
    let owner = acting("acme", &["acme:admin"]);
    let asked = with(reader(), &json!({"scopes": ["beta/x:read", "*:read", "acme-labs:read", "acme/atlas:read"]}));
    let refused = create_key(&installation, &owner, &asked).await.unwrap_err();
    assert_eq!(faults(&refused), ["scope-too-wide /scopes/0", "scope-too-wide /scopes/1", "scope-too-wide /scopes/2"]);
    let made = shown(&create_key(&installation, &root(), &asked).await.unwrap().key);
    assert!(made["summary"].as_str().unwrap().contains("a key of acme reaches nothing outside acme"));
}

#[tokio::test]
async fn a_name_is_taken_until_its_key_is_revoked() {
    let installation = with_acme().await;
    let first = create_key(&installation, &root(), &reader()).await.unwrap();
    let again = create_key(&installation, &root(), &reader()).await.unwrap_err();
    assert!(matches!(&again, AdminError::AlreadyExists { what: "key", name } if name == "reader"), "{again}");
    let mut elsewhere = reader();
    elsewhere.as_object_mut().unwrap().remove("project");
    create_key(&installation, &root(), &elsewhere).await.unwrap();
    installation.admin.revoke_key(&root(), &first.key.id.to_string(), Body::default()).await.unwrap();
    create_key(&installation, &root(), &reader()).await.unwrap();
}

#[tokio::test]
async fn who_may_not_make_keys_learns_the_scope_and_nothing_of_what_exists() {
    let installation = with_acme().await;
    let reader_only = acting("acme", &["acme/argus/keys:read"]);
    let refused = create_key(&installation, &reader_only, &reader()).await.unwrap_err();
    assert_eq!(refused.to_string(), "this needs the scope `acme/argus/keys:write`");
    for organisation in ["beta", "gamma"] {
        let asked = with(reader(), &json!({"organisation": organisation, "scopes": []}));
        let refused = create_key(&installation, &acting("acme", &["*:admin"]), &asked).await.unwrap_err();
        assert_eq!(refused.to_string(), format!("this needs the scope `{organisation}/argus/keys:write`"));
    }
    let nowhere = with(reader(), &json!({"organisation": "gamma"}));
    assert_eq!(faults(&create_key(&installation, &root(), &nowhere).await.unwrap_err()), ["not-found /organisation"]);
}
