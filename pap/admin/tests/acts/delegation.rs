//! Keys that are derived from keys: never more than any key above them, by whatever door they are asked for.

use argus_admin::{AdminError, Call, Rotated};
use argus_engine::scope::{Action, ResourcePath, Scope};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::support::narrowed_caller;
use crate::{body, create_key, faults, holding, root, shown, with, with_acme};

fn manager() -> Value {
    json!({"organisation": "acme", "name": "manager", "scopes": ["acme/argus/keys:write", "acme/atlas:write"],
           "conditions": {"networks": ["10.0.0.0/8"], "countries": ["DE", "FR"]}, "expires_in_seconds": 86_400})
}

fn worker() -> Value {
    json!({"organisation": "acme", "project": "atlas", "name": "worker", "scopes": ["acme/atlas/jobs:write"]})
}

#[tokio::test]
async fn who_is_no_owner_derives_from_his_own_key_and_hands_out_nothing_he_has_not() {
    let installation = with_acme().await;
    let above = create_key(&installation, &root(), &manager()).await.unwrap();
    let manager = holding(&above);

    let wide = with(
        worker(),
        &json!({"scopes": ["acme/atlas/jobs:write", "acme/atlas:read", "acme/nova:write", "acme:write"],
                "conditions": {"networks": ["10.1.0.0/16", "192.0.2.0/24"], "countries": ["US"]},
                "expires_in_seconds": 90_000}),
    );
    let refused = create_key(&installation, &manager, &wide).await.unwrap_err();
    let expected = [
        "scope-too-wide /scopes/1",
        "scope-too-wide /scopes/2",
        "scope-too-wide /scopes/3",
        "condition-too-wide /conditions/networks/1",
        "condition-too-wide /conditions/countries/0",
        "expiry-too-late /expires_at",
    ];
    assert_eq!(faults(&refused), expected);
    assert!(refused.to_string().contains("`acme/atlas:read` is more than the key `manager`"), "{refused}");

    let made = shown(&create_key(&installation, &manager, &worker()).await.unwrap().key);
    assert_eq!(made["parent_key_id"], above.key.id.to_string());
    assert_eq!(made["expires_at"], shown(&above.key)["expires_at"], "what isn't said ends with the key above");
    let nothing = with(worker(), &json!({"name": "other", "expires_in_seconds": null, "expiry_exception": null}));
    let made = shown(&create_key(&installation, &manager, &nothing).await.unwrap().key);
    assert_eq!(made["expires_at"], shown(&above.key)["expires_at"], "`null` says nothing, as a command sends it");
    let endless = with(worker(), &json!({"name": "endless", "expires_at": null, "expiry_exception": "a test"}));
    let refused = create_key(&installation, &manager, &endless).await.unwrap_err();
    assert_eq!(faults(&refused), ["expiry-too-late /expires_at"], "but here it says that there is no end");
}

#[tokio::test]
async fn who_calls_with_a_token_hands_out_no_more_than_it_grants_whatever_his_key_does() {
    let installation = with_acme().await;
    let above = create_key(&installation, &root(), &manager()).await.unwrap();
    let token = narrowed_caller(above.key.id, "acme", &["acme/argus/keys:write", "acme/atlas/jobs:write"]);
    let token = Call::new(token, "r-4".to_owned());
    let wide = with(worker(), &json!({"scopes": ["acme/atlas/jobs:write", "acme/atlas:write"]}));
    let refused = create_key(&installation, &token, &wide).await.unwrap_err();
    assert_eq!(faults(&refused), ["scope-too-wide /scopes/1"]);
    assert!(refused.to_string().contains("`acme/atlas:write` is more than your token grants"), "{refused}");
    assert!(create_key(&installation, &token, &worker()).await.is_ok());

    // Nor does he get the secret of his own key.
    let id = above.key.id.to_string();
    let refused = installation.admin.rotate_key(&token, &id, body(&json!({}))).await.unwrap_err();
    assert!(matches!(refused, AdminError::NotPermitted { .. }), "{refused}");
    assert!(installation.admin.rotate_key(&holding(&above), &id, body(&json!({}))).await.is_ok());
}

#[tokio::test]
async fn a_token_is_no_way_to_the_secret_of_its_key() {
    let installation = with_acme().await;
    let made = create_key(&installation, &root(), &worker()).await.unwrap();
    let id = made.key.id.to_string();
    let opened = installation.admin.rotate_key(&root(), &id, body(&json!({"collect": true}))).await.unwrap();
    let Rotated::Opened(opened) = opened else { panic!() };
    let token = Call::new(narrowed_caller(made.key.id, "acme", &["acme/atlas/jobs:write"]), "r-5".to_owned());
    let refused = installation.admin.collect_credential(&token, &id, &opened.credential_id).await.unwrap_err();
    assert!(matches!(refused, AdminError::NotFound), "{refused}");
    assert!(installation.admin.collect_credential(&holding(&made), &id, &opened.credential_id).await.is_ok());
}

