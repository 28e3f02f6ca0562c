//! `POST /v1/verify`.

use argus_store::key::{KeyChange, Revocation};
use argus_store::{Conditions, credential, key};
use chrono::{Datelike, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::support::{Answer, Installation, TestKey, installation, post, post_text, question};

const EVIDENCE: &str = "acme/atlas/evidence/42";

async fn ask(installation: &Installation, key: &TestKey, action: &str) -> Value {
    let answer = installation.verify(&installation.pep, &question(key, action, EVIDENCE)).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"), "{answer:?}");
    answer.json()
}

fn fields_of(answer: &Answer) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let errors = answer.json()["errors"].as_array().cloned().unwrap_or_default();
    errors.iter().map(|error| (text(&error["pointer"]), text(&error["code"]))).collect()
}

#[actix_web::test]
async fn a_covered_use_is_permitted_and_another_denied_with_its_reason() {
    let installation = installation();
    let permitted = ask(&installation, &installation.reader, "read").await;
    assert_eq!(permitted["decision"], "Permit", "{permitted}");
    assert_eq!((&permitted["reason"], &permitted["detail"]), (&Value::Null, &Value::Null));
    assert_eq!(permitted["matched_scope"], "acme/atlas/evidence:read");
    assert_eq!(permitted["key"], json!({"id": installation.reader.key.id.to_string(), "name": "reader"}));

    let denied = ask(&installation, &installation.reader, "write").await;
    assert_eq!((&denied["decision"], &denied["reason"]), (&json!("Deny"), &json!("scope_missing")));
    assert_eq!(denied["detail"], format!("no scope of this key covers `{EVIDENCE}:write`"));
    assert_eq!(denied["matched_scope"], Value::Null);
}

