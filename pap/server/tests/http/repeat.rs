//! A POST with an `Idempotency-Key` happens once, whatever became of its answer.

use actix_web::http::{Method, header};
use serde_json::{Value, json};

use crate::support::{self, Installation};
use crate::{Answer, ROOT, get, reader, request, send, with_acme};

async fn post(installation: &Installation, path: &str, name: &str, body: &Value) -> Answer {
    post_as(installation, ROOT, path, name, body).await
}

async fn post_as(installation: &Installation, caller: &str, path: &str, name: &str, body: &Value) -> Answer {
    let asked = request(Method::POST, path).insert_header((header::AUTHORIZATION, caller.to_owned()));
    send(installation, asked.insert_header(("idempotency-key", name.to_owned())).set_json(body)).await
}

async fn names(installation: &Installation, path: &str) -> Vec<String> {
    let list = get(installation, path).await;
    let name = |item: &Value| item["name"].as_str().unwrap().to_owned();
    list.body["items"].as_array().unwrap().iter().map(name).collect()
}

#[actix_web::test]
async fn the_same_request_is_answered_as_before_and_another_one_is_refused() {
    let installation = with_acme().await;
    let body = json!({"name": "beta"});
    let first = post(&installation, "/v1/organisations", "a", &body).await;
    assert_eq!((first.status, first.header("idempotent-replayed")), (201, ""));
    let again = post(&installation, "/v1/organisations", "a", &body).await;
    assert_eq!((again.status, again.header("idempotent-replayed")), (201, "true"));
    assert_eq!(again.octets, first.octets);
    for name in ["location", "etag", "content-type", "cache-control"] {
        assert_eq!(again.header(name), first.header(name), "{name}");
    }
    assert_ne!(again.header("x-request-id"), first.header("x-request-id"));

    let other = post(&installation, "/v1/organisations", "a", &json!({"name": "gamma"})).await;
    assert_eq!((other.status, other.code()), (422, "idempotency-mismatch"));
    // The name is the caller's own, and the route's.
    let project = post(&installation, "/v1/projects", "a", &json!({"organisation": "beta", "name": "x"})).await;
    assert_eq!(project.status, 201);
    let of_another = post_as(&installation, "Bearer argus argus:admin", "/v1/organisations", "a", &body).await;
    assert_eq!((of_another.status, of_another.code()), (409, "already-exists"));
    assert_eq!(names(&installation, "/v1/organisations").await, ["acme", "beta"]);
}

#[actix_web::test]
async fn a_secret_is_not_shown_again_and_no_second_one_is_made() {
    let installation = with_acme().await;
    let made = post(&installation, "/v1/keys", "a", &reader()).await;
    assert_eq!(made.status, 201);
    let secret = made.body["secret"].as_str().unwrap();
    let id = made.body["id"].clone();
    let again = post(&installation, "/v1/keys", "a", &reader()).await;
    assert_eq!((again.status, again.code(), &again.body["key_id"]), (409, "secret-already-shown", &id));
    assert!(again.body["help"].as_str().unwrap().contains("rotate it"));
    assert!(!String::from_utf8(again.octets).unwrap().contains(&secret[23..66]));
    assert_eq!(names(&installation, "/v1/keys?organisation=acme").await, ["reader"]);

    let path = format!("/v1/keys/{}/rotate", id.as_str().unwrap());
    let rotated = post(&installation, &path, "b", &json!({})).await;
    assert!(rotated.status == 200 && rotated.body["secret"].is_string());
    let again = post(&installation, &path, "b", &json!({})).await;
    assert_eq!((again.code(), &again.body["key_id"]), ("secret-already-shown", &id));
    let credentials =
        get(&installation, &format!("/v1/keys/{}", id.as_str().unwrap())).await.body["credentials"].clone();
    assert_eq!(credentials.as_array().unwrap().len(), 2);

    let opened = post(&installation, &path, "c", &json!({"collect": true})).await;
    let again = post(&installation, &path, "c", &json!({"collect": true})).await;
    assert_eq!((opened.status, again.status, again.header("idempotent-replayed")), (202, 202, "true"));
    assert_eq!(again.octets, opened.octets);
    let file = std::fs::read(installation.folder.path().join("argus.db-wal")).unwrap();
    assert!(!String::from_utf8_lossy(&file).contains(&secret[23..66]), "nor is it kept");
}

#[actix_web::test]
async fn acts_upon_a_key_are_repeated_word_for_word() {
    let installation = with_acme().await;
    let made = crate::post(&installation, ROOT, "/v1/keys", &reader()).await;
    let path = made.header("location").to_owned();
    for act in ["suspend", "resume", "revoke"] {
        let done = post(&installation, &format!("{path}/{act}"), act, &json!({})).await;
        let again = post(&installation, &format!("{path}/{act}"), act, &json!({})).await;
        assert_eq!((done.status, again.header("idempotent-replayed")), (200, "true"), "{act}");
        assert_eq!(again.octets, done.octets, "{act}");
        assert_eq!(done.body["applied_by"], 1, "{act}: as it was given, not as it was known in the transaction");
    }
}