#[tokio::test]
async fn a_chain_is_bounded_by_each_of_its_keys_and_ends_with_any_of_them() {
    let installation = with_acme().await;
    let first = create_key(&installation, &root(), &manager()).await.unwrap();
    let below = |name: &str, parent: &Value, scope: &str| {
        with(worker(), &json!({"name": name, "parent_key_id": parent, "scopes": [scope]}))
    };
    let id = |made: &argus_admin::CreatedKey| json!(made.key.id.to_string());
    let second =
        create_key(&installation, &root(), &below("second", &id(&first), "acme/atlas/jobs:write")).await.unwrap();
    let third = below("third", &id(&second), "acme/atlas:write");
    let refused = create_key(&installation, &root(), &third).await.unwrap_err();
    assert_eq!(faults(&refused), ["scope-too-wide /scopes/0"], "an owner, too, derives no more than there is");
    let third =
        create_key(&installation, &root(), &below("third", &id(&second), "acme/atlas/jobs/7:write")).await.unwrap();

    let admin = &installation.admin;
    admin.suspend_key(&root(), &first.key.id.to_string(), crate::body(&json!({}))).await.unwrap();
    let fourth = below("fourth", &id(&third), "acme/atlas/jobs/7:write");
    let refused = create_key(&installation, &root(), &fourth).await.unwrap_err();
    assert!(matches!(refused, AdminError::WrongState(_)), "{refused}");
}

#[tokio::test]
async fn an_organisations_key_derives_without_a_permission_and_a_projects_key_does_not() {
    let installation = with_acme().await;
    let of_organisation = json!({"organisation": "acme", "name": "gate", "scopes": ["acme/atlas:read"]});
    let own = create_key(&installation, &root(), &of_organisation).await.unwrap();
    let derived = |parent: &argus_admin::CreatedKey| {
        with(worker(), &json!({"parent_key_id": parent.key.id.to_string(), "scopes": ["acme/atlas/jobs:read"]}))
    };
    create_key(&installation, &holding(&own), &derived(&own)).await.unwrap();

    let of_project = with(of_organisation, &json!({"project": "atlas"}));
    let own = create_key(&installation, &root(), &of_project).await.unwrap();
    let refused = create_key(&installation, &holding(&own), &derived(&own)).await.unwrap_err();
    assert_eq!(refused.to_string(), "this needs the scope `acme/argus/keys:write`");
}

#[tokio::test]
async fn a_chain_is_at_most_eight_keys_deep() {
    let installation = with_acme().await;
    let mut parent = create_key(&installation, &root(), &manager()).await.unwrap();
    for depth in 0..20 {
        let asked = with(worker(), &json!({"name": format!("k{depth}"), "parent_key_id": parent.key.id.to_string()}));
        match create_key(&installation, &root(), &asked).await {
            Ok(made) => parent = made,
            Err(AdminError::ChainLimit(_)) => {
                assert_eq!(depth, 8);
                return;
            }
            Err(other) => panic!("{other}"),
        }
    }
    panic!("no end");
}

/// What a key asks for in the property below.
#[derive(Debug, Clone)]
struct Asked {
    scopes: Vec<String>,
    networks: Vec<&'static str>,
    countries: Vec<&'static str>,
    seconds: Option<u32>,
}

fn asked() -> impl Strategy<Value = Asked> {
    let level = || prop::sample::select(&["a", "b", "argus", "*"][..]);
    let scope = (prop::collection::vec(level(), 0..3), prop::sample::select(&Action::ALL[..]))
        .prop_map(|(levels, action)| format!("{}:{action}", [vec!["acme"], levels].concat().join("/")));
    let networks = prop::sample::subsequence(&["10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "192.0.2.0/24"][..], 0..3);
    let countries = prop::sample::subsequence(&["DE", "FR", "US"][..], 0..3);
    (prop::collection::vec(scope, 1..4), networks, countries, prop::option::of(60_u32..100_000))
        .prop_map(|(scopes, networks, countries, seconds)| Asked { scopes, networks, countries, seconds })
}

impl Asked {
    fn body(&self, name: &str, parent: Option<&str>) -> Value {
        json!({"organisation": "acme", "name": name, "scopes": self.scopes, "parent_key_id": parent,
               "conditions": {"networks": self.networks, "countries": self.countries},
               "expires_in_seconds": self.seconds})
    }

    fn grants(&self, path: &ResourcePath, action: Action) -> bool {
        self.scopes.iter().any(|scope| Scope::parse(scope).unwrap().covers(path, action))
    }
}

#[test]
fn no_chain_of_derivations_grants_what_one_of_its_keys_does_not() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let installation = runtime.block_on(with_acme());
    let numbers = std::cell::Cell::new(0);
    let mut runner = TestRunner::new(Config { cases: 150, ..Config::default() });
    let chain = (
        prop::collection::vec(asked(), 2..5),
        prop::collection::vec(prop::sample::select(&["a", "b", "argus"][..]), 0..4),
    );
    let result = runner.run(&chain, |(keys, levels)| {
        let path = ResourcePath::parse(&[vec!["acme"], levels].concat().join("/")).unwrap();
        let mut above: Vec<(Asked, Value)> = Vec::new();
        for asked in keys {
            let number = numbers.replace(numbers.get() + 1);
            let parent = above.last().map(|(_, shown)| shown["id"].as_str().unwrap().to_owned());
            let body = asked.body(&format!("k{number}"), parent.as_deref());
            let Ok(made) = runtime.block_on(create_key(&installation, &root(), &body)) else { continue };
            let made = shown(&made.key);
            for action in Action::ALL {
                let granted = asked.grants(&path, action);
                prop_assert!(!granted || above.iter().all(|(other, _)| other.grants(&path, action)), "{path} {action}");
            }
            for (other, shown) in &above {
                prop_assert!(
                    other.countries.is_empty() || asked.countries.iter().all(|one| other.countries.contains(one))
                );
                prop_assert!(made["expires_at"].as_str() <= shown["expires_at"].as_str());
            }
            above.push((asked, made));
        }
        Ok(())
    });
    result.unwrap();
}
