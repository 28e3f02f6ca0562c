//! The guidance that comes with a key: each of its programs is run as it was printed, against servers on loopback.

#![cfg(test)]

mod preview;
mod programs;
mod rust_programs;
#[expect(dead_code, reason = "what the first minute needs, too")]
#[path = "../server/mod.rs"]
mod server;
mod service;

use std::fs;

use programs::{LANGUAGES, Program, Ran};
use serde_json::{Value, json};
use server::{Server, argus, run};
use service::Service;

/// A server with `acme/atlas`.
fn with_atlas() -> Server {
    let server = Server::start(&[]);
    for arguments in [&["org", "create", "acme"][..], &["project", "create", "acme/atlas"]] {
        assert_eq!(server.run(arguments).code, 0, "{arguments:?}");
    }
    server
}

/// A key with this scope: what was answered, its secret included.
fn create(server: &Server, name: &str, more: &[&str]) -> Value {
    let arguments = [&["key", "create", name, "--output", "json"], more].concat();
    let made = server.run(&arguments);
    serde_json::from_str(&made.stdout).unwrap_or_else(|_| panic!("{made:?}"))
}

/// Runs the key's program in every language, and checks that it ends well and prints what is expected.
fn run_all(key: &Value, kind: &str, environment: &[(&str, &str)], expected: &str) {
    let secret = key["secret"].as_str().unwrap();
    for language in LANGUAGES {
        let text = key["guidance"]["snippets"][*language].as_str().unwrap();
        assert!(!text.contains(secret) && text.contains(key["id"].as_str().unwrap()), "{text}");
        let environment = [&[("ARGUS_KEY", secret)], environment].concat();
        let program = Program { language, kind, text, environment: &environment };
        match program.run() {
            Ran::Skipped => {}
            Ran::Ended { is_success, printed } => {
                assert!(is_success && printed.contains(expected), "{language}: {printed}\n{text}");
            }
        }
    }
}

#[test]
fn a_key_for_a_service_is_sent_to_that_service() {
    let server = with_atlas();
    create(&server, "acme/pep", &["--scope", "acme/argus/pdp:execute", "--secret-to", "pep.key"]);
    let key = create(&server, "acme/atlas/reader", &["--scope", "acme/atlas/evidence:read"]);
    let example = &key["guidance"]["example"];
    assert_eq!(
        (&example["method"], &example["url"]),
        (&json!("GET"), &json!("$SERVICE_URL/acme/atlas/evidence")),
        "{example}"
    );
    let pep = fs::read_to_string(server.folder().join("pep.key")).unwrap();
    let service = Service::start(server.ready()["decisions"].as_str().unwrap(), pep.trim());
    run_all(&key, "service", &[("SERVICE_URL", service.url())], "GET /acme/atlas/evidence is Permit");

    let writer = create(&server, "acme/atlas/writer", &["--scope", "acme/*/evidence:write"]);
    run_all(&writer, "write", &[("SERVICE_URL", service.url())], "PUT /acme/atlas/evidence is Permit");
}

