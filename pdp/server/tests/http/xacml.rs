//! `POST /pdp` and `POST /domains/{organisation}/pdp`.

use actix_web::http::header::ACCEPT;
use serde_json::{Value, json};

use crate::support::{installation, post, post_text, request, request_in_xml};

const EVIDENCE: &str = "acme/atlas/evidence/42";

fn attribute(id: &str, value: &Value) -> Value {
    json!({"AttributeId": id, "Value": value, "IncludeInResult": true})
}

fn add_attribute(request: &mut Value, category: &str, attribute: Value) {
    request["Request"][category]["Attribute"].as_array_mut().unwrap().push(attribute);
}

#[actix_web::test]
async fn an_answer_comes_in_the_form_of_its_request() {
    let installation = installation();
    let (pep, reader) = (&installation.pep.token, &installation.reader.token);
    let json = request(Some(reader), "read", EVIDENCE).to_string();
    let xml = request_in_xml(reader, "read", EVIDENCE);
    for (media, text) in [
        ("application/xacml+json", &json),
        ("application/json", &json),
        ("application/xacml+xml", &xml),
        ("application/xml", &xml),
        ("text/xml", &xml),
    ] {
        let answer = installation.send(post_text("/pdp", pep, media, text.as_str())).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, media), "{answer:?}");
        let permit = if media.ends_with("xml") { "<Decision>Permit</Decision>" } else { "\"Decision\":\"Permit\"" };
        assert!(answer.text.contains(permit), "{answer:?}");
    }
}

#[actix_web::test]
async fn an_answer_comes_in_the_form_that_is_asked_for() {
    let installation = installation();
    let (pep, reader) = (&installation.pep.token, &installation.reader.token);
    let (json, xml) = (request(Some(reader), "read", EVIDENCE).to_string(), request_in_xml(reader, "read", EVIDENCE));
    for (accept, from, text, media) in [
        ("application/xacml+xml", "application/json", &json, "application/xacml+xml"),
        ("application/xacml+json", "application/xml", &xml, "application/xacml+json"),
        ("text/html, application/xml;q=0.5", "application/json", &json, "application/xml"),
        ("*/*", "application/json", &json, "application/json"),
    ] {
        let sent = post_text("/pdp", pep, from, text.as_str()).insert_header((ACCEPT, accept));
        let answer = installation.send(sent).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, media), "{accept}");
        assert!(answer.text.contains("Permit"), "{answer:?}");
    }
    let refused = post_text("/pdp", pep, "application/json", json).insert_header((ACCEPT, "image/png"));
    let refused = installation.send(refused).await;
    assert_eq!((refused.status, refused.problem().as_str()), (406, "not-acceptable"));
}

#[actix_web::test]
async fn what_is_no_request_is_refused_by_its_form() {
    let installation = installation();
    let pep = &installation.pep.token;
    let json = request(None, "read", EVIDENCE).to_string();
    for media in ["text/plain", "application/json; charset=utf-16", "application/xacml+xml; version=2.0", "x"] {
        let refused = installation.send(post_text("/pdp", pep, media, json.as_str())).await;
        assert_eq!((refused.status, refused.problem().as_str()), (415, "unsupported-media-type"), "{media}");
    }
    let refused = installation.send(post("/pdp", pep)).await;
    assert_eq!(refused.status, 415, "no media type at all");
    for (media, text) in [
        ("application/json", ""),
        ("application/json", "{\"Request\":"),
        ("application/json", "{\"Response\":[]}"),
        ("application/xml", "<Request>"),
        ("application/xml", "<Response/>"),
        ("application/xml", "<!DOCTYPE r [<!ENTITY a \"b\">]><Request/>"),
    ] {
        let refused = installation.send(post_text("/pdp", pep, media, text)).await;
        assert_eq!((refused.status, refused.problem().as_str()), (400, "malformed-body"), "{text}");
    }
}

#[actix_web::test]
async fn what_is_too_large_is_refused_unread() {
    let installation = installation();
    let large = " ".repeat((1 << 20) + 1);
    let refused = installation.send(post_text("/pdp", &installation.pep.token, "application/json", large)).await;
    assert_eq!((refused.status, refused.problem().as_str()), (413, "body-too-large"));
}

