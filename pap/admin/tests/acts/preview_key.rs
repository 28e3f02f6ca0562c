//! What a key would be; and which keys deserve a second look.

use argus_store::{PageSize, key};
use serde_json::{Value, json};

use crate::support::Installation;
use crate::{acting, body, create_key, holding, query, reader, root, shown, with, with_acme};

async fn preview(installation: &Installation, value: &Value) -> Value {
    shown(&installation.admin.preview_key(&root(), body(value)).await.unwrap())
}

fn column(preview: &Value, member: &str, columns: [&str; 2]) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    preview[member].as_array().unwrap().iter().map(|item| (text(&item[columns[0]]), text(&item[columns[1]]))).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(one, other)| ((*one).to_owned(), (*other).to_owned())).collect()
}

#[tokio::test]
async fn a_preview_says_what_a_key_could_do_and_makes_none() {
    let installation = with_acme().await;
    let asked = with(reader(), &json!({"conditions": {"networks": ["10.0.0.0/8"]}}));
    let preview = preview(&installation, &asked).await;
    assert_eq!((&preview["would_be_made"], &preview["faults"]), (&json!(true), &json!([])));
    assert_eq!(
        (&preview["path"], &preview["expires_at"]),
        (&json!("acme/atlas/reader"), &json!("2027-04-15T08:00:00Z"))
    );
    assert_eq!(preview["may"], json!(["may read everything under acme/atlas/evidence"]));
    assert_eq!((&preview["conditions"], &preview["risks"]), (&json!(["only from 10.0.0.0/8"]), &json!([])));
    assert_eq!(
        column(&preview, "decisions", ["about", "decision"]),
        pairs(&[
            ("as the scope acme/atlas/evidence:read says", "Permit"),
            ("from an address outside", "Permit"),
            ("from an address that is not known", "Deny"),
            ("another action", "Deny"),
            ("a neighbour whose name begins alike", "Deny"),
            ("another organisation", "Deny"),
            ("the keys of the organisation", "Deny"),
        ]),
        "the decision point of these tests knows no networks"
    );
    let first = &preview["decisions"][0];
    assert_eq!(
        (&first["context"], &first["matched_scope"]),
        (&json!({"ip": "10.0.0.1"}), &json!("acme/atlas/evidence:read"))
    );
    let all = installation.store.read(|conn| key::list(conn, &key::KeyFilter::default(), None, PageSize::default()));
    assert!(all.unwrap().items.is_empty());
    assert_eq!(installation.authority.settled.lock().unwrap().len(), 3, "no change but the places of the test");
}

#[tokio::test]
async fn what_is_derived_is_shown_with_what_the_keys_above_it_ask() {
    let installation = with_acme().await;
    let above = with(reader(), &json!({"name": "above", "conditions": {"networks": ["10.0.0.0/8"]}}));
    let above = create_key(&installation, &root(), &above).await.unwrap();
    let below = with(reader(), &json!({"parent_key_id": above.key.id.to_string()}));
    let preview = preview(&installation, &below).await;
    let asked = json!(["the key `above` above it asks: only from 10.0.0.0/8"]);
    assert_eq!((&preview["conditions"], &preview["risks"]), (&asked, &json!([])), "{preview}");
    assert_eq!(preview["decisions"][0]["context"], json!({"ip": "10.0.0.1"}));
    let about = column(&preview, "decisions", ["about", "decision"]);
    assert!(about.iter().any(|(about, _)| about == "from an address outside"), "{about:?}");
}

#[tokio::test]
async fn a_preview_names_every_fault() {
    let installation = with_acme().await;
    create_key(&installation, &root(), &reader()).await.unwrap();
    let taken = preview(&installation, &reader()).await;
    assert_eq!(column(&taken, "faults", ["pointer", "code"]), pairs(&[("/name", "already-exists")]));
    assert_eq!((&taken["would_be_made"], &taken["decisions"]), (&json!(false), &json!([])));
    let asked = with(
        reader(),
        &json!({"project": "zeus", "scopes": ["acme/x:fly", "acme/atlas:read"], "expires_in_seconds": 0, "scope": 1}),
    );
    let faulty = preview(&installation, &asked).await;
    assert_eq!(
        column(&faulty, "faults", ["pointer", "code"]),
        pairs(&[
            ("/scopes/0", "invalid-field"),
            ("/expires_in_seconds", "invalid-field"),
            ("/project", "not-found"),
            ("/scope", "unknown-field"),
        ])
    );
    assert_eq!(faulty["may"], json!(["may read everything under acme/atlas"]), "what can be read is told");
}

#[tokio::test]
async fn a_preview_is_held_to_what_its_caller_may_hand_out() {
    let installation = with_acme().await;
    let manager =
        json!({"organisation": "acme", "name": "manager", "scopes": ["acme/argus/keys:write", "acme/atlas:read"]});
    let manager = holding(&create_key(&installation, &root(), &manager).await.unwrap());
    let wide = with(reader(), &json!({"scopes": ["acme:admin", "beta/x:read", "acme/*:read"]}));
    let preview = shown(&installation.admin.preview_key(&manager, body(&wide)).await.unwrap());
    assert_eq!(
        column(&preview, "faults", ["pointer", "code"]),
        pairs(&[("/scopes/0", "scope-too-wide"), ("/scopes/1", "scope-too-wide"), ("/scopes/2", "scope-too-wide")])
    );
    assert_eq!(preview["effective_scopes"], json!(["acme:admin"]));
    let stranger = acting("acme", &["acme/argus/keys:read"]);
    let refused = installation.admin.preview_key(&stranger, body(&reader())).await.unwrap_err();
    assert_eq!(refused.to_string(), "this needs the scope `acme/argus/keys:write`");
}

#[tokio::test]
async fn keys_at_risk_are_those_that_nobody_has_explained() {
    let installation = with_acme().await;
    let network = json!({"networks": ["10.0.0.0/8"]});
    for (name, more) in [
        ("anywhere", json!({})),
        ("bound", json!({"conditions": network})),
        ("country", json!({"conditions": {"countries": ["DE"]}})),
        ("endless", json!({"conditions": network, "expires_at": null, "expiry_exception": "a satellite"})),
        ("revoked", json!({})),
    ] {
        let made =
            create_key(&installation, &root(), &with(with(reader(), &json!({"name": name})), &more)).await.unwrap();
        if name == "revoked" {
            installation.admin.revoke_key(&root(), &made.key.id.to_string(), body(&json!({}))).await.unwrap();
        }
    }
    let listed = async |pairs: &[(&str, &str)]| {
        let asked = [&[("organisation", "acme")], pairs].concat();
        let list = shown(&installation.admin.list_keys(&root(), query(&asked)).await.unwrap());
        let items = list["items"].as_array().unwrap().clone();
        items.iter().map(|key| (key["name"].clone(), key["risks"].clone())).collect::<Vec<_>>()
    };
    let anywhere = json!(["any_address"]);
    assert_eq!(
        listed(&[("risk", "true")]).await,
        [(json!("anywhere"), anywhere.clone()), (json!("country"), anywhere)]
    );
    assert_eq!(listed(&[("risk", "false")]).await.len(), 5);
    assert_eq!(listed(&[]).await[3], (json!("endless"), json!(["no_expiry"])), "explained, and named all the same");
}
