//! The log of decisions: each is there with what was asked, without what was presented, and can be decided again, by the
//! policies of then, of now, or of files.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use argus_tests::flood::counter;
use argus_tests::http::{Answer, Connection, once, post};
use argus_tests::program::{Server, repository, stdout};
use argus_tests::walk::Keys;
use serde_json::{Value, json};

/// How long anything may take on a machine that builds meanwhile.
const LONG: Duration = Duration::from_secs(30);

/// A policy of the organisation that denies what the shipped ones permit.
const CLOSED: &str = r#"<Policy xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" PolicyId="urn:acme:closed"
  Version="1" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
  <Target/><Rule RuleId="closed" Effect="Deny"/></Policy>"#;

fn start(folder: &Path, settings: &[(&str, &str)]) -> Server {
    copy(&repository().join("policies"), &folder.join("policies"));
    Server::start_with(&folder.join("data"), |command| {
        command.env("ARGUS_POLICIES", folder.join("policies")).envs(settings.iter().copied());
    })
    .unwrap()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name())).unwrap();
        if path.is_dir() {
            copy(&path, &to.join(name));
        } else {
            fs::copy(&path, to.join(name)).unwrap();
        }
    }
}

fn verification(keys: &Keys, credential: &str, action: &str) -> Vec<u8> {
    let body = json!({"credential": credential, "action": action, "resource": "acme/atlas/evidence/1",
                      "context": {"ip": "203.0.113.7"}});
    keys.verification(&body)
}

/// Two resources, and attributes of the enforcement point's own, one of which holds a key that doesn't belong there.
fn several(keys: &Keys) -> Vec<u8> {
    let attribute = |id: &str, value: &str| json!({"AttributeId": id, "Value": value});
    let resource =
        |path: &str| json!({"Attribute": [attribute("urn:oasis:names:tc:xacml:1.0:resource:resource-id", path)]});
    let body = json!({"Request": {
        "AccessSubject": {"Attribute": [attribute("urn:argus:attribute:credential", &keys.reader),
            attribute("urn:acme:role", "analyst"), attribute("urn:acme:note", &format!("see {}", keys.reader))]},
        "Action": {"Attribute": [attribute("urn:oasis:names:tc:xacml:1.0:action:action-id", "read")]},
        "Resource": [resource("acme/atlas/evidence/1"), resource("acme/atlas/secrets/1")],
    }});
    let body = body.to_string();
    post("/pdp", "application/xacml+json", Some(&keys.enforcement_point), body.as_bytes())
}

async fn ask(server: &Server, request: &[u8]) -> (Answer, String) {
    let answer = once(server.pdp, request).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
    let id = answer.header("argus-decision-id").unwrap().to_owned();
    (answer, id)
}

