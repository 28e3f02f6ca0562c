//! The description against the doors: each is described, and what is described is what happens.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use actix_web::http::{Method, header};
use argus_pap::openapi::document;
use argus_pap::problem::KINDS;
use argus_pap::{DOORS, openapi};
use serde_json::{Value, json};

use crate::{Answer, ROOT, get, request, send, support, with_acme};

/// The operation of a method of a path.
pub(crate) fn operation(method: &str, path: &str) -> Option<Value> {
    // Each answer is held against it: to make it anew takes longer than to answer.
    static WHOLE: LazyLock<Value> = LazyLock::new(|| serde_json::to_value(document()).unwrap());
    WHOLE["paths"].get(path)?.get(method.to_lowercase()).cloned()
}

#[test]
fn every_door_has_an_operation_of_its_name_and_every_operation_a_door() {
    let mut described = BTreeSet::new();
    for door in DOORS {
        let operation = operation(door.method, door.path).unwrap_or_else(|| panic!("{door:?} is not described"));
        assert_eq!(operation["operationId"], door.operation_id(), "{door:?}");
        assert!(operation["summary"].as_str().is_some_and(|text| text.ends_with(['.', ':'])), "{door:?}");
        let (verb, resource) = door.operation_id().split_once('_').unwrap();
        assert!(!verb.is_empty() && !resource.is_empty());
        assert!(described.insert((door.path, door.method.to_lowercase())), "{door:?} stands there twice");
    }
    let whole = serde_json::to_value(document()).unwrap();
    let operations: usize =
        whole["paths"].as_object().unwrap().values().map(|item| item.as_object().unwrap().len()).sum();
    assert_eq!(operations, described.len());
}

#[test]
fn what_a_path_has_in_braces_is_described() {
    for door in DOORS {
        let operation = operation(door.method, door.path).unwrap();
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let in_path = parameters.iter().filter(|parameter| parameter["in"] == "path");
        let named: BTreeSet<_> = in_path.map(|parameter| parameter["name"].as_str().unwrap().to_owned()).collect();
        let braces = door.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        assert_eq!(named, braces.map(str::to_owned).collect(), "{door:?}");
    }
}

#[test]
fn the_kept_description_is_the_one_that_is_served() {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas/openapi.json");
    let now = openapi::text();
    if fs::read_to_string(&kept).is_ok_and(|kept| kept == now) {
        return;
    }
    let newer = Path::new(env!("CARGO_TARGET_TMPDIR")).join("openapi.json");
    fs::write(&newer, now).unwrap();
    panic!(
        "the API is described otherwise than it was: see whether that is wanted, and then\n  cp {} {}",
        newer.display(),
        kept.display()
    );
}

#[test]
fn every_reference_leads_somewhere_and_every_problem_is_of_the_list() {
    let whole = serde_json::to_value(document()).unwrap();
    let mut references = BTreeSet::new();
    collect(&whole, &mut references);
    assert!(references.contains("#/components/schemas/Problem"));
    for reference in references {
        assert!(whole.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
    for door in DOORS {
        let operation = operation(door.method, door.path).unwrap();
        for code in operation["x-problems"].as_array().into_iter().flatten() {
            let kind = KINDS.iter().find(|kind| code == kind.code).unwrap_or_else(|| panic!("{door:?}: {code}"));
            let answer = &operation["responses"][kind.status.to_string()];
            assert!(answer["description"].as_str().unwrap().contains(kind.title), "{door:?}: {code}");
        }
    }
}

fn collect(value: &Value, references: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                references.insert(reference.to_owned());
            }
            members.values().for_each(|value| collect(value, references));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, references)),
        _ => {}
    }
}

#[actix_web::test]
async fn the_description_is_served_to_everybody() {
    let installation = with_acme().await;
    let served = send(&installation, request(Method::GET, "/openapi.json")).await;
    assert_eq!((served.status, served.header("content-type")), (200, "application/json"));
    let tag = served.header("etag").to_owned();
    assert_eq!(String::from_utf8(served.octets).unwrap(), openapi::text());
    let again = request(Method::GET, "/openapi.json").insert_header((header::IF_NONE_MATCH, tag));
    assert_eq!(send(&installation, again).await.status, 304);
}

