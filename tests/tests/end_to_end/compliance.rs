//! The reports of a seeded organisation: complete, and each figure what SQL on the database file, or the list of what was
//! done, says as well.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use argus_store::Store;
use argus_store::anomaly::{self, AnomalyDetector, Evidence, Response, Severity, Sign};
use argus_tests::http::{once, post};
use argus_tests::program::{Server, stdout};
use argus_tests::walk::{Keys, create, create_key};
use chrono::{TimeDelta, Utc};
use diesel::sql_types::{BigInt, Text};
use diesel::{Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query};
use quick_xml::events::Event;
use serde_json::{Value, json};

const FRAMEWORKS: [&str; 4] = ["soc2", "iso27001", "pci-dss", "gdpr"];

/// A name that would end a table, were it not escaped.
const EXCEPTION: &str = "the <b>machine</b> & its \"friend\"";

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[derive(QueryableByName)]
struct Read {
    #[diesel(sql_type = Text)]
    text: String,
}

/// The database beside the server that has it open.
pub(super) struct Sql(pub(super) SqliteConnection);

impl Sql {
    pub(super) fn open(data: &Path) -> Self {
        let mut files = std::fs::read_dir(data).unwrap().map(|file| file.unwrap().path());
        let file = files.find(|file| file.extension().is_some_and(|ending| ending == "db")).unwrap();
        let mut own = Self(SqliteConnection::establish(file.to_str().unwrap()).unwrap());
        // The server writes meanwhile: what finds the database locked waits for its turn.
        own.run("PRAGMA busy_timeout = 10000");
        own
    }

    pub(super) fn count(&mut self, from: &str) -> String {
        let counted: Counted =
            sql_query(format!("SELECT count(*) AS count FROM {from}")).get_result(&mut self.0).unwrap();
        counted.count.to_string()
    }

    pub(super) fn run(&mut self, statement: &str) {
        sql_query(statement).execute(&mut self.0).unwrap();
    }

    pub(super) fn texts(&mut self, query: &str) -> Vec<String> {
        sql_query(query).load::<Read>(&mut self.0).unwrap().into_iter().map(|row| row.text).collect()
    }
}

pub(super) async fn ask(server: &Server, keys: &Keys, credential: &str, action: &str) {
    let body = json!({"credential": credential, "action": action, "resource": "acme/atlas/evidence/1",
        "context": {"ip": "192.0.2.7"}});
    assert_eq!(once(server.pdp, &keys.verification(&body)).await.unwrap().status, 200);
}

pub(super) async fn act(server: &Server, path: &str, body: &Value) -> Value {
    let request = post(path, "application/json", Some(&server.key), body.to_string().as_bytes());
    let answer = once(server.pap, &request).await.unwrap();
    assert!((200..300).contains(&answer.status), "{path}: {} {}", answer.status, answer.text());
    answer.json().unwrap()
}

/// A signed review: of two keys to be dealt with one was. Another is open.
async fn review(server: &Server, ids: &BTreeMap<&str, (String, String)>) {
    let start = json!({"organisation": "acme"});
    let started = create(server, "/v1/reviews", &start).await.unwrap();
    let path = format!("/v1/reviews/{}", started["id"].as_str().unwrap());
    for (name, verdict) in [("plain", "narrow"), ("limited", "revoke")] {
        let said = json!({"key": ids[name].0, "verdict": verdict, "reason": "the <i>job</i> is gone"});
        act(server, &format!("{path}/decide"), &said).await;
    }
    let rest = json!({"rest": true, "verdict": "keep", "reason": "in use"});
    act(server, &format!("{path}/decide"), &rest).await;
    act(server, &format!("{path}/sign"), &json!({"statement": "third quarter"})).await;
    let narrower = ["key", "update", "acme/atlas/plain", "--scope", "acme/atlas/evidence:read"];
    stdout(&server.argus(&narrower)).unwrap();
    create(server, "/v1/reviews", &start).await.unwrap();
}

