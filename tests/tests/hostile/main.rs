//! A table of what nobody honest sends, each with the very answer that it gets: `cases.json`, over a real server, and over
//! TLS where a case says which certificate it `shows`. In `honest.json` is the same without what is wrong, so that it is
//! seen that this alone is refused.
//!
//! A case says what is sent, as a line, headers and a body or as `raw` bytes, and what is expected: the status, the code of
//! the problem, what stands in the challenge, the place and code of a fault, the reason of a Deny. What is in `{{…}}` is
//! put in ([`fill`]).

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

mod certificates;
mod fill;
mod signing;
mod tls;
mod words;

use std::collections::BTreeMap;

use argus_tests::http::{Answer, Connection, once, post};
use argus_tests::program::Server;
use fill::fill;
use serde_json::{Value, json};
use tls::Certificates;
use words::{ISSUER, words};

/// The least that the table has to hold.
const LEAST: usize = 60;

#[tokio::test(flavor = "multi_thread")]
async fn every_hostile_request_gets_the_very_refusal_that_is_written_down() {
    let folder = tempfile::tempdir().unwrap();
    let certificates = Certificates::make();
    let start = || Server::start_with(&folder.path().join("data"), settings).unwrap();
    let words = words(start(), &certificates, folder.path()).await;
    let mut server = start();
    let hostile: Vec<Value> = serde_json::from_str(include_str!("cases.json")).unwrap();
    let honest: Vec<Value> = serde_json::from_str(include_str!("honest.json")).unwrap();
    assert!(hostile.len() >= LEAST);
    let cases: Vec<&Value> = honest.iter().chain(&hostile).collect();
    let (behind_tls, plain): (Vec<&Value>, _) = cases.into_iter().partition(|case| case["shows"].is_string());

    let mut wrong = wrong(&mut server, &plain, &words, &certificates).await;
    let asked = json!({"credential": words["reader"], "action": "read", "resource": "acme/atlas/evidence/42"});
    let asked = post("/v1/verify", "application/json", Some(&words["pep"]), asked.to_string().as_bytes());
    let answer = once(server.pdp, &asked).await.unwrap();
    assert_eq!(answer.json().unwrap()["decision"], "Permit", "honest requests go on being answered: {}", answer.text());
    assert_log_is_sound(&server.printed(), &words);
    server.terminate().unwrap();

    let mut server = certificates.serve(folder.path(), settings);
    wrong.extend(self::wrong(&mut server, &behind_tls, &words, &certificates).await);
    assert_log_is_sound(&server.printed(), &words);
    println!("{} hostile requests, {} answered otherwise than written down", hostile.len(), wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn settings(command: &mut std::process::Command) {
    command.env("ARGUS_LOG_LEVEL", "debug").env("ARGUS_ISSUER", ISSUER).env("ARGUS_SIGNING_KEY", "rsa-2048");
}

/// Sends what each case says, and tells which are answered otherwise than they say.
async fn wrong(
    server: &mut Server,
    cases: &[&Value],
    words: &BTreeMap<String, String>,
    certificates: &Certificates,
) -> Vec<String> {
    let mut wrong = Vec::new();
    for case in cases {
        let name = case["name"].as_str().unwrap();
        let address = if case["at"] == "pap" { server.pap } else { server.pdp };
        let request = request(case, words);
        let answer = match case["shows"].as_str() {
            Some(shown) => tokio::task::block_in_place(|| certificates.send(address, shown, &request)),
            None => Connection::open(address).await.unwrap().send_what_is_taken(&request).await,
        };
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
    wrong
}

/// What was sent stands in no line of its own, and no secret in any.
fn assert_log_is_sound(log: &str, words: &BTreeMap<String, String>) {
    assert!(log.contains("DEBUG"), "{log}");
    assert!(!log.lines().any(|line| line.contains("it is all lost") && line.starts_with("2026-11-24")), "{log}");
    assert!(!log.contains('\u{1b}'), "{log}");
    for (name, word) in words.iter().filter(|(_, word)| word.starts_with("argus_")) {
        assert!(!log.contains(&word[24..60]), "the secret of {name} is in the log");
    }
    for (name, word) in words.iter().filter(|(_, word)| word.starts_with("eyJ")) {
        let (_, signature) = word.rsplit_once('.').unwrap();
        assert!(!log.contains(signature), "the token {name} is in the log");
    }
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
        ("decision", expected["decision"].is_null() || body["decision"] == expected["decision"]),
    ];
    checks.into_iter().filter(|(_, holds)| !holds).map(|(what, _)| format!("{what} is another")).collect()
}
