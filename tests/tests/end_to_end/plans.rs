//! A lower plan, from the command to the decision: it says what is over it, refuses what is new, and stops no key.

use argus_tests::http::once;
use argus_tests::program::{Server, stdout};
use argus_tests::walk::{Keys, create};
use serde_json::{Value, json};

use super::compliance::Sql;

/// What a decision point answers about the reader.
async fn decision(server: &Server, keys: &Keys) -> Value {
    let body = json!({"credential": keys.reader, "action": "read", "resource": "acme/atlas/evidence/1"});
    once(server.pdp, &keys.verification(&body)).await.unwrap().json().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lower_plan_lists_what_is_over_it_and_stops_no_key_during_its_grace_or_after() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(&data).unwrap();
    let keys = Keys::create(&server).await.unwrap();
    let hook = json!({"organisation": "acme", "kind": "webhook", "address": "https://hooks.invalid/argus"});
    create(&server, "/v1/contacts", &hook).await.unwrap();

    let lower = ["org", "update", "acme", "--plan", "professional"];
    let would = stdout(&server.argus(&[&lower[..], &["--dry-run"]].concat())).unwrap();
    assert!(would.contains("webhooks: 1 webhook; the plan has none\n    then: they are disabled\n"), "{would}");
    assert!(would.ends_with("nothing was changed\n") && would.contains("max_rate_per_second: "), "{would}");
    let mut sql = Sql::open(&data);
    assert_eq!(sql.count("organisations WHERE plan <> 'enterprise'"), "0");
    let lowered = stdout(&server.argus(&lower)).unwrap();
    assert!(lowered.contains("plan professional\nit has more than its plan lets it:\n"), "{lowered}");
    assert!(lowered.contains("it stays as it is; no key stops then or later"), "{lowered}");
    assert_eq!(stdout(&server.argus(&["org", "show", "acme"])).unwrap(), lowered);
    assert_eq!(decision(&server, &keys).await["decision"], "Permit");

    let refused = server.argus(&["contact", "create", "acme", "--webhook", "https://hooks.invalid/other"]);
    let told = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(77));
    assert!(told.contains("error: plan `professional` has no webhooks\n"), "{told}");
    assert!(stdout(&server.argus(&["outbox", "list", "acme"])).unwrap().contains("plan.lowered"));

    // The thirty days pass while the server stands still.
    server.terminate().unwrap();
    sql.run("UPDATE organisations SET plan_grace_until = '2020-01-31 00:00:00.000000' WHERE name = 'acme'");
    let server = Server::start(&data).unwrap();
    assert_eq!(decision(&server, &keys).await["decision"], "Permit");
    let shown = stdout(&server.argus(&["org", "show", "acme"])).unwrap();
    assert!(shown.contains("until 2020-01-31T00:00:00Z it stays as it is"), "{shown}");
    let update = server.argus(&["key", "update", "acme/atlas/reader", "--tag", "ci"]);
    assert_eq!(update.status.code(), Some(77), "{update:?}");
    let raised = stdout(&server.argus(&["org", "update", "acme", "--unset", "plan"])).unwrap();
    assert!(raised.contains("plan enterprise\n"), "{raised}");
    stdout(&server.argus(&["key", "update", "acme/atlas/reader", "--tag", "ci"])).unwrap();
}