/// Keys of every state that a call can bring about, decisions of both kinds, a refused act, another organisation.
async fn seed(server: &Server) -> Keys {
    let keys = Keys::create(server).await.unwrap();
    let mut ids = BTreeMap::new();
    for (name, more) in [
        ("plain", json!({})),
        ("netted", json!({"conditions": {"networks": ["10.0.0.0/8"]}, "owner": "ada@acme.example"})),
        ("endless", json!({"expires_at": null, "expiry_exception": EXCEPTION})),
        ("root", json!({"scopes": ["acme:admin"]})),
        (
            "later",
            json!({"not_before": "2099-01-01T00:00:00Z", "expires_at": "2099-03-01T00:00:00Z",
            "expiry_exception": "for later"}),
        ),
        ("limited", json!({"limits": [{"name": "l", "strategy": "fixed_window", "limit": 5, "window_seconds": 60}]})),
        ("suspended", json!({})),
        ("revoked", json!({})),
        ("leaked", json!({})),
        ("rotating", json!({"grace_seconds": 86_400})),
    ] {
        let mut body = json!({"organisation": "acme", "project": "atlas", "name": name, "scopes": ["acme/atlas:read"]});
        for (member, value) in more.as_object().unwrap() {
            body[member] = value.clone();
        }
        let made = create(server, "/v1/keys", &body).await.unwrap();
        ids.insert(name, (made["id"].as_str().unwrap().to_owned(), made["secret"].as_str().unwrap().to_owned()));
    }
    let path = |name: &str, verb: &str| format!("/v1/keys/{}/{verb}", ids[name].0);
    act(server, &path("suspended", "suspend"), &json!({})).await;
    act(server, &path("revoked", "revoke"), &json!({"reason": "no longer needed"})).await;
    act(server, &path("rotating", "rotate"), &json!({})).await;
    let shared = json!({"organisation": "acme", "owner": "ada@acme.example", "name": "of-ada", "strategy": "fixed_window",
        "limit": 5, "window_seconds": 60});
    act(server, "/v1/limits", &shared).await;
    act(server, "/v1/leaks", &json!({"keys": [ids["leaked"].1]})).await;
    review(server, &ids).await;
    let made_since = json!({"organisation": "acme", "name": "since", "scopes": ["acme/atlas:read"]});
    create(server, "/v1/keys", &made_since).await.unwrap();
    for _ in 0..3 {
        ask(server, &keys, &keys.reader, "read").await;
    }
    ask(server, &keys, &keys.reader, "delete").await;
    let refused =
        post("/v1/projects", "application/json", Some(&keys.reader), br#"{"organisation":"acme","name":"x"}"#);
    assert_eq!(once(server.pap, &refused).await.unwrap().status, 403);
    create(server, "/v1/organisations", &json!({"name": "globex"})).await.unwrap();
    let other = json!({"organisation": "globex", "name": "other", "scopes": ["globex:admin"]});
    create(server, "/v1/keys", &other).await.unwrap();
    keys
}

/// Alerts of three keys, as the watcher notes them while the server is away.
fn add_alerts(data: &Path) {
    let store = Store::open(data.join("argus.db").as_path()).unwrap();
    let mut sql = Sql::open(data);
    for (name, detector, severity, minutes) in [
        ("rotating", AnomalyDetector::SharedKey, Severity::Critical, 3_000),
        ("plain", AnomalyDetector::WrongSecret, Severity::High, 2_000),
        ("netted", AnomalyDetector::Volume, Severity::Medium, 60),
    ] {
        let key = sql.texts(&format!("SELECT id AS text FROM keys WHERE name = '{name}'")).remove(0).parse().unwrap();
        let at = Utc::now() - TimeDelta::minutes(minutes);
        let (explanation, evidence) = ("seen by a test".to_owned(), Evidence::default());
        let (since, last_seen_at, times) = (at.timestamp(), at, 1);
        let sign = Sign { key, detector, severity, explanation, evidence, since, last_seen_at, times };
        let note = |conn: &mut _| {
            let (noted, _) = anomaly::note(conn, at, &sign)?.unwrap();
            let response = if name == "plain" { Response::Rotate } else { Response::Notify };
            anomaly::respond(conn, at + TimeDelta::seconds(1), noted.id, response)?;
            anomaly::save_watch(conn, key, "AA==", Utc::now())
        };
        store.write(note).unwrap();
    }
}

/// Figures about alerts, and the SQL that says the same.
fn figures_of_alerts(sql: &mut Sql, acme: &str) -> Vec<(String, String)> {
    let all = format!("anomalies WHERE {acme}");
    let of = |condition: &str| format!("{all} AND {condition}");
    let answered = "audit_entries WHERE event IN ('anomaly.acknowledged', 'anomaly.snoozed', 'anomaly.marked_false')";
    let grave = "severity IN ('high', 'critical') AND state <> 'false'";
    let suspected = format!("(SELECT key_id, max(first_seen_at) AS at FROM {} GROUP BY key_id) s", of(grave));
    let key = "JOIN keys k ON k.id = s.key_id AND k.state NOT IN ('revoked', 'expired')";
    let renewed = "(SELECT 1 FROM credentials c WHERE c.key_id = k.id AND c.state = 'active' AND c.created_at > s.at)";
    let raised = "SELECT min(at) FROM audit_entries d WHERE d.event = 'anomaly.detected' \
                  AND json_extract(d.entry, '$.details.anomaly_id') = ";
    let milliseconds =
        |from: &str, to: &str| format!("CAST(round((julianday({to}) - julianday(({from}))) * 86400000) AS INTEGER)");
    let answer = milliseconds(&format!("{raised}a.target_id"), "a.at");
    let answers = answered.replace("audit_entries", "audit_entries a");
    let longest = format!("SELECT CAST(max(({answer} / 1000 + 59) / 60) AS TEXT) AS text FROM {answers}");
    let response = milliseconds(&format!("{raised}anomalies.id"), "responded_at");
    let responses = of("response <> 'notify'");
    let acted = format!("SELECT CAST(max(({response} + 999) / 1000) AS TEXT) AS text FROM {responses}");
    let mut figures = vec![
        ("alerts of this time", sql.count(&all)),
        (
            "keys in use whose use is watched",
            sql.count(&format!("watches w JOIN keys k ON k.id = w.key_id WHERE {acme}")),
        ),
        ("contacts that are told of what stands out", sql.count(&format!("contacts WHERE {acme}"))),
        ("alerts that people answered in this time", sql.count(answered)),
        ("alerts of severity high or critical that nobody answered within a day", {
            sql.count(&of(&format!("{grave} AND state = 'open' AND first_seen_at < datetime('now', '-1 day')")))
        }),
        ("keys with an alert of severity high or critical that wasn't false", sql.count(&suspected)),
        ("suspected keys that got a new secret afterwards", {
            sql.count(&format!("{suspected} {key} WHERE EXISTS {renewed}"))
        }),
        ("suspected keys with the secret that they had", {
            sql.count(&format!("{suspected} {key} WHERE NOT EXISTS {renewed}"))
        }),
        ("minutes from an alert to the answer, the longest", sql.texts(&longest).remove(0)),
        ("seconds from an alert to what Argus did, the longest", sql.texts(&acted).remove(0)),
        ("decisions that denied, in the days of this time (UTC)", "1".to_owned()),
        ("changes of the set of policies in force, which is that of the whole installation", {
            sql.count("audit_entries WHERE event = 'policies.imported'")
        }),
        ("entries of acts that came over the network", {
            let actor = "json_extract(entry, '$.actor.kind') NOT IN ('host', 'argus')";
            sql.count(&format!("audit_entries WHERE {acme} AND {actor}"))
        }),
        ("those of them that say from where", {
            sql.count(&format!("audit_entries WHERE {acme} AND json_extract(entry, '$.source') IS NOT NULL"))
        }),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect::<Vec<_>>();
    for (what, member) in [
        ("who", "actor.kind"),
        ("what", "event"),
        ("when", "at"),
        ("with which outcome", "outcome"),
        ("about what", "target.id"),
        ("at whose request", "request_id"),
    ] {
        let says = format!("audit_entries WHERE {acme} AND json_extract(entry, '$.{member}') IS NOT NULL");
        figures.push((format!("entries that say {what}"), sql.count(&says)));
    }
    for severity in ["critical", "high", "medium", "low"] {
        figures.push((format!("alerts of severity {severity}"), sql.count(&of(&format!("severity = '{severity}'")))));
    }
    for state in ["open", "acknowledged", "snoozed", "false"] {
        let count = sql.count(&of(&format!("state = '{state}'")));
        figures.push((format!("alerts of this time that are {state} now"), count));
    }
    for detector in sql.texts(&format!("SELECT DISTINCT detector AS text FROM {all}")) {
        let count = sql.count(&of(&format!("detector = '{detector}'")));
        figures.push((format!("alerts of the detector `{detector}`"), count));
    }
    for response in ["notify", "rotate", "suspend", "revoke"] {
        let count = sql.count(&of(&format!("response = '{response}'")));
        figures.push((format!("alerts answered by Argus itself with {response}"), count));
    }
    figures
}

/// Four decisions were asked for, each with the address of its client.
fn figures_of_addresses(sql: &mut Sql) -> [(&'static str, String); 2] {
    [
        ("addresses of whoever used a replaced secret, in full", sql.count("credential_callers")),
        ("entries of the log of decisions with an address in full", "4".to_owned()),
    ]
}

/// Figures about reviews, and the SQL that says the same.
fn figures_of_reviews(sql: &mut Sql, acme: &str) -> Vec<(&'static str, String)> {
    let last = format!("(SELECT id FROM reviews WHERE {acme} AND state = 'signed' ORDER BY ended_at DESC LIMIT 1)");
    let items = format!("review_items i JOIN keys k ON k.id = i.key_id WHERE i.review_id = {last}");
    let mut of = |condition: &str| sql.count(&format!("{items} {condition}"));
    let figures = vec![
        ("keys that the last one looked at", of("")),
        ("those that it keeps", of("AND i.verdict = 'keep'")),
        ("those that it wants narrowed", of("AND i.verdict = 'narrow'")),
        ("those that it wants revoked", of("AND i.verdict = 'revoke'")),
        ("those that are neither narrowed nor revoked, and should be", {
            of("AND i.verdict <> 'keep' AND k.state NOT IN ('revoked', 'expired') AND i.scopes = k.scopes")
        }),
        ("reviews of access that were signed in this time", "1".to_owned()),
        ("reviews of access that are open", "1".to_owned()),
        ("organisations with keys in use of which none was ever signed", "0".to_owned()),
        ("days since the last one was signed", "0".to_owned()),
        ("keys in use that were made since", "1".to_owned()),
    ];
    assert_eq!(figures.iter().map(|(_, figure)| figure.as_str()).take(5).skip(2).collect::<Vec<_>>(), ["1", "1", "1"]);
    figures
}

fn report(server: &Server, framework: &str, format: &str) -> String {
    stdout(&server.argus(&["compliance", framework, "acme", "--format", format])).unwrap()
}

/// The figures of a report by what they are called; one name has one figure wherever it stands.
fn figures(report: &Value) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for control in report["controls"].as_array().unwrap() {
        for item in control["evidence"].as_array().unwrap() {
            let (name, value) = (item["name"].as_str().unwrap(), item["value"].as_str().unwrap().to_owned());
            if let Some(before) = all.insert(name.to_owned(), value.clone()) {
                assert_eq!(before, value, "{name}");
            }
        }
    }
    all
}

/// Every text of a page, as an XML parser reads it, and how many elements of each name there are.
fn read_page(page: &str) -> (String, BTreeMap<String, usize>) {
    let mut reader = quick_xml::Reader::from_str(page);
    reader.config_mut().check_end_names = true;
    let (mut text, mut elements, mut open) = (String::new(), BTreeMap::new(), Vec::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                let name = start.name().as_ref().to_owned();
                *elements.entry(name.clone()).or_default() += 1;
                open.push(name);
            }
            Event::End(_) => {
                open.pop().unwrap();
                text.push('\n');
            }
            Event::Text(part) => text.push_str(&part),
            Event::GeneralRef(name) => text.push(match name.as_ref() {
                "lt" => '<',
                "gt" => '>',
                "quot" => '"',
                "amp" => '&',
                "#39" => '\'',
                other => panic!("{other:?}"),
            }),
            Event::Eof => break,
            _ => {}
        }
    }
    assert!(open.is_empty(), "{open:?}");
    (text, elements)
}