#[actix_web::test]
async fn the_decisions_id_stands_in_the_body_and_in_a_header() {
    let installation = installation();
    let asked = question(&installation.reader, "read", EVIDENCE);
    let sent = post("/v1/verify", &installation.pep.token).insert_header(("x-request-id", "r-7")).set_json(asked);
    let answer = installation.send(sent).await;
    let id = answer.json()["decision_id"].as_str().unwrap().to_owned();
    assert_eq!((answer.header("argus-decision-id"), answer.header("x-request-id")), (id.as_str(), "r-7"));
    assert_eq!(id.as_bytes().get(14), Some(&b'7'), "{id} is a UUIDv7");
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[actix_web::test]
async fn what_stopped_a_key_is_told_with_its_time_and_reason() {
    let installation = installation();
    let make = |name: &str| installation.add_key("acme", name, "acme/atlas/evidence:read", |_, _| {});
    let (revoked, suspended, lost) = (make("revoked"), make("suspended"), make("lost"));
    let stopped_at = installation.act(|conn, act| {
        key::revoke(conn, act, revoked.key.id, &Revocation::manual("manual")).unwrap();
        key::suspend(conn, act, suspended.key.id).unwrap();
        let of_lost = credential::list(conn, lost.key.id).unwrap();
        credential::revoke(conn, act, lost.key.id, &of_lost.first().unwrap().id).unwrap();
        act.at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
    });
    for (key, reason, detail) in [
        (&revoked, "credential_revoked", format!("revoked {stopped_at}, reason manual")),
        (&suspended, "credential_suspended", format!("suspended {stopped_at}")),
        (&lost, "credential_revoked", format!("this credential was revoked {stopped_at}")),
    ] {
        let denied = ask(&installation, key, "read").await;
        assert_eq!((&denied["reason"], &denied["detail"]), (&json!(reason), &json!(detail)));
        assert_eq!((&denied["key"], &denied["matched_scope"]), (&Value::Null, &Value::Null));
    }
}

#[actix_web::test]
async fn a_key_whose_time_is_over_or_has_not_come_is_told_that_time() {
    let installation = installation();
    let expired = installation.add_key("acme", "expired", "acme/atlas/evidence:read", |key, _| {
        key.expires_at = Some(Utc::now() - TimeDelta::hours(1));
    });
    let early = installation.add_key("acme", "early", "acme/atlas/evidence:read", |_, credential| {
        credential.not_before = Utc::now() + TimeDelta::hours(1);
    });
    let denied = ask(&installation, &expired, "read").await;
    let end = expired.key.expires_at.unwrap().format("expired %Y-%m-%dT%H:%M:%SZ").to_string();
    assert_eq!((&denied["reason"], &denied["detail"]), (&json!("credential_expired"), &json!(end)));
    let denied = ask(&installation, &early, "read").await;
    assert_eq!(denied["reason"], "credential_not_yet_valid");
    assert!(denied["detail"].as_str().unwrap().starts_with("not valid before 20"), "{denied}");
}

#[actix_web::test]
async fn a_key_below_a_revoked_one_says_so() {
    let installation = installation();
    let above = &installation.reader;
    let below = installation.add_key_below(above, "below", "acme/atlas/evidence:read");
    assert_eq!(ask(&installation, &below, "read").await["decision"], "Permit");
    installation
        .act(|conn, act| key::revoke(conn, act, above.key.id, &Revocation::manual("left the company")).unwrap());
    let denied = ask(&installation, &below, "read").await;
    let detail = denied["detail"].as_str().unwrap();
    assert!(detail.starts_with("a key above was revoked 20"), "{detail}");
    assert!(detail.ends_with("Z, reason left the company"), "{detail}");
}

#[actix_web::test]
async fn what_a_key_above_loses_the_keys_below_it_lose_at_once() {
    let installation = installation();
    let above = installation.add_key("acme", "above", "acme/atlas:admin", |_, _| {});
    let below = installation.add_key_below(&above, "below", "acme/atlas/evidence:read");
    let lowest = installation.add_key_below(&below, "lowest", "acme/atlas/evidence/42:read");
    let change = |change: KeyChange| {
        installation.act(|conn, act| key::change(conn, act, above.key.id, &change, None).unwrap());
    };
    let reasons = async || {
        let keys = [&below, &lowest];
        [ask(&installation, keys[0], "read").await, ask(&installation, keys[1], "read").await]
            .map(|answer| answer["reason"].clone())
    };
    assert_eq!(reasons().await, [Value::Null, Value::Null]);
    change(KeyChange { scopes: Some(vec!["acme/nova:admin".into()]), ..KeyChange::default() });
    assert_eq!(reasons().await, ["scope_missing", "scope_missing"]);
    let conditions = Conditions { networks: vec!["192.0.2.0/24".into()], ..Conditions::default() };
    let scopes = Some(vec!["acme/atlas:read".into()]);
    change(KeyChange { scopes, conditions: Some(conditions), ..KeyChange::default() });
    assert_eq!(reasons().await, ["condition_ip", "condition_ip"]);
    // Windows that are never open together: neither is a fault.
    let windows = |text: &str| Some(Conditions { windows: vec![text.to_owned()], ..Conditions::default() });
    change(KeyChange { conditions: windows("daily 00:00-24:00 UTC"), ..KeyChange::default() });
    assert_eq!(reasons().await, [Value::Null, Value::Null]);
    let today = Utc::now().weekday();
    let other_days = format!("{},{} 00:00-24:00 UTC", today.pred().pred(), today.succ().succ());
    change(KeyChange { conditions: windows(&other_days), ..KeyChange::default() });
    installation.act(|conn, act| {
        let own = KeyChange { conditions: windows("daily 00:00-24:00 UTC"), ..KeyChange::default() };
        key::change(conn, act, lowest.key.id, &own, None).unwrap()
    });
    assert_eq!(reasons().await, ["condition_time", "condition_time"]);
    let ended = Some(Some(Utc::now() - TimeDelta::hours(1)));
    change(KeyChange { conditions: Some(Conditions::default()), expires_at: ended, ..KeyChange::default() });
    assert_eq!(reasons().await, ["credential_expired", "credential_expired"]);
}

#[actix_web::test]
async fn of_another_organisations_key_nothing_is_told() {
    let installation = installation();
    let foreign = installation.add_key("beta", "foreign", "*:admin", |_, _| {});
    let before = ask(&installation, &foreign, "read").await;
    assert_eq!(before["reason"], "credential_unknown");
    installation.act(|conn, act| key::revoke(conn, act, foreign.key.id, &Revocation::manual("manual")).unwrap());
    let mut after = ask(&installation, &foreign, "read").await;
    after["decision_id"] = before["decision_id"].clone();
    assert_eq!(after, before);
}

#[actix_web::test]
async fn conditions_are_met_by_what_is_known_of_the_client_alone() {
    let installation = installation();
    let bound = installation.add_key("acme", "bound", "acme/atlas/evidence:read", |key, _| {
        key.conditions.networks = vec!["10.0.0.0/8".into()];
    });
    // The enforcement point's own address is loopback, and nobody's.
    assert_eq!(ask(&installation, &bound, "read").await["reason"], "condition_ip");
    for (ip, decision) in [("10.1.2.3", "Permit"), ("192.0.2.7", "Deny"), ("127.0.0.1", "Deny")] {
        let mut asked = question(&bound, "read", EVIDENCE);
        asked["context"] = json!({"ip": ip});
        assert_eq!(installation.verify(&installation.pep, &asked).await.json()["decision"], decision, "{ip}");
    }
}

#[actix_web::test]
async fn every_fault_of_a_question_is_named_with_its_place() {
    let installation = installation();
    let pep = &installation.pep;
    let faulty =
        json!({"action": "read", "resource": "acme//x", "context": {"ip": "nowhere", "mood": "good"}, "cost": -1});
    let refused = installation.verify(pep, &faulty).await;
    assert_eq!(refused.status, 400, "{refused:?}");
    let pointers: Vec<String> = fields_of(&refused).into_iter().map(|(pointer, _)| pointer).collect();
    for pointer in ["/credential", "/resource", "/context/ip", "/context/mood", "/cost"] {
        assert!(pointers.iter().any(|found| found == pointer), "{pointer}: {refused:?}");
    }
    let mut unknown = question(&installation.reader, "read", EVIDENCE);
    unknown["subject"] = json!("me");
    let refused = installation.verify(pep, &unknown).await;
    assert_eq!((refused.status, refused.problem().as_str()), (400, "unknown-field"));
    assert_eq!(fields_of(&refused), [("/subject".to_owned(), "unknown-field".to_owned())]);
    assert!(!refused.text.contains(&installation.reader.token));
}

#[actix_web::test]
async fn another_form_than_json_is_refused() {
    let installation = installation();
    let pep = &installation.pep.token;
    let refused = installation.send(post_text("/v1/verify", pep, "text/plain", "{}")).await;
    assert_eq!((refused.status, refused.problem().as_str()), (415, "unsupported-media-type"));
    for text in ["", "{", "[]", "\"x\"", "{\"a\": 1,}"] {
        let refused = installation.send(post_text("/v1/verify", pep, "application/json", text)).await;
        assert_eq!((refused.status, refused.problem().as_str()), (400, "malformed-body"), "{text}");
    }
    let asked = post("/v1/verify", pep).insert_header(("accept", "text/html"));
    let refused = installation.send(asked.set_json(question(&installation.reader, "read", EVIDENCE))).await;
    assert_eq!((refused.status, refused.problem().as_str()), (406, "not-acceptable"));
}
