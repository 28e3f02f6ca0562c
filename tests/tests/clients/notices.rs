//! Every kind of notice arrives by e-mail and by webhook, once as seen by its id: at a mail server and a webhook that
//! refuse each twice first, verified by an implementation of Standard Webhooks that isn't ours, and through a `kill
//! -9`.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use argus_insight::anomaly::{Alert, Detector, Finding, Severity, State, Suggestion};
use argus_insight::notify::{QuotaUse, tell_anomaly, tell_quota};
use argus_store::outbox::{NoticeKind, tell_of_plan, tell_of_use};
use argus_store::{KeyId, Location, Store, organisation, plan};
use argus_tests::program::{Server, repository, stdout};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};

use crate::clients;
use crate::postgres::PostgresServer;

/// How long everything may take: each is refused twice, and what a killed server held is held for a minute.
const PATIENCE: Duration = Duration::from_mins(4);

const SENDER: &str = "Argus <argus@acme.example>";

/// The mail server and the webhook, and what they have said.
struct Receiver {
    child: Child,
    _alive: ChildStdin,
    said: Arc<Mutex<Vec<Value>>>,
    webhook: u64,
    smtp: u64,
}

impl Receiver {
    fn start(python: &Path, secret: &Path) -> Self {
        let program = repository().join("tests/clients/python/notice_receiver.py");
        let mut command = Command::new(python);
        command.arg("-B").arg(program).arg(secret).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let ports: Value = serde_json::from_str(&lines.next().expect("it doesn't start")).unwrap();
        let said = Arc::new(Mutex::new(Vec::new()));
        let collected = Arc::clone(&said);
        thread::spawn(move || {
            for line in lines {
                collected.lock().unwrap().push(serde_json::from_str(&line).unwrap());
            }
        });
        let port = |name: &str| ports[name].as_u64().unwrap();
        Self {
            _alive: child.stdin.take().unwrap(),
            child,
            said,
            webhook: port("webhook_port"),
            smtp: port("smtp_port"),
        }
    }

    /// What was said of attempts with this outcome, by their way.
    fn said(&self, by: &str, outcome: &str) -> Vec<Value> {
        let said = self.said.lock().unwrap();
        said.iter().filter(|line| line["by"] == by && line["outcome"] == outcome).cloned().collect()
    }

