//! Contacts and deliveries over HTTP: who may, what is refused, and that a webhook's secret is shown once.

use actix_web::http::{Method, header};
use argus_store::contact::ContactKind;
use argus_store::delivery::{self, Claim, Outcome};
use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};

use crate::support::Installation;
use crate::{Answer, ROOT, ask, get, post, request, send, with_acme};

const READER: &str = "Bearer acme acme/argus/contacts:read";
const WRITER: &str = "Bearer acme acme/argus/contacts:write";
const STRANGER: &str = "Bearer beta beta:admin";

fn hook() -> Value {
    json!({"organisation": "acme", "kind": "webhook", "address": "https://hooks.acme.example/argus"})
}

async fn made(installation: &Installation) -> String {
    let made = post(installation, WRITER, "/v1/contacts", &hook()).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.header("location").to_owned()
}

async fn get_as(installation: &Installation, caller: &str, path: &str) -> Answer {
    send(installation, request(Method::GET, path).insert_header((header::AUTHORIZATION, caller.to_owned()))).await
}

#[actix_web::test]
async fn a_contact_is_made_seen_changed_and_removed_by_those_who_may() {
    let installation = with_acme().await;
    let made = post(&installation, WRITER, "/v1/contacts", &hook()).await;
    assert_eq!((made.status, &made.body["state"], &made.body["events"]), (201, &json!("active"), &json!([])));
    assert!(made.body["secret"].as_str().unwrap().starts_with("whsec_"));
    let path = made.header("location").to_owned();
    let seen = get_as(&installation, READER, &path).await;
    assert_eq!((seen.status, seen.header("etag")), (200, made.header("etag")));
    assert!(seen.body.get("secret").is_none() && seen.body.get("envelope").is_none(), "{:?}", seen.body);
    let email =
        json!({"organisation": "acme", "kind": "email", "address": "ada@acme.example", "events": ["key.revoked"]});
    let email = post(&installation, WRITER, "/v1/contacts", &email).await;
    assert!(email.status == 201 && email.body.get("secret").is_none(), "{email:?}");
    let first = get_as(&installation, READER, "/v1/contacts?limit=1").await;
    let next = first.body["next_cursor"].as_str().unwrap().to_owned();
    let second = get_as(&installation, READER, &format!("/v1/contacts?limit=1&cursor={next}")).await;
    assert_eq!((&second.body["items"][0]["id"], &second.body["next_cursor"]), (&email.body["id"], &Value::Null));

    let changed = ask(&installation, "PATCH", &path, &json!({"owner": "ada", "state": "disabled"})).await;
    assert_eq!(
        (changed.status, &changed.body["owner"], &changed.body["state"]),
        (200, &json!("ada"), &json!("disabled"))
    );
    let wrong = ask(&installation, "PATCH", &path, &json!({"state": "asleep", "address": "http://x"})).await;
    assert_eq!((wrong.status, wrong.body["errors"].as_array().unwrap().len()), (400, 2), "{:?}", wrong.body);
    assert_eq!(post(&installation, WRITER, &format!("{path}/test"), &json!({})).await.code(), "wrong-state");

    for (caller, status) in [(READER, 403), (STRANGER, 404)] {
        for act in ["rotate", "test", "remove"] {
            let refused = post(&installation, caller, &format!("{path}/{act}"), &json!({})).await;
            assert_eq!(refused.status, status, "{caller} {act}");
        }
    }
    assert_eq!(post(&installation, READER, "/v1/contacts", &hook()).await.status, 403);
    assert_eq!(post(&installation, STRANGER, "/v1/contacts", &hook()).await.status, 403);
    assert_eq!(get_as(&installation, STRANGER, &path).await.status, 404);
    assert_eq!(get_as(&installation, STRANGER, "/v1/contacts?organisation=acme").await.status, 403);
    assert_eq!(post(&installation, WRITER, &format!("{path}/remove"), &json!({})).await.status, 200);
    assert_eq!(get(&installation, &path).await.status, 404);
}

#[actix_web::test]
async fn a_contact_gets_another_address_checked_as_the_first_was_and_the_audit_shows_no_more_than_its_host() {
    let installation = with_acme().await;
    let path = made(&installation).await;
    let seen = get_as(&installation, READER, &path).await.header("etag").to_owned();
    let patch = async |body: &Value| {
        let asked = request(Method::PATCH, &path).insert_header((header::AUTHORIZATION, ROOT));
        let asked = asked.insert_header((header::IF_MATCH, seen.clone()));
        send(&installation, asked.insert_header(("content-type", "application/merge-patch+json")).set_json(body)).await
    };
    for wrong in [json!("http://hooks.acme.example"), json!("ada@acme.example"), json!("https://a:b@x"), Value::Null] {
        let refused = patch(&json!({ "address": wrong })).await;
        assert_eq!((refused.status, &refused.body["errors"][0]["pointer"]), (400, &json!("/address")), "{wrong}");
    }
    let changed = patch(&json!({"address": "https://hooks.acme.example/t0ken"})).await;
    assert_eq!((changed.status, &changed.body["address"]), (200, &json!("https://hooks.acme.example/t0ken")));
    assert_eq!(patch(&json!({"address": "https://elsewhere.acme.example/x"})).await.status, 412);

    let audit = get(&installation, "/v1/audit?organisation=acme&event=contact.changed").await;
    let entry = &audit.body["items"][0];
    assert_eq!(entry["details"]["has_new_address"], true, "{:?}", audit.body);
    assert!(!audit.body.to_string().contains("t0ken"), "{:?}", audit.body);
}

