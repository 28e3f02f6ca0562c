//! Changing things, without undoing what somebody else has changed.

use actix_web::http::{Method, header};
use serde_json::{Value, json};

use crate::support::Installation;
use crate::{Answer, ROOT, get, reader, request, send, with_acme};

async fn patch(installation: &Installation, caller: &str, path: &str, seen: &str, body: &Value) -> Answer {
    let asked = request(Method::PATCH, path).insert_header((header::AUTHORIZATION, caller.to_owned()));
    let asked = asked.insert_header((header::IF_MATCH, seen.to_owned()));
    let asked = asked.insert_header((header::CONTENT_TYPE, "application/merge-patch+json"));
    send(installation, asked.set_payload(body.to_string())).await
}

async fn make(installation: &Installation, body: &Value) -> (String, String, Value) {
    let made = crate::post(installation, ROOT, "/v1/keys", body).await;
    assert_eq!(made.status, 201, "{made:?}");
    (made.header("location").to_owned(), made.header("etag").to_owned(), made.body)
}

fn codes(answer: &Answer) -> Vec<String> {
    let fault = |error: &Value| format!("{} {}", error["code"].as_str().unwrap(), error["pointer"].as_str().unwrap());
    answer.body["errors"].as_array().unwrap_or_else(|| panic!("{answer:?}")).iter().map(fault).collect()
}

#[actix_web::test]
async fn of_two_who_change_the_same_thing_the_second_hears_of_the_first() {
    let installation = with_acme().await;
    let (path, seen, _) = make(&installation, &reader()).await;
    let first = patch(&installation, ROOT, &path, &seen, &json!({"owner": "ada@acme.example"})).await;
    assert_eq!((first.status, &first.body["owner"]), (200, &json!("ada@acme.example")));
    let second = patch(&installation, ROOT, &path, &seen, &json!({"tags": ["ci"]})).await;
    assert_eq!((second.status, second.code()), (412, "stale"));
    let second = patch(&installation, ROOT, &path, first.header("etag"), &json!({"tags": ["ci"]})).await;
    assert_eq!(
        (second.status, &second.body["owner"], &second.body["tags"]),
        (200, &json!("ada@acme.example"), &json!(["ci"]))
    );
    assert_eq!(get(&installation, &path).await.header("etag"), second.header("etag"));
    let same = patch(&installation, ROOT, &path, second.header("etag"), &json!({"tags": ["ci"]})).await;
    assert_eq!(same.header("etag"), second.header("etag"), "what changes nothing is no change");
}

#[actix_web::test]
async fn what_was_seen_has_to_be_said_but_not_to_stop_a_key() {
    let installation = with_acme().await;
    let (path, seen, _) = make(&installation, &reader()).await;
    let unsaid =
        request(Method::PATCH, &path).insert_header((header::AUTHORIZATION, ROOT)).set_json(json!({"owner": "x"}));
    let refused = send(&installation, unsaid).await;
    assert_eq!((refused.status, refused.code()), (428, "if-match-required"));
    let body = json!({"owner": "x"});
    for (said, status) in [
        (format!("W/{seen}"), 412),
        ("\"x\"".to_owned(), 412),
        ("1".to_owned(), 400),
        (format!("\"0-a\", {seen}"), 200),
        ("*".to_owned(), 200),
    ] {
        assert_eq!(patch(&installation, ROOT, &path, &said, &body).await.status, status, "{said}");
    }
    for act in ["suspend", "revoke"] {
        let stopped = request(Method::POST, &format!("{path}/{act}")).insert_header((header::AUTHORIZATION, ROOT));
        assert_eq!(
            send(&installation, stopped.insert_header((header::IF_MATCH, "\"0-x\""))).await.status,
            200,
            "{act}"
        );
    }
    let over = patch(&installation, ROOT, &path, "*", &body).await;
    assert_eq!((over.status, over.code()), (409, "wrong-state"));
}

#[actix_web::test]
async fn all_that_is_wrong_with_a_change_is_said_at_once_and_nothing_of_it_happens() {
    let installation = with_acme().await;
    let (path, seen, _) = make(&installation, &reader()).await;
    let body = json!({"name": "A B", "owner": null, "scopes": ["x", "beta/x:read"], "conditions": {"networks": ["y"], "colour": null},
        "limits": [{"name": "a"}], "expires_at": null, "grace_seconds": -1, "id": "z", "colour": null});
    let refused = patch(&installation, "Bearer acme acme:admin", &path, &seen, &body).await;
    let expected = [
        "invalid-field /name",
        "missing-field /owner",
        "invalid-field /scopes/0",
        "invalid-field /conditions/networks/0",
        "unknown-field /conditions/colour",
        "missing-field /limits/0/strategy",
        "invalid-field /limits/0/limit",
        "invalid-field /limits/0/window_seconds",
        "expiry-too-late /expires_at",
        "invalid-field /grace_seconds",
        "scope-too-wide /scopes/1",
        "unknown-field /colour",
        "unknown-field /id",
    ];
    assert_eq!(codes(&refused), expected);
    assert_eq!(get(&installation, &path).await.header("etag"), seen);
    let form = request(Method::PATCH, &path)
        .insert_header((header::AUTHORIZATION, ROOT))
        .insert_header((header::IF_MATCH, "*"));
    let form = send(&installation, form.insert_header((header::CONTENT_TYPE, "text/plain")).set_payload("{}")).await;
    assert_eq!((form.status, form.code()), (415, "unsupported-media-type"));
    assert!(form.header("accept-patch").contains("application/merge-patch+json"));
}

