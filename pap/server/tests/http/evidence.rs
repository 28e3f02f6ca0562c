//! Reports of one seeded organisation, on a file and on a server: of alerts and their answers, and of a key's breach.

use std::collections::BTreeMap;
use std::sync::Arc;

use argus_store::anomaly::{self, AnomalyDetector, Evidence, Response, Severity, Sign};
use argus_store::audit::AuditEvent;
use argus_store::decision::{self, Decision};
use argus_store::policy_document::{self, DocumentKind, NewPolicyDocument};
use argus_store::usage::{self, Granularity, Merges, UsageCounts, UsageOf, UsageRow};
use argus_store::{Act, KeyId, Location, NodeId, Store, organisation};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::postgres::PostgresServer;
use crate::support::{Installation, add_host, issuer, node, noon, on};
use crate::{ROOT, get, post, request, send};

const FRAMEWORKS: [&str; 5] = ["soc2", "iso27001", "pci-dss", "gdpr", "fips"];

/// The keys of acme's, by their names.
type Keys = BTreeMap<&'static str, KeyId>;

/// The seeded installation in a file, and in a server where this machine has one.
async fn on_both() -> Vec<(Installation, Keys)> {
    let folder = tempfile::tempdir().unwrap();
    let file = format!("sqlite://{}", folder.path().join("argus.db").display());
    let mut both = vec![seeded(&file, folder).await];
    match PostgresServer::shared() {
        Some(server) => both.push(seeded(&server.new_database(), tempfile::tempdir().unwrap()).await),
        None => println!("skipped on PostgreSQL: this machine has none"),
    }
    both
}

