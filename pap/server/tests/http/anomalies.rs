//! What stood out, over HTTP: listed, shown and judged, by whom it may be.

use actix_web::http::{Method, header};
use argus_store::anomaly::{self, AnomalyDetector, Evidence, Severity, Sign};
use argus_store::key::{self, KeyFilter};
use argus_store::{KeyId, PageSize};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{Installation, noon};
use crate::{Answer, ROOT, ask, post, reader, request, send, with_acme};

const READER: &str = "Bearer acme acme/argus/usage:read";
const WRITER: &str = "Bearer acme acme/argus/usage:write";

/// Two alerts of one key of acme's.
async fn watched() -> (Installation, [String; 2]) {
    let installation = with_acme().await;
    assert_eq!(post(&installation, ROOT, "/v1/keys", &reader()).await.status, 201);
    let store = &installation.store;
    let keys = store.read(|conn| key::list(conn, &KeyFilter::default(), None, PageSize::default())).unwrap().items;
    let key = keys.iter().find(|key| key.name == "reader").unwrap().id;
    let ids = [(AnomalyDetector::Volume, Severity::High, 1), (AnomalyDetector::Silence, Severity::Medium, 2)]
        .map(|(detector, severity, minutes)| note(&installation, &sign(key, detector, severity), minutes));
    (installation, ids)
}

/// One that nobody asked for by HTTP: the watcher finds them.
pub(crate) fn add_anomaly(installation: &Installation, key: KeyId) -> String {
    note(installation, &sign(key, AnomalyDetector::Volume, Severity::High), 1)
}

fn sign(key: KeyId, detector: AnomalyDetector, severity: Severity) -> Sign {
    Sign {
        key,
        detector,
        severity,
        explanation: "420 requests this hour".into(),
        evidence: Evidence { score: 2.0, ..Evidence::default() },
        since: noon().timestamp(),
        last_seen_at: noon(),
        times: 1,
    }
}

fn note(installation: &Installation, sign: &Sign, minutes: i64) -> String {
    let at = noon() + TimeDelta::minutes(minutes);
    installation.store.write(|conn| anomaly::note(conn, at, sign)).unwrap().unwrap().0.id.to_string()
}

async fn get_as(installation: &Installation, authorization: &str, path: &str) -> Answer {
    let asked = request(Method::GET, path).insert_header((header::AUTHORIZATION, authorization));
    send(installation, asked).await
}

#[actix_web::test]
async fn a_list_is_narrowed_by_what_is_asked_and_by_what_may_be_seen() {
    let (installation, [volume, silence]) = watched().await;
    let ids = async |who, query: &str| {
        let answer = get_as(&installation, who, &format!("/v1/anomalies{query}")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let items = answer.body["items"].as_array().unwrap().iter();
        items.map(|item| item["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids(READER, "").await, [silence.clone(), volume.clone()]);
    assert_eq!(ids(ROOT, "?organisation=acme&severity=high").await, std::slice::from_ref(&volume));
    assert_eq!(ids(ROOT, "?detector=silence&state=open").await, std::slice::from_ref(&silence));
    assert_eq!(ids(READER, "?state=snoozed").await, Vec::<String>::new());
    for query in ["?severity=loud", "?detector=nose", "?state=asleep", "?organisation=acme&key=x"] {
        assert_eq!(get_as(&installation, ROOT, &format!("/v1/anomalies{query}")).await.status, 400, "{query}");
    }
    let without = get_as(&installation, "Bearer acme acme/argus/keys:read", "/v1/anomalies").await;
    assert_eq!((without.status, &without.body["needed_scope"]), (403, &Value::from("acme/argus/usage:read")));
    let unseen = get_as(&installation, "Bearer acme acme/argus/keys:read", &format!("/v1/anomalies/{volume}")).await;
    assert_eq!(unseen.status, 404);
    let shown = get_as(&installation, READER, &format!("/v1/anomalies/{volume}")).await;
    assert_eq!(
        (&shown.body["key_path"], &shown.body["explanation"]),
        (&json!("acme/atlas/reader"), &json!("420 requests this hour"))
    );
}

#[actix_web::test]
async fn people_say_what_it_was_and_a_false_one_stays_false() {
    let (installation, [volume, silence]) = watched().await;
    let path = |id: &str, verb: &str| format!("/v1/anomalies/{id}/{verb}");
    let reason = json!({"reason": "our load test"});
    let refused = post(&installation, READER, &path(&volume, "acknowledge"), &reason).await;
    assert_eq!((refused.status, &refused.body["needed_scope"]), (403, &Value::from("acme/argus/usage:write")));
    let told = post(&installation, WRITER, &path(&volume, "acknowledge"), &reason).await;
    assert_eq!(
        (told.status, &told.body["state"], &told.body["reason"]),
        (200, &json!("acknowledged"), &reason["reason"])
    );
    assert_eq!(post(&installation, WRITER, &path(&volume, "acknowledge"), &json!({})).await.status, 400);

    let until = noon() + TimeDelta::days(2);
    let told = post(&installation, WRITER, &path(&silence, "snooze"), &json!({"until": until})).await;
    assert_eq!((told.status, &told.body["state"]), (200, &json!("snoozed")), "{told:?}");
    for until in [noon() - TimeDelta::days(1), noon() + TimeDelta::days(91)] {
        let answer = post(&installation, WRITER, &path(&silence, "snooze"), &json!({"until": until})).await;
        assert_eq!(answer.status, 400, "{answer:?}");
    }
    for _ in 0..2 {
        let told = post(&installation, WRITER, &path(&volume, "false"), &json!({})).await;
        assert_eq!((told.status, &told.body["state"]), (200, &json!("false")));
    }
    let late = post(&installation, WRITER, &path(&volume, "acknowledge"), &reason).await;
    assert_eq!((late.status, &late.body["type"]), (409, &json!("urn:argus:problem:wrong-state")));
    assert_eq!(post(&installation, WRITER, &path("no-id", "false"), &json!({})).await.status, 404);
}

#[actix_web::test]
async fn holidays_are_kept_in_their_order_and_what_is_none_is_refused() {
    let installation = with_acme().await;
    let with = |holidays: Value| json!({"name": "globex", "policy": {"holidays": holidays}});
    let refused = post(&installation, ROOT, "/v1/organisations", &with(json!(["2026-12-25", "2026-02-30"]))).await;
    assert_eq!((refused.status, &refused.body["errors"][0]["pointer"]), (400, &json!("/policy/holidays/1")));
    let many: Vec<String> = (0..201).map(|n| format!("{}-01-01", 2027 + n)).collect();
    assert_eq!(post(&installation, ROOT, "/v1/organisations", &with(json!(many))).await.status, 400);
    let days = json!(["2027-01-06", "2026-12-24/2027-01-01", "2027-01-06"]);
    let made = post(&installation, ROOT, "/v1/organisations", &with(days)).await;
    assert_eq!(made.body["policy"]["holidays"], json!(["2026-12-24/2027-01-01", "2027-01-06"]), "{made:?}");
    let path = format!("/v1/organisations/{}", made.body["id"].as_str().unwrap());
    let kept = ask(&installation, "PATCH", &path, &json!({"policy": {"max_age_seconds": 86_400}})).await;
    assert_eq!(kept.body["policy"]["holidays"].as_array().unwrap().len(), 2, "{kept:?}");
    let gone = ask(&installation, "PATCH", &path, &json!({"policy": {"holidays": null}})).await;
    assert_eq!(gone.body["policy"]["holidays"], json!([]), "{gone:?}");
}
