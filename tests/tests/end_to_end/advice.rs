//! Least privilege, by decisions that were really made: what a key doesn't use, what would be enough, and that it is.

use std::time::{Duration, Instant};

use argus_tests::http::{once, post};
use argus_tests::program::{Server, stdout};
use argus_tests::walk::{Keys, create};
use diesel::{RunQueryDsl as _, sql_query};
use serde_json::{Value, json};

use super::compliance::Sql;

async fn decide(server: &Server, keys: &Keys, secret: &str, (action, resource): (&str, &str)) -> String {
    let body = json!({"credential": secret, "action": action, "resource": resource});
    let answer = once(server.pdp, &keys.verification(&body)).await.unwrap().json().unwrap();
    answer["decision"].as_str().unwrap().to_owned()
}

fn told(server: &Server, arguments: &[&str]) -> Value {
    let arguments = [arguments, &["--output", "json"]].concat();
    serde_json::from_str(&stdout(&server.argus(&arguments)).unwrap()).unwrap()
}

fn advise(server: &Server, arguments: &[&str]) -> Value {
    told(server, &[&["key", "advise"], arguments].concat())
}

/// What a command tells, as soon as it is as it should be: uses are written down a little later.
async fn told_when(server: &Server, arguments: &[&str], is_so: impl Fn(&Value) -> bool) -> Value {
    let since = Instant::now();
    loop {
        let told = told(server, arguments);
        if is_so(&told) {
            return told;
        }
        assert!(since.elapsed() < Duration::from_secs(10), "{told:#}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn make(server: &Server, name: &str, more: Value) -> (String, String) {
    let mut body = json!({"organisation": "acme", "project": "atlas", "name": name, "scopes": ["acme/atlas:read"]});
    for (member, value) in more.as_object().unwrap() {
        body[member] = value.clone();
    }
    let made = create(server, "/v1/keys", &body).await.unwrap();
    (made["id"].as_str().unwrap().to_owned(), made["secret"].as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_proposed_grant_permits_all_that_was_used_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder.path().join("data")).unwrap();
    let keys = Keys::create(&server).await.unwrap();
    let scopes = ["acme/atlas:read", "acme/atlas:write", "acme/atlas/report/7:delete"];
    let (_, secret) = make(&server, "wide", json!({"scopes": scopes})).await;
    let used = [("read", "acme/atlas/evidence/1"), ("read", "acme/atlas/evidence/2/x"), ("read", "acme/atlas/note")];
    for what in used.iter().chain(&[("delete", "acme/atlas/report/7")]) {
        assert_eq!(decide(&server, &keys, &secret, *what).await, "Permit");
    }
    assert_eq!(decide(&server, &keys, &secret, ("execute", "acme/atlas/evidence/1")).await, "Deny");
    let advice = told_when(&server, &["key", "advise", "acme/atlas/wide"], |advice| advice["uses"] == 4).await;
    let uses = |scope: &str, uses: u64| json!({"scope": scope, "uses": uses});
    assert_eq!(advice["scopes"], json!([uses(scopes[0], 3), uses(scopes[1], 0), uses(scopes[2], 1)]));
    let exercised = [("evidence:read", 2), ("note:read", 1), ("report:delete", 1)];
    let exercised = exercised.map(|(what, n)| uses(&format!("acme/atlas/{what}"), n));
    assert_eq!(advice["exercised"], json!(exercised));
    let proposed = ["acme/atlas/evidence:read", "acme/atlas/note:read", "acme/atlas/report/7:delete"];
    assert_eq!((&advice["proposed_scopes"], &advice["is_watched_long_enough"]), (&json!(proposed), &json!(false)));
    let words = stdout(&server.argus(&["key", "advise", "acme/atlas/wide"])).unwrap();
    assert!(words.contains("uses are counted since") && words.contains("enough would be:"), "{words}");

    let command = advice["command"].as_str().unwrap().replace('\'', "");
    let arguments: Vec<&str> = command.split(' ').skip(1).collect();
    stdout(&server.argus(&arguments)).unwrap();
    for what in used.iter().chain(&[("delete", "acme/atlas/report/7")]) {
        assert_eq!(decide(&server, &keys, &secret, *what).await, "Permit", "{what:?}");
    }
    for what in [("write", "acme/atlas/evidence/1"), ("read", "acme/atlas/other"), ("delete", "acme/atlas/report/8")] {
        assert_eq!(decide(&server, &keys, &secret, what).await, "Deny", "{what:?}");
    }
}

/// What a caller is answered on a path of the administration.
async fn get(server: &Server, secret: &str, path: &str) -> u16 {
    let request = format!("GET {path} HTTP/1.1\r\nHost: argus\r\nAuthorization: Bearer {secret}\r\n\r\n");
    once(server.pap, request.as_bytes()).await.unwrap().status
}

/// Advice on a key, as soon as so many acts of it are counted.
async fn advice_of(server: &Server, path: &str, acts: u64) -> Value {
    told_when(server, &["key", "advise", path], |advice| advice["acts"] == acts).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_that_only_looks_needs_no_more_than_to_read() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(&data).unwrap();
    let keys = Keys::create(&server).await.unwrap();
    let scopes = ["acme:admin", "acme/argus/pdp:execute"];
    let (id, secret) = make(&server, "looker", json!({"scopes": scopes})).await;
    for path in ["/v1/keys?organisation=acme", "/v1/keys?organisation=acme", &format!("/v1/keys/{id}")] {
        assert_eq!(get(&server, &secret, path).await, 200, "{path}");
    }
    assert_eq!(get(&server, &secret, "/v1/usage?organisation=acme").await, 200);
    // What is refused is no use of anything.
    assert_eq!(get(&server, &secret, "/v1/keys?organisation=globex").await, 403);

    let advice = advice_of(&server, "acme/atlas/looker", 4).await;
    let uses = |scope: &str, uses: u64| json!({"scope": scope, "uses": uses});
    assert_eq!(advice["scopes"], json!([uses(scopes[0], 4), uses(scopes[1], 0)]), "{advice:#}");
    assert_eq!(advice["exercised"], json!([uses("acme/argus/keys:read", 3), uses("acme/argus/usage:read", 1)]));
    assert_eq!(advice["proposed_scopes"], json!(["acme/argus/keys:read", "acme/argus/usage:read"]));
    assert_eq!((&advice["uses"], &advice["acts_watched_since"].is_string()), (&json!(0), &true));
    let words = stdout(&server.argus(&["key", "advise", "acme/atlas/looker"])).unwrap();
    assert!(words.contains("0 permitted uses in 90 days, and 4 of Argus itself\n"), "{words}");
    assert!(!words.contains("not counted"), "{words}");
    // It counts among no decisions, and the key was used all the same.
    let usage = stdout(&server.argus(&["usage", "acme", "--granularity", "day", "--by", "key"])).unwrap();
    assert_eq!(usage, "nothing was decided in this time\n");
    told_when(&server, &["key", "show", "acme/atlas/looker"], |shown| shown["last_used_at"].is_string()).await;

    let command = advice["command"].as_str().unwrap().replace('\'', "");
    let arguments: Vec<&str> = command.split(' ').skip(1).collect();
    stdout(&server.argus(&arguments)).unwrap();
    for path in ["/v1/keys?organisation=acme", &format!("/v1/keys/{id}"), "/v1/usage?organisation=acme"] {
        assert_eq!(get(&server, &secret, path).await, 200, "{path}");
    }
    let more = json!({"organisation": "acme", "name": "more"}).to_string();
    let more = post("/v1/projects", "application/json", Some(&secret), more.as_bytes());
    assert_eq!(once(server.pap, &more).await.unwrap().status, 403);
    assert_eq!(get(&server, &secret, "/v1/audit?organisation=acme").await, 403);

    // A gate asks for decisions, and needs leave for that.
    assert_eq!(decide(&server, &keys, &keys.reader, ("read", "acme/atlas/evidence/1")).await, "Permit");
    let gate = told_when(&server, &["key", "advise", "acme/atlas/gate"], |advice| advice["acts"] != 0).await;
    assert_eq!((&gate["command"], &gate["exercised"][0]["scope"]), (&Value::Null, &json!("acme/argus/pdp:execute")));

    // An installation that has counted decisions for long, and acts only since yesterday, says nothing about the latter.
    let mut sql = Sql::open(&data);
    sql.run("UPDATE keys SET created_at = '2025-01-01 00:00:00' WHERE name IN ('looker', 'gate', 'reader')");
    sql.run("UPDATE settings SET value = '2025-01-01T00:00:00Z' WHERE key = 'scopes_counted_since'");
    stdout(&server.argus(&["key", "update", "acme/atlas/looker", "--scope", "acme:admin", "--scope", "acme/x:read"]))
        .unwrap();
    let late = advise(&server, &["acme/atlas/looker"]);
    let kept = json!([{"scope": "acme:admin", "uses": null}, {"scope": "acme/x:read", "uses": 0}]);
    assert_eq!((&late["scopes"], &late["proposed_scopes"]), (&kept, &json!(["acme:admin"])), "{late:#}");
    let words = stdout(&server.argus(&["key", "advise", "acme/atlas/looker"])).unwrap();
    assert!(words.contains("administrative uses are counted since"), "{words}");
    let reasons = |risks: &Value| -> Vec<String> {
        let unused = risks["items"].as_array().unwrap().iter().filter(|risk| risk["kind"] == "unused_scopes");
        unused.map(|risk| format!("{} {}", risk["path"].as_str().unwrap(), risk["reason"].as_str().unwrap())).collect()
    };
    let risks = advise(&server, &["--org", "acme"]);
    assert_eq!(reasons(&risks), ["acme/atlas/looker 1 of its 2 scopes were not used in 90 days"], "{risks:#}");
    sql.run("UPDATE settings SET value = '2025-01-01T00:00:00Z' WHERE key IN ('acts_counted_since', 'asking_counted_since')");
    sql.run("DELETE FROM usage");
    let risks = advise(&server, &["--org", "acme"]);
    assert_eq!(reasons(&risks).len(), 3, "{risks:#}");
    assert!(
        reasons(&risks).contains(&"acme/atlas/gate 1 of its 1 scopes were not used in 90 days".to_owned()),
        "{risks:#}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_makes_keys_goes_on_making_them() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder.path().join("data")).unwrap();
    Keys::create(&server).await.unwrap();
    let scopes = ["acme/argus/keys:admin", "acme/atlas:read", "acme/atlas:write"];
    let (_, secret) = make(&server, "maker", json!({"scopes": scopes})).await;
    let derive = async |name: &str| {
        let body =
            json!({"organisation": "acme", "project": "atlas", "name": name, "scopes": ["acme/atlas/note:read"]});
        let request = post("/v1/keys", "application/json", Some(&secret), body.to_string().as_bytes());
        once(server.pap, &request).await.unwrap()
    };
    let made = derive("first").await;
    assert_eq!(made.status, 201, "{}", made.text());
    let advice = advice_of(&server, "acme/atlas/maker", 1).await;
    assert_eq!(advice["proposed_scopes"], json!(["acme/argus/keys:write", "acme/atlas/note:read"]), "{advice:#}");
    let command = advice["command"].as_str().unwrap().replace('\'', "");
    stdout(&server.argus(&command.split(' ').skip(1).collect::<Vec<_>>())).unwrap();
    let made = derive("second").await;
    assert_eq!(made.status, 201, "{}", made.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_risks_of_an_organisation_are_told_with_their_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(&data).unwrap();
    let keys = Keys::create(&server).await.unwrap();
    let bound = json!({"networks": ["10.0.0.0/8"]});
    make(&server, "bound", json!({"conditions": bound})).await;
    make(&server, "endless", json!({"expires_at": null, "expiry_exception": "a robot", "conditions": bound})).await;
    make(&server, "root", json!({"scopes": ["acme:admin"]})).await;
    let (gone, _) = make(&server, "gone", json!({})).await;
    make(&server, "old", json!({"conditions": bound})).await;
    super::compliance::act(&server, &format!("/v1/keys/{gone}/revoke"), &json!({})).await;
    drop(keys);

    let found = |risks: &Value, name: &str| -> Vec<String> {
        let own = risks["items"].as_array().unwrap().iter().filter(|risk| risk["path"] == format!("acme/atlas/{name}"));
        own.map(|risk| format!("{} {}", risk["severity"].as_str().unwrap(), risk["kind"].as_str().unwrap())).collect()
    };
    let risks = advise(&server, &["--org", "acme"]);
    assert_eq!((&risks["keys_in_use"], &risks["days"]), (&json!(6), &json!(90)), "{risks:#}");
    assert_eq!(found(&risks, "bound"), [""; 0]);
    assert_eq!(found(&risks, "gone"), [""; 0]);
    assert_eq!(found(&risks, "endless"), ["low no_expiry"]);
    assert_eq!(found(&risks, "root"), ["high no_conditions"]);
    assert_eq!(found(&risks, "reader"), ["medium no_conditions"]);
    assert_eq!(risks["items"][0]["path"], "acme/atlas/root", "the worst first");

    // A year and more ago, as the database would have it then.
    let mut sql = Sql::open(&data);
    for change in [
        "UPDATE keys SET created_at = '2025-01-01 00:00:00' WHERE name = 'old'",
        "UPDATE settings SET value = '2025-01-01T00:00:00Z' WHERE key = 'scopes_counted_since'",
    ] {
        assert_eq!(sql_query(change).execute(&mut sql.0).unwrap(), 1);
    }
    let risks = advise(&server, &["--org", "acme"]);
    assert_eq!(found(&risks, "old"), ["medium over_age", "medium never_used", "low unused_scopes"], "{risks:#}");
    let advice = advise(&server, &["acme/atlas/old"]);
    assert_eq!((&advice["is_watched_long_enough"], &advice["uses"]), (&json!(true), &json!(0)));
    assert_eq!(advice["command"], "argus key revoke acme/atlas/old");
    let refused = server.argus(&["key", "advise", "--org", "acme", "--days", "0"]);
    assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("days"), "{refused:?}");
}