async fn seeded(url: &str, folder: tempfile::TempDir) -> (Installation, Keys) {
    let store = Store::open(Location::parse(url).unwrap()).unwrap();
    let mut installation = on(store, folder);
    add_host(&installation.store);
    // What is made is ten days old.
    let (earlier, _) = node(&installation.store, Arc::new(|| ago(14_400)), issuer());
    let now = std::mem::replace(&mut installation.admin, earlier);
    for (path, body) in [
        ("/v1/organisations", json!({"name": "acme"})),
        ("/v1/projects", json!({"organisation": "acme", "name": "atlas"})),
        (
            "/v1/limits",
            json!({"organisation": "acme", "owner": "grace@acme.example", "name": "calls",
            "strategy": "fixed_window", "limit": 5, "window_seconds": 60}),
        ),
        ("/v1/contacts", json!({"organisation": "acme", "kind": "webhook", "address": "https://hooks.acme.example/x"})),
    ] {
        let made = post(&installation, ROOT, path, &body).await;
        assert_eq!(made.status, 201, "{made:?}");
    }
    let mut keys = Keys::new();
    for (name, more) in [
        ("stolen", json!({"conditions": {"networks": ["10.0.0.0/8"]}})),
        ("renewed", json!({})),
        ("ended", json!({"owner": "grace@acme.example"})),
        ("shared", json!({"owner": "grace@acme.example"})),
        ("quiet", json!({"limits": [{"name": "l", "strategy": "fixed_window", "limit": 5, "window_seconds": 60}]})),
    ] {
        let mut body = json!({"organisation": "acme", "project": "atlas", "name": name, "scopes": ["acme/atlas:read"],
            "owner": "ada@acme.example"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let made = post(&installation, ROOT, "/v1/keys", &body).await;
        assert_eq!(made.status, 201, "{made:?}");
        keys.insert(name, made.body["id"].as_str().unwrap().parse().unwrap());
    }
    installation.admin = now;
    alert(&installation, &keys).await;
    let import = |conn: &mut _| {
        let host = organisation::find_by_name(conn, "argus")?.unwrap().id;
        policy_document::import(conn, &Act::of_host(host, ago(50), "a test"), &[document()])
    };
    installation.store.write(import).unwrap();
    use_of(&installation.store, keys["stolen"]);
    (installation, keys)
}

/// Four alerts: one that a policy answered, two that people did, one that nobody did for two days.
async fn alert(installation: &Installation, keys: &Keys) {
    let store = &installation.store;
    let note = |name: &str, detector, severity, minutes: i64| {
        let sign = Sign {
            key: keys[name],
            detector,
            severity,
            explanation: "40 addresses within an hour".into(),
            evidence: Evidence::default(),
            since: ago(minutes).timestamp(),
            last_seen_at: ago(minutes),
            times: 1,
        };
        store.write(|conn| anomaly::note(conn, ago(minutes), &sign)).unwrap().unwrap().0.id
    };
    note("quiet", AnomalyDetector::NewCountry, Severity::High, 2 * 1_440);
    let stolen = note("stolen", AnomalyDetector::SharedKey, Severity::Critical, 40);
    store.write(|conn| anomaly::respond(conn, ago(40) + TimeDelta::seconds(2), stolen, Response::Suspend)).unwrap();
    let renewed = note("renewed", AnomalyDetector::WrongSecret, Severity::High, 30);
    let ended = note("ended", AnomalyDetector::Dormant, Severity::High, 7);
    for (path, body) in [
        (format!("/v1/anomalies/{renewed}/acknowledge"), json!({"reason": "a test of ours"})),
        (format!("/v1/anomalies/{ended}/snooze"), json!({"until": "2027-02-01T00:00:00Z"})),
        (format!("/v1/keys/{}/rotate", keys["renewed"]), json!({})),
        (format!("/v1/keys/{}/revoke", keys["ended"]), json!({"reason": "suspected"})),
    ] {
        let answer = post(installation, ROOT, &path, &body).await;
        assert!((200..300).contains(&answer.status), "{path}: {answer:?}");
    }
    for name in ["stolen", "quiet"] {
        store.write_aside(|conn| anomaly::save_watch(conn, keys[name], "AA==", ago(20))).unwrap();
    }
}

fn ago(minutes: i64) -> DateTime<Utc> {
    noon() - TimeDelta::minutes(minutes)
}

fn document() -> NewPolicyDocument {
    NewPolicyDocument {
        path: "root.xml".into(),
        digest: "sha256:cd".into(),
        kind: DocumentKind::PolicySet,
        policy_id: "urn:argus:policy:root".into(),
        version: "1.0".into(),
        text: "<PolicySet/>".into(),
    }
}

/// Three decisions in the log, and five that are counted.
fn use_of(store: &Store, key: KeyId) {
    let decided = |n: i64, action: Option<&str>, resource: &str, address: Option<&str>, decision: &str| Decision {
        id: format!("0197f3b0-0000-7000-8000-00000000000{n}"),
        at: ago(n),
        organisation: "acme".into(),
        door: "verify".into(),
        caller_key_id: KeyId::new(noon()),
        key_id: Some(key),
        decision: decision.into(),
        reason: None,
        action: action.map(Into::into),
        resource: Some(resource.into()),
        address: address.map(Into::into),
        microseconds: 211,
        policy_id: "urn:argus:policy:root".into(),
        policy_version: "1.0".into(),
        policy_set: "sha256:then".into(),
        is_evaluated: true,
        request: "{}".into(),
        response: "{}".into(),
        redacted: "[]".into(),
    };
    let rows = [
        decided(1, Some("read"), "acme/atlas/evidence/1", Some("203.0.113.7"), "Permit"),
        decided(2, Some("read"), "acme/atlas/evidence/1", Some("203.0.113.8"), "Permit"),
        decided(3, Some("delete"), "acme/atlas/Evidence/2", None, "Deny"),
    ];
    store.write_aside(|conn| decision::add(conn, &rows, &[])).unwrap();
    let counts = UsageCounts { requests: 5, permits: 4, denials: 1, cost: 4, ..UsageCounts::default() };
    let parts = json!({"country": {"DE": [4, 4, 0, 0, 0, 4], "unknown": [1, 0, 1, 0, 0, 0]},
        "exercised": {"acme/atlas/evidence:read": [4, 4, 0, 0, 0, 0]}});
    let row = UsageRow { counts, parts: parts.to_string(), latency: "{}".into(), distinct: BTreeMap::new() };
    let of = |granularity: Granularity| UsageOf {
        granularity,
        starts_at: granularity.start(ago(3).timestamp()),
        organisation: "acme".into(),
        key: Some(key),
    };
    let rows = BTreeMap::from([(of(Granularity::Day), row.clone()), (of(Granularity::Hour), row)]);
    let second = |_: &str, two: &str| two.to_owned();
    let merges = Merges { parts: &second, latency: &second, distinct: &second };
    store.write_aside(|conn| usage::add(conn, (NodeId::new(noon()), 1), noon(), &rows, merges)).unwrap();
}

/// What differs between two installations of the same seed, replaced: ids, hashes, salts, what signed. Rows of listings
/// have no order that two databases share where nothing but their ids orders them.
fn plain(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(plain_text(text)),
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(plain).collect();
            if items.iter().all(Value::is_array) {
                items.sort_by_key(Value::to_string);
            }
            Value::Array(items)
        }
        Value::Object(members) => members.iter().map(|(name, member)| (name.clone(), plain(member))).collect(),
        other => other.clone(),
    }
}

