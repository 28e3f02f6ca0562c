//! A walk through every door and every command with secrets that are then looked for wherever something stays: the log at
//! its finest, the database with all beside it, a backup, an export, the metrics, every answer. Each may be in the one
//! answer that shows it, and nowhere else.

#![cfg(test)]
#![cfg(unix)]
#![expect(clippy::string_slice, reason = "keys are ASCII")]

#[path = "../../store/tests/support/postgres.rs"]
mod postgres;
#[expect(dead_code, reason = "what the other tests need, too")]
#[path = "server/mod.rs"]
mod server;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use memchr::memmem;
use postgres::PostgresServer;
use rcgen::{KeyPair, PKCS_ED25519, SigningKey as _};
use serde_json::{Value, json};
use server::{Server, argus, run};

/// The doors of the decision point, as they are mounted.
const DECISION_DOORS: &str = include_str!("../../../pdp/server/src/routes/mod.rs");

/// What must be in no place that lasts, by name.
#[derive(Default)]
struct Canaries(BTreeMap<String, String>);

impl Canaries {
    fn add(&mut self, name: &str, secret: &str) {
        assert!(secret.len() >= 40, "{name} is no secret: {secret}");
        self.0.insert(name.to_owned(), secret.to_owned());
    }

    /// Looks for each in pieces: a file may break it over two pages, and a log may cut it. The front of a key is its id,
    /// which is no secret, as is the front of a token.
    fn assert_absent(&self, place: &str, octets: &[u8]) {
        for mark in ["PRIVATE KEY-----", "\"d\":\""] {
            assert!(memmem::find(octets, mark.as_bytes()).is_none(), "{place} holds a private key");
        }
        for (name, secret) in &self.0 {
            let hidden = &secret[secret.len().min(26)..];
            let hidden = if hidden.len() < 24 { secret } else { hidden };
            for piece in hidden.as_bytes().chunks_exact(12) {
                let found = memmem::find(octets, piece);
                assert!(
                    found.is_none(),
                    "{place} holds a piece of {name}: {}",
                    String::from_utf8_lossy(&octets[found.unwrap_or(0).saturating_sub(200)..][..300.min(octets.len())])
                );
            }
        }
    }
}

/// What was sent and answered.
struct Walk<'s> {
    server: &'s Server,
    canaries: Canaries,
    visited: BTreeSet<String>,
    /// Everything that was said, but for what shows a secret for its one time.
    said: Vec<(String, String)>,
}

