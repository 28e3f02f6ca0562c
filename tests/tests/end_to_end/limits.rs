//! Limits that keys share, made and removed by the command line: in force for all of their keys within a second.

use std::time::{Duration, Instant};

use argus_tests::http::once;
use argus_tests::program::{Server, promised, stdout};
use argus_tests::walk::{Keys, create_key};
use serde_json::{Value, json};

/// From the end of a command on.
const IN_FORCE: Duration = Duration::from_secs(1);

async fn verify(server: &Server, keys: &Keys, secret: &str, resource: &str) -> Value {
    let body = json!({"credential": secret, "action": "read", "resource": resource});
    once(server.pdp, &keys.verification(&body)).await.unwrap().json().unwrap()
}

fn argus(server: &Server, arguments: &[&str]) -> Value {
    let printed = server.argus(&[arguments, &["--output", "json"]].concat());
    serde_json::from_str(&stdout(&printed).unwrap()).unwrap()
}

/// Asks until an answer is as it should be, for at most a second.
async fn within_a_second(what: &str, ask: impl AsyncFn() -> Value, is_it: impl Fn(&Value) -> bool) -> Value {
    let since = Instant::now();
    loop {
        let answer = ask().await;
        if is_it(&answer) {
            println!("{what} after {:.0?}", since.elapsed());
            return answer;
        }
        assert!(since.elapsed() < promised(IN_FORCE), "{what}: {answer:#}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_of_a_project_bounds_all_its_keys_together_until_it_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder.path().join("data")).unwrap();
    let keys = Keys::create(&server).await.unwrap();
    let other = create_key(&server, "other", "acme/atlas:read").await.unwrap();
    let [evidence, report] = ["acme/atlas/evidence/1", "acme/atlas/report/1"];
    assert_eq!(verify(&server, &keys, &other, evidence).await["limits"], json!([]));

    let create = ["limit", "create", "acme", "few", "--project", "atlas", "--limit", "3", "--window", "1d"];
    let made = argus(&server, &[&create[..], &["--resource-type", "evidence"]].concat());
    assert_eq!((&made["project"], &made["strategy"]), (&json!("atlas"), &json!("sliding_window")));
    let ask = async || verify(&server, &keys, &keys.reader, evidence).await;
    let first = within_a_second("made", ask, |answer| answer["limits"] != json!([])).await;
    assert_eq!(
        first["limits"][0],
        json!({"name": "project:few", "limit": 3, "remaining": 2, "reset_seconds": first["limits"][0]["reset_seconds"]})
    );
    assert_eq!(verify(&server, &keys, &other, evidence).await["limits"][0]["remaining"], 1, "they share it");
    // Of another type, nobody counts it.
    assert_eq!(verify(&server, &keys, &other, report).await["limits"], json!([]));

    // What costs more takes more: the last is kept.
    argus(&server, &["cost", "set", "acme", "read:evidence=2"]);
    let ask = async || verify(&server, &keys, &other, evidence).await;
    let dear = within_a_second("dearer", ask, |answer| answer["decision"] == "Deny").await;
    assert_eq!((&dear["reason"], &dear["limits"][0]["remaining"]), (&json!("rate_limited"), &json!(1)), "{dear:#}");

    argus(&server, &["limit", "remove", "acme/few", "--yes"]);
    let ask = async || verify(&server, &keys, &keys.reader, evidence).await;
    within_a_second("removed", ask, |answer| answer["decision"] == "Permit").await;
}