/// Usage is there two seconds after it happened, and the sweeper has tended what it found.
async fn wait_for_usage(server: &Server) {
    let since = std::time::Instant::now();
    let usage = || stdout(&server.argus(&["usage", "acme"])).unwrap();
    while !usage().ends_with("4 decisions: 3 permitted, 1 denied, 0 errors\n") {
        assert!(since.elapsed().as_secs() < 10, "{}", usage());
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_figure_of_the_reports_is_what_the_database_says() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start_with(&data, |command| _ = command.env("ARGUS_DECISION_LOG", "all")).unwrap();
    let keys = seed(&server).await;
    wait_for_usage(&server).await;
    let root = server.key.clone();
    server.terminate().unwrap();
    add_alerts(&data);
    let mut server = Server::start(&data).unwrap();
    server.key = root;
    let mut sql = Sql::open(&data);
    let alert = sql.texts("SELECT id AS text FROM anomalies WHERE detector = 'volume'").remove(0);
    act(&server, &format!("/v1/anomalies/{alert}/acknowledge"), &json!({"reason": "an export of ours"})).await;
    let rotating = sql.texts("SELECT id AS text FROM keys WHERE name = 'rotating'").remove(0);
    act(&server, &format!("/v1/keys/{rotating}/rotate"), &json!({})).await;
    drop(keys);

    let reports: BTreeMap<_, Value> =
        FRAMEWORKS.iter().map(|name| (*name, serde_json::from_str(&report(&server, name, "json")).unwrap())).collect();
    let all = reports.values().map(figures).reduce(|mut all, more| {
        for (name, value) in more {
            // Reports are read one after the other, and each has the audit signed up to its end.
            let moves = name.starts_with("checkpoints signed");
            let before = all.insert(name.clone(), value.clone());
            assert!(moves || before.is_none_or(|before| before == value), "{name}");
        }
        all
    });
    let all = all.unwrap();
    let acme = "organisation_id = (SELECT id FROM organisations WHERE name = 'acme')";
    let live = format!("keys WHERE {acme} AND state NOT IN ('revoked', 'expired')");
    let bound = "(conditions LIKE '%networks%')";
    let open = "conditions = '{}'";
    for (name, expected) in [
        ("keys on record", sql.count(&format!("keys WHERE {acme}"))),
        ("keys in use", sql.count(&live)),
        ("owners of keys in use", sql.count(&format!("(SELECT DISTINCT owner FROM {live})"))),
        ("keys in use without an owner", sql.count(&format!("{live} AND owner = ''"))),
        ("keys in use with an `admin` scope", sql.count(&format!("{live} AND scopes LIKE '%:admin\"%'"))),
        ("keys in use that may come from some networks alone", sql.count(&format!("{live} AND {bound}"))),
        ("keys in use with a condition, their own or one above", sql.count(&format!("{live} AND NOT {open}"))),
        (
            "keys in use with no condition and no recorded exception",
            sql.count(&format!("{live} AND {open} AND expiry_exception IS NULL")),
        ),
        ("keys in use with a limit of their own", sql.count(&format!("{live} AND limits <> '[]'"))),
        ("keys in use with a limit that keys share", {
            let shared = "l.organisation_id = k.organisation_id AND coalesce(l.project_id, k.project_id) = k.project_id \
                          AND coalesce(l.owner, k.owner) = k.owner";
            let live = live.replace("keys WHERE", "keys k WHERE");
            sql.count(&format!("{live} AND EXISTS (SELECT 1 FROM limits l WHERE {shared})"))
        }),
        ("keys in use that never end", sql.count(&format!("{live} AND expires_at IS NULL"))),
        ("those with no recorded exception", "0".to_owned()),
        ("keys in use that were never used", sql.count(&format!("{live} AND last_used_at IS NULL"))),
        ("keys in use that nobody has used for 90 days", "0".to_owned()),
        ("keys revoked in this time", sql.count(&format!("keys WHERE {acme} AND revoked_at IS NOT NULL"))),
        ("keys made in this time", sql.count(&format!("keys WHERE {acme}"))),
        ("keys made in this time of which the audit tells nothing", "0".to_owned()),
        ("keys revoked because they were found where they don't belong", "1".to_owned()),
        ("credentials of keys in use: secret", {
            sql.count(&format!("credentials WHERE state <> 'revoked' AND key_id IN (SELECT id FROM {live})"))
        }),
        ("keys in use with a secret", sql.count(&live)),
        ("entries of this time", sql.count(&format!("audit_entries WHERE {acme}"))),
        ("acts refused for want of a grant", "1".to_owned()),
        ("decisions in the days of this time (UTC)", "4".to_owned()),
        ("permitted", "3".to_owned()),
        ("denied", "1".to_owned()),
        ("contacts that are told", "0".to_owned()),
        ("policy documents in force", sql.count("policy_documents WHERE current")),
        ("entries that lack something", "0".to_owned()),
    ] {
        assert_eq!(all.get(name), Some(&expected), "{name}");
    }
    for (name, expected) in figures_of_alerts(&mut sql, acme) {
        assert_eq!(all.get(&name), Some(&expected), "{name}");
    }
    for (name, expected) in figures_of_reviews(&mut sql, acme).into_iter().chain(figures_of_addresses(&mut sql)) {
        assert_eq!(all.get(name), Some(&expected), "{name}");
    }
    for state in ["pending", "active", "rotating", "suspended", "revoked"] {
        let count = sql.count(&format!("keys WHERE {acme} AND state = '{state}'"));
        assert_eq!(all.get(&format!("keys that are {state}")), Some(&count), "{state}");
        assert_ne!(count, "0", "{state}");
    }
    for event in sql.texts("SELECT DISTINCT event AS text FROM audit_entries") {
        let count = sql.count(&format!("audit_entries WHERE {acme} AND event = '{event}'"));
        if let Some(told) = all.get(&format!("entries `{event}`")) {
            assert_eq!(*told, count, "{event}");
        } else {
            assert_eq!(count, "0", "no report tells of `{event}`");
        }
    }
    for kind in sql.texts(&format!("SELECT DISTINCT kind AS text FROM outbox WHERE {acme}")) {
        let due = format!("outbox WHERE {acme} AND kind = '{kind}' AND due_at <= strftime('%Y-%m-%d %H:%M:%f', 'now')");
        assert_eq!(all.get(&format!("notices `{kind}`")).map_or("0", String::as_str), sql.count(&due), "{kind}");
    }
    compare_with_the_chain(&reports, &mut sql);
    compare_register(&reports["gdpr"], &mut sql, acme);
    compare_documents(&server, &reports);
}

/// Each excerpt is the entry of its number, and a checkpoint vouches for all of them.
fn compare_with_the_chain(reports: &BTreeMap<&str, Value>, sql: &mut Sql) {
    for (name, report) in reports {
        let proof = &report["audit"];
        assert_eq!((&proof["is_whole"], &proof["first"]), (&json!(true), &json!(1)), "{name}");
        let last = sql.texts(&format!("SELECT hash AS text FROM audit_entries WHERE sequence = {}", proof["last"]));
        assert_eq!(proof["hash"], *last[0], "{name}");
        let signed = sql.count(&format!("audit_checkpoints WHERE sequence = {}", proof["signed_up_to"]));
        assert_eq!((signed.as_str(), &proof["signed_up_to"]), ("1", &proof["last"]), "{name}");
        let excerpts =
            report["controls"].as_array().unwrap().iter().flat_map(|one| one["excerpts"].as_array().unwrap());
        let mut shown = BTreeSet::new();
        for excerpt in excerpts {
            let query = format!("FROM audit_entries WHERE sequence = {}", excerpt["sequence"]);
            let kept = sql.texts(&format!("SELECT event || ' ' || hash AS text {query}"));
            assert_eq!(kept, [format!("{} {}", excerpt["event"].as_str().unwrap(), excerpt["hash"].as_str().unwrap())]);
            shown.insert(excerpt["event"].as_str().unwrap());
        }
        assert!(!shown.is_empty(), "{name}");
    }
}

/// The register has every field, with the rows that the organisation has in its table.
fn compare_register(report: &Value, sql: &mut Sql, acme: &str) {
    let listings = report["controls"].as_array().unwrap().iter().flat_map(|one| one["listings"].as_array().unwrap());
    let register = { listings }.find(|listing| listing["name"] == "What is stored of people").unwrap();
    let rows = register["rows"].as_array().unwrap();
    let fields: BTreeMap<_, _> =
        rows.iter().map(|row| (row[0].as_str().unwrap(), row[6].as_str().unwrap().to_owned())).collect();
    for table in ["keys", "audit_entries", "outbox", "contacts", "deliveries"] {
        let own: Vec<_> = fields.iter().filter(|(field, _)| field.split('.').next() == Some(table)).collect();
        assert!(!own.is_empty() && own.iter().all(|(_, rows)| **rows == sql.count(&format!("{table} WHERE {acme}"))));
    }
    assert!(fields.contains_key("keys.owner") && fields.contains_key("credential_callers.address"), "{fields:?}");
}

/// The page is well formed and says all that the JSON says, and so does the CSV.
fn compare_documents(server: &Server, reports: &BTreeMap<&str, Value>) {
    for (name, whole) in reports {
        let page = report(server, name, "html");
        let (text, elements) = read_page(&page);
        let controls = whole["controls"].as_array().unwrap();
        assert_eq!(elements["section"], controls.len(), "{name}");
        assert!(!elements.contains_key("b") || elements["b"] == 3, "{name}: a name became an element");
        assert!(!page.contains("http-equiv") && !elements.contains_key("script") && !elements.contains_key("link"));
        let csv = report(server, name, "csv");
        for control in controls {
            let id = control["id"].as_str().unwrap();
            let [question, title] = ["question", "title"].map(|member| control[member].as_str().unwrap());
            assert!(text.contains(id) && text.contains(question) && text.contains(title), "{name} {id}");
            assert!(csv.contains(&format!("\"{name}\",\"{id}\",")), "{name} {id}");
            for finding in control["findings"].as_array().unwrap() {
                let plain = finding.as_str().unwrap().replace('`', "");
                assert!(text.replace('\n', "").contains(&plain), "{name} {id}: {plain}");
            }
            for row in control["listings"].as_array().unwrap().iter().flat_map(|one| one["rows"].as_array().unwrap()) {
                for cell in row.as_array().unwrap() {
                    assert!(text.contains(cell.as_str().unwrap()), "{name} {id}: {cell}");
                }
            }
        }
        if *name == "soc2" {
            assert!(text.contains(EXCEPTION), "the reason, as it was written");
        }
    }
    let fips = stdout(&server.argus(&["compliance", "fips", "--format", "html"])).unwrap();
    assert_eq!(read_page(&fips).1["section"], 11);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_of_nothing_covers_nothing_and_one_of_a_broken_chain_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(&data).unwrap();
    create(&server, "/v1/organisations", &json!({"name": "acme"})).await.unwrap();
    let result = |framework: &str, id: &str| -> String {
        let report: Value = serde_json::from_str(&report(&server, framework, "json")).unwrap();
        let control =
            report["controls"].as_array().unwrap().iter().find(|control| control["id"] == id).unwrap().clone();
        control["result"].as_str().unwrap().to_owned()
    };
    assert_eq!(result("pci-dss", "8.2.6"), "not_covered");
    assert_eq!(result("iso27001", "A.8.16"), "not_covered");
    create(&server, "/v1/projects", &json!({"organisation": "acme", "name": "atlas"})).await.unwrap();
    create_key(&server, "reader", "acme/atlas:read").await.unwrap();
    assert_eq!(result("pci-dss", "8.2.6"), "pass");
    assert_eq!(result("pci-dss", "10.3"), "pass");

    let started = create(&server, "/v1/reviews", &json!({"organisation": "acme"})).await.unwrap();
    let review = format!("/v1/reviews/{}", started["id"].as_str().unwrap());
    let rest = json!({"rest": true, "verdict": "keep", "reason": "in use"});
    act(&server, &format!("{review}/decide"), &rest).await;
    act(&server, &format!("{review}/sign"), &json!({})).await;
    assert_eq!(result("pci-dss", "7.2.5.1"), "pass");

    let mut sql = Sql::open(&data);
    sql.run("UPDATE review_items SET scopes = '[]'");
    assert_eq!(result("pci-dss", "7.2.5.1"), "attention", "it is not what was signed");
    let altered = "UPDATE audit_entries SET entry = replace(entry, 'acme', 'acne') WHERE event = 'key.created'";
    sql_query(altered).execute(&mut sql.0).unwrap();
    let idle = "UPDATE keys SET created_at = '2020-01-01 00:00:00', last_used_at = NULL WHERE name = 'reader'";
    sql_query(idle).execute(&mut sql.0).unwrap();
    assert_eq!(result("pci-dss", "10.3"), "attention");
    assert_eq!(result("pci-dss", "8.2.6"), "attention");
    let output = server.argus(&["compliance", "pci-dss", "acme"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("attention 10.3"), "{output:?}");
}