#[test]
fn an_enforcement_point_asks_for_a_decision() {
    let server = with_atlas();
    let caller = create(&server, "acme/atlas/caller", &["--scope", "acme/atlas:read"]);
    let key = create(&server, "acme/atlas/pep", &["--scope", "acme/argus/pdp:execute"]);
    let presented = caller["secret"].as_str().unwrap();
    run_all(&key, "decision", &[("CALLER_CREDENTIAL", presented)], r#""decision":"Permit""#);
    run_all(&key, "decision", &[("CALLER_CREDENTIAL", "")], r#""reason":"credential_missing""#);
}

#[test]
fn an_administrators_key_asks_the_administration() {
    let server = with_atlas();
    let key = create(&server, "acme/auditor", &["--scope", "acme/argus/keys:read"]);
    run_all(&key, "administration", &[], r#""path":"acme/auditor""#);
    let key = create(&server, "acme/maker", &["--scope", "acme/argus/keys:write"]);
    run_all(&key, "preview", &[], r#""would_be_made":true"#);
}

#[test]
fn a_program_ends_with_one_where_the_key_is_refused() {
    let server = with_atlas();
    let key = create(&server, "acme/auditor", &["--scope", "acme/argus/keys:read"]);
    for language in LANGUAGES.iter().filter(|language| **language != "rust") {
        let text = key["guidance"]["snippets"][*language].as_str().unwrap();
        let environment = [("ARGUS_KEY", "argus_live_wrong")];
        match (Program { language, kind: "administration", text, environment: &environment }).run() {
            Ran::Skipped => {}
            Ran::Ended { is_success, printed } => {
                assert!(!is_success && printed.contains("401"), "{language}: {printed}");
            }
        }
    }
}

#[test]
fn an_access_token_is_asked_for_with_the_secret_in_the_body() {
    let server = with_atlas();
    let key = create(&server, "acme/atlas/reader", &["--scope", "acme/atlas:read", "--scope", "acme/x:write"]);
    let (secret, (url, taken)) = (key["secret"].as_str().unwrap(), service::token_endpoint());
    let script = key["guidance"]["token"].as_str().unwrap();
    assert!(script.contains(server.administration()), "{script}");
    let mut command = programs::command_without_settings("sh");
    let output = command.args(["-c", script]).env("ARGUS_KEY", secret).env("ARGUS_ISSUER", &url).output().unwrap();
    assert!(output.status.success() && output.stdout.starts_with(b"{\"access_token\""), "{output:?}");
    let request = taken.join().unwrap();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /oauth/token HTTP/1.1\r\n"), "{head}");
    assert!(head.to_ascii_lowercase().contains("content-type: application/x-www-form-urlencoded"), "{head}");
    let scope = "acme%2Fatlas%3Aread+acme%2Fx%3Awrite";
    let id = key["id"].as_str().unwrap();
    assert_eq!(
        body.replace("%20", "+"),
        format!("grant_type=client_credentials&client_id={id}&scope={scope}&client_secret={secret}")
    );
}

#[test]
fn guidance_says_all_that_an_integrator_asks() {
    let server = with_atlas();
    let flags = ["--scope", "acme/atlas:read", "--network", "10.0.0.0/8", "--expires", "28d"];
    let key = create(&server, "acme/atlas/reader", &flags);
    let guidance = &key["guidance"];
    assert_eq!(guidance["key_id"], key["id"]);
    assert_eq!((&guidance["send"]["header"], &guidance["send"]["scheme"]), (&json!("Authorization"), &json!("Bearer")));
    assert_eq!(guidance["may"], json!(["may read everything under acme/atlas"]));
    assert_eq!(guidance["conditions"], json!(["only from 10.0.0.0/8"]));
    assert_eq!((&guidance["expires_at"], &guidance["limits"]), (&key["expires_at"], &json!([])));
    assert!(guidance["rotate_at"].as_str().unwrap() < guidance["expires_at"].as_str().unwrap());
    assert_eq!(guidance["audience"], server.administration());
    assert!(!guidance.to_string().contains(key["secret"].as_str().unwrap()), "the secret is shown once");
}

#[test]
fn guidance_names_the_addresses_that_clients_find() {
    let server = Server::start(&["--pdp-url", "https://pdp.acme.example/", "--url", "https://argus.acme.example"]);
    assert_eq!(server.run(&["org", "create", "acme"]).code, 0);
    let key = create(&server, "acme/pep", &["--scope", "acme/argus/pdp:execute"]);
    assert_eq!(key["guidance"]["example"]["url"], "https://pdp.acme.example/v1/verify");
    assert_eq!(key["guidance"]["audience"], "https://argus.acme.example");
    let listen = ["serve", "--data-dir", "other", "--pdp-listen", "127.0.0.1:0", "--pap-listen", "127.0.0.1:0"];
    let refused = run(argus(server.folder()).args(listen).args(["--pdp-url", "http://$(id)"]));
    assert_eq!(refused.code, 78, "{refused:?}");
    assert!(refused.stderr.contains("--pdp-url (ARGUS_PDP_URL)"), "{refused:?}");
}

#[test]
fn one_language_is_printed_on_demand() {
    let server = with_atlas();
    let flags = ["--scope", "acme/atlas:read", "--secret-to", "reader.key", "--snippet", "python"];
    let made = server.run(&[&["key", "create", "acme/atlas/reader"][..], &flags].concat());
    assert_eq!(made.code, 0, "{made:?}");
    assert!(made.stdout.contains("\n\n# Key ") && made.stdout.ends_with("refused.read().decode()}\")\n"), "{made:?}");
    let refused = server.run(&["key", "create", "acme/x", "--scope", "acme/x:read", "--snippet", "cobol"]);
    assert_eq!(refused.code, 64, "{refused:?}");
}