#[actix_web::test]
async fn what_is_wrong_with_a_contact_is_told_with_its_place() {
    let installation = with_acme().await;
    let wrong = json!({"organisation": "acme", "kind": "webhook", "address": "http://hooks.acme.example",
        "events": ["key.revoked", "key.painted"], "colour": "red"});
    let refused = post(&installation, WRITER, "/v1/contacts", &wrong).await;
    let pointers: Vec<_> =
        refused.body["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect();
    assert_eq!((refused.status, pointers), (400, vec!["/address", "/events/1", "/colour"]));
    let email = post(
        &installation,
        WRITER,
        "/v1/contacts",
        &json!({"organisation": "acme", "kind": "email", "address": "ada@acme.example"}),
    )
    .await;
    let rotated = post(&installation, WRITER, &format!("{}/rotate", email.header("location")), &json!({})).await;
    assert_eq!(rotated.code(), "wrong-state");
}

#[actix_web::test]
async fn a_webhooks_secret_is_not_shown_again_and_is_not_kept() {
    let installation = with_acme().await;
    let named = async |path: &str, name: &str, body: &Value| {
        let asked = request(Method::POST, path).insert_header((header::AUTHORIZATION, ROOT));
        send(&installation, asked.insert_header(("idempotency-key", name.to_owned())).set_json(body)).await
    };
    let made = named("/v1/contacts", "a", &hook()).await;
    let secret = made.body["secret"].as_str().unwrap().to_owned();
    let again = named("/v1/contacts", "a", &hook()).await;
    assert_eq!(
        (again.status, again.code(), &again.body["contact_id"]),
        (409, "secret-already-shown", &made.body["id"])
    );
    assert!(again.body["help"].as_str().unwrap().contains("/v1/contacts/"));
    assert_eq!(get(&installation, "/v1/contacts?organisation=acme").await.body["items"].as_array().unwrap().len(), 1);
    let path = format!("{}/rotate", made.header("location"));
    let rotated = named(&path, "b", &json!({"grace_seconds": 60})).await;
    assert!(rotated.body["secret"].as_str().unwrap() != secret && rotated.body["older_secret_until"].is_string());
    let again = named(&path, "b", &json!({"grace_seconds": 60})).await;
    assert_eq!((again.code(), &again.body["contact_id"]), ("secret-already-shown", &made.body["id"]));
    let file = std::fs::read(installation.folder.path().join("argus.db-wal")).unwrap();
    let file = String::from_utf8_lossy(&file);
    for secret in [&secret, rotated.body["secret"].as_str().unwrap()] {
        assert!(!file.contains(&secret["whsec_".len()..]), "nor is it kept");
    }
}

#[actix_web::test]
async fn a_delivery_that_is_dead_is_sent_again_by_those_who_may() {
    let installation = with_acme().await;
    let path = made(&installation).await;
    let tried = post(&installation, WRITER, &format!("{path}/test"), &json!({})).await;
    assert_eq!(
        (tried.status, &tried.body["type"], &tried.body["state"]),
        (200, &json!("contact.test"), &json!("waiting"))
    );
    let one = format!("/v1/deliveries/{}", tried.body["id"].as_str().unwrap());
    let replay = format!("{one}/replay");
    assert_eq!(post(&installation, WRITER, &replay, &json!({})).await.code(), "wrong-state");

    let at = Utc::now() + TimeDelta::days(3_650);
    let claim = Claim { name: "a test", at, until: at + TimeDelta::minutes(1) };
    let give_up = Outcome::Dead { fault: "it answers with status 500".to_owned() };
    let store = &installation.store;
    let taken = store.write_aside(|conn| delivery::claim(conn, &claim, &[ContactKind::Webhook], 9)).unwrap();
    let settled = store.write_aside(|conn| delivery::settle(conn, "a test", taken[0].id, &give_up, at)).unwrap();
    assert!(settled);
    let dead = get_as(&installation, READER, "/v1/deliveries?state=dead").await;
    assert_eq!(dead.body["items"][0]["fault"], "it answers with status 500");
    for (caller, status) in [(READER, 403), (STRANGER, 404), (WRITER, 200)] {
        assert_eq!(post(&installation, caller, &replay, &json!({})).await.status, status, "{caller}");
    }
    assert_eq!(get_as(&installation, READER, &one).await.body["state"], "waiting");
    assert_eq!(get_as(&installation, STRANGER, &one).await.status, 404);
    let unknown = get_as(&installation, READER, "/v1/deliveries?state=asleep").await;
    assert_eq!((unknown.status, &unknown.body["errors"][0]["parameter"]), (400, &json!("state")));
}
