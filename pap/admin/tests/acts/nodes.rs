//! Nodes, and a clock that can't be trusted.

use argus_admin::AdminError;
use serde_json::json;

use crate::{acting, body, create_key, query, reader, root, shown, with_acme};

#[tokio::test]
async fn the_only_process_on_a_file_is_the_only_node() {
    let installation = with_acme().await;
    let nodes = shown(&installation.admin.list_nodes(&root(), query(&[])).await.unwrap());
    assert_eq!((nodes["items"].as_array().unwrap().len(), &nodes["next_cursor"]), (1, &json!(null)));
    assert_eq!((&nodes["items"][0]["state"], &nodes["items"][0]["sequence"]), (&json!("live"), &nodes["sequence"]));
    assert_eq!(nodes["revocation_bound_seconds"], 0);
    let refused = installation.admin.list_nodes(&acting("acme", &["acme:admin"]), query(&[])).await.unwrap_err();
    assert!(matches!(&refused, AdminError::NotPermitted { needed_scope } if needed_scope == "argus/argus/nodes:read"));
}

#[tokio::test]
async fn nothing_is_issued_by_a_clock_that_is_far_off_and_everything_can_be_stopped() {
    let installation = with_acme().await;
    let made = create_key(&installation, &root(), &reader()).await.unwrap();
    let fault = "the clock of this node is 40.0 s ahead of that of the database";
    *installation.authority.clock_fault.lock().unwrap() = Some(fault.to_owned());
    let id = made.key.id.to_string();
    let mut second = reader();
    second["name"] = json!("second");
    let created = create_key(&installation, &root(), &second).await.map(drop);
    let rotated = installation.admin.rotate_key(&root(), &id, body(&json!({}))).await.map(drop);
    for refused in [created, rotated] {
        let refused = refused.unwrap_err();
        assert!(matches!(&refused, AdminError::ClockOff { .. }), "{refused}");
        assert_eq!(refused.to_string(), format!("{fault}: nothing is issued by it"));
    }
    let revoked = installation.admin.revoke_key(&root(), &id, body(&json!({}))).await.unwrap();
    assert_eq!(shown(&revoked.key)["state"], "revoked");
}

#[tokio::test]
async fn a_wait_has_an_end() {
    let installation = with_acme().await;
    let made = create_key(&installation, &root(), &reader()).await.unwrap();
    let id = made.key.id.to_string();
    let refused = installation.admin.revoke_key(&root(), &id, body(&json!({"wait_seconds": 21}))).await.unwrap_err();
    assert!(refused.to_string().starts_with("a wait is 0 to 20 seconds"), "{refused}");
}
