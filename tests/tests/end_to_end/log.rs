//! The log: what it says of a request has the id that the answer has, at both servers and in both forms, and no key.

use std::thread;
use std::time::{Duration, Instant};

use argus_tests::http::{Answer, get, once};
use argus_tests::program::Server;
use argus_tests::walk::Keys;
use serde_json::json;

/// How long anything may take on a machine that builds meanwhile.
const LONG: Duration = Duration::from_secs(30);

fn named(request: &[u8], id: &str) -> Vec<u8> {
    let text = String::from_utf8(request.to_vec()).unwrap();
    text.replacen("\r\n", &format!("\r\nX-Request-ID: {id}\r\n"), 1).into_bytes()
}

/// The line of this id and these words, as soon as it is there.
fn line(server: &Server, id: &str, words: &str) -> String {
    let begun = Instant::now();
    loop {
        let printed = server.printed();
        if let Some(line) = printed.lines().find(|line| line.contains(id) && line.contains(words)) {
            return line.to_owned();
        }
        assert!(begun.elapsed() < LONG, "no line of {id} says `{words}`:\n{printed}");
        thread::sleep(Duration::from_millis(20));
    }
}

fn instance(answer: &Answer) -> String {
    let instance = answer.json().unwrap()["instance"].as_str().unwrap().to_owned();
    assert_eq!(answer.header("x-request-id"), Some(instance.as_str()), "{}", answer.text());
    instance
}

#[tokio::test]
async fn a_line_about_a_request_has_the_id_of_its_answer_and_no_key() {
    for form in ["json", "human"] {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::start_with(&folder.path().join("data"), |command| {
            command.env("ARGUS_LOG", form).env("ARGUS_LOG_LEVEL", "debug");
        })
        .unwrap();
        let keys = Keys::create(&server).await.unwrap();
        let in_url = get(&format!("/nowhere?key={}", keys.reader));

        let answer = once(server.pdp, &named(&in_url, "r-7")).await.unwrap();
        assert_eq!((answer.status, instance(&answer).as_str()), (400, "r-7"));
        let told = line(&server, "r-7", "a key was sent in a URL");
        // An id that is no id, or a key, is not repeated: the decision's own takes its place.
        let answer = once(server.pdp, &named(&in_url, &keys.reader)).await.unwrap();
        line(&server, &instance(&answer), "a key was sent in a URL");
        // The administration believes nobody's.
        let answer = once(server.pap, &named(&in_url, "r-8")).await.unwrap();
        let own = instance(&answer);
        assert_ne!(own, "r-8");
        line(&server, &own, "a key was sent in a URL");
        let answer = once(server.pap, &get("/v1/organisations")).await.unwrap();
        line(&server, &instance(&answer), "GET /v1/organisations: 401");

        let body = json!({"credential": keys.reader, "action": "read", "resource": "acme/atlas/evidence/1"});
        let asked = keys.verification(&body);
        let answer = once(server.pdp, &named(&asked, "r-9")).await.unwrap();
        assert_eq!(answer.header("x-request-id"), Some("r-9"), "{}", answer.text());
        let decided = line(&server, "r-9", "decided Permit");
        assert!(decided.contains(answer.header("argus-decision-id").unwrap()), "{decided}");

        if form == "json" {
            let told: serde_json::Value = serde_json::from_str(&told).unwrap();
            assert_eq!((&told["request.id"], &told["level"]), (&"r-7".into(), &"WARN".into()), "{told}");
        }
        let printed = server.printed();
        assert!(!printed.contains(keys.reader.get(30..).unwrap()), "a secret is in the log:\n{printed}");
    }
}
