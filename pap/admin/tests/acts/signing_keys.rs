//! The keys that tokens are signed with, through their lives.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use argus_admin::{Admin, AdminError, Clock, Issuer, IssuerError};
use argus_credentials::signing::SigningKeyKind;
use argus_store::{change, signing_key};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{TestAuthority, issuer, node, noon};
use crate::tokens::{Holder, ask, verify, with_holder};
use crate::{acting, body, query, root, shown};

/// A clock that goes by minutes.
#[derive(Clone, Default)]
struct Minutes(Arc<AtomicI64>);

impl Minutes {
    fn pass(&self, minutes: i64) {
        self.0.fetch_add(minutes, Ordering::Relaxed);
    }

    fn clock(&self) -> Clock {
        let minutes = Arc::clone(&self.0);
        Arc::new(move || noon() + TimeDelta::minutes(minutes.load(Ordering::Relaxed)))
    }
}

/// A node whose signing keys live for an hour, and the holder of a key.
struct Node {
    admin: Admin,
    minutes: Minutes,
    holder: Holder,
    issuer: Issuer,
    installation: crate::support::Installation,
}

async fn hourly() -> Node {
    let (installation, holder) = with_holder(|_| {}).await;
    let minutes = Minutes::default();
    let issuer = Issuer { key_life: TimeDelta::hours(1), ..issuer() };
    let (admin, authority) = node(&installation.store, minutes.clock(), issuer.clone());
    know(&authority, &installation.authority);
    Node { admin, minutes, holder, issuer, installation }
}

/// One decision point knows who another knows.
fn know(authority: &TestAuthority, other: &TestAuthority) {
    authority.holders.lock().unwrap().extend(other.holders.lock().unwrap().clone());
}

