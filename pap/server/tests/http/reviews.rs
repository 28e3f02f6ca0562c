//! Reviews of access over HTTP: who may look, decide and sign, what is refused, and what becomes of the verdicts.

use actix_web::http::{Method, header};
use serde_json::{Value, json};

use crate::support::Installation;
use crate::{Answer, ROOT, ask, get, post, reader, request, send, with_acme};

const READER: &str = "Bearer acme acme/argus/reviews:read";
const WRITER: &str = "Bearer acme acme/argus/reviews:read acme/argus/reviews:write";
const SIGNER: &str = "Bearer acme acme/argus/reviews:admin";
const OTHER: &str = "Bearer acme acme/argus/keys:write";
const STRANGER: &str = "Bearer beta beta:admin";

async fn get_as(installation: &Installation, caller: &str, path: &str) -> Answer {
    send(installation, request(Method::GET, path).insert_header((header::AUTHORIZATION, caller.to_owned()))).await
}

/// Three keys of acme's, and an open review of them.
async fn started() -> (Installation, String, Vec<String>) {
    let installation = with_acme().await;
    let mut ids = Vec::new();
    for name in ["one", "two", "three"] {
        let mut body = reader();
        body["name"] = json!(name);
        let made = post(&installation, ROOT, "/v1/keys", &body).await;
        ids.push(made.body["id"].as_str().unwrap().to_owned());
    }
    let started = post(&installation, WRITER, "/v1/reviews", &json!({"organisation": "acme"})).await;
    assert_eq!((started.status, &started.body["keys"], &started.body["undecided"]), (201, &json!(3), &json!(3)));
    let path = started.header("location").to_owned();
    let shown = get_as(&installation, READER, &path).await;
    assert_eq!((shown.status, shown.header("etag")), (200, started.header("etag")));
    (installation, path, ids)
}

fn say(key: &str, verdict: &str) -> Value {
    json!({"key": key, "verdict": verdict, "reason": "as agreed"})
}

async fn pending(installation: &Installation, path: &str) -> Vec<Value> {
    let keys = get(installation, &format!("{path}/keys")).await.body["items"].as_array().unwrap().clone();
    keys.iter().map(|key| json!([key["verdict"], key["carried_out"]])).collect()
}

#[actix_web::test]
async fn a_review_goes_from_its_start_to_its_signature_and_then_tells_what_was_done() {
    let (installation, path, ids) = started().await;
    let decide = format!("{path}/decide");
    for (key, verdict) in [(&ids[0], "revoke"), (&ids[1], "narrow")] {
        let said = post(&installation, WRITER, &decide, &say(key, verdict)).await;
        assert_eq!((said.status, &said.body[verdict]), (200, &json!(1)), "{said:?}");
    }
    let early = post(&installation, SIGNER, &format!("{path}/sign"), &json!({})).await;
    assert_eq!((early.status, early.code()), (409, "wrong-state"));
    let rest = json!({"rest": true, "verdict": "keep", "reason": "in use"});
    let kept = post(&installation, WRITER, &decide, &rest).await;
    assert_eq!((kept.status, &kept.body["keep"], &kept.body["undecided"]), (200, &json!(1), &json!(0)));
    let signed = post(&installation, SIGNER, &format!("{path}/sign"), &json!({"statement": "third quarter"})).await;
    assert_eq!((signed.status, &signed.body["state"], &signed.body["pending"]), (200, &json!("signed"), &json!(2)));
    assert_eq!(
        pending(&installation, &path).await,
        [json!(["revoke", "pending"]), json!(["narrow", "pending"]), json!(["keep", "nothing_to_do"])]
    );

    post(&installation, ROOT, &format!("/v1/keys/{}/revoke", ids[0]), &json!({})).await;
    let other = json!({"scopes": ["acme/atlas/elsewhere:read"]});
    assert_eq!(ask(&installation, "PATCH", &format!("/v1/keys/{}", ids[1]), &other).await.status, 200);
    assert_eq!(get(&installation, &path).await.body["pending"], 1, "another grant is no narrower one");
    let narrower = json!({"scopes": ["acme/atlas/evidence/42:read"]});
    assert_eq!(ask(&installation, "PATCH", &format!("/v1/keys/{}", ids[1]), &narrower).await.status, 200);
    assert_eq!(get(&installation, &path).await.body["pending"], 0);
    let narrowed = get(&installation, &format!("{path}/keys?verdict=narrow")).await.body["items"].clone();
    assert_eq!(
        (&narrowed[0]["scopes"], &narrowed[0]["scopes_now"], narrowed.as_array().unwrap().len()),
        (&json!(["acme/atlas/evidence:read"]), &narrower["scopes"], 1)
    );
    for (verb, body) in [("decide", say(&ids[0], "keep")), ("decide", rest), ("sign", json!({}))] {
        let late = post(&installation, ROOT, &format!("{path}/{verb}"), &body).await;
        assert_eq!((late.status, late.code()), (409, "wrong-state"), "a signed review stands");
    }
}