#[actix_web::test]
async fn what_was_refused_may_be_mended_under_the_same_name() {
    let installation = with_acme().await;
    let refused = post(&installation, "/v1/organisations", "a", &json!({"name": "Not A Name"})).await;
    assert_eq!(refused.status, 400);
    assert_eq!(post(&installation, "/v1/organisations", "a", &json!({"name": "beta"})).await.status, 201);
    let lacking =
        post_as(&installation, "Bearer acme acme:read", "/v1/organisations", "b", &json!({"name": "c"})).await;
    assert_eq!(lacking.status, 403);
}

#[actix_web::test]
async fn a_name_has_at_most_255_characters_of_ascii_and_stands_there_once() {
    let installation = with_acme().await;
    let body = json!({"organisation": "acme", "name": "x", "scopes": ["acme/x:read"]});
    for name in ["", &"x".repeat(256), "\u{e4}"] {
        let refused = post(&installation, "/v1/keys/preview", name, &body).await;
        assert_eq!((refused.status, refused.code()), (400, "invalid-field"), "{name}");
        assert_eq!(refused.body["errors"][0]["header"], "Idempotency-Key");
    }
    assert_eq!(post(&installation, "/v1/keys/preview", &"x".repeat(255), &body).await.status, 200);
    let twice = request(Method::POST, "/v1/keys/preview").insert_header((header::AUTHORIZATION, ROOT));
    let twice = twice.append_header(("idempotency-key", "a")).append_header(("idempotency-key", "b"));
    assert_eq!(send(&installation, twice.set_json(&body)).await.status, 400);
    let stranger = request(Method::POST, "/v1/keys").insert_header(("idempotency-key", "a")).set_json(&body);
    assert_eq!(send(&installation, stranger).await.code(), "credential-missing", "who asks comes first");
}

#[actix_web::test]
async fn while_a_request_is_under_way_its_repetition_waits() {
    let installation = with_acme().await;
    let body = json!({"name": "beta"});
    let call = installation.admin.authenticate(&[ROOT], None, None, "r".to_owned()).await.unwrap();
    let octets = serde_json::to_vec(&body).unwrap();
    let turn = installation.admin.begin(&call.named("POST /v1/organisations".to_owned(), "a".to_owned(), &octets));
    let refused = post(&installation, "/v1/organisations", "a", &body).await;
    assert_eq!((refused.status, refused.code(), refused.header("retry-after")), (409, "idempotency-in-progress", "1"));
    assert_eq!(post(&installation, "/v1/organisations", "b", &json!({"name": "gamma"})).await.status, 201);
    drop(turn);
    assert_eq!(post(&installation, "/v1/organisations", "a", &body).await.status, 201);
}

/// Two nodes know nothing of each other but through the store.
#[actix_web::test]
async fn two_nodes_that_get_the_same_request_at_once_do_it_once() {
    let one = with_acme().await;
    let other = support::on(one.store.clone(), tempfile::tempdir().unwrap());
    // Both know the caller by the same key.
    let caller = "Bearer argus@01890000-0000-7000-8000-000000000001 *:admin";
    for n in 0..20 {
        let body = json!({"organisation": "acme", "name": format!("k{n}"), "scopes": ["acme/x:read"]});
        let name = format!("r{n}");
        let (a, b) = tokio::join!(
            post_as(&one, caller, "/v1/keys", &name, &body),
            post_as(&other, caller, "/v1/keys", &name, &body)
        );
        let (made, refused) = if a.status == 201 { (a, b) } else { (b, a) };
        assert_eq!((made.status, refused.status, refused.code()), (201, 409, "secret-already-shown"), "{refused:?}");
        assert_eq!(refused.body["key_id"], made.body["id"]);

        let body = json!({"name": format!("o{n}")});
        let (a, b) = tokio::join!(
            post_as(&one, caller, "/v1/organisations", &name, &body),
            post_as(&other, caller, "/v1/organisations", &name, &body)
        );
        assert_eq!((a.status, b.status), (201, 201));
        assert_eq!((&a.body, a.header("location")), (&b.body, b.header("location")));
    }
    assert_eq!(names(&one, "/v1/keys?organisation=acme&limit=200").await.len(), 20);
}

/// Every door that does something answers its repetition, as it did or that a secret was shown.
#[actix_web::test]
async fn every_post_of_the_api_may_be_repeated() {
    for door in argus_pap::DOORS.iter().filter(|door| door.method == "POST" && door.path.starts_with("/v1/")) {
        let described = crate::description::operation(door.method, door.path).unwrap();
        let parameters = described["parameters"].as_array().unwrap();
        assert!(parameters.iter().any(|parameter| parameter["name"] == "Idempotency-Key"), "{door:?}");
    }
}