fn json_of(server: &Server, arguments: &[&str]) -> Value {
    let output = server.argus(&[arguments, &["--output", "json"]].concat());
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

/// The decision, as soon as it is logged.
fn wait_for(server: &Server, id: &str) -> Value {
    let since = Instant::now();
    loop {
        let output = server.argus(&["decisions", "show", id, "--output", "json"]);
        if output.status.success() {
            return serde_json::from_slice(&output.stdout).unwrap();
        }
        assert!(since.elapsed() < LONG, "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_logged_decision_is_decided_again_by_the_policies_of_then_of_now_and_of_files() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("decisions.jsonl");
    let settings = [
        ("ARGUS_DECISION_LOG", "all"),
        ("ARGUS_DECISION_LOG_FILE", log.to_str().unwrap()),
        ("ARGUS_DECISION_LOG_REDACT", "urn:acme:role"),
    ];
    let server = start(folder.path(), &settings);
    let keys = Keys::create(&server).await.unwrap();
    let (_, permitted) = ask(&server, &verification(&keys, &keys.reader, "read")).await;
    let (_, denied) = ask(&server, &verification(&keys, &keys.reader, "write")).await;
    let (_, unknown) = ask(&server, &verification(&keys, "argus_live_nothing", "read")).await;
    let (_, both) = ask(&server, &several(&keys)).await;

    let shown = wait_for(&server, &permitted);
    assert_eq!(
        (&shown["decision"], &shown["door"], &shown["action"]),
        (&json!("Permit"), &json!("verify"), &json!("read"))
    );
    assert_eq!((&shown["resource"], &shown["address"]), (&json!("acme/atlas/evidence/1"), &json!("203.0.113.7")));
    assert!(shown["request"].to_string().contains("acme/atlas/evidence:read"), "as policies saw it: {shown:#}");
    assert!(shown["policy"]["set"].as_str().unwrap().starts_with("sha256:"), "{shown:#}");
    assert_eq!(wait_for(&server, &denied)["reason"], "scope_missing");
    let (first, second) = (wait_for(&server, &format!("{both}/1")), wait_for(&server, &format!("{both}/2")));
    assert_eq!((&first["decision"], &second["decision"]), (&json!("Permit"), &json!("Deny")));
    assert_eq!(first["redacted"], json!(["urn:acme:role"]));
    assert!(!first["request"].to_string().contains("analyst"), "{first:#}");
    let listed = json_of(&server, &["decisions", "list", "acme", "--reason", "credential_unknown"]);
    assert_eq!((listed["items"].as_array().unwrap().len(), &listed["items"][0]["id"]), (1, &json!(unknown)));
    let words = stdout(&server.argus(&["decisions", "list", "acme"])).unwrap();
    assert_eq!(words.lines().count(), 6, "{words}");

    for id in [&permitted, &denied, &format!("{both}/1"), &format!("{both}/2")] {
        for by in [&["--policies-of", "then"][..], &["--policies-of", "now"]] {
            let again = json_of(&server, &[&["replay", id], by].concat());
            assert_eq!((&again["is_same"], &again["differences"]), (&json!(true), &json!([])), "{again:#}");
        }
    }
    let unasked = server.argus(&["replay", &unknown]);
    assert!(String::from_utf8_lossy(&unasked.stderr).contains("credential_unknown"), "{unasked:?}");

    // Other policies come in force: then is not now.
    let own = folder.path().join("policies/organisations/acme");
    fs::create_dir_all(&own).unwrap();
    fs::write(own.join("closed.xml"), CLOSED).unwrap();
    let since = Instant::now();
    while ask(&server, &verification(&keys, &keys.reader, "read")).await.0.json().unwrap()["decision"] == "Permit" {
        assert!(since.elapsed() < LONG, "the policy is not in force");
    }
    let then = server.argus(&["replay", &permitted]);
    assert_eq!(
        (then.status.code(), stdout(&then).unwrap().as_str()),
        (Some(0), "the same by the policies in force then: Permit\n")
    );
    let now = server.argus(&["replay", &permitted, "--policies-of", "now"]);
    let words = String::from_utf8(now.stdout).unwrap();
    assert_eq!(now.status.code(), Some(1), "{words}");
    assert!(
        words.starts_with("Permit before, Deny by the policies in force now\n  decision: Permit before, Deny now\n"),
        "{words}"
    );
    let changed = json_of(&server, &["replay", &permitted, "--policies-of", "now"]);
    assert_ne!(changed["policy_before"]["set"], changed["policy_after"]["set"]);

    let policies = folder.path().join("policies");
    let (root, own) = (policies.join("root.xml"), folder.path().join("closed.xml"));
    fs::write(&own, CLOSED).unwrap();
    let by_root = ["replay", &permitted, "--policy", root.to_str().unwrap(), "--policies", policies.to_str().unwrap()];
    assert_eq!(json_of(&server, &by_root)["is_same"], true);
    let by_own = json_of(&server, &["replay", &permitted, "--policy", own.to_str().unwrap()]);
    assert_eq!((&by_own["is_same"], &by_own["differences"][0]["after"]), (&json!(false), &json!("Deny")), "{by_own:#}");

    let lines = fs::read_to_string(&log).unwrap();
    let ids: Vec<String> = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned())
        .collect();
    assert!([&permitted, &denied, &unknown, &format!("{both}/2")].iter().all(|id| ids.contains(id)), "{ids:?}");
    server.terminate().unwrap();
    // The id of the credential may be read; what makes it a secret stands nowhere.
    let secret = keys.reader.get(23..66).unwrap();
    for file in ["data/argus.db", "data/argus.db-wal", "decisions.jsonl"] {
        let bytes = fs::read(folder.path().join(file)).unwrap_or_default();
        assert!(!String::from_utf8_lossy(&bytes).contains(secret), "{file}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_share_is_logged_files_are_moved_aside_and_nobody_waits() {
    const ASKED: usize = 400;
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("decisions.jsonl");
    let settings = [
        ("ARGUS_DECISION_LOG", "50%"),
        ("ARGUS_DECISION_LOG_DAYS", "0"),
        ("ARGUS_DECISION_LOG_FILE", log.to_str().unwrap()),
        ("ARGUS_DECISION_LOG_FILE_BYTES", "100000"),
        ("ARGUS_DECISION_LOG_FILES", "3"),
    ];
    let server = start(folder.path(), &settings);
    let keys = Keys::create(&server).await.unwrap();
    let request = verification(&keys, &keys.reader, "read");
    let mut connection = Connection::open(server.pdp).await.unwrap();
    for _ in 0..ASKED {
        assert_eq!(connection.send(&request).await.unwrap().status, 200);
    }
    let taken = counter(&server, "argus_decision_log_entries_total").await.unwrap();
    let since = Instant::now();
    while counter(&server, "argus_decision_log_entries_written_total").await.unwrap() < taken {
        assert!(since.elapsed() < LONG, "not written");
    }
    assert_eq!(counter(&server, "argus_decision_log_entries_dropped_total").await.unwrap(), 0);
    assert!((120..280).contains(&taken), "{taken} of {ASKED}");
    assert_eq!(json_of(&server, &["decisions", "list"])["items"], json!([]), "not in the database");
    let files: Vec<_> = ["", ".1", ".2", ".3"].map(|end| folder.path().join(format!("decisions.jsonl{end}"))).into();
    assert!(files[1].is_file() && !files[3].exists(), "{taken} lines in files of 100 kB");
    for file in files.iter().filter(|file| file.exists()) {
        let text = fs::read_to_string(file).unwrap();
        assert!(text.len() <= 100_000 && text.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()));
    }
}