#[actix_web::test]
async fn a_change_sets_what_it_names_and_unsets_what_is_null() {
    let installation = with_acme().await;
    let body = json!({"organisation": "acme", "name": "k", "scopes": ["acme/x:read"], "tags": ["a"],
        "conditions": {"networks": ["10.0.0.0/8"], "countries": ["DE"], "device_compliant": true},
        "rotation_interval_seconds": 86_400, "grace_seconds": 60, "durable": true});
    let (path, seen, made) = make(&installation, &body).await;
    let change = json!({"conditions": {"countries": null, "windows": ["daily 08:00-18:00 UTC"], "device_compliant": false},
        "tags": null, "rotation_interval_seconds": null, "name": "l", "scopes": ["acme/y:write"]});
    let changed = patch(&installation, ROOT, &path, &seen, &change).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    let mut expected = made.clone();
    for name in ["secret", "guidance"] {
        expected.as_object_mut().unwrap().remove(name);
    }
    expected["name"] = json!("l");
    expected["path"] = json!("acme/l");
    expected["scopes"] = json!(["acme/y:write"]);
    expected["tags"] = json!([]);
    expected["conditions"]["countries"] = json!([]);
    expected["conditions"]["windows"] = json!(["daily 08:00-18:00 UTC"]);
    expected["conditions"]["device_compliant"] = json!(false);
    expected["rotation_interval_seconds"] = Value::Null;
    expected["rotate_at"] = Value::Null;
    expected["summary"] = changed.body["summary"].clone();
    assert_eq!(changed.body, expected);
    let whole = patch(
        &installation,
        ROOT,
        &path,
        "*",
        &json!({"conditions": changed.body["conditions"], "limits": changed.body["limits"]}),
    )
    .await;
    assert_eq!(whole.header("etag"), changed.header("etag"), "what was shown may be sent back");

    assert_eq!(changed.body["durable"], true);
    let volatile = patch(&installation, ROOT, &path, "*", &json!({"durable": null})).await;
    assert_eq!((volatile.status, &volatile.body["durable"]), (200, &json!(false)));
    let wrong = patch(&installation, ROOT, &path, "*", &json!({"durable": "yes"})).await;
    assert_eq!(codes(&wrong), ["invalid-field /durable"]);

    let late = json!({"expires_at": "2028-06-01T00:00:00Z"});
    assert_eq!(codes(&patch(&installation, ROOT, &path, "*", &late).await), ["expiry-too-late /expires_at"]);
    let past = json!({"expires_at": "2027-01-01T00:00:00Z"});
    assert_eq!(codes(&patch(&installation, ROOT, &path, "*", &past).await), ["invalid-field /expires_at"]);
    let explained = json!({"expires_at": null, "expiry_exception": "a build farm"});
    let changed = patch(&installation, ROOT, &path, "*", &explained).await;
    assert_eq!(
        (&changed.body["expires_at"], &changed.body["expiry_exception"]),
        (&Value::Null, &json!("a build farm"))
    );
    assert_eq!(
        codes(&patch(&installation, ROOT, &path, "*", &json!({"expiry_exception": null})).await),
        ["expiry-too-late /expires_at"]
    );
}

#[actix_web::test]
async fn organisations_and_projects_are_changed_by_who_may() {
    let installation = with_acme().await;
    let acme = get(&installation, "/v1/organisations?name=acme").await.body["items"][0].clone();
    let path = format!("/v1/organisations/{}", acme["id"].as_str().unwrap());
    let body =
        json!({"display_name": "ACME", "policy": {"max_idle_seconds": 86_400}, "conditions": {"countries": ["DE"]}});
    let changed = patch(&installation, ROOT, &path, "*", &body).await;
    assert_eq!((changed.status, &changed.body["policy"]["max_idle_seconds"]), (200, &json!(86_400)));
    let again = patch(
        &installation,
        ROOT,
        &path,
        changed.header("etag"),
        &json!({"policy": {"max_age_seconds": 7}, "name": "x"}),
    )
    .await;
    assert_eq!(codes(&again), ["invalid-field /policy/max_age_seconds", "unknown-field /name"]);
    let unset = patch(
        &installation,
        ROOT,
        &path,
        changed.header("etag"),
        &json!({"policy": {"max_idle_seconds": null}, "display_name": null}),
    )
    .await;
    assert_eq!((&unset.body["policy"]["max_idle_seconds"], &unset.body["display_name"]), (&Value::Null, &Value::Null));
    let reads = patch(&installation, "Bearer argus argus/argus/organisations:read", &path, "*", &body).await;
    assert_eq!((reads.status, &reads.body["needed_scope"]), (403, &json!("argus/argus/organisations:write")));
    assert_eq!(patch(&installation, "Bearer acme acme:admin", &path, "*", &body).await.status, 404);

    let atlas = get(&installation, "/v1/projects?organisation=acme").await.body["items"][0].clone();
    let path = format!("/v1/projects/{}", atlas["id"].as_str().unwrap());
    let body = json!({"conditions": {"networks": ["10.0.0.0/8"]}});
    let changed = patch(&installation, "Bearer acme acme/argus/projects:write", &path, "*", &body).await;
    assert_eq!((changed.status, &changed.body["conditions"]["networks"]), (200, &json!(["10.0.0.0/8"])));
    assert_eq!(patch(&installation, "Bearer beta beta:admin", &path, "*", &body).await.status, 404);
}
