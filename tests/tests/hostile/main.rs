//! A table of what nobody honest sends, each with the very answer that it gets: `cases.json`, over a real server.
//!
//! A case says what is sent, as a line, headers and a body or as `raw` bytes, and what is expected: the status, the code of
//! the problem, what stands in the challenge, the place and code of a fault, the reason of a Deny. What is in `{{…}}` is
//! put in: the keys and ids of the installation, `repeat:text:times`, and `jwt:header:claims:signature`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::format_push_string,
    reason = "a panic is a failed test; what was found is to be seen"
)]

mod fill;

use std::collections::BTreeMap;

use argus_tests::forge::forged;
use argus_tests::http::{Answer, Connection, get, once, post};
use argus_tests::program::Server;
use argus_tests::walk::{Keys, create, create_key};
use fill::fill;
use serde_json::{Value, json};

/// The least that the table has to hold.
const LEAST: usize = 60;

#[tokio::test(flavor = "multi_thread")]
async fn every_hostile_request_gets_the_very_refusal_that_is_written_down() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start_with(&folder.path().join("data"), |command| {
        command.env("ARGUS_LOG_LEVEL", "debug");
    })
    .unwrap();
    let words = words(&server).await;
    let cases: Vec<Value> = serde_json::from_str(include_str!("cases.json")).unwrap();
    assert!(cases.len() >= LEAST);
    let mut wrong = Vec::new();
    for case in &cases {
        let name = case["name"].as_str().unwrap();
        let address = if case["at"] == "pap" { server.pap } else { server.pdp };
        let request = request(case, &words);
        let answer = Connection::open(address).await.unwrap().send_what_is_taken(&request).await;
        let faults = match &answer {
            Ok(answer) => faults(&case["expect"], answer),
            Err(error) => vec![format!("no answer: {error:#}")],
        };
        if !faults.is_empty() {
            let told = answer.map(|answer| format!("{} {:?} {}", answer.status, answer.headers, answer.text()));
            wrong.push(format!("{name}: {}\n    {}", faults.join("; "), told.unwrap_or_default()));
        }
        assert!(server.is_running(), "{name} ended the server");
    }
    println!("{} hostile requests, {} of them answered otherwise than written down", cases.len(), wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));

    let asked = json!({"credential": words["reader"], "action": "read", "resource": "acme/atlas/evidence/42"});
    let asked = post("/v1/verify", "application/json", Some(&words["pep"]), asked.to_string().as_bytes());
    let answer = once(server.pdp, &asked).await.unwrap();
    assert_eq!(answer.json().unwrap()["decision"], "Permit", "honest requests go on being answered: {}", answer.text());
    assert_log_is_sound(&server.printed(), &words);
}

/// What was sent stands in no line of its own, and no secret in any.
fn assert_log_is_sound(log: &str, words: &BTreeMap<String, String>) {
    assert!(log.contains("DEBUG"), "{log}");
    assert!(!log.lines().any(|line| line.contains("it is all lost") && line.starts_with("2026-11-24")), "{log}");
    assert!(!log.contains('\u{1b}'), "{log}");
    for (name, word) in words.iter().filter(|(_, word)| word.starts_with("argus_")) {
        assert!(!log.contains(&word[24..60]), "the secret of {name} is in the log");
    }
}

/// What the table puts in.
async fn words(server: &Server) -> BTreeMap<String, String> {
    let keys = Keys::create(server).await.unwrap();
    create(server, "/v1/organisations", &json!({"name": "beta"})).await.unwrap();
    let key = async |organisation: &str, name: &str, scope: &str, more: Value| {
        let mut body = json!({"organisation": organisation, "name": name, "scopes": [scope]});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let made = create(server, "/v1/keys", &body).await.unwrap();
        (made["id"].as_str().unwrap().to_owned(), made["secret"].as_str().unwrap().to_owned())
    };
    let (beta_id, beta_reader) = key("beta", "reader", "beta/x:read", json!({})).await;
    key("beta", "second", "beta/x:read", json!({})).await;
    let (_, acme_admin) = key("acme", "owner", "acme:admin", json!({})).await;
    let ten = json!({"conditions": {"networks": ["10.0.0.0/8"]}, "project": "atlas"});
    let (_, from_ten) = key("acme", "from-ten", "acme/atlas/evidence:read", ten).await;
    let revoked = create_key(server, "revoked", "acme/atlas/evidence:read").await.unwrap();
    let listed = listed(server, "/v1/keys?organisation=acme&name=reader&project=atlas").await;
    let reader_id =
        listed["items"].as_array().unwrap().iter().find(|key| key["name"] == "reader").unwrap()["id"].clone();
    let reader_id = reader_id.as_str().unwrap().to_owned();
    let revocable = listed_id(server, "revoked").await;
    let revoking = post(&format!("/v1/keys/{revocable}/revoke"), "application/json", Some(&server.key), b"{}");
    assert_eq!(once(server.pap, &revoking).await.unwrap().status, 200);
    let page = self::listed(server, "/v1/keys?organisation=beta&limit=1").await;
    let mut miscounted = keys.enforcement_point.clone();
    let last = if miscounted.pop() == Some('a') { 'b' } else { 'a' };
    miscounted.push(last);
    let words = [
        ("forged_pep", forged(&keys.enforcement_point, 1)),
        ("forged_reader", forged(&keys.reader, 1)),
        ("miscounted_pep", miscounted),
        ("loud_pep", keys.enforcement_point.to_uppercase()),
        ("loud_reader_id", reader_id.to_uppercase()),
        ("cursor_of_beta", page["next_cursor"].as_str().unwrap().to_owned()),
        ("admin", server.key.clone()),
        ("pep", keys.enforcement_point),
        ("reader", keys.reader),
        ("reader_id", reader_id),
        ("beta_id", beta_id),
        ("beta_reader", beta_reader),
        ("acme_admin", acme_admin),
        ("from_ten", from_ten),
        ("revoked", revoked),
    ];
    words.into_iter().map(|(name, word)| (name.to_owned(), word)).collect()
}