fn plain_text(text: &str) -> String {
    let is_random = |word: &str| {
        let is_hex = word.bytes().all(|octet| octet.is_ascii_hexdigit() || octet == b'-');
        is_hex && (word.len() == 36 || word.len() == 64) || word.len() == 43
    };
    text.split(' ').map(|word| if is_random(word) { "…" } else { word }).collect::<Vec<_>>().join(" ")
}

fn evidence(report: &Value, control: &str, name: &str) -> String {
    let controls = report["controls"].as_array().unwrap();
    let control = controls.iter().find(|one| one["id"] == control).unwrap();
    let item = control["evidence"].as_array().unwrap().iter().find(|item| item["name"] == name);
    item.unwrap_or_else(|| panic!("{name}: {control:#}"))["value"].as_str().unwrap().to_owned()
}

fn rows(report: &Value, listing: &str) -> Vec<String> {
    let listings = report["controls"].as_array().unwrap().iter().flat_map(|one| one["listings"].as_array().unwrap());
    let found = { listings }.find(|one| one["name"] == listing).unwrap();
    let cells = |row: &Value| serde_json::from_value::<Vec<String>>(row.clone()).unwrap();
    found["rows"].as_array().unwrap().iter().map(|row| cells(row).join("|")).collect()
}

#[actix_web::test]
async fn a_seeded_organisation_has_the_same_evidence_on_both_databases() {
    let both = on_both().await;
    let mut reports = Vec::new();
    for (installation, keys) in &both {
        let mut all = BTreeMap::new();
        let paths = FRAMEWORKS.iter().flat_map(|name| {
            let whole = format!("/v1/compliance/{name}");
            [whole.clone(), format!("{whole}?organisation=acme")].into_iter().take(if *name == "fips" { 1 } else { 2 })
        });
        for path in paths.collect::<Vec<_>>() {
            all.insert(path.clone(), plain(&get(installation, &path).await.body));
        }
        for (name, key) in keys {
            let pack = get(installation, &format!("/v1/compliance/breach/{key}")).await;
            assert_eq!(pack.status, 200, "{pack:?}");
            all.insert(format!("breach of {name}"), plain(&pack.body));
        }
        reports.push(all);
    }
    for other in reports.iter().skip(1) {
        for (path, report) in &reports[0] {
            let (one, two) = (format!("{report:#}"), format!("{:#}", other[path]));
            let unlike = one.lines().zip(two.lines()).find(|(one, two)| one != two);
            assert_eq!((unlike, one.lines().count()), (None, two.lines().count()), "{path}");
        }
    }
}

