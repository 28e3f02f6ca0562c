//! `schemas/cli` against what the program really prints: every shape that a command has under `--output json`.
//!
//! Published schemas admit members that they don't know, because the output only grows. Here they are closed: whatever
//! the program prints has to be described.

#![cfg(test)]

#[expect(dead_code, reason = "what other tests of servers need, too")]
#[path = "server/mod.rs"]
mod server;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use jsonschema::{Draft, Registry};
use serde_json::{Value, json};
use server::{Run, Server, argus, run};

/// Where the schemas lie, for their references to each other.
const BASE: &str = "https://schemas.invalid/cli/";

const ENDING: &str = ".schema.json";

/// The schemas, closed, and those that something was compared with.
struct Schemas {
    by_name: BTreeMap<String, Value>,
    compared: RefCell<BTreeSet<String>>,
}

impl Schemas {
    fn read() -> Self {
        let folder = here().join("../../schemas/cli");
        let mut by_name = BTreeMap::new();
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().strip_suffix(ENDING).unwrap().to_owned();
            let mut schema: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
            assert!(jsonschema::draft202012::meta::is_valid(&schema), "{name} is no schema of 2020-12");
            close_members(&mut schema);
            by_name.insert(name, schema);
        }
        Self { by_name, compared: RefCell::default() }
    }

    fn compare(&self, name: &str, printed: &str) -> Value {
        let value: Value = serde_json::from_str(printed).unwrap_or_else(|error| panic!("{name}: {error}: {printed}"));
        let resources = self.by_name.iter().map(|(name, schema)| (format!("{BASE}{name}{ENDING}"), schema));
        let registry = Registry::new().draft(Draft::Draft202012).extend(resources).unwrap().prepare().unwrap();
        let mut whole = json!({ "$ref": format!("{BASE}{name}{ENDING}") });
        close(&mut whole);
        let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
        let validator = options.with_registry(&registry).build(&whole).unwrap();
        let faults: Vec<String> =
            validator.iter_errors(&value).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
        assert!(faults.is_empty(), "{name}: {faults:#?}\n{printed}");
        self.compared.borrow_mut().insert(name.to_owned());
        value
    }

    fn answer(&self, name: &str, run: &Run) -> Value {
        assert!(!run.stdout.is_empty(), "{name}: {run:?}");
        self.compare(name, &run.stdout)
    }

    fn failure(&self, run: &Run) -> Value {
        assert!(run.code != 0 && run.stdout.is_empty(), "{run:?}");
        self.compare("problem", &run.stderr)
    }
}

/// Closes what a schema says of members and items. Not the schema itself: another one may add to it.
fn close_members(schema: &mut Value) {
    match schema {
        Value::Object(keywords) => {
            for (keyword, value) in keywords {
                match (keyword.as_str(), value) {
                    ("properties", Value::Object(members)) => members.values_mut().for_each(close),
                    ("items", items) => close(items),
                    ("examples" | "enum" | "const", _) => {}
                    (_, other) => close_members(other),
                }
            }
        }
        Value::Array(schemas) => schemas.iter_mut().for_each(close_members),
        _ => {}
    }
}

fn close(schema: &mut Value) {
    close_members(schema);
    if let Value::Object(keywords) = schema
        && (keywords.contains_key("properties") || keywords.contains_key("$ref"))
    {
        keywords.insert("unevaluatedProperties".to_owned(), json!(false));
    }
}

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn fixture(name: &str) -> PathBuf {
    here().join("tests/fixtures").join(name)
}

fn in_folder(folder: &Path, arguments: &[&str]) -> Run {
    run(argus(folder).args(arguments).args(["--output", "json"]))
}

fn in_fixture(name: &str, arguments: &[&str]) -> Run {
    in_folder(&fixture(name), arguments)
}

/// A copy of the fixture `leave` in which some cases fail, one is not answered, and the others pass.
fn failing_tests() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (file, changes) in [
        ("leave.xml", &[][..]),
        ("leave.test.yaml", &[("expect: Permit", "expect: Deny"), ("requests/late.json", "requests/none.json")]),
    ] {
        let mut text = fs::read_to_string(fixture("leave").join(file)).unwrap();
        for (from, to) in changes {
            assert!(text.contains(from), "{from}");
            text = text.replace(from, to);
        }
        fs::write(folder.path().join(file), text).unwrap();
    }
    folder
}

