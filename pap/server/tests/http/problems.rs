//! Whatever goes wrong is a problem.

use std::collections::BTreeSet;

use actix_web::http::{Method, header};
use actix_web::test::TestRequest;
use argus_pap::problem::KINDS;
use serde_json::json;

use crate::{ROOT, get, post, reader, request, send, with_acme};

#[actix_web::test]
async fn a_caller_without_a_good_key_is_challenged() {
    let installation = with_acme().await;
    let none = send(&installation, TestRequest::get().uri("/v1/keys")).await;
    assert_eq!((none.status, none.code()), (401, "credential-missing"));
    assert_eq!(none.header("www-authenticate"), "Bearer realm=\"argus\"");
    let basic = TestRequest::get().uri("/v1/keys").insert_header((header::AUTHORIZATION, "Basic YTpi"));
    assert_eq!(send(&installation, basic).await.code(), "credential-missing");

    let wrong = post(&installation, "Bearer refused", "/v1/keys", &json!({"much": "wrong"})).await;
    assert_eq!((wrong.status, wrong.code()), (401, "credential-refused"), "before the body is looked at");
    assert_eq!(wrong.header("www-authenticate"), "Bearer realm=\"argus\", error=\"invalid_token\"");
    let two = post(&installation, "Bearer two", "/v1/keys", &json!({})).await;
    assert_eq!((two.status, two.code()), (400, "malformed-credential"));
    for address in ["/v1/keys?key=argus_live_0123", "/v1/keys?key=argus%5Flive_0123", "/v1/keys?access_token=a.b.c"] {
        let in_url = get(&installation, address).await;
        assert_eq!((in_url.status, in_url.code()), (400, "credential-in-url"), "{address}");
    }
    let busy = post(&installation, "Bearer busy", "/v1/keys", &json!({})).await;
    assert_eq!((busy.status, busy.code(), busy.header("retry-after")), (503, "busy", "2"));
}

#[actix_web::test]
async fn a_refusal_names_the_scope_that_would_have_sufficed() {
    let installation = with_acme().await;
    let refused = post(&installation, "Bearer acme acme/argus/keys:read", "/v1/keys", &reader()).await;
    assert_eq!((refused.status, refused.code()), (403, "not-permitted"));
    assert_eq!(refused.body["needed_scope"], "acme/argus/keys:write");
    assert_eq!(
        refused.header("www-authenticate"),
        "Bearer realm=\"argus\", error=\"insufficient_scope\", scope=\"acme/argus/keys:write\""
    );
}

#[actix_web::test]
async fn all_faults_of_a_body_are_in_one_answer() {
    let installation = with_acme().await;
    let body = json!({"organisation": "acme", "name": "A", "scopes": ["x"], "colour": "red"});
    let refused = post(&installation, ROOT, "/v1/keys", &body).await;
    assert_eq!((refused.status, refused.code()), (400, "invalid-field"));
    let pointers: Vec<_> = refused.body["errors"].as_array().unwrap().iter().map(|error| &error["pointer"]).collect();
    assert_eq!(pointers, ["/name", "/scopes/0", "/colour"]);
    assert!(refused.body["errors"][0]["help"].is_string());

    let unknown = post(&installation, ROOT, "/v1/organisations", &json!({"name": "beta", "colour": "red"})).await;
    assert_eq!((unknown.status, unknown.code()), (400, "unknown-field"));
    let query = get(&installation, "/v1/keys?limit=1000").await;
    assert_eq!((query.code(), &query.body["errors"][0]["parameter"]), ("invalid-field", &json!("limit")));
    let taken = post(&installation, ROOT, "/v1/organisations", &json!({"name": "acme"})).await;
    assert_eq!((taken.status, taken.code()), (409, "already-exists"));
}

