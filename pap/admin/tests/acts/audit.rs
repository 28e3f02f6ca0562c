//! What the audit says of acts that went through the policy, and of those that didn't.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use argus_store::{Store, audit};
use serde_json::{Value, json};

use crate::support::{Installation, installation};
use crate::{body, root};

const SOURCE: [u8; 4] = [203, 0, 113, 7];

async fn call(
    installation: &Installation,
    authorization: &str,
) -> Result<argus_admin::Call, argus_admin::Unauthenticated> {
    installation.admin.authenticate(&[authorization], None, Some(IpAddr::from(SOURCE)), "a request".to_owned()).await
}

async fn make(installation: &Installation, organisation: &str) {
    installation.admin.create_organisation(&root(), body(&json!({ "name": organisation }))).await.unwrap();
}

fn entries(store: &Store) -> Vec<Value> {
    let records = store.read(|conn| audit::list_after(conn, 0, 1_000)).unwrap();
    records.iter().map(|record| serde_json::from_str(&record.entry).unwrap()).collect()
}

/// Waits until there are as many entries of an event: refusals are written beside the requests.
fn wait_for(store: &Store, event: &str, count: usize) -> Vec<Value> {
    let end = Instant::now() + Duration::from_secs(10);
    loop {
        let found: Vec<_> = entries(store).into_iter().filter(|entry| entry["event"] == event).collect();
        if found.len() >= count {
            return found;
        }
        assert!(Instant::now() < end, "{found:?}");
        std::thread::yield_now();
    }
}

#[tokio::test]
async fn an_act_is_told_with_the_decision_that_permitted_it() {
    let installation = installation();
    let caller = call(&installation, "Bearer argus argus/argus/organisations:write").await.unwrap();
    installation.admin.create_organisation(&caller, body(&json!({"name": "acme"}))).await.unwrap();
    let entry = entries(&installation.store).pop().unwrap();
    assert_eq!((&entry["event"], &entry["organisation"]["name"]), (&json!("organisation.created"), &json!("acme")));
    assert_eq!(entry["decision_id"], "decided argus/argus/organisations:write");
    assert_eq!((&entry["request_id"], &entry["actor"]["id"]), (&json!("a request"), &json!(caller.caller().key_id())));
}

#[tokio::test]
async fn a_refused_act_is_told_once_a_minute_to_the_organisation_that_it_was_about() {
    let installation = installation();
    make(&installation, "argus").await;
    make(&installation, "acme").await;
    let caller = call(&installation, "Bearer acme acme/argus/keys:read").await.unwrap();
    for _ in 0..3 {
        installation
            .admin
            .create_project(&caller, body(&json!({"organisation": "acme", "name": "x"})))
            .await
            .unwrap_err();
    }
    // Reading what may not be read is answered as something that isn't there, and told all the same; of this caller one
    // refusal was told in this minute.
    installation.admin.show_organisation(&caller, "x").await.unwrap_err();
    let told = wait_for(&installation.store, "act.refused", 1);
    assert_eq!(told.len(), 1);
    assert_eq!((&told[0]["outcome"], &told[0]["organisation"]["name"]), (&json!("refused"), &json!("acme")));
    assert_eq!(told[0]["details"], json!({"action": "write", "needed_scope": "acme/argus/projects:write"}));
    assert_eq!(told[0]["decision_id"], "decided acme/argus/projects:write");
}

#[tokio::test]
async fn a_refused_caller_is_told_to_whoever_runs_the_installation() {
    let installation = installation();
    make(&installation, "argus").await;
    for _ in 0..3 {
        call(&installation, "Bearer refused").await.unwrap_err();
    }
    let told = wait_for(&installation.store, "authentication.refused", 1);
    assert_eq!(
        (told.len(), &told[0]["actor"], &told[0]["target"]["id"]),
        (1, &json!({"kind": "nobody"}), &json!("unknown"))
    );
    assert_eq!(told[0]["organisation"]["name"], "argus");
}