fn compare_commands_without_a_server(schemas: &Schemas) {
    let found = schemas.answer("check", &in_fixture("broken", &["check", "."]));
    assert!(found["errors"].as_u64() > Some(0));
    schemas.answer("check", &in_folder(here(), &["check", "../../tests/broken"]));
    schemas.answer("check", &in_fixture("warned", &["check", "."]));
    schemas.answer("check", &in_fixture("leave", &["check", "."]));
    schemas.answer("check-explain", &in_folder(here(), &["check", "--explain", "unknown-function"]));
    schemas.answer("functions", &in_folder(here(), &["functions"]));

    let tested = schemas.answer("test", &in_fixture("leave", &["test", "."]));
    assert_eq!(tested["failed"], 0);
    let tested = schemas.answer("test", &in_folder(failing_tests().path(), &["test", "."]));
    let outcomes: BTreeSet<_> =
        tested["cases"].as_array().unwrap().iter().map(|case| case["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, BTreeSet::from(["failed", "not_answered", "passed"]), "{tested:#}");
    let misspelt = schemas.answer("test", &in_fixture("misspelt", &["test", "."]));
    assert!(!misspelt["diagnostics"].as_array().unwrap().is_empty());

    schemas.failure(&in_folder(here(), &["check", "nowhere.xml"]));
    let refused = ["eval", "--policy", "types.xml", "--request", "../set/any.json"];
    assert!(schemas.failure(&in_fixture("broken", &refused))["diagnostics"].is_array());
}

fn compare_places(schemas: &Schemas, server: &Server) {
    let run = |arguments: &[&str]| server.run(&[arguments, &["--output", "json"]].concat());
    schemas.answer("organisation", &run(&["org", "create", "acme", "--display-name", "ACME Ltd"]));
    schemas.answer("organisation", &run(&["org", "show", "acme"]));
    let update = ["org", "update", "acme", "--max-idle", "90d", "--country", "DE", "--unset", "display_name"];
    let changed = schemas.answer("organisation", &run(&update));
    assert_eq!((&changed["policy"]["max_idle_seconds"], &changed["display_name"]), (&json!(7_776_000), &Value::Null));
    schemas.answer("organisation", &run(&["org", "update", "acme", "--unset", "conditions"]));
    assert!(schemas.failure(&run(&["org", "update", "acme"]))["detail"].is_string());
    let policy =
        ["org", "create", "strict", "--max-age", "365d", "--max-idle", "90d", "--rotate-every", "30d", "--grace", "1d"];
    let strict = schemas.answer("organisation", &run(&policy));
    let expected = json!({"max_age_seconds": 31_536_000, "max_idle_seconds": 7_776_000,
                          "rotation_interval_seconds": 2_592_000, "grace_seconds": 86_400, "responses": [],
                          "holidays": []});
    assert_eq!(strict["policy"], expected);
    let respond = ["org", "update", "strict", "--respond", "suspend:critical", "--respond", "rotate:low:dormant"];
    let strict = schemas.answer("organisation", &run(&respond));
    assert_eq!(strict["policy"]["responses"][1]["detector"], "dormant");
    let rest = ["org", "update", "strict", "--holiday", "2026-12-24/2027-01-01", "--holiday", "2026-05-01"];
    let rested = schemas.answer("organisation", &run(&rest));
    assert_eq!(rested["policy"]["holidays"], json!(["2026-05-01", "2026-12-24/2027-01-01"]));
    assert_eq!(rested["policy"]["responses"][1]["detector"], "dormant", "what isn't named stays");
    let shown = server.run(&["org", "show", "strict"]).stdout;
    assert!(shown.contains("keys get a new secret every 30d\n"), "{shown}");
    assert!(shown.contains("its keys rest on: 2026-05-01, 2026-12-24/2027-01-01\n"), "{shown}");
    let worked = schemas.answer("organisation", &run(&["org", "update", "strict", "--unset", "policy.holidays"]));
    assert_eq!(worked["policy"]["holidays"], json!([]));
    schemas.answer("organisation-list", &run(&["org", "list"]));
    compare_plans(schemas, server);
    let window = "Mon-Fri 08:00-18:00 Europe/Berlin";
    schemas.answer("project", &run(&["project", "create", "acme/atlas", "--window", window]));
    schemas.answer("project", &run(&["project", "show", "acme/atlas"]));
    let update = ["project", "update", "acme/atlas", "--network", "10.0.0.0/8", "--unset", "conditions.windows"];
    let changed = schemas.answer("project", &run(&update));
    assert_eq!(
        (&changed["conditions"]["networks"], &changed["conditions"]["windows"]),
        (&json!(["10.0.0.0/8"]), &json!([]))
    );
    schemas.answer("project-list", &run(&["project", "list", "acme"]));
    schemas.failure(&run(&["org", "create", "acme"]));
    schemas.failure(&run(&["org", "show", "nobody"]));
    assert!(schemas.failure(&run(&["org", "create", "Not A Name"]))["errors"].is_array());
}

fn compare_plans(schemas: &Schemas, server: &Server) {
    let run = |arguments: &[&str]| server.run(&[arguments, &["--output", "json"]].concat());
    let plans = schemas.answer("plan-list", &run(&["plan", "list"]));
    let shown = schemas.answer("plan", &run(&["plan", "show", "professional"]));
    assert_eq!(plans["items"][1], shown);
    schemas.failure(&run(&["plan", "show", "gold"]));
    let lower = ["org", "update", "strict", "--plan", "professional"];
    let would = schemas.answer("plan-standing", &run(&[&lower[..], &["--dry-run"]].concat()));
    assert_eq!((&would["has"], &would["over"][0]["maximum"]), (&json!("enterprise"), &json!("anomaly_responses")));
    schemas.compare("plan-over", &would["over"][0].to_string());
    let lowered = schemas.answer("organisation", &run(&lower));
    assert_eq!((&lowered["plan"], &lowered["over"]), (&json!("professional"), &would["over"]));
    assert!(lowered["plan_grace_until"].is_string());
    let hook = ["contact", "create", "strict", "--webhook", "https://hooks.invalid/argus"];
    assert_eq!(schemas.failure(&run(&hook))["maximum"], "webhooks");
    let raised = schemas.answer("organisation", &run(&["org", "update", "strict", "--unset", "plan"]));
    assert_eq!((&raised["plan"], &raised["over"]), (&json!("enterprise"), &json!([])));
}

fn compare_credentials(schemas: &Schemas, server: &Server) {
    let run = |arguments: &[&str]| server.run(&[&["key", "credential"], arguments, &["--output", "json"]].concat());
    let pem = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----\n";
    fs::write(server.folder().join("reader.pub.pem"), pem).unwrap();
    let add = |flags: &[&str]| run(&[&["add", "acme/pep"], flags].concat());
    let added = schemas.answer("credential", &add(&["--public-key", "reader.pub.pem", "--kid", "build"]));
    assert_eq!((&added["public"]["jwk"]["kid"], &added["applied_by"]), (&json!("build"), &json!(1)));
    schemas.answer("credential", &add(&["--issuer", "https://ci.example", "--subject", "acme/build"]));
    schemas.answer("credential", &add(&["--jwks-url", "https://ci.example/jwks.json", "--algorithm", "ES256"]));
    schemas.answer("credential", &add(&["--certificate-dns", "pep.acme.example"]));
    assert_eq!(schemas.failure(&add(&["--certificate-dns", "*.acme.example"]))["errors"][0]["pointer"], "/san_dns");
    let listed = schemas.answer("credential-list", &run(&["list", "acme/pep"]));
    let kinds: Vec<_> = listed["items"].as_array().unwrap().iter().map(|item| item["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["secret", "public_key", "jwt_subject", "jwks_url", "certificate"]);
    let revoked = run(&["revoke", "acme/pep", added["id"].as_str().unwrap(), "--yes"]);
    assert_eq!(schemas.answer("credential", &revoked)["state"], "revoked");
}

fn compare_keys(schemas: &Schemas, server: &Server) {
    let run = |arguments: &[&str]| server.run(&[arguments, &["--output", "json"]].concat());
    let reader = ["key", "create", "acme/reader", "--scope", "acme/evidence:read", "--secret-to", "reader.key"];
    let made = schemas.answer("key-created", &run(&reader));
    assert_eq!(made["secret_file"], "reader.key");
    let shown = ["key", "create", "acme/shown", "--scope", "acme/x:read", "--network", "10.0.0.0/8", "--tag", "ci"];
    assert!(schemas.answer("key-created", &run(&shown))["secret"].is_string());

    let verify = |more: &[&str]| {
        let asked = ["verify", "--credential-file", "reader.key", "--resource", "acme/evidence/42"];
        schemas.answer("verify", &run(&[&asked, more].concat()))
    };
    assert_eq!(verify(&["--action", "read", "--ip", "192.0.2.7"])["decision"], "Permit");
    assert_eq!(verify(&["--action", "write"])["reason"], "scope_missing");
    let flags =
        ["acme/x", "--scope", "acme/x:read", "--network", "10.0.0.0/8", "--network-type", "vpn", "--device-compliant"];
    schemas.answer("key-preview", &run(&[&["key", "preview"], &flags[..]].concat()));
    schemas.answer("key-preview", &run(&["key", "preview", "acme/x", "--scope", "acme"]));
    schemas.answer("key", &run(&["key", "show", "acme/reader"]));
    let update = ["key", "update", "acme/shown", "--owner", "ada@acme.example", "--expires", "30d", "--unset", "tags"];
    let changed = schemas.answer("key", &run(&update));
    assert_eq!((&changed["owner"], &changed["tags"]), (&json!("ada@acme.example"), &json!([])));
    let narrowed = run(&["key", "update", "acme/reader", "--network", "192.0.2.0/24"]);
    schemas.answer("key", &narrowed);
    assert_eq!(verify(&["--action", "read", "--ip", "198.51.100.7"])["reason"], "condition_ip");
    schemas.answer("key", &run(&["key", "update", "acme/reader", "--unset", "conditions"]));
    let durable = schemas.answer("key", &run(&["key", "update", "acme/reader", "--durable"]));
    assert_eq!((&durable["durable"], &verify(&["--action", "read"])["decision"]), (&json!(true), &json!("Permit")));
    let words = server.run(&["key", "show", "acme/reader"]).stdout;
    assert!(words.contains("\ndurable: no use of it is answered before"), "{words}");
    let volatile = schemas.answer("key", &run(&["key", "update", "acme/reader", "--unset", "durable"]));
    assert_eq!(volatile["durable"], false);
    schemas.answer("key-list", &run(&["key", "list", "acme"]));
    assert!(schemas.answer("key-rotated", &run(&["key", "rotate", "acme/shown", "--collect"]))["collect"].is_string());
    assert!(
        schemas.answer("key-rotated", &run(&["key", "rotate", "acme/shown", "--grace", "1h"]))["secret"].is_string()
    );
    assert_eq!(schemas.answer("key-stopped", &run(&["key", "suspend", "acme/shown"]))["state"], "suspended");
    schemas.answer("key-stopped", &run(&["key", "resume", "acme/shown"]));
    let revoked = schemas.answer("key-revoked", &run(&["key", "revoke", "acme/reader", "--yes"]));
    assert_eq!((&revoked["applied_by"], &revoked["state"]), (&json!(1), &json!("revoked")));
    assert_eq!(verify(&["--action", "read"])["reason"], "credential_revoked");
    schemas.answer("key", &run(&["key", "show", "acme/reader"]));
    collect_and_revoke_many(schemas, server);

    let refused = server.run_with_key("reader.key", &["key", "list", "acme", "--output", "json"]);
    schemas.failure(&refused);
    let pep = ["key", "create", "acme/pep", "--scope", "acme/argus/pdp:execute", "--secret-to", "pep.key"];
    schemas.answer("key-created", &run(&pep));
    let lacking = server.run_with_key("pep.key", &["key", "list", "acme", "--output", "json"]);
    assert_eq!(schemas.failure(&lacking)["needed_scope"], "acme/argus/keys:read");
}

fn collect_and_revoke_many(schemas: &Schemas, server: &Server) {
    let run = |arguments: &[&str]| server.run(&[arguments, &["--output", "json"]].concat());
    let holder =
        ["key", "create", "acme/holder", "--scope", "acme/x:read", "--tag", "many", "--owner", "ada", "--grace"];
    schemas.answer("key-created", &run(&[&holder[..], &["2h", "--secret-to", "holder.key"]].concat()));
    let opened = schemas.answer("key-rotated", &run(&["key", "rotate", "acme/holder", "--collect"]));
    let [id, credential] = ["id", "credential_id"].map(|member| opened[member].as_str().unwrap());
    let collect = ["key", "collect", id, credential, "--secret-to", "new.key", "--output", "json"];
    let collected = schemas.answer("key-rotated", &server.run_with_key("holder.key", &collect));
    assert_eq!((&collected["state"], &collected["secret_file"]), (&json!("rotating"), &json!("new.key")));
    let again = server.run_with_key("new.key", &["key", "collect", id, credential, "--output", "json"]);
    assert_eq!(schemas.failure(&again)["type"], "urn:argus:problem:wrong-state");

    let narrow =
        ["key", "list", "acme", "--owner", "ada", "--tag", "many", "--environment", "live", "--state", "rotating"];
    let items = |more: &[&str]| {
        let list = schemas.answer("key-list", &run(&[&narrow, more].concat()));
        list["items"].as_array().unwrap().len()
    };
    assert_eq!((items(&[]), items(&["--created-before", "2020-01-01T00:00:00Z"])), (1, 0));
    assert_eq!((items(&["--created-from", "2020-01-01T00:00:00Z"]), items(&["--parent", id])), (1, 0));

    let many = ["key", "revoke-many", "acme", "--tag", "many"];
    let found = schemas.answer("keys-revoked", &run(&[&many[..], &["--dry-run"]].concat()));
    assert_eq!((&found["dry_run"], &found["revoked"]), (&json!(true), &json!(1)));
    let unasked = run(&many);
    assert_eq!((unasked.code, schemas.failure(&unasked)["type"].as_str()), (64, Some("urn:argus:problem:usage")));
    let done = schemas.answer("keys-revoked", &run(&[&many[..], &["--reason", "over", "--yes"]].concat()));
    assert_eq!((&done["revoked"], &done["key_ids"]), (&json!(1), &json!([id])));

    let told = |more: &[&str]| {
        let list = schemas.answer("notice-list", &run(&[&["outbox", "list", "acme", "--waiting"], more].concat()));
        let kinds = list["items"].as_array().unwrap().iter().map(|notice| notice["type"].as_str().unwrap().to_owned());
        kinds.collect::<Vec<_>>()
    };
    assert_eq!(told(&["--key", id]), ["key.rotation_opened", "key.rotated", "key.revoked"]);
    assert_eq!(told(&["--key", id, "--type", "key.revoked"]), ["key.revoked"]);
}

/// A key that is denied many things at once stands out, from its first day.
fn compare_anomalies(schemas: &Schemas, server: &Server) {
    let run = |arguments: &[&str]| server.run(&[arguments, &["--output", "json"]].concat());
    let create = ["key", "create", "acme/atlas/prober", "--scope", "acme/atlas/evidence:read"];
    schemas.answer("key-created", &run(&[&create[..], &["--secret-to", "prober.key"]].concat()));
    for n in 0..20 {
        let asked = ["verify", "--credential-file", "prober.key", "--action", "read", "--resource"];
        run(&[&asked[..], &[&format!("acme/atlas/elsewhere/{n}")]].concat());
    }
    let list = || schemas.answer("anomaly-list", &run(&["anomaly", "list", "acme", "--detector", "probing"]));
    let began = std::time::Instant::now();
    let mut found = list();
    while found["items"].as_array().unwrap().is_empty() && began.elapsed().as_secs() < 60 {
        std::thread::yield_now();
        found = list();
    }
    let id = found["items"][0]["id"].as_str().unwrap().to_owned();
    let shown = schemas.answer("anomaly", &run(&["anomaly", "show", &id]));
    assert_eq!((&shown["state"], &shown["response"]), (&json!("open"), &json!("notify")));
    schemas.answer("anomaly", &run(&["anomaly", "acknowledge", &id, "--reason", "a trial"]));
    let snoozed = schemas.answer("anomaly", &run(&["anomaly", "snooze", &id, "--for", "2d"]));
    assert!(snoozed["snoozed_until"].is_string());
    let marked = schemas.answer("anomaly", &run(&["anomaly", "false", &id]));
    assert_eq!(marked["state"], "false");
    assert_eq!(
        schemas.failure(&run(&["anomaly", "snooze", &id, "--for", "2d"]))["type"],
        "urn:argus:problem:wrong-state"
    );
}

fn compare_limits(schemas: &Schemas, server: &Server) {
    let run = |arguments: &[&str]| server.run(&[arguments, &["--output", "json"]].concat());
    let create = ["limit", "create", "acme", "writes", "--owner", "ada", "--limit", "600", "--window", "1m"];
    let selected = ["--strategy", "token-bucket", "--burst", "50", "--action", "write", "--resource-type", "report"];
    let made = schemas.answer("limit", &run(&[&create[..], &selected].concat()));
    assert_eq!((&made["strategy"], &made["window_seconds"]), (&json!("token_bucket"), &json!(60)));
    assert_eq!(schemas.failure(&run(&create))["type"], "urn:argus:problem:already-exists");
    let unset = ["limit", "update", "acme/writes", "--unset", "resource_types", "--limit", "7"];
    let changed = schemas.answer("limit", &run(&unset));
    assert_eq!((&changed["limit"], &changed["resource_types"]), (&json!(7), &json!([])));
    assert_eq!(schemas.answer("limit", &run(&["limit", "show", made["id"].as_str().unwrap()])), changed);
    let listed = schemas.answer("limit-list", &run(&["limit", "list", "acme", "--owner", "ada"]));
    assert_eq!(listed["items"], json!([changed]));
    let words = server.run(&["limit", "list", "acme"]);
    assert!(words.stdout.contains("7 in 1m, 50 at once") && words.stdout.contains("token bucket"), "{}", words.stdout);
    assert_eq!(run(&["limit", "remove", "acme/writes"]).code, 64, "it has to be confirmed");
    schemas.answer("limit", &run(&["limit", "remove", "acme/writes", "--yes"]));
    assert_eq!(schemas.failure(&run(&["limit", "show", "acme/writes"]))["type"], "urn:argus:problem:usage");

    let set = schemas.answer("cost", &run(&["cost", "set", "acme", "read:report=5", ":export=10"]));
    assert_eq!(set["costs"][1], json!({"resource_type": "export", "cost": 10}));
    assert_eq!(schemas.answer("cost", &run(&["cost", "show", "acme"])), set);
    assert_eq!(schemas.answer("cost", &run(&["cost", "set", "acme"]))["costs"], json!([]));
}

fn compare_contacts(schemas: &Schemas, server: &Server) {
    let run = |arguments: &[&str]| server.run(&[arguments, &["--output", "json"]].concat());
    let email =
        ["contact", "create", "acme", "--email", "ada@acme.example", "--owner", "ada", "--event", "key.revoked"];
    let email = schemas.answer("contact", &run(&email));
    assert_eq!((&email["owner"], &email["events"]), (&json!("ada"), &json!(["key.revoked"])));
    let create = ["contact", "create", "acme", "--webhook", "https://hooks.invalid/argus"];
    let shown = schemas.answer("contact", &run(&create));
    assert!(shown["secret"].as_str().unwrap().starts_with("whsec_"));
    let hook = schemas.answer("contact", &run(&[&create[..], &["--secret-to", "hook.secret"]].concat()));
    assert_eq!(hook["secret_file"], "hook.secret");
    let secret = fs::read_to_string(server.folder().join("hook.secret")).unwrap();
    assert!(secret.starts_with("whsec_"));
    let id = hook["id"].as_str().unwrap();
    schemas.answer("contact", &run(&["contact", "show", id]));
    let changed = schemas.answer("contact", &run(&["contact", "update", id, "--owner", "ada", "--unset", "events"]));
    assert_eq!(changed["owner"], "ada");
    let rotated = schemas.answer("contact", &run(&["contact", "rotate", id, "--grace", "1h"]));
    assert!(rotated["older_secret_until"].is_string() && rotated["secret"] != secret.trim());
    let delivery = schemas.answer("delivery", &run(&["contact", "test", id]));
    let delivery = delivery["id"].as_str().unwrap();
    schemas.answer("delivery", &run(&["delivery", "show", delivery]));
    let disabled = schemas.answer("contact", &run(&["contact", "update", id, "--disable"]));
    assert_eq!(disabled["state"], "disabled");
    let dead = schemas.answer("delivery-list", &run(&["delivery", "list", "acme", "--contact", id, "--state", "dead"]));
    assert_eq!(dead["items"][0]["id"], delivery, "what waits is given up");
    assert_eq!(schemas.failure(&run(&["delivery", "replay", delivery]))["type"], "urn:argus:problem:wrong-state");
    schemas.answer("contact", &run(&["contact", "update", id, "--enable"]));
    schemas.answer("delivery", &run(&["delivery", "replay", delivery]));
    assert_eq!(
        schemas.answer("contact-list", &run(&["contact", "list", "acme"]))["items"].as_array().unwrap().len(),
        3
    );
    assert_eq!(run(&["contact", "remove", id]).code, 64, "it has to be confirmed");
    schemas.answer("contact", &run(&["contact", "remove", id, "--yes"]));
    assert_eq!(schemas.failure(&run(&["contact", "show", id]))["type"], "urn:argus:problem:not-found");
    assert_eq!(schemas.failure(&run(&["contact", "show", "../keys"]))["type"], "urn:argus:problem:usage");
    let words = server.run(&["contact", "list", "acme"]);
    assert!(words.stdout.contains("ada@acme.example") && words.stdout.contains("STATE"), "{words:?}");
}

fn compare_usage(schemas: &Schemas, server: &Server) {
    let show = |more: &[&str]| {
        let list = schemas.answer("usage-list", &server.run(&[&["usage", "acme", "--output", "json"], more].concat()));
        list["items"].as_array().unwrap().clone()
    };
    // What was decided before is counted within two seconds.
    let until = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while !show(&["--by", "reason"]).iter().any(|line| line["group"] == "credential_revoked") {
        assert!(std::time::Instant::now() < until, "it isn't counted");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert!(show(&[])[0]["latency"]["p50_microseconds"].as_f64() > Some(0.0));
    let of_key = show(&["--key", "acme/reader", "--by", "key", "--granularity", "day"]);
    assert_eq!((of_key.len(), &of_key[0]["group"]), (1, &json!("acme/reader")));
    assert_eq!(show(&["--before", "2020-01-01T00:00:00Z"]), [] as [Value; 0]);
}

fn compare_decisions(schemas: &Schemas, server: &Server) {
    let run = |arguments: &[&str]| server.run(&[arguments, &["--output", "json"]].concat());
    let listed = schemas.answer("decision-list", &run(&["decisions", "list", "acme", "--decision", "Permit"]));
    let id = listed["items"][0]["id"].as_str().unwrap();
    schemas.answer("decision", &run(&["decisions", "show", id]));
    assert_eq!(schemas.answer("decision-replayed", &run(&["replay", id]))["is_same"], true);
    let policies = here().join("../../policies");
    let (root, folder) = (policies.join("argus-admin.xml"), policies.to_str().unwrap().to_owned());
    let by_files = ["replay", id, "--policy", root.to_str().unwrap(), "--policies", &folder];
    let replayed = schemas.answer("decision-replayed", &run(&by_files));
    assert_eq!((&replayed["is_same"], &replayed["policy_after"]), (&json!(false), &Value::Null), "{replayed:#}");
    schemas.failure(&run(&["decisions", "show", "none"]));
    let refused = schemas.answer("decision-list", &run(&["decisions", "list", "--reason", "credential_revoked"]));
    let refused = schemas.failure(&run(&["replay", refused["items"][0]["id"].as_str().unwrap()]));
    assert_eq!(refused["type"], "urn:argus:problem:wrong-state");
}

fn compare_reviews(schemas: &Schemas, server: &Server) {
    let run = |arguments: &[&str]| server.run(&[arguments, &["--output", "json"]].concat());
    let started = schemas.answer("review", &run(&["review", "start", "acme"]));
    let id = started["id"].as_str().unwrap();
    assert_eq!(schemas.failure(&run(&["review", "start", "acme"]))["type"], "urn:argus:problem:wrong-state");
    assert_eq!(run(&["review", "start", "acme", "--replace"]).code, 64, "there is nobody to ask");
    let say =
        ["review", "decide", "acme", "acme/atlas/prober", "--verdict", "narrow", "--reason", "one folder is enough"];
    assert_eq!(schemas.answer("review", &run(&say))["narrow"], 1);
    let shown = schemas.answer("review-shown", &run(&["review", "show", id, "--verdict", "narrow"]));
    assert_eq!(
        (&shown["items"][0]["key_path"], &shown["items"][0]["carried_out"]),
        (&json!("acme/atlas/prober"), &json!("pending"))
    );
    schemas.answer("review", &run(&["review", "decide", "acme", "--rest", "--reason", "in use"]));
    assert_eq!(run(&["review", "sign", "acme"]).code, 64);
    let signed = schemas.answer("review", &run(&["review", "sign", id, "--statement", "third quarter", "--yes"]));
    assert_eq!((&signed["state"], &signed["undecided"]), (&json!("signed"), &json!(0)));
    let list = schemas.answer("review-list", &run(&["review", "list", "acme", "--state", "signed"]));
    assert_eq!(list["items"][0]["id"], id);
}

fn compare_signing_keys(schemas: &Schemas, server: &Server) {
    let run = |arguments: &[&str]| server.run(&[arguments, &["--output", "json"]].concat());
    let first = schemas.answer("signing-key-rotated", &run(&["signing-key", "rotate"]));
    assert_eq!((&first["state"], &first["algorithm"]), (&json!("signing"), &json!("ES256")), "nobody knew another");
    let next = schemas.answer("signing-key-rotated", &run(&["signing-key", "rotate"]));
    assert_eq!(next["state"], "published");
    let list = schemas.answer("signing-key-list", &run(&["signing-key", "list"]));
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
    let unasked = run(&["signing-key", "rotate", "--emergency"]);
    assert_eq!(unasked.code, 64);
    let at_once = run(&["signing-key", "rotate", "--emergency", "--yes"]);
    assert_eq!(schemas.answer("signing-key-rotated", &at_once)["state"], "signing");
}

fn compare_audit(schemas: &Schemas, server: &Server) {
    let run = |arguments: &[&str]| server.run(&[arguments, &["--output", "json"]].concat());
    let list = schemas.answer("audit-list", &run(&["audit", "list", "acme", "--target", "acme/reader"]));
    let events: Vec<_> = list["items"].as_array().unwrap().iter().map(|entry| entry["event"].as_str()).collect();
    assert_eq!(events.first(), Some(&Some("key.created")), "{list:#}");
    assert!(events.contains(&Some("key.revoked")), "{list:#}");
    schemas.answer("audit-list", &run(&["audit", "list"]));
    schemas.answer("audit-entry", &run(&["audit", "show", "3"]));
    schemas.answer("audit-keys", &run(&["audit", "keys"]));
    assert_eq!(schemas.answer("audit-verified", &run(&["audit", "verify"]))["is_whole"], true);
    assert_eq!(run(&["audit", "export", "--to", "audit.jsonl"]).code, 0);
    let export = fs::read_to_string(server.folder().join("audit.jsonl")).unwrap();
    fs::write(server.folder().join("altered.jsonl"), export.replace("acme/reader", "acme/writer")).unwrap();
    let broken = run(&["audit", "verify", "altered.jsonl"]);
    assert_eq!((broken.code, &schemas.answer("audit-verified", &broken)["is_whole"]), (1, &json!(false)));
    let owner = ["key", "create", "acme/gone", "--scope", "acme/x:read", "--owner", "grace", "--secret-to", "gone.key"];
    schemas.answer("key-created", &run(&owner));
    schemas.failure(&run(&["audit", "forget", "acme", "grace", "--yes"]));
    schemas.answer("key-revoked", &run(&["key", "revoke", "acme/gone", "--yes"]));
    let forgotten = schemas.answer("audit-forgotten", &run(&["audit", "forget", "acme", "grace", "--yes"]));
    assert_eq!(forgotten["keys_written_over"], 1);
    schemas.answer("person-export", &run(&["person", "export", "acme", "whoever runs this installation"]));
    schemas.answer("key-advice", &run(&["key", "advise", "acme/reader"]));
    let risks = schemas.answer("risks", &run(&["key", "advise", "--org", "acme"]));
    assert!(risks["items"][0].is_object(), "{risks}");
    let report = schemas.answer("compliance-fips", &run(&["compliance", "fips"]));
    assert_eq!((&report["failed"], report["controls"].as_array().unwrap().len()), (&json!(0), 11), "{report:#}");
    for framework in ["soc2", "iso27001", "pci-dss", "gdpr"] {
        let report = schemas.answer("compliance-report", &run(&["compliance", framework]));
        assert_eq!((&report["framework"], &report["audit"]["is_whole"]), (&json!(framework), &json!(true)));
    }
    let pack = schemas.answer("compliance-report", &run(&["compliance", "breach", "acme/reader"]));
    assert_eq!((&pack["framework"], &pack["key"]), (&json!("breach"), &json!("acme/reader")));
    assert_eq!(run(&["compliance", "soc2", "acme", "--format", "pack", "--file", "soc2.zip"]).code, 0);
    let checked = schemas.answer("compliance-verified", &run(&["compliance", "verify", "soc2.zip"]));
    assert_eq!((&checked["is_whole"], &checked["query"]["framework"]), (&json!(true), &json!("soc2")));
    let refused = run(&["compliance", "verify", "audit.jsonl"]);
    assert_eq!((refused.code, &schemas.answer("compliance-verified", &refused)["is_whole"]), (1, &json!(false)));
}

#[test]
fn what_programs_read_is_described_by_the_schemas() {
    let schemas = Schemas::read();
    compare_commands_without_a_server(&schemas);
    let server = Server::start(&["--signing-key", "p-256", "--decision-log", "all"]);
    schemas.compare("serve", &server.ready().to_string());
    let status = run(server.client(argus(server.folder()).args(["status", "--output", "json"])));
    schemas.answer("status", &status);
    let known = schemas.answer("status", &server.run(&["status", "--output", "json"]));
    assert_eq!((&known["nodes"]["items"][0]["state"], &known["revocation_bound_seconds"]), (&json!("live"), &json!(0)));
    compare_places(&schemas, &server);
    compare_keys(&schemas, &server);
    compare_anomalies(&schemas, &server);
    compare_contacts(&schemas, &server);
    compare_limits(&schemas, &server);
    compare_reviews(&schemas, &server);
    compare_usage(&schemas, &server);
    compare_decisions(&schemas, &server);
    compare_signing_keys(&schemas, &server);
    compare_credentials(&schemas, &server);
    compare_audit(&schemas, &server);

    let copied = in_folder(server.folder(), &["backup", "copy.db"]);
    schemas.answer("backup", &copied);
    let folder = server.stop_and_keep();
    let exported = schemas.answer("migrate", &in_folder(folder.path(), &["migrate", "export", "argus.export"]));
    let import = ["migrate", "import", "argus.export", "--data-dir", "other"];
    let imported = schemas.answer("migrate", &in_folder(folder.path(), &import));
    assert_eq!(imported["sha256"], exported["sha256"]);
    schemas.failure(&in_folder(folder.path(), &import));
    let destroy = ["master-key", "destroy", "--data-dir", "other"];
    schemas.failure(&in_folder(folder.path(), &destroy));
    // To the letter of a control map of FIPS 140.
    let destroyed = in_folder(folder.path(), &["keys", "destroy", "--for-good", "--data-dir", "other"]);
    assert_eq!(schemas.answer("master-key-destroyed", &destroyed)["master_key"], "elsewhere");

    // Parts of others.
    let compared = schemas.compared.into_inner();
    let parts = BTreeSet::from(
        [
            "conditions",
            "decision-policy",
            "diagnostic",
            "guidance",
            "in-force",
            "key-risk",
            "node",
            "review-key",
            "signing-key",
        ]
        .map(str::to_owned),
    );
    let all: BTreeSet<String> = schemas.by_name.into_keys().collect();
    assert_eq!(all, &compared | &parts, "a schema that nothing is compared with");
}

#[test]
fn a_member_that_no_schema_describes_is_found() {
    let mut schemas = Schemas::read();
    let undescribed = json!({ "diagnostics": [], "errors": 0, "warnings": 0, "hints": 0 }).to_string();
    let compare = |schemas: &Schemas| {
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| schemas.compare("check", &undescribed))).is_err()
    };
    assert!(compare(&schemas));
    let described = schemas.by_name.get_mut("check").unwrap();
    described["properties"]["hints"] = json!({ "type": "integer" });
    assert!(!compare(&schemas));
}