async fn states(admin: &Admin) -> Vec<String> {
    let listed = shown(&admin.list_signing_keys(&root(), query(&[])).await.unwrap());
    listed["items"].as_array().unwrap().iter().map(|key| key["state"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_first_key_is_made_once_for_all_who_ask_at_once_and_signs_at_once() {
    let node = hourly().await;
    assert!(states(&node.admin).await.is_empty(), "nobody has asked yet");
    let ask = || ask(&node.admin, &node.holder, &[]);
    let (first, second, third) = tokio::join!(ask(), ask(), ask());
    let set = node.admin.show_key_set().await.unwrap();
    for token in [first, second, third] {
        assert!(verify(token.unwrap().token.expose(), &set).is_some());
    }
    assert_eq!(states(&node.admin).await, ["signing"]);
}

#[tokio::test]
async fn whoever_keeps_the_set_of_keys_for_five_minutes_sees_no_failure_through_a_rotation() {
    let node = hourly().await;
    let (mut kept, mut tokens, mut signers) = (String::new(), VecDeque::new(), std::collections::BTreeSet::new());
    for minute in 0..200 {
        node.admin.keep_signing_keys().await.unwrap();
        if minute % 5 == 0 {
            kept = node.admin.show_key_set().await.unwrap();
        }
        let token = ask(&node.admin, &node.holder, &[]).await.unwrap().token.expose().to_owned();
        signers.insert(jsonwebtoken::decode_header(&token).unwrap().kid);
        tokens.push_back(token);
        if tokens.len() > 15 {
            tokens.pop_front();
        }
        let now = node.admin.show_key_set().await.unwrap();
        for token in &tokens {
            assert!(verify(token, &now).is_some(), "minute {minute}: a token outlives its key");
        }
        assert!(verify(tokens.back().unwrap(), &kept).is_some(), "minute {minute}: a key signs that isn't known yet");
        node.minutes.pass(1);
    }
    assert!(signers.len() >= 3, "it was rotated: {signers:?}");
    let published = serde_json::from_str::<Value>(&kept).unwrap()["keys"].as_array().unwrap().len();
    assert!(published <= 2, "those that are done with are gone");
}

#[tokio::test]
async fn two_nodes_take_each_step_once() {
    let one = hourly().await;
    let (other, authority) = node(&one.installation.store, one.minutes.clock(), one.issuer.clone());
    know(&authority, &one.installation.authority);
    ask(&one.admin, &one.holder, &[]).await.unwrap();
    for _ in 0..100 {
        let (first, second) = tokio::join!(one.admin.keep_signing_keys(), other.keep_signing_keys());
        first.and(second).unwrap();
        one.minutes.pass(1);
    }
    let keys = one.installation.store.read(signing_key::list).unwrap();
    assert_eq!(keys.len(), 1, "{keys:?}");
    let lines = one.installation.store.read(|conn| change::list_since(conn, 0, 1_000)).unwrap();
    let steps = lines.iter().filter(|line| line.kind == change::ChangeKind::SigningKey).count();
    // Both of the first; publication, both in the change, and the end of the first.
    assert_eq!(steps, 2 + 1 + 2 + 1, "{lines:?}");
    // The other node opens what the one has wrapped.
    let token = ask(&other, &one.holder, &[]).await.unwrap();
    assert!(verify(token.token.expose(), &one.admin.show_key_set().await.unwrap()).is_some());
}

#[tokio::test]
async fn a_rotation_on_demand_waits_until_the_key_is_known() {
    let node = hourly().await;
    ask(&node.admin, &node.holder, &[]).await.unwrap();
    node.minutes.pass(1);
    let rotated = node.admin.rotate_signing_key(&root(), body(&json!({}))).await.unwrap();
    let key = shown(&rotated);
    assert_eq!((&key["state"], &key["signs_from"]), (&json!("published"), &json!("2027-01-15T08:11:00Z")));
    let again = node.admin.rotate_signing_key(&root(), body(&json!({}))).await.unwrap_err();
    assert!(matches!(&again, AdminError::WrongState(_)), "{again}");
    node.minutes.pass(10);
    node.admin.keep_signing_keys().await.unwrap();
    assert_eq!(states(&node.admin).await, ["retired", "signing"]);

    let first = shown(&node.admin.list_signing_keys(&root(), query(&[("limit", "1")])).await.unwrap());
    let next = [("limit", "1"), ("cursor", first["next_cursor"].as_str().unwrap())];
    let second = shown(&node.admin.list_signing_keys(&root(), query(&next)).await.unwrap());
    assert_eq!((&second["items"][0]["state"], &second["next_cursor"]), (&json!("signing"), &json!(null)));
}

#[tokio::test]
async fn in_an_emergency_what_was_signed_before_is_refused_at_once() {
    let node = hourly().await;
    let before = ask(&node.admin, &node.holder, &[]).await.unwrap();
    node.admin.rotate_signing_key(&root(), body(&json!({}))).await.unwrap();
    let rotated = shown(&node.admin.rotate_signing_key(&root(), body(&json!({"emergency": true}))).await.unwrap());
    assert_eq!((&rotated["state"], states(&node.admin).await), (&json!("signing"), vec!["signing".to_owned()]));
    let set = node.admin.show_key_set().await.unwrap();
    assert!(verify(before.token.expose(), &set).is_none());
    let after = ask(&node.admin, &node.holder, &[]).await.unwrap();
    assert!(verify(after.token.expose(), &set).is_some());
}

#[tokio::test]
async fn another_kind_of_key_takes_over_when_it_is_asked_for() {
    let one = hourly().await;
    ask(&one.admin, &one.holder, &[]).await.unwrap();
    let changed = Issuer { key_kind: SigningKeyKind::Ed25519, ..one.issuer.clone() };
    let (other, _) = node(&one.installation.store, one.minutes.clock(), changed);
    one.minutes.pass(1);
    other.keep_signing_keys().await.unwrap();
    one.minutes.pass(10);
    other.keep_signing_keys().await.unwrap();
    let listed = shown(&other.list_signing_keys(&root(), query(&[])).await.unwrap());
    assert_eq!((&listed["items"][1]["algorithm"], &listed["items"][1]["state"]), (&json!("EdDSA"), &json!("signing")));
}

#[tokio::test]
async fn a_node_without_the_master_key_says_so_and_signs_nothing() {
    let (installation, holder) = with_holder(|_| {}).await;
    let without = Issuer { master_key: None, ..issuer() };
    let (admin, authority) = node(&installation.store, Arc::new(noon), without);
    know(&authority, &installation.authority);
    let refused = ask(&admin, &holder, &[]).await.unwrap_err();
    assert_eq!(refused.code.as_str(), "server_error");
    assert!(refused.description.contains("no master key"), "{refused}");
    let error = admin.rotate_signing_key(&root(), body(&json!({}))).await.unwrap_err();
    assert!(matches!(error, AdminError::Issuer(IssuerError::NoMasterKey)), "{error}");
    admin.keep_signing_keys().await.unwrap();
    assert_eq!(
        admin.show_key_set().await.unwrap(),
        r#"{"keys":[]}"#,
        "what others have signed is verified all the same"
    );
}

#[tokio::test]
async fn signing_keys_are_the_business_of_who_runs_the_installation() {
    let node = hourly().await;
    for call in [acting("acme", &["*:admin"]), acting("argus", &["argus/argus/keys:write"])] {
        let error = node.admin.rotate_signing_key(&call, body(&json!({}))).await.unwrap_err();
        assert!(
            matches!(&error, AdminError::NotPermitted { needed_scope } if needed_scope == "argus/argus/signing-keys:write")
        );
        assert!(matches!(
            node.admin.list_signing_keys(&call, query(&[])).await.unwrap_err(),
            AdminError::NotPermitted { .. }
        ));
    }
    let reader = acting("argus", &["argus/argus/signing-keys:read"]);
    assert!(node.admin.list_signing_keys(&reader, query(&[])).await.is_ok());
}