#[actix_web::test]
async fn alerts_are_evidence_by_severity_by_answer_and_by_what_became_of_the_key() {
    for (installation, _) in on_both().await {
        let soc2 = get(&installation, "/v1/compliance/soc2?organisation=acme").await.body;
        for (control, name, expected) in [
            ("CC6.6", "keys in use with a limit of their own", "1"),
            ("CC6.6", "keys in use with a limit that keys share", "1"),
            ("CC6.6", "keys in use with no limit at all", "2"),
            ("CC7.1", "detectors that are on", AnomalyDetector::WORDS.len().to_string().as_str()),
            ("CC7.1", "keys in use whose use is watched", "2"),
            ("CC7.1", "contacts that are told of what stands out", "1"),
            ("CC7.2", "alerts of this time", "4"),
            ("CC7.2", "alerts of severity critical", "1"),
            ("CC7.2", "alerts of severity high", "3"),
            ("CC7.2", "alerts of severity low", "0"),
            ("CC7.2", "alerts of the detector `shared-key`", "1"),
            ("CC7.3", "alerts of this time that are open now", "2"),
            ("CC7.3", "alerts that people answered in this time", "2"),
            ("CC7.3", "minutes from an alert to the answer, half of them at most", "7"),
            ("CC7.3", "minutes from an alert to the answer, the longest", "30"),
            ("CC7.3", "alerts of severity high or critical that nobody answered within a day", "1"),
            ("CC7.4", "alerts answered by Argus itself with suspend", "1"),
            ("CC7.4", "seconds from an alert to what Argus did, the longest", "2"),
            ("CC8.1", "changes of the set of policies in force, which is that of the whole installation", "1"),
        ] {
            assert_eq!(evidence(&soc2, control, name), expected, "{name}");
        }
        let control = |report: &Value, id: &str| {
            report["controls"].as_array().unwrap().iter().find(|one| one["id"] == id).unwrap().clone()
        };
        let answered = control(&soc2, "CC7.3");
        assert_eq!(answered["result"], "attention");
        let shown: Vec<_> = answered["excerpts"].as_array().unwrap().iter().map(|one| &one["event"]).collect();
        assert!(shown.contains(&&json!(AuditEvent::AnomalyAcknowledged.as_str())), "{shown:?}");
        let changed = control(&soc2, "CC8.1");
        let imported = AuditEvent::PoliciesImported.as_str();
        assert!(changed["excerpts"].as_array().unwrap().iter().any(|one| one["event"] == imported), "{changed:#}");

        let pci = get(&installation, "/v1/compliance/pci-dss?organisation=acme").await.body;
        for (name, expected) in [
            ("keys with an alert of severity high or critical that wasn't false", "4"),
            ("suspected keys that got a new secret afterwards", "1"),
            ("suspected keys that have ended", "1"),
            ("suspected keys with the secret that they had", "2"),
        ] {
            assert_eq!(evidence(&pci, "8.6.3", name), expected, "{name}");
        }
        assert_eq!(rows(&pci, "Suspected keys with the secret that they had").len(), 2);
        assert_eq!(control(&pci, "8.6.3")["result"], "attention", "one is suspected for two days");
        assert_eq!(control(&pci, "10.2.1.3")["result"], "not_covered");
        let said = ["who", "what", "when", "with which outcome", "about what", "at whose request"];
        let all = evidence(&pci, "10.2.2", "entries of this time");
        for what in said {
            assert_eq!(evidence(&pci, "10.2.2", &format!("entries that say {what}")), all, "{what}");
        }
    }
}

#[actix_web::test]
async fn the_breach_of_a_key_is_told_with_what_it_touched_when_and_from_where() {
    for (installation, keys) in on_both().await {
        let path = format!("/v1/compliance/breach/{}", keys["stolen"]);
        let pack = get(&installation, &path).await.body;
        assert_eq!((&pack["key"], &pack["framework"]), (&json!("acme/atlas/stolen"), &json!("breach")));
        for (control, name, expected) in [
            ("key", "bound to networks", "10.0.0.0/8"),
            ("key", "who answers for it", "ada@acme.example"),
            ("noticed", "the first of them", "2027-01-15 07:20:00"),
            ("noticed", "72 hours after it", "2027-01-18 07:20:00"),
            ("uses", "decisions in the days of this time (UTC)", "5"),
            ("uses", "permitted", "4"),
            ("uses", "the first hour with one", "2027-01-15 07:00:00"),
            ("touched", "decisions in the log", "3"),
            ("places", "countries that are known", "1"),
            ("acts", "entries of the audit by it", "0"),
            ("answer", "entries of the audit about it", "2"),
        ] {
            assert_eq!(evidence(&pack, control, name), expected, "{name}");
        }
        assert_eq!(
            rows(&pack, "On what, from the log of decisions"),
            [
                "read|acme/atlas/evidence/1|Permit|2|2027-01-15 07:58:00|2027-01-15 07:59:00",
                "delete|acme/atlas/Evidence/2|Deny|1|2027-01-15 07:57:00|2027-01-15 07:57:00",
            ]
        );
        let places = rows(&pack, "From where, from the log of decisions");
        assert!(
            places.contains(&"203.0.113.7|Permit|1|2027-01-15 07:59:00|2027-01-15 07:59:00".to_owned()),
            "{places:?}"
        );
        assert!(places.contains(&"unknown|Deny|1|2027-01-15 07:57:00|2027-01-15 07:57:00".to_owned()), "{places:?}");
        assert_eq!(rows(&pack, "By country"), ["DE|4|4", "unknown|1|0"]);

        let later = get(&installation, &format!("{path}?from=2027-01-16T00:00:00Z&to=2027-01-17T00:00:00Z")).await.body;
        assert_eq!((&later["summary"]["not_covered"], evidence(&later, "key", "state")), (&json!(5), "active".into()));
        let asked = request("GET".parse().unwrap(), &path).insert_header(("authorization", ROOT));
        let page = send(&installation, asked.insert_header(("accept", "text/html"))).await;
        assert!(String::from_utf8(page.octets).unwrap().contains("203.0.113.7"));
    }
}