impl Walk<'_> {
    fn begin(server: &Server) -> Walk<'_> {
        let mut canaries = Canaries::default();
        for (name, file) in [("the administrator's key", "bootstrap.key"), ("the master key", "master.key")] {
            canaries.add(name, fs::read_to_string(server.data().join(file)).unwrap().trim());
        }
        Walk { server, canaries, visited: BTreeSet::new(), said: Vec::new() }
    }

    fn administrator(&self) -> String {
        self.canaries.0["the administrator's key"].clone()
    }

    /// One request, whose answer may hold no secret.
    fn ask(&mut self, at: &str, (method, path): (&str, &str), key: &str, body: Option<&str>) -> Value {
        let text = self.send(at, (method, path), key, body);
        self.said.push((format!("the answer of {method} {path}"), text.clone()));
        text.split_once("\r\n\r\n").and_then(|(_, body)| serde_json::from_str(body).ok()).unwrap_or_default()
    }

    /// One request, whose answer may show a secret.
    fn send(&self, at: &str, (method, path): (&str, &str), key: &str, body: Option<&str>) -> String {
        let address = self.server.ready()[at].as_str().unwrap().strip_prefix("http://").unwrap().to_owned();
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        let body = body.unwrap_or_default();
        let kind = match method {
            "PATCH" => "application/merge-patch+json",
            _ if path.starts_with("/oauth/") => "application/x-www-form-urlencoded",
            _ => "application/json",
        };
        let authorization = if key.is_empty() { String::new() } else { format!("Authorization: Bearer {key}\r\n") };
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: argus\r\n{authorization}If-Match: *\r\n\
             Content-Type: {kind}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Makes a key, and keeps its secret to look for it later.
    fn make_key(&mut self, name: &str, scope: &str) -> (String, String) {
        let body = json!({"organisation": "acme", "name": name, "scopes": [scope]}).to_string();
        let answer = self.send("administration", ("POST", "/v1/keys"), &self.administrator(), Some(&body));
        self.shown(name, &answer)
    }

    /// Gets an access token for a key. What nobody else can make of it is its signature.
    fn issue_token(&mut self, (id, secret): &(String, String)) -> String {
        let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
        let answer = self.send("administration", ("POST", "/oauth/token"), "", Some(&form));
        let body: Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
        let token = body["access_token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
        self.canaries.add("an access token", token.rsplit('.').next().unwrap());
        self.said.push(("what is told of a token".to_owned(), answer.replace(&token, "")));
        token
    }

    /// What is another secret than the one that a key was made with, and what webhooks are signed with, now and before.
    fn rotate_and_tell(&mut self) {
        let (key, _) = self.make_key("rotated", "acme/atlas:read");
        let webhook = json!({"organisation": "acme", "kind": "webhook", "address": "https://203.0.113.9/hook"});
        let answer =
            self.send("administration", ("POST", "/v1/contacts"), &self.administrator(), Some(&webhook.to_string()));
        let (contact, secret) = self.shown("what signs for a webhook", &answer);
        assert!(secret.starts_with("whsec_"), "{answer}");
        for (name, path) in [
            ("a rotated secret", format!("/v1/keys/{key}/rotate")),
            ("what signs for a webhook after a rotation", format!("/v1/contacts/{contact}/rotate")),
        ] {
            let answer = self.send("administration", ("POST", &path), &self.administrator(), Some("{}"));
            let _ = self.shown(name, &answer);
        }
    }

    /// Gets an access token by an assertion. What nobody else can make of either is its signature.
    fn assert_by_jwt(&mut self, issuer: &str) {
        let (id, _) = self.make_key("signing", "acme/atlas:read");
        let pair = KeyPair::generate_for(&PKCS_ED25519).unwrap();
        let public = URL_SAFE_NO_PAD.encode(pair.public_key_raw());
        let jwk = json!({"kind": "public_key", "jwk": {"kty": "OKP", "crv": "Ed25519", "kid": "k", "x": public}});
        let path = format!("/v1/keys/{id}/credentials");
        self.ask("administration", ("POST", &path), &self.administrator(), Some(&jwk.to_string()));
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let claims = json!({"iss": id, "sub": id, "aud": issuer, "iat": now, "exp": now + 120, "jti": "once"});
        let header = json!({"alg": "EdDSA", "kid": "k", "typ": "JWT"});
        let signed = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string())).join(".");
        let signature = URL_SAFE_NO_PAD.encode(pair.sign(signed.as_bytes()).unwrap());
        self.canaries.add("an assertion", &signature);
        let form = format!(
            "grant_type=client_credentials&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer\
             &client_assertion={signed}.{signature}"
        );
        let answer = self.send("administration", ("POST", "/oauth/token"), "", Some(&form));
        let body: Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
        let token = body["access_token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
        self.canaries.add("a token by an assertion", token.rsplit('.').next().unwrap());
        // The same again is a replay, and told of without it.
        let again = self.send("administration", ("POST", "/oauth/token"), "", Some(&form));
        assert!(again.contains("invalid_client"), "{again}");
        self.said.push(("what is told of a replay".to_owned(), again));
    }

    /// The id and the secret of an answer that shows it.
    fn shown(&mut self, name: &str, answer: &str) -> (String, String) {
        let body: Value =
            serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap_or_else(|_| panic!("{answer}"));
        let text = |member: &str| body[member].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
        self.canaries.add(name, &text("secret"));
        // Beside its one place nothing of the answer holds it.
        self.said.push((format!("what is told of {name}"), answer.replace(&text("secret"), "")));
        (text("id"), text("secret"))
    }
}