/// The example of each body does what its operation says, on a server that has nothing but what the others made: the
/// ids in paths are those of what was made before.
#[actix_web::test]
async fn every_example_is_a_request_that_is_answered_as_described() {
    let installation = support::installation();
    let mut ids: BTreeMap<&str, String> = BTreeMap::new();
    let mut done = BTreeSet::new();
    support::add_host(&installation.store);
    let doors = DOORS.iter().filter(|door| door.path.starts_with("/v1/"));
    let mut waiting: Vec<_> = doors.filter(|door| example(door.method, door.path).is_some()).collect();
    // What only a key's holder may do comes with the rotation that waits for him.
    waiting.sort_by_key(|door| (door.path.contains("/revoke"), door.path.matches('{').count()));
    for door in waiting {
        let body = example(door.method, door.path).unwrap();
        if door.path.contains("{anomaly}") && !ids.contains_key("anomaly") {
            let key = ids.get("key").unwrap().parse().unwrap();
            ids.insert("anomaly", crate::anomalies::add_anomaly(&installation, key));
        }
        let path =
            door.path.split('/').map(|part| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
                Some(name) => ids.get(name).unwrap_or_else(|| panic!("{door:?}: no {name}")).clone(),
                None => part.to_owned(),
            });
        let path = path.collect::<Vec<_>>().join("/");
        let answer = crate::ask(&installation, door.method, &path, &body).await;
        let described = operation(door.method, door.path).unwrap();
        assert!(
            answer.status < 300 && described["responses"].get(answer.status.to_string()).is_some(),
            "{door:?}: {answer:?}"
        );
        let resource = door.operation_id().split_once('_').unwrap().1;
        if let Some(id) = answer.body.get("id").and_then(Value::as_str) {
            ids.entry(match resource {
                "organisation" => "organisation",
                "project" => "project",
                "contact" => "contact",
                "limit" => "limit",
                "review" => "review",
                _ => "key",
            })
            .or_insert_with(|| id.to_owned());
        }
        done.insert(door.operation_id());
    }
    assert!(done.contains("create_key") && done.contains("revoke_keys"), "{done:?}");
}

/// The example of an operation's body.
fn example(method: &str, path: &str) -> Option<Value> {
    let operation = operation(method, path)?;
    let content = operation["requestBody"]["content"].as_object()?.values().next()?.clone();
    Some(content.get("example").unwrap_or_else(|| panic!("{method} {path}: a body without an example")).clone())
}

/// Whatever a door answers is what its operation says that it answers.
pub(crate) fn check_described(method: &str, pattern: Option<&str>, answer: &Answer) {
    let method = if method == "HEAD" { "GET" } else { method };
    let Some(operation) = pattern.and_then(|path| operation(method, path)) else { return };
    if answer.status < 400 || pattern.is_some_and(|path| path.starts_with("/oauth/")) && answer.status != 405 {
        assert!(operation["responses"].get(answer.status.to_string()).is_some(), "{method} {pattern:?}: {answer:?}");
        return;
    }
    let code = answer.code();
    let named = operation["x-problems"].as_array().cloned().unwrap_or_default();
    assert!(named.contains(&json!(code)), "{method} {pattern:?} answers {code}, which is not described");
}

#[actix_web::test]
async fn a_thing_that_was_seen_is_not_sent_again() {
    let installation = with_acme().await;
    let made = crate::post(&installation, ROOT, "/v1/keys", &crate::reader()).await;
    let location = made.header("location").to_owned();
    let shown = get(&installation, &location).await;
    let tag = shown.header("etag").to_owned();
    assert_eq!((made.header("etag"), shown.header("cache-control")), (tag.as_str(), "private, no-cache"));
    assert!(tag.starts_with("\"1-"), "{tag}");
    let again = |known: &str| {
        let asked = request(Method::GET, &location).insert_header((header::AUTHORIZATION, ROOT));
        asked.insert_header((header::IF_NONE_MATCH, known.to_owned()))
    };
    for known in [tag.as_str(), "*", &format!("\"x\", W/{tag}")] {
        let unchanged = send(&installation, again(known)).await;
        assert_eq!(
            (unchanged.status, unchanged.header("etag"), unchanged.octets.len()),
            (304, tag.as_str(), 0),
            "{known}"
        );
    }
    assert_eq!(send(&installation, again("\"1-0000000000000000\"")).await.status, 200);
    let malformed = send(&installation, again("1")).await;
    assert_eq!((malformed.status, malformed.code()), (400, "invalid-field"));
    assert_eq!(malformed.body["errors"][0]["header"], "If-None-Match");

    let list = get(&installation, "/v1/keys?organisation=acme").await;
    let tag = list.header("etag").to_owned();
    crate::post(&installation, ROOT, &format!("{location}/revoke"), &json!({})).await;
    assert_ne!(get(&installation, "/v1/keys?organisation=acme").await.header("etag"), tag);
    assert!(get(&installation, &location).await.header("etag").starts_with("\"2-"));
}