#[actix_web::test]
async fn each_does_what_he_may_and_a_stranger_finds_nothing() {
    let (installation, path, ids) = started().await;
    let rest = json!({"rest": true, "verdict": "keep", "reason": "in use"});
    for (caller, decides, signs) in [(READER, 403, 403), (WRITER, 200, 403), (OTHER, 404, 404), (STRANGER, 404, 404)] {
        let said = post(&installation, caller, &format!("{path}/decide"), &rest).await;
        assert_eq!(said.status, decides, "{caller}: {said:?}");
        let signed = post(&installation, caller, &format!("{path}/sign"), &json!({})).await;
        assert_eq!(signed.status, signs, "{caller}: {signed:?}");
        if signs == 403 {
            assert_eq!(signed.body["needed_scope"], "acme/argus/reviews:admin");
        } else {
            assert_eq!(get_as(&installation, caller, &path).await.status, 404, "{caller}");
            assert_eq!(get_as(&installation, caller, &format!("{path}/keys")).await.status, 404, "{caller}");
        }
    }
    for caller in [READER, OTHER, STRANGER] {
        let refused = post(&installation, caller, "/v1/reviews", &json!({"organisation": "acme"})).await;
        assert_eq!(refused.status, 403, "{caller}");
    }
    assert_eq!(get_as(&installation, OTHER, "/v1/reviews").await.status, 403);
    let beside = post(&installation, WRITER, "/v1/reviews", &json!({"organisation": "acme"})).await;
    assert_eq!((beside.status, beside.code()), (409, "wrong-state"));
    let anew = json!({"organisation": "acme", "replaces_open": true});
    assert_eq!(post(&installation, WRITER, "/v1/reviews", &anew).await.status, 201);
    let states = async |query: &str| {
        let listed = get_as(&installation, READER, &format!("/v1/reviews{query}")).await;
        let items = listed.body["items"].as_array().unwrap().clone();
        items.iter().map(|one| one["state"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(states("").await, ["open", "replaced"]);
    assert_eq!(states("?state=replaced").await, ["replaced"]);
    let page = get_as(&installation, READER, "/v1/reviews?limit=1").await;
    let next = page.body["next_cursor"].as_str().unwrap();
    assert_eq!(states(&format!("?limit=1&cursor={next}")).await, ["replaced"]);
    let keys = get(&installation, &format!("{path}/keys?limit=2")).await;
    let next = keys.body["next_cursor"].as_str().unwrap().to_owned();
    let rest = get(&installation, &format!("{path}/keys?limit=2&cursor={next}")).await;
    assert_eq!(rest.body["items"][0]["key_id"], *ids[2]);
}

#[actix_web::test]
async fn all_that_is_wrong_with_a_verdict_is_told() {
    let (installation, path, ids) = started().await;
    let later = post(&installation, ROOT, "/v1/keys", &reader()).await.body["id"].as_str().unwrap().to_owned();
    let pointers = async |body: Value| {
        let refused = post(&installation, WRITER, &format!("{path}/decide"), &body).await;
        assert_eq!(refused.status, 400, "{refused:?}");
        let errors = refused.body["errors"].as_array().unwrap().clone();
        errors.iter().map(|error| error["pointer"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(pointers(json!({})).await, ["/verdict", "/key", "/reason"]);
    assert_eq!(pointers(json!({"key": "x", "verdict": "burn", "reason": ""})).await, ["/verdict", "/key", "/reason"]);
    assert_eq!(pointers(json!({"key": ids[0], "rest": true, "verdict": "keep", "reason": "x"})).await, ["/key"]);
    assert_eq!(pointers(json!({"rest": true, "verdict": "revoke", "reason": "x"})).await, ["/verdict"]);
    assert_eq!(pointers(say(&later, "keep")).await, ["/key"], "it was made after the start");
    for path in ["/v1/reviews?state=shut", "/v1/reviews?key=x", &format!("{path}/keys?verdict=none")] {
        assert_eq!(get(&installation, path).await.status, 400, "{path}");
    }
    let nowhere = post(&installation, ROOT, "/v1/reviews", &json!({"organisation": "none"})).await;
    assert_eq!((nowhere.status, &nowhere.body["errors"][0]["pointer"]), (400, &json!("/organisation")));
    assert_eq!(get(&installation, "/v1/reviews/no-id").await.status, 404);
}