    /// The ids that were taken by a way.
    fn taken(&self, by: &str) -> BTreeSet<String> {
        self.said(by, "taken").iter().map(|line| line["id"].as_str().unwrap().to_owned()).collect()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start(folder: &Path, database: &str, receiver: &Receiver) -> Server {
    Server::start_with(&folder.join("data"), |command| {
        command.env("ARGUS_DATABASE_URL", database);
        command.env("ARGUS_SMTP_URL", format!("smtp://127.0.0.1:{}", receiver.smtp)).env("ARGUS_SMTP_FROM", SENDER);
        command.env("ARGUS_WEBHOOK_PLAIN_HTTP", "true");
    })
    .unwrap()
}

fn asked(server: &Server, folder: &Path, arguments: &[&str]) -> Value {
    let answer = stdout(&server.argus_in(folder, &[arguments, &["--output", "json"]].concat())).unwrap();
    serde_json::from_str(&answer).unwrap()
}

fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let since = Instant::now();
    while !holds() {
        assert!(since.elapsed() < PATIENCE, "{what}");
        thread::sleep(Duration::from_millis(100));
    }
}

/// What happens to keys by an act, and by the clock.
fn let_things_happen(server: &Server, folder: &Path) -> KeyId {
    let run = |arguments: &[&str]| asked(server, folder, arguments);
    let create = |name: &str, more: &[&str]| {
        run(&[&["key", "create", name, "--scope", "acme/x:read", "--owner", "ada@acme.example"], more].concat())
    };
    let key = create("acme/reader", &["--expires", "10d"]);
    create("acme/ahead", &["--expires", "60d"]);
    run(&["key", "update", "acme/ahead", "--rotate-every", "5d"]);
    run(&["key", "rotate", "acme/reader", "--grace", "1h"]);
    run(&["key", "rotate", "acme/ahead", "--collect"]);
    run(&["key", "suspend", "acme/reader"]);
    run(&["key", "resume", "acme/reader"]);
    create("acme/gone", &[]);
    run(&["key", "revoke", "acme/gone", "--yes"]);
    // Its keys have no limits, which that plan asks of them.
    run(&["org", "update", "acme", "--plan", "professional"]);
    key["id"].as_str().unwrap().parse().unwrap()
}

/// What the use of a key tells, told as whoever finds it tells it; and what takes the clock hours to come to.
fn tell(database: &str, key: KeyId) {
    let store = Store::open(Location::parse(database).unwrap()).unwrap();
    let at = Utc::now();
    let finding = Finding {
        detector: Detector::Volume,
        severity: Severity::High,
        score: 9.5,
        baseline: 35.0,
        observed: 420.0,
        explanation: "420 requests this hour; usual for Tuesdays 14:00 is 35 ± 9".to_owned(),
        suggestion: Suggestion::Suspend,
    };
    let since = at.timestamp();
    let alert = Alert { finding, since, last: since, times: 1, requests: Vec::new(), state: State::Open };
    let quota = |used| QuotaUse {
        name: "monthly",
        used,
        limit: 100,
        is_lacking: false,
        resets_at: whole(at) + TimeDelta::days(3),
    };
    let by_clock = json!({"days": 1, "at": "2027-02-22T12:00:00Z", "opened_at": "2027-02-15T12:00:00Z",
        "credential_id": "4fTkW9aB3cDe", "grace_ends_at": "2027-02-16T12:00:00Z", "callers": []});
    let by_clock: Map<String, Value> = by_clock.as_object().unwrap().clone();
    store
        .write(|conn| {
            for _ in 0..2 {
                tell_anomaly(conn, at, key, &alert)?;
                for used in [79, 80, 85, 100] {
                    tell_quota(conn, at, key, &quota(used))?;
                }
                for kind in [
                    NoticeKind::Expired,
                    NoticeKind::ExpiryAhead,
                    NoticeKind::RotationUncollected,
                    NoticeKind::RotationAhead,
                    NoticeKind::OldSecretUsed,
                ] {
                    tell_of_use(conn, at, key, (kind, "a test"), &by_clock)?;
                }
                let acme = organisation::find_by_name(conn, "acme")?.unwrap();
                let plan = plan::find_of(conn, &acme)?;
                let over = plan::list_over(conn, &acme, &plan, at)?;
                for kind in [NoticeKind::PlanGraceEnding, NoticeKind::PlanGraceEnded] {
                    tell_of_plan(conn, at, &acme, (kind, "a test"), &over)?;
                }
            }
            Ok(())
        })
        .unwrap();
}

fn whole(at: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp(at.timestamp(), 0).unwrap()
}

fn every_kind_arrives_once(database: impl FnOnce(&Path) -> String) {
    let Some(python) = clients("bin/python").map(|folder| folder.join("bin/python")) else { return };
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let database = database(folder);
    let receiver = Receiver::start(&python, &folder.join("hook.secret"));
    let mut server = start(folder, &database, &receiver);
    let webhook = format!("http://127.0.0.1:{}/argus", receiver.webhook);
    asked(&server, folder, &["org", "create", "acme"]);
    asked(&server, folder, &["contact", "create", "acme", "--email", "security@acme.example"]);
    let hook =
        asked(&server, folder, &["contact", "create", "acme", "--webhook", &webhook, "--secret-to", "hook.secret"]);
    let key = let_things_happen(&server, folder);

    // Killed when some were refused, and some are under way.
    wait_until("nothing is tried", || ["email", "webhook"].iter().all(|by| !receiver.said(by, "refused").is_empty()));
    let administrator = server.key.clone();
    server.kill().unwrap();
    drop(server);
    tell(&database, key);
    let mut server = start(folder, &database, &receiver);
    server.key = administrator;
    asked(&server, folder, &["contact", "test", hook["id"].as_str().unwrap()]);

    let notices = || {
        let list = asked(&server, folder, &["outbox", "list", "acme"]);
        let notices = list["items"].as_array().unwrap().iter();
        let kind = |notice: &Value, member: &str| notice[member].as_str().unwrap().to_owned();
        notices.map(|notice| (kind(notice, "id"), kind(notice, "type"))).collect::<BTreeMap<_, _>>()
    };
    let kinds: BTreeSet<_> = NoticeKind::WORDS.iter().map(|kind| (*kind).to_owned()).collect();
    wait_until("not every kind is told", || notices().into_values().collect::<BTreeSet<_>>() == kinds);
    let told = notices();
    let is_taken = |by: &str| told.keys().all(|id| receiver.taken(by).contains(id));
    wait_until("not everything arrives", || {
        is_taken("email") && is_taken("webhook") && receiver.taken("webhook").len() > told.len()
    });

    // The trial was the webhook's alone; everything else has arrived by both ways, under the id of its notice.
    assert_eq!(receiver.taken("email"), told.keys().cloned().collect());
    assert_eq!(receiver.taken("webhook").len(), told.len() + 1);
    assert!(receiver.said("webhook", "forged").is_empty(), "{:?}", receiver.said("webhook", "forged"));
    for line in receiver.said("webhook", "taken") {
        let body = &line["told"];
        let kind = told.get(line["id"].as_str().unwrap()).map_or("contact.test", String::as_str);
        assert_eq!(body["type"], kind);
        assert!(body["timestamp"].is_string() && !body.to_string().contains("argus_live_"), "{body}");
    }
    for line in receiver.said("email", "taken") {
        let letter = &line["told"];
        assert_eq!((&letter["from"], &letter["to"]), (&json!(SENDER), &json!(["security@acme.example"])));
        assert!(letter["subject"].as_str().unwrap().starts_with("[argus] "), "{letter}");
        assert!(letter["text"].as_str().unwrap().contains("What to do:"), "{letter}");
    }
    wait_until("a delivery is not settled", || {
        let list = asked(&server, folder, &["delivery", "list", "acme"]);
        list["items"].as_array().unwrap().iter().all(|delivery| delivery["state"] == "delivered")
    });
    let deliveries = asked(&server, folder, &["delivery", "list", "acme"]);
    assert_eq!(deliveries["items"].as_array().unwrap().len(), 2 * told.len() + 1);
    // What arrived twice is what was under way when the server was killed, and no more.
    let again = |by: &str| receiver.said(by, "taken").len() - receiver.taken(by).len();
    println!(
        "{} kinds, {} notices; again: {} by e-mail, {} by webhook",
        kinds.len(),
        told.len(),
        again("email"),
        again("webhook")
    );
    assert!(again("email") + again("webhook") <= 8, "more came twice than can have been under way");
}

#[test]
fn every_kind_of_notice_arrives_once_through_refusals_and_a_kill() {
    every_kind_arrives_once(|folder| format!("sqlite://{}", folder.join("argus.db").display()));
}

#[test]
fn and_on_postgresql() {
    let Some(postgres) = PostgresServer::shared() else { return };
    every_kind_arrives_once(|_| postgres.new_database());
}