#[actix_web::test]
async fn a_body_has_to_be_a_json_object_of_some_size() {
    let installation = with_acme().await;
    let send = |kind: &'static str, body: Vec<u8>| {
        let request = TestRequest::post().uri("/v1/organisations").insert_header((header::AUTHORIZATION, ROOT));
        send(&installation, request.insert_header((header::CONTENT_TYPE, kind)).set_payload(body))
    };
    for body in ["{", "[]", "null", r#"{"name": "a", "name": "b"}"#, "\u{0}"] {
        let refused = send("application/json", body.as_bytes().to_vec()).await;
        assert_eq!((refused.status, refused.code()), (400, "malformed-body"), "{body}");
    }
    assert_eq!(send("application/json", b"{\"name\": \"\xff\"}".to_vec()).await.code(), "malformed-body");
    assert_eq!(send("application/json", b"[".repeat(100_000)).await.code(), "malformed-body");
    let form = send("application/x-www-form-urlencoded", b"name=beta".to_vec()).await;
    assert_eq!((form.status, form.code()), (415, "unsupported-media-type"));
    let large = send("application/json", vec![b' '; 1024 * 1024 + 1]).await;
    assert_eq!((large.status, large.code()), (413, "body-too-large"));
    assert_eq!(send("application/json; charset=utf-8", br#"{"name": "beta"}"#.to_vec()).await.status, 201);
}

#[actix_web::test]
async fn other_paths_and_methods_are_problems_too() {
    let installation = with_acme().await;
    for path in ["/", "/v2/keys", "/v1/keys/x/y", "/v1/keys/", "/openapi"] {
        let nowhere = get(&installation, path).await;
        assert_eq!((nowhere.status, nowhere.code()), (404, "not-found"), "{path}");
    }
    let wrong = send(&installation, request(Method::DELETE, "/v1/keys")).await;
    assert_eq!((wrong.status, wrong.code(), wrong.header("allow")), (405, "method-not-allowed", "GET, HEAD, POST"));
    let wrong = send(&installation, request(Method::GET, "/v1/keys/x/revoke")).await;
    assert_eq!((wrong.status, wrong.header("allow")), (405, "POST"));
}

#[actix_web::test]
async fn what_may_not_be_read_is_answered_as_what_is_not_there() {
    let installation = with_acme().await;
    let made = post(&installation, ROOT, "/v1/keys", &reader()).await;
    let (id, absent) = (made.body["id"].as_str().unwrap(), "0199aaaa-0000-7000-8000-000000000000");
    let mut answers = BTreeSet::new();
    for (authorization, id) in
        [("Bearer beta *:admin", id), ("Bearer beta *:admin", absent), (ROOT, absent), ("Bearer acme acme:read", id)]
    {
        for path in [format!("/v1/keys/{id}"), format!("/v1/keys/{id}/revoke")] {
            let method = if path.ends_with("revoke") { Method::POST } else { Method::GET };
            let asked = request(method, &path).insert_header((header::AUTHORIZATION, authorization));
            let mut answer = send(&installation, asked).await;
            let instance = answer.body["instance"].as_str().unwrap().to_owned();
            assert_eq!(answer.header("x-request-id"), instance);
            answer.headers.remove("x-request-id");
            let octets = String::from_utf8(answer.octets).unwrap().replace(&instance, "");
            let mut headers: Vec<_> = answer.headers.iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
            headers.sort();
            answers.insert((answer.status, headers, octets));
        }
    }
    assert_eq!(answers.len(), 1, "{answers:#?}");
}

#[actix_web::test]
async fn every_answer_carries_an_id_of_its_own() {
    let installation = with_acme().await;
    let asked = || TestRequest::get().uri("/healthz").insert_header(("x-request-id", "mine"));
    let (first, second) = (send(&installation, asked()).await, send(&installation, asked()).await);
    assert_eq!((first.status, &first.body), (200, &json!({"status": "ok"})));
    let ids: BTreeSet<_> = [&first, &second].map(|answer| answer.header("x-request-id").to_owned()).into();
    assert!(ids.len() == 2 && ids.iter().all(|id| id.len() == 36));
    let head = send(&installation, request(Method::HEAD, "/healthz")).await;
    assert_eq!(head.status, 200);
}

#[test]
fn a_code_stands_once_in_the_list() {
    let codes: BTreeSet<_> = KINDS.iter().map(|kind| kind.code).collect();
    assert_eq!(codes.len(), KINDS.len());
}

#[actix_web::test]
async fn who_takes_no_form_of_an_answer_is_refused_before_anything_is_done() {
    let installation = with_acme().await;
    let ask = async |method: Method, path: &str, accept: &str| {
        let asked = request(method, path).insert_header((header::AUTHORIZATION, ROOT));
        send(&installation, asked.insert_header((header::ACCEPT, accept)).set_json(json!({"name": "beta"}))).await
    };
    for (path, accept) in [
        ("/v1/keys", "text/html"),
        ("/v1/keys", "application/json;q=0, text/html"),
        ("/v1/keys", "application/problem+json"),
        ("/v1/usage", "application/xml"),
        ("/v1/audit/export", "application/json"),
        ("/.well-known/jwks.json", "text/html"),
        ("/openapi.json", "application/yaml"),
        ("/healthz", "image/*"),
        ("/metrics", "application/json"),
    ] {
        let refused = ask(Method::GET, path, accept).await;
        assert_eq!((refused.status, refused.code()), (406, "not-acceptable"), "{path} {accept}");
        assert!(refused.body["help"].as_str().unwrap().starts_with("accept "), "{refused:?}");
    }
    let refused = ask(Method::POST, "/v1/organisations", "text/html").await;
    assert_eq!((refused.code(), &*refused.body["help"].to_string()), ("not-acceptable", "\"accept application/json\""));
    assert_eq!(get(&installation, "/v1/organisations/beta").await.status, 404, "nothing was made");
    assert_eq!(ask(Method::POST, "/oauth/token", "text/html").await.code(), "not-acceptable");
    assert_eq!(ask(Method::POST, "/oauth/revoke", "text/html").await.status, 400, "its answers have no body");
    assert_eq!(ask(Method::GET, "/v1/nowhere", "text/html").await.code(), "not-found");

    for (path, accept, form) in [
        ("/v1/keys", "text/html, */*;q=0.1", "application/json"),
        ("/v1/keys", "application/*", "application/json"),
        ("/v1/usage", "text/csv", "text/csv; charset=utf-8"),
        ("/v1/usage", "text/csv;q=0.5, application/json", "application/json"),
        ("/v1/audit/export", "*/*", "application/jsonl"),
        (
            "/metrics",
            "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5",
            "text/plain; version=0.0.4; charset=utf-8",
        ),
    ] {
        let answered = ask(Method::GET, path, accept).await;
        assert_eq!((answered.status, answered.header("content-type")), (200, form), "{path} {accept}");
    }
}
