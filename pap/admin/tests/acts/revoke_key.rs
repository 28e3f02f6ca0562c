//! Showing and revoking keys.

use argus_admin::AdminError;
use serde_json::json;

use crate::{acting, body, create_key, faults, reader, root, shown, with_acme};

#[tokio::test]
async fn a_revocation_says_what_it_hit_and_how_fast() {
    let installation = with_acme().await;
    let made = create_key(&installation, &root(), &reader()).await.unwrap();
    let id = made.key.id.to_string();
    let admin = &installation.admin;
    let manager = acting("acme", &["acme/argus/keys:write"]);
    let revoked = shown(&admin.revoke_key(&manager, &id, body(&json!({"reason": "leaked"}))).await.unwrap());
    assert_eq!((&revoked["state"], &revoked["revoked_reason"]), (&json!("revoked"), &json!("leaked")));
    assert_eq!((&revoked["revoked_credentials"], &revoked["revoked_delegated_keys"]), (&json!(1), &json!(0)));
    assert_eq!((&revoked["applied_by"], &revoked["decision_points"]), (&json!(1), &json!(1)));
    assert_eq!(revoked["applied_after_milliseconds"], 3);

    let again = shown(&admin.revoke_key(&root(), &id, body(&json!({"reason": "again"}))).await.unwrap());
    assert_eq!(again["revoked_reason"], "leaked", "the first reason stays");
}

#[tokio::test]
async fn a_reason_is_kept_and_a_wrong_one_refused() {
    let installation = with_acme().await;
    let made = create_key(&installation, &root(), &reader()).await.unwrap();
    let id = made.key.id.to_string();
    let refused = installation.admin.revoke_key(&root(), &id, body(&json!({"reason": "a\nb", "why": 1}))).await;
    assert_eq!(faults(&refused.unwrap_err()), ["invalid-field /reason", "unknown-field /why"]);
    let revoked = installation.admin.revoke_key(&root(), &id, body(&json!({}))).await.unwrap();
    assert_eq!(shown(&revoked)["revoked_reason"], "manual");
}

#[tokio::test]
async fn what_may_not_be_read_is_answered_as_what_is_not_there() {
    let installation = with_acme().await;
    let made = create_key(&installation, &root(), &reader()).await.unwrap();
    let id = made.key.id.to_string();
    let admin = &installation.admin;
    for stranger in [acting("beta", &["*:admin"]), acting("acme", &["acme:read", "acme/argus/pdp:execute"])] {
        assert!(matches!(admin.show_key(&stranger, &id).await, Err(AdminError::NotFound)));
        assert!(matches!(admin.revoke_key(&stranger, &id, body(&json!({}))).await, Err(AdminError::NotFound)));
    }
    for other in ["0199aaaa-0000-7000-8000-000000000000", "reader", "", &id.to_uppercase()] {
        assert!(matches!(admin.show_key(&root(), other).await, Err(AdminError::NotFound)));
        assert!(matches!(admin.revoke_key(&root(), other, body(&json!({}))).await, Err(AdminError::NotFound)));
    }
    let reader = acting("acme", &["acme/argus/keys:read"]);
    assert_eq!(shown(&admin.show_key(&reader, &id).await.unwrap()), shown(&made.key));
    let refused = admin.revoke_key(&reader, &id, body(&json!({}))).await.unwrap_err();
    assert_eq!(refused.to_string(), "this needs the scope `acme/argus/keys:write`");
}