#[actix_web::test]
async fn a_breach_is_told_to_those_alone_who_may_read_all_that_it_tells() {
    let (installation, keys) = on_both().await.remove(0);
    let path = format!("/v1/compliance/breach/{}", keys["stolen"]);
    let all = ["keys", "audit", "usage", "decisions"].map(|own| format!("acme/argus/{own}:read"));
    let ask = async |scopes: &[String]| {
        let who = format!("Bearer acme {}", scopes.join(" "));
        let asked = request("GET".parse().unwrap(), &path).insert_header(("authorization", who));
        send(&installation, asked).await
    };
    assert_eq!(ask(&all).await.status, 200);
    for without in 0..all.len() {
        let scopes: Vec<_> =
            all.iter().enumerate().filter(|(n, _)| *n != without).map(|(_, one)| one.clone()).collect();
        let expected = if without == 0 { "not-found" } else { "not-permitted" };
        assert_eq!(ask(&scopes).await.code(), expected, "{}", all[without]);
    }
    let unknown = get(&installation, &format!("/v1/compliance/breach/{}", KeyId::new(noon()))).await;
    assert_eq!(unknown.code(), "not-found");
}

#[actix_web::test]
async fn a_review_is_enough_for_a_quarter_where_it_was_signed_and_carried_out() {
    for (mut installation, keys) in on_both().await {
        let asked = "/v1/compliance/pci-dss?organisation=acme";
        let found = async |installation: &Installation| {
            let report = get(installation, asked).await.body;
            let control = report["controls"].as_array().unwrap().iter().find(|one| one["id"] == "7.2.5.1").unwrap();
            let findings = control["findings"].as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned());
            (control["result"].as_str().unwrap().to_owned(), findings.collect::<Vec<_>>().join("; "))
        };
        let (result, why) = found(&installation).await;
        assert!(result == "attention" && why.contains("nobody has ever signed a review of acme"), "{result}: {why}");
        let started = post(&installation, ROOT, "/v1/reviews", &json!({"organisation": "acme"})).await;
        let path = started.header("location").to_owned();
        for body in [
            json!({"key": keys["stolen"], "verdict": "revoke", "reason": "stolen"}),
            json!({"rest": true, "verdict": "keep", "reason": "in use"}),
        ] {
            assert_eq!(post(&installation, ROOT, &format!("{path}/decide"), &body).await.status, 200);
        }
        assert_eq!(found(&installation).await.0, "attention", "nobody has signed it");
        assert_eq!(post(&installation, ROOT, &format!("{path}/sign"), &json!({})).await.status, 200);
        let (result, why) = found(&installation).await;
        assert!(result == "attention" && why.starts_with("1 key is neither narrowed nor revoked"), "{result}: {why}");
        let report = get(&installation, asked).await.body;
        assert_eq!(
            rows(&report, "Verdicts that were not carried out"),
            ["acme/atlas/stolen|revoke|stolen|acme/atlas:read"]
        );
        post(&installation, ROOT, &format!("/v1/keys/{}/revoke", keys["stolen"]), &json!({})).await;
        assert_eq!(found(&installation).await, ("pass".to_owned(), String::new()));
        for (days, expected) in [(92, "pass"), (93, "attention")] {
            let (later, _) = node(&installation.store, Arc::new(move || noon() + TimeDelta::days(days)), issuer());
            installation.admin = later;
            let (result, why) = found(&installation).await;
            assert_eq!((result.as_str(), why.contains("93 days ago")), (expected, days == 93), "{why}");
            assert_eq!(
                evidence(&get(&installation, asked).await.body, "7.2.5.1", "keys in use that were made since"),
                "0"
            );
        }
    }
}
