//! People in the audit: named to whoever may read it, and forgotten for good.

use std::net::IpAddr;

use argus_admin::{AdminError, Call, Query};
use argus_store::delivery::{self, DeliveryFilter};
use argus_store::key::KeyFilter;
use argus_store::outbox::NoticeFilter;
use argus_store::{PageSize, StoreError, audit, contact, key, limit, organisation, outbox};
use serde_json::{Value, json};

use crate::support::{Installation, caller_of, noon};
use crate::{body, check, export, installations, make_organisation, make_project, of_acme, root, told};

const ADA: &str = "ada@acme.example";

async fn make_key(installation: &Installation, call: &Call, name: &str, owner: &str) -> argus_store::KeyId {
    let body = body(&json!({
        "organisation": "acme", "project": "atlas", "name": name, "owner": owner,
        "scopes": ["acme/atlas/evidence:read"],
    }));
    installation.admin.create_key(call, body).await.unwrap().key.id
}

/// The audit of acme as it is shown.
async fn shown(installation: &Installation) -> Vec<Value> {
    let listed = installation.admin.list_audit(&of_acme(), Query::default()).await.unwrap();
    listed.items.iter().map(|item| serde_json::to_value(item).unwrap()).collect()
}

/// A limit of her keys, and contacts: hers, one that is told of her keys alone, and one that is told of all.
async fn make_contacts(installation: &Installation) {
    for contact in [
        json!({ "organisation": "acme", "kind": "email", "address": ADA }),
        json!({ "organisation": "acme", "kind": "email", "address": "lead@acme.example", "owner": ADA }),
        json!({ "organisation": "acme", "kind": "email", "address": "bob@acme.example" }),
    ] {
        installation.admin.create_contact(&root(), body(&contact)).await.unwrap();
    }
    let limit = json!({
        "organisation": "acme", "owner": ADA, "name": "daily", "strategy": "quota", "limit": 7, "window_seconds": 86_400,
    });
    installation.admin.create_limit(&root(), body(&limit)).await.unwrap();
}

/// What the store keeps of people where nothing is sealed.
fn kept_beside_the_audit(installation: &Installation) -> String {
    let all = PageSize::new(PageSize::MOST.into()).unwrap();
    let kept = installation.store.read(|conn| {
        let acme = organisation::find_by_name(conn, "acme")?.unwrap().id;
        let notices = outbox::list(conn, NoticeFilter::default(), None, all)?.items;
        let deliveries = delivery::list(conn, DeliveryFilter::default(), None, all)?.items;
        let keys = key::list(conn, &KeyFilter::default(), None, all)?.items;
        let (contacts, limits) = (contact::list_of(conn, acme)?, limit::list_of(conn, acme)?);
        Ok::<_, StoreError>(format!("{notices:?} {deliveries:?} {contacts:?} {limits:?} {keys:?}"))
    });
    kept.unwrap()
}

#[tokio::test]
async fn who_it_was_and_from_where_is_shown_and_can_be_forgotten_while_the_chain_holds() {
    for installation in installations() {
        make_organisation(&installation, "argus").await;
        make_organisation(&installation, "acme").await;
        make_project(&installation, "acme", "atlas").await;
        let first = make_key(&installation, &root(), "first", ADA).await;
        // She revokes her own key, from an address.
        let caller = caller_of(first, "acme", &["acme/argus/keys:write"]);
        let call = Call::new(caller, "r-3".into()).from(Some(IpAddr::from([203, 0, 113, 7])));
        installation.admin.revoke_key(&call, &first.to_string(), body(&json!({}))).await.unwrap();

        let entries = shown(&installation).await;
        let [.., made, revoked] = &entries[..] else { panic!("{entries:?}") };
        assert_eq!(made["after"]["owner"]["name"], ADA);
        assert_eq!(revoked["actor"]["owner"]["name"], ADA);
        assert_eq!(
            (&revoked["actor"]["path"], &revoked["source"]["name"]),
            (&json!("acme/atlas/first"), &json!("203.0.113.7"))
        );
        let kept = installation.store.read(|conn| audit::list_after(conn, 0, 100)).unwrap();
        let kept: String = kept.iter().map(|record| record.entry.as_str()).collect();
        assert!(!kept.contains(ADA) && !kept.contains("203.0.113.7"), "what is kept names nobody");

        let forget = |owner: &str| body(&json!({ "organisation": "acme", "owner": owner }));
        let second = make_key(&installation, &root(), "second", ADA).await;
        make_contacts(&installation).await;
        let refused = installation.admin.forget_person(&root(), forget(ADA)).await.unwrap_err();
        assert!(matches!(refused, AdminError::WrongState(_)), "{refused}");
        let reason = body(&json!({ "reason": format!("{ADA} has left") }));
        installation.admin.revoke_key(&root(), &second.to_string(), reason).await.unwrap();
        installation.store.write(|conn| delivery::spread(conn, noon(), 100)).unwrap();
        assert!(kept_beside_the_audit(&installation).contains(ADA));
        let refused = installation.admin.forget_person(&of_acme(), forget(ADA)).await.unwrap_err();
        assert!(matches!(refused, AdminError::NotPermitted { .. }), "{refused}");
        let done = installation.admin.forget_person(&root(), forget(ADA)).await.unwrap();
        assert_eq!((done.keys_written_over, done.contacts_removed, done.reasons_written_over), (2, 2, 1));
        assert_eq!(done.limits_removed, 1);
        assert!(done.notices_erased >= 2, "{done:?}");
        let left = kept_beside_the_audit(&installation);
        assert!(!left.contains(ADA) && left.contains("forgotten has left") && left.contains("bob@"), "{left}");
        let again = installation.admin.forget_person(&root(), forget(ADA)).await.unwrap();
        assert_eq!((again.person, again.keys_written_over), (None, 0));

        let entries = shown(&installation).await;
        // What was typed as a reason stands as it was typed.
        let all = Value::from(entries.clone()).to_string().replace(&format!("{ADA} has left"), "");
        assert!(!all.contains(ADA) && !all.contains("203.0.113.7"), "{all}");
        assert_eq!(entries.last().unwrap()["event"], "person.forgotten");
        let revoked = entries.iter().find(|entry| entry["event"] == "key.revoked").unwrap();
        assert_eq!(revoked["actor"]["owner"], json!({ "person": done.person, "forgotten": true }));
        let report = check(&export(&installation, &root()).await);
        assert_eq!(told(&report), "whole", "{:?}", report.broken);
        let key = installation.store.read(|conn| key::find(conn, first)).unwrap().unwrap();
        assert_eq!(key.owner, "forgotten");
    }
}