/// Secrets that open nothing: they are presented wherever something can be.
fn wrong_secrets(right: &str) -> [(&'static str, String); 3] {
    let mut forged = right.to_owned();
    let secret: String = right[23..66].chars().rev().collect();
    forged.replace_range(23..66, &secret);
    let token =
        format!("eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.{}.{}", "eyJpc3MiOiJub2JvZHkifQ", "c2lnbmF0dXJl".repeat(20));
    [("a forged key", forged), ("a forged token", token), ("a password", "correct-horse-battery-staple-".repeat(3))]
}

fn walk_administration(walk: &mut Walk<'_>, reader: &(String, String)) {
    let administrator = walk.administrator();
    let document = walk.ask("administration", ("GET", "/openapi.json"), &administrator, None);
    for (path, item) in document["paths"].as_object().unwrap().clone() {
        for (method, operation) in item.as_object().unwrap().clone() {
            let method = method.to_uppercase();
            let target = path.replace("{key}", &reader.0).replace("{credential}", "000000000000");
            let target = target.replace("{organisation}", "acme").replace("{project}", "atlas");
            let body = operation["requestBody"]["content"]
                .as_object()
                .and_then(|content| content.values().next())
                .map(|content| content["example"].to_string());
            let ended = target.ends_with("/revoke") || target == "/v1/leaks";
            for (_, wrong) in wrong_secrets(&reader.1) {
                walk.ask("administration", (&method, &target), &wrong, body.as_deref());
                walk.ask("administration", (&method, &format!("{target}?token={wrong}")), &administrator, None);
                let misplaced =
                    json!({"name": wrong, "scopes": [wrong], "reason": wrong, wrong.as_str(): 1}).to_string();
                let quoted = walk.send("administration", (&method, &target), &administrator, Some(&misplaced));
                // Who sends it where a name belongs may read in the answer what is wrong with that name. Nobody else may.
                walk.said.push((format!("what {method} {path} says of a name"), quoted.replace(&wrong, "")));
                walk.ask("administration", (&method, &target), &administrator, Some(&wrong));
            }
            // What ends the key comes last, by its own step.
            let answer = if ended {
                String::new()
            } else {
                walk.send("administration", (&method, &target), &administrator, body.as_deref())
            };
            let body = answer.split_once("\r\n\r\n").and_then(|(_, body)| serde_json::from_str::<Value>(body).ok());
            if body.is_some_and(|body| body["secret"].is_string()) {
                let name = format!("what {method} {path} makes");
                let _ = walk.shown(&name, &answer);
            } else {
                walk.said.push((format!("the answer of {method} {path}"), answer));
            }
            walk.visited.insert(format!("{method} {path}"));
        }
    }
    let leaked = json!({"keys": [reader.1, wrong_secrets(&reader.1)[0].1], "source": format!("found {}", reader.1)});
    walk.ask("administration", ("POST", "/v1/leaks"), &administrator, Some(&leaked.to_string()));
    assert!(walk.visited.len() > 15, "{:?}", walk.visited);
}

fn walk_decisions(walk: &mut Walk<'_>, pep: &str, reader: &str) {
    let doors = DECISION_DOORS.split('"').skip(1).step_by(2).filter(|text| text.starts_with('/'));
    let doors: Vec<String> = doors.map(|path| path.replace("{organisation}", "acme")).collect();
    assert!(doors.len() >= 7, "{doors:?}");
    let all: Vec<String> =
        wrong_secrets(reader).into_iter().map(|(_, wrong)| wrong).chain([reader.to_owned()]).collect();
    for door in &doors {
        for credential in &all {
            let verify = json!({"credential": credential, "action": "read", "resource": "acme/atlas/1"}).to_string();
            let xacml = json!({"Request": {"AccessSubject": {"Attribute": [
                {"AttributeId": "urn:argus:attribute:credential", "Value": credential}]}}})
            .to_string();
            for body in [&verify, &xacml, credential] {
                walk.ask("decisions", ("POST", door), pep, Some(body));
                walk.ask("decisions", ("POST", door), credential, Some(body));
            }
            walk.ask("decisions", ("GET", door), credential, None);
            walk.ask("decisions", ("GET", &format!("{door}?access_token={credential}")), pep, None);
            walk.ask("decisions", ("GET", &format!("{door}/{credential}")), pep, None);
        }
    }
}

/// The commands that do something, as the program lists them.
fn commands(folder: &Path, words: &[&str]) -> BTreeSet<String> {
    let help = run(argus(folder).args(words).arg("--help")).stdout;
    let listed = help.split("Commands:\n").nth(1).unwrap_or_default();
    let names: Vec<&str> = listed
        .lines()
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    if names.is_empty() {
        return BTreeSet::from([words.join(" ")]);
    }
    names.into_iter().flat_map(|name| commands(folder, &[words, &[name]].concat())).collect()
}

fn walk_commands(walk: &mut Walk<'_>, database: &[&str]) {
    let server = walk.server;
    fs::write(server.folder().join("wrong.key"), &wrong_secrets(&walk.administrator())[0].1).unwrap();
    fs::write(server.folder().join("policy.xml"), include_str!("fixtures/set/parts/permit.xml")).unwrap();
    let listened = server.ready()["decisions"].as_str().unwrap().strip_prefix("http://").unwrap();
    let verify = ["verify", "--credential-file", "cli.key", "--action", "read", "--resource", "acme/atlas/1"];
    let lines: Vec<Vec<&str>> = vec![
        vec!["org", "create", "globex"],
        vec!["org", "list"],
        vec!["org", "show", "globex"],
        vec!["project", "create", "globex/p"],
        vec!["project", "list", "globex"],
        vec!["project", "show", "globex/p"],
        vec!["key", "preview", "globex/k", "--scope", "globex/x:read"],
        vec!["key", "create", "acme/cli", "--scope", "acme/atlas:read", "--secret-to", "cli.key"],
        verify.to_vec(),
        vec!["key", "list", "acme"],
        vec!["key", "show", "acme/cli"],
        vec!["key", "suspend", "acme/cli"],
        vec!["key", "resume", "acme/cli"],
        vec!["key", "rotate", "acme/cli", "--secret-to", "second.key"],
        vec!["key", "collect", "acme/cli", "--secret-to", "third.key"],
        vec!["key", "revoke", "acme/cli", "--yes"],
        vec!["key", "revoke-many", "globex", "--owner", "nobody", "--dry-run"],
        vec!["signing-key", "list"],
        vec!["signing-key", "rotate", "--yes"],
        vec!["status"],
        vec!["eval", "--policy", "policy.xml", "--request", "cli.key"],
        vec!["check", "policy.xml"],
        vec!["test", "."],
        vec!["functions"],
        vec!["completions", "bash"],
        vec!["help", "backup"],
        vec!["backup", "copy.db"],
        vec!["migrate", "export", "busy.export"],
        vec!["migrate", "import", "busy.export"],
        // Where another one listens: it ends by itself.
        vec!["serve", "--pdp-listen", listened],
    ];
    let mut done = BTreeSet::new();
    for line in &lines {
        let offline = matches!(line[0], "backup" | "migrate" | "serve");
        for key in ["argus-data/bootstrap.key", "wrong.key"] {
            let line = [&line[..], if offline { database } else { &[] }].concat();
            let printed = server.run_with_key(key, &line);
            walk.said.push((format!("argus {}", line.join(" ")), format!("{}{}", printed.stdout, printed.stderr)));
        }
        let words: Vec<&str> =
            line.iter().take_while(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '-')).copied().collect();
        done.insert(words);
    }
    // What has come to the program since is run as its own help shows it.
    for command in commands(server.folder(), &[]) {
        let is_done = |words: &Vec<&str>| words.join(" ").starts_with(&command);
        if done.iter().any(is_done) {
            continue;
        }
        let words: Vec<&str> = command.split(' ').collect();
        let help = run(argus(server.folder()).args(&words).arg("--help")).stdout;
        let example = help.lines().find_map(|line| line.strip_prefix("  argus ")).map(|line| line.replace('\'', ""));
        let example = example.unwrap_or_else(|| panic!("`argus {command}` has no example: {help}"));
        let printed = server.run(&example.split_whitespace().collect::<Vec<_>>());
        walk.said.push((format!("argus {example}"), format!("{}{}", printed.stdout, printed.stderr)));
    }
    for file in ["cli.key", "second.key"] {
        let secret = fs::read_to_string(server.folder().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        walk.canaries.add(file, secret.trim());
    }
}

fn walk_everything<'s>(server: &'s Server, database: &[&str]) -> Walk<'s> {
    let mut walk = Walk::begin(server);
    let administrator = walk.administrator();
    for (name, wrong) in wrong_secrets(&administrator) {
        walk.canaries.add(name, &wrong);
    }
    walk.ask("administration", ("POST", "/v1/organisations"), &administrator, Some(r#"{"name":"acme"}"#));
    walk.ask(
        "administration",
        ("POST", "/v1/projects"),
        &administrator,
        Some(r#"{"organisation":"acme","name":"atlas"}"#),
    );
    let (_, pep) = walk.make_key("pep", "acme/argus/pdp:execute");
    let reader = walk.make_key("walked", "acme/atlas:read");
    let token = walk.issue_token(&reader);
    let introspect = format!("token={token}&client_id={}&client_secret={}", reader.0, reader.1);
    walk.ask("administration", ("POST", "/oauth/introspect"), "", Some(&introspect));
    walk_decisions(&mut walk, &pep, &reader.1);
    walk_decisions(&mut walk, &pep, &token);
    walk.rotate_and_tell();
    let metadata = walk.ask("administration", ("GET", "/.well-known/oauth-authorization-server"), "", None);
    walk.assert_by_jwt(metadata["issuer"].as_str().unwrap());
    walk_commands(&mut walk, database);
    walk_administration(&mut walk, &reader);
    walk
}

/// What was said, and what stays in the folders of the server, but for the files that are there to hold a secret.
fn assert_nothing_stays(walk: &Walk<'_>) {
    for (place, text) in &walk.said {
        walk.canaries.assert_absent(place, text.as_bytes());
    }
    let mut looked_at = BTreeSet::new();
    for folder in [walk.server.folder().to_owned(), walk.server.data()] {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() && path.extension().is_none_or(|extension| extension != "key") {
                walk.canaries.assert_absent(&path.display().to_string(), &fs::read(&path).unwrap());
                looked_at.insert(path.file_name().unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    let log = fs::read_to_string(walk.server.folder().join("log")).unwrap();
    assert!(log.contains("TRACE") && log.len() > 100_000, "the log is not at its finest");
    assert!(looked_at.contains("log"), "{looked_at:?}");
}

#[test]
fn no_secret_stays_anywhere_but_where_it_is_shown_once() {
    let server = Server::start(&["--log-level", "trace"]);
    let walk = walk_everything(&server, &[]);
    assert_nothing_stays(&walk);
    for file in ["argus.db", "argus.db-wal"] {
        assert!(server.data().join(file).is_file(), "{file}");
    }
    assert!(server.folder().join("copy.db").is_file());
    let Walk { canaries, .. } = walk;
    let folder = server.stop_and_keep();
    let exported = run(argus(folder.path()).args(["migrate", "export", "argus.export"]));
    assert_eq!(exported.code, 0, "{exported:?}");
    canaries.assert_absent("the export", &fs::read(folder.path().join("argus.export")).unwrap());
}

#[test]
fn no_secret_stays_in_postgresql() {
    let Some(postgres) = PostgresServer::shared() else { return };
    let url = postgres.new_database();
    let server = Server::start(&["--log-level", "trace", "--database-url", &url]);
    let walk = walk_everything(&server, &["--database-url", &url]);
    assert_nothing_stays(&walk);
    let dump = Command::new(postgres.program("pg_dump")).arg(&url).output().unwrap();
    assert!(dump.status.success() && dump.stdout.len() > 10_000, "{}", String::from_utf8_lossy(&dump.stderr));
    walk.canaries.assert_absent("the dump", &dump.stdout);
    walk.canaries.assert_absent("the server's log", &fs::read(postgres.folder().join("log")).unwrap());
    let exported = run(argus(server.folder()).args(["migrate", "export", "argus.export", "--database-url", &url]));
    assert_eq!(exported.code, 0, "{exported:?}");
    walk.canaries.assert_absent("the export", &fs::read(server.folder().join("argus.export")).unwrap());
}

#[test]
fn a_secret_that_stays_is_found() {
    let mut canaries = Canaries::default();
    let key = format!("argus_live_4fT0nWq9ZxLk{}", "0123456789abcdef".repeat(4));
    canaries.add("a key", &key);
    canaries.assert_absent("its id", b"argus_live_4fT0nWq9ZxLk");
    let cut = format!("… {} …", &key[30..60]);
    let found = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| canaries.assert_absent("x", cut.as_bytes())));
    assert!(found.is_err());
}