async fn listed(server: &Server, path: &str) -> Value {
    let request = String::from_utf8(get(path)).unwrap();
    let request = request.replace("\r\n\r\n", &format!("\r\nAuthorization: Bearer {}\r\n\r\n", server.key));
    let answer = once(server.pap, request.as_bytes()).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json().unwrap()
}

async fn listed_id(server: &Server, name: &str) -> String {
    let listed = listed(server, "/v1/keys?organisation=acme").await;
    let found = listed["items"].as_array().unwrap().iter().find(|key| key["name"] == name).unwrap().clone();
    found["id"].as_str().unwrap().to_owned()
}

/// The bytes of a case.
fn request(case: &Value, words: &BTreeMap<String, String>) -> Vec<u8> {
    if let Some(raw) = case["raw"].as_str() {
        return fill(raw, words).into_bytes();
    }
    let body = match &case["body"] {
        Value::Null => None,
        Value::String(text) => Some(fill(text, words)),
        // Filled member by member: what is put in may hold what JSON has to escape.
        object => Some(fill_value(object, words).to_string()),
    };
    let headers: Vec<String> =
        case["headers"].as_array().unwrap().iter().map(|header| fill(header.as_str().unwrap(), words)).collect();
    let mut text = format!("{} HTTP/1.1\r\nHost: argus\r\n", fill(case["line"].as_str().unwrap(), words));
    for header in &headers {
        text.push_str(header);
        text.push_str("\r\n");
    }
    if let Some(body) = &body {
        if !headers.iter().any(|header| header.starts_with("Content-Type:")) {
            text.push_str("Content-Type: application/json\r\n");
        }
        text.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    [text.as_bytes(), b"\r\n", body.unwrap_or_default().as_bytes()].concat()
}

fn fill_value(value: &Value, words: &BTreeMap<String, String>) -> Value {
    match value {
        Value::String(text) => fill(text, words).into(),
        Value::Array(items) => items.iter().map(|item| fill_value(item, words)).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, member)| (name.clone(), fill_value(member, words))).collect()
        }
        other => other.clone(),
    }
}

/// In what an answer is not what was written down.
fn faults(expected: &Value, answer: &Answer) -> Vec<String> {
    let body = answer.json().unwrap_or(Value::Null);
    let fault = &body["errors"][0];
    let is_first = |member: &str| expected[member].is_null() || fault[member] == expected[member];
    let challenge = answer.header("www-authenticate").unwrap_or_default();
    let checks = [
        ("status", expected["status"] == answer.status),
        (
            "problem",
            expected["problem"].as_str().is_none_or(|code| body["type"] == format!("urn:argus:problem:{code}")),
        ),
        ("problem", expected["problem"].is_null() || body["status"] == answer.status),
        ("challenge", expected["challenge"].as_str().is_none_or(|text| challenge.contains(text))),
        // RFC 6750 §3.1: who sent nothing hears of no error.
        ("challenge", expected["problem"] != "credential-missing" || !challenge.contains("error")),
        ("needed_scope", expected["needed_scope"].is_null() || body["needed_scope"] == expected["needed_scope"]),
        ("pointer", is_first("pointer")),
        ("parameter", is_first("parameter")),
        ("code", is_first("code")),
        ("error", expected["error"].is_null() || body["error"] == expected["error"]),
        ("reason", expected["reason"].is_null() || body["reason"] == expected["reason"]),
        ("reason", expected["reason"].is_null() || body["decision"] == "Deny"),
    ];
    checks.into_iter().filter(|(_, holds)| !holds).map(|(what, _)| format!("{what} is another")).collect()
}