#[tokio::test]
async fn a_name_is_another_person_in_another_organisation() {
    for installation in installations() {
        for name in ["argus", "acme", "beta"] {
            make_organisation(&installation, name).await;
        }
        make_project(&installation, "acme", "atlas").await;
        make_project(&installation, "beta", "atlas").await;
        make_key(&installation, &root(), "first", ADA).await;
        let body_of_beta = body(&json!({
            "organisation": "beta", "project": "atlas", "name": "first", "owner": ADA, "scopes": ["beta/atlas:read"],
        }));
        installation.admin.create_key(&root(), body_of_beta).await.unwrap();
        let listed = installation.admin.list_audit(&root(), Query::default()).await.unwrap();
        let listed = serde_json::to_value(&listed.items).unwrap();
        let owners: Vec<_> = listed.as_array().unwrap().iter().filter(|it| it["event"] == "key.created").collect();
        assert_ne!(owners[0]["after"]["owner"]["person"], owners[1]["after"]["owner"]["person"]);
    }
}

#[tokio::test]
async fn a_list_is_narrowed_and_a_key_is_found_in_the_entry_of_a_bulk_act() {
    for installation in installations() {
        make_organisation(&installation, "argus").await;
        make_organisation(&installation, "acme").await;
        make_project(&installation, "acme", "atlas").await;
        let first = make_key(&installation, &root(), "first", ADA).await;
        make_key(&installation, &root(), "second", ADA).await;
        let all = body(&json!({ "organisation": "acme", "owner": ADA }));
        installation.admin.revoke_keys(&root(), all).await.unwrap();
        let list = async |pairs: &[(&str, &str)]| -> Vec<String> {
            let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            let listed = installation.admin.list_audit(&root(), Query::new(pairs)).await.unwrap();
            let value = serde_json::to_value(&listed.items).unwrap();
            value.as_array().unwrap().iter().map(|entry| entry["event"].as_str().unwrap().to_owned()).collect()
        };
        let id = first.to_string();
        assert_eq!(list(&[("target", &id)]).await, ["key.created", "keys.revoked"]);
        assert_eq!(list(&[("event", "keys.revoked"), ("organisation", "acme")]).await, ["keys.revoked"]);
        assert_eq!(list(&[("event", "keys.revoked"), ("organisation", "argus")]).await, [""; 0]);
        let entries = shown(&installation).await;
        let bulk = entries.iter().find(|entry| entry["event"] == "keys.revoked").unwrap();
        assert_eq!(bulk["details"]["owner"]["name"], ADA, "by whose keys it went is told");
        let kept = installation.store.read(|conn| audit::list_after(conn, 0, 100)).unwrap();
        assert!(kept.iter().all(|record| !record.entry.contains(ADA)), "and sealed, as a person is");
        assert_eq!(list(&[("actor", "nobody")]).await, [""; 0]);
        assert_eq!(list(&[("before", "2027-01-15T08:00:00Z")]).await, [""; 0]);
        assert_eq!(list(&[("from", "2027-01-15T08:00:00Z"), ("event", "key.created")]).await.len(), 2);
    }
}
