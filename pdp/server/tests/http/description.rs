//! The description of the doors: kept as it is served, and true.

use std::fs;
use std::path::Path;

use actix_web::http::Method;
use actix_web::test::TestRequest;
use argus_pdp::PROBLEM_KINDS;
use serde_json::{Value, json};

use crate::support::{Installation, get, installation, post, question};

async fn described() -> (String, Value) {
    let served = installation().send(get("/openapi.json")).await;
    assert_eq!((served.status, served.header("content-type")), (200, "application/json"));
    (served.text.clone(), served.json())
}

#[actix_web::test]
async fn the_kept_description_is_the_one_that_is_served() {
    let (now, _) = described().await;
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas/openapi-decisions.json");
    if fs::read_to_string(&kept).is_ok_and(|kept| kept == now) {
        return;
    }
    let newer = Path::new(env!("CARGO_TARGET_TMPDIR")).join("openapi-decisions.json");
    fs::write(&newer, now).unwrap();
    let (newer, kept) = (newer.display(), kept.display());
    panic!(
        "the doors are described otherwise than they were: see whether that is wanted, and then\n  cp {newer} {kept}"
    );
}

#[actix_web::test]
async fn every_operation_is_a_door_and_every_problem_of_the_list() {
    let installation = installation();
    let (_, whole) = described().await;
    let paths = whole["paths"].as_object().unwrap();
    for (path, item) in paths {
        let asked = path.replace("{organisation}", "acme");
        for (method, operation) in item.as_object().unwrap() {
            let method: Method = method.to_uppercase().parse().unwrap();
            let answer = installation.send(TestRequest::default().method(method.clone()).uri(&asked)).await;
            assert!(![404, 405].contains(&answer.status), "{method} {path}: {answer:?}");
            let id = operation["operationId"].as_str().unwrap();
            assert!(id.contains('_') && operation["summary"].is_string(), "{method} {path}");
            if answer.status >= 400 {
                let code = answer.problem();
                let named = operation["x-problems"].as_array().unwrap();
                assert!(named.contains(&json!(code)), "{method} {path} answers {code}, which is not described");
            }
            for code in operation["x-problems"].as_array().into_iter().flatten() {
                let kind = PROBLEM_KINDS.iter().find(|kind| code == kind.code).unwrap();
                assert!(operation["responses"].get(kind.status.to_string()).is_some(), "{code}");
            }
        }
        let other = installation.send(TestRequest::default().method(Method::DELETE).uri(&asked)).await;
        assert_eq!(other.status, 405, "{path}");
    }
    assert_eq!(paths.len(), 10);
}

/// The examples, with a key that is there.
#[actix_web::test]
async fn every_example_is_a_question_that_is_answered_as_described() {
    let installation = installation();
    let (_, whole) = described().await;
    let mut asked = 0;
    for (path, item) in whole["paths"].as_object().unwrap() {
        let Some(content) = item["post"]["requestBody"]["content"].get("application/json") else { continue };
        let example =
            content["example"].to_string().replace("argus_live_… (the whole key)", &installation.reader.token);
        let question: Value = serde_json::from_str(&example).unwrap();
        let question = if path == "/v1/settle" { settlement(&installation, question).await } else { question };
        let request = post(&path.replace("{organisation}", "acme"), &installation.pep.token).set_json(&question);
        let answer = installation.send(request).await;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        if path == "/v1/verify" {
            let properties = whole["components"]["schemas"]["Decision"]["properties"].as_object().unwrap();
            let members = answer.json();
            assert_eq!(members["decision"], "Permit", "{members}");
            // Nothing was reserved.
            let properties = properties.keys().filter(|name| *name != "settle_by");
            assert!(members.as_object().unwrap().keys().eq(properties), "{members}");
        } else if path == "/v1/settle" {
            assert_eq!(answer.json()["cost"], question["cost"], "{answer:?}");
        } else {
            assert_eq!(answer.decision(), "Permit", "{answer:?}");
        }
        asked += 1;
    }
    assert_eq!(asked, 4);
}

/// The example of a settlement, of a use that was reserved.
async fn settlement(installation: &Installation, mut example: Value) -> Value {
    let mut asked = question(&installation.reader, "read", "acme/atlas/evidence/42");
    (asked["cost"], asked["reserve_seconds"]) = (json!(500), json!(60));
    let reserved = installation.verify(&installation.pep, &asked).await.json();
    example["decision_id"] = reserved["decision_id"].clone();
    example
}