#[actix_web::test]
async fn the_credential_is_consumed_and_never_echoed() {
    let installation = installation();
    let (pep, reader) = (&installation.pep.token, &installation.reader.token);
    for action in ["read", "write"] {
        let mut json = request(None, action, EVIDENCE);
        add_attribute(&mut json, "AccessSubject", attribute("urn:argus:attribute:credential", &json!(reader)));
        add_attribute(&mut json, "AccessSubject", attribute("urn:acme:shown", &json!("this is shown")));
        let answer = installation.send(post("/pdp", pep).set_json(&json)).await;
        assert!(answer.text.contains("this is shown"), "{answer:?}");
        assert!(!answer.text.contains(reader.as_str()) && !answer.text.contains("attribute:credential"), "{answer:?}");
        let xml = request_in_xml(reader, action, EVIDENCE);
        let answer = installation.send(post_text("/pdp", pep, "application/xml", xml)).await;
        assert!(answer.text.contains(EVIDENCE), "{answer:?}");
        assert!(!answer.text.contains(reader.as_str()) && !answer.text.contains("attribute:credential"), "{answer:?}");
    }
}

#[actix_web::test]
async fn what_enrichment_says_cannot_be_claimed() {
    let installation = installation();
    let (pep, reader) = (&installation.pep, &installation.reader);
    for credential in [None, Some(reader.token.as_str())] {
        let mut claimed = request(credential, "write", EVIDENCE);
        for (name, value) in [
            ("scope", json!(["*:admin"])),
            ("organisation", json!("argus")),
            ("key-id", json!("someone")),
            ("owner", json!("someone")),
            ("condition:key:network", json!("0.0.0.0/0")),
        ] {
            let id = format!("urn:argus:attribute:{name}");
            add_attribute(&mut claimed, "AccessSubject", attribute(&id, &value));
            add_attribute(&mut claimed, "Resource", attribute(&id, &value));
        }
        let answer = installation.decide(pep, &claimed).await;
        assert_eq!(answer.decision(), "Deny");
        let reason = if credential.is_none() { "credential_missing" } else { "scope_missing" };
        assert_eq!(answer.advised_reason(), reason, "{answer:?}");
        assert!(!answer.text.contains("urn:argus:attribute:") && !answer.text.contains("someone"), "{answer:?}");
    }
}

#[actix_web::test]
async fn a_refused_credential_is_a_deny_that_says_why() {
    let installation = installation();
    let pep = &installation.pep;
    let mut forged = installation.reader.token.clone();
    let last = if forged.pop() == Some('0') { '1' } else { '0' };
    forged.push(last);
    let foreign = installation.add_key("beta", "foreign", "*:admin", |_, _| {});
    for (token, reason) in [
        (None, "credential_missing"),
        (Some(forged.as_str()), "credential_unknown"),
        (Some("nonsense"), "credential_unknown"),
        (Some(foreign.token.as_str()), "credential_unknown"),
    ] {
        let answer = installation.decide(pep, &request(token, "read", EVIDENCE)).await;
        assert_eq!((answer.decision().as_str(), answer.advised_reason()), ("Deny", json!(reason)), "{answer:?}");
    }
}

#[actix_web::test]
async fn several_credentials_in_one_decision_are_indeterminate() {
    let installation = installation();
    let mut double = request(Some(&installation.reader.token), "read", EVIDENCE);
    let another = attribute("urn:argus:attribute:credential", &json!(installation.boss.token));
    add_attribute(&mut double, "AccessSubject", another);
    let answer = installation.decide(&installation.pep, &double).await;
    assert_eq!(answer.decision(), "Indeterminate");
    let status = &answer.json()["Response"][0]["Status"]["StatusCode"]["Value"];
    assert_eq!(status, "urn:oasis:names:tc:xacml:1.0:status:syntax-error");
}

#[actix_web::test]
async fn every_decision_has_an_id_and_no_answer_is_kept() {
    let installation = installation();
    let read = request(Some(&installation.reader.token), "read", EVIDENCE);
    let (first, second) =
        (installation.decide(&installation.pep, &read).await, installation.decide(&installation.pep, &read).await);
    let (first_id, second_id) = (first.header("argus-decision-id"), second.header("argus-decision-id"));
    assert_eq!((first_id.len(), first_id.as_bytes().get(14)), (36, Some(&b'7')));
    assert_ne!(first_id, second_id);
    assert_eq!(first.header("cache-control"), "no-store");
}

#[actix_web::test]
async fn an_organisation_of_its_own_decides_for_its_own_keys() {
    let installation = installation();
    let pep = &installation.pep.token;
    let read = request(Some(&installation.reader.token), "read", EVIDENCE);
    let own = installation.send(post("/domains/acme/pdp", pep).set_json(&read)).await;
    assert_eq!(own.decision(), "Permit");
    let beta = installation.add_key("beta", "pep", "beta/argus/pdp:execute", |_, _| {});
    let other = installation.send(post("/domains/beta/pdp", &beta.token).set_json(&read)).await;
    assert_eq!((other.decision().as_str(), other.advised_reason()), ("Deny", json!("credential_unknown")));
}
