//! What is counted on several nodes adds up to what they answered, and a node that is killed takes with it what it has
//! answered within a second at most.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use argus_tests::flood::counter;
use argus_tests::http::{Answer, Connection, once, post};
use argus_tests::program::{Server, stdout};
use serde_json::{Value, json};

use crate::installation::{Installation, Made, by_build};
use crate::postgres::PostgresServer;

/// Decisions that one request asks for.
const AT_ONCE: usize = 20;

/// Clients of each node.
const CLIENTS: usize = 3;

/// What may be lost when a node is killed, and no more.
const LOSS: Duration = Duration::from_secs(1);

/// Longer than any of this takes on a machine that works at all.
const LONG: Duration = Duration::from_mins(1);

/// Decisions about a key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counts {
    permits: usize,
    denials: usize,
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.permits += other.permits;
        self.denials += other.denials;
    }

    fn all(self) -> usize {
        self.permits + self.denials
    }
}

/// A request for many decisions about a key: every fourth is of something that it may not read.
fn many(installation: &Installation, secret: &str) -> Vec<u8> {
    let attribute = |id: &str, value: &str| json!({"Attribute": [{"AttributeId": id, "Value": value}]});
    let resource = |n: usize| {
        let kind = if n.is_multiple_of(4) { "secrets" } else { "evidence" };
        attribute("urn:oasis:names:tc:xacml:1.0:resource:resource-id", &format!("acme/atlas/{kind}/{n}"))
    };
    let body = json!({"Request": {
        "AccessSubject": attribute("urn:argus:attribute:credential", secret),
        "Action": attribute("urn:oasis:names:tc:xacml:1.0:action:action-id", "read"),
        "Resource": (0..AT_ONCE).map(resource).collect::<Vec<_>>(),
    }});
    let body = body.to_string();
    post("/pdp", "application/xacml+json", Some(&installation.keys.enforcement_point), body.as_bytes())
}

/// What an answer says of its key. While a node doesn't know it yet, that is nothing.
fn count(answer: &Answer) -> Counts {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let text = answer.text();
    let of = |words: &str| text.matches(words).count();
    Counts {
        permits: of("\"Decision\":\"Permit\""),
        denials: of("\"Decision\":\"Deny\"") - of("\"credential_unknown\""),
    }
}

/// Asks until all is asked. A machine with other work may not verify all keys in time at first, and says when to come again.
async fn ask(node: &Server, request: &[u8], times: usize) -> Counts {
    let mut counts = Counts::default();
    let mut connection = Connection::open(node.pdp).await.unwrap();
    let since = Instant::now();
    for _ in 0..times {
        let answer = loop {
            let answer = connection.send(request).await.unwrap();
            if answer.status != 503 || since.elapsed() > LONG {
                break answer;
            }
            let seconds = answer.header("retry-after").and_then(|seconds| seconds.parse().ok());
            tokio::time::sleep(Duration::from_secs(seconds.unwrap())).await;
        };
        counts.add(count(&answer));
    }
    counts
}

/// Decisions that a node has counted in the store.
async fn written(node: &Server) -> (u64, u64, u64) {
    let read = async |name| counter(node, name).await.unwrap();
    let taken = read("argus_usage_events_total").await;
    (taken, read("argus_usage_events_written_total").await, read("argus_usage_events_dropped_total").await)
}

/// Waits until what a node took is in the store; how many decisions found no room in the queue.
async fn wait_until_written(node: &Server) -> u64 {
    let since = Instant::now();
    loop {
        let (taken, written, dropped) = written(node).await;
        if taken == written {
            return dropped;
        }
        assert!(since.elapsed() < LONG, "{written} of {taken} are written");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The usage of `acme` by key, as the command line tells it.
fn usage(installation: &Installation, granularity: &str) -> BTreeMap<String, Counts> {
    let asked = ["usage", "acme", "--by", "key", "--granularity", granularity, "--output", "json"];
    let list: Value = serde_json::from_str(&stdout(&installation.administration.argus(&asked)).unwrap()).unwrap();
    let mut counts = BTreeMap::<String, Counts>::new();
    for line in list["items"].as_array().unwrap() {
        let number = |name: &str| usize::try_from(line[name].as_u64().unwrap()).unwrap();
        let of_line = Counts { permits: number("permits"), denials: number("denials") };
        assert_eq!(of_line.all(), number("requests"), "{line}");
        counts.entry(line["group"].as_str().unwrap().to_owned()).or_default().add(of_line);
    }
    counts
}

#[tokio::test(flavor = "multi_thread")]
async fn usage_adds_up_to_what_was_answered_over_keys_and_nodes() {
    let Some(postgres) = PostgresServer::start() else { return };
    let database = postgres.new_database();
    let installation = Installation::start(&database, None).await;
    let mut keys: Vec<Made> = Vec::new();
    for n in 0..4 {
        keys.push(installation.create_reader(&format!("metered-{n}")).await.unwrap());
    }
    let streams = keys.len() * installation.deciding.len() * CLIENTS;
    let each = by_build(1_000_000, 20_000_usize).div_ceil(AT_ONCE * streams);

    let since = Instant::now();
    let mut truth = BTreeMap::<String, Counts>::new();
    let asking = (0..).zip(&keys).flat_map(|(n, key)| {
        let request = many(&installation, &key.secret);
        let nodes = installation.deciding.iter().flat_map(|node| [node; CLIENTS]);
        nodes.map(move |node| (n, node, request.clone())).collect::<Vec<_>>()
    });
    let asking = asking.map(|(n, node, request)| async move { (n, ask(node, &request, each).await) });
    for (n, counts) in futures(asking).await {
        truth.entry(format!("acme/atlas/metered-{n}")).or_default().add(counts);
    }
    let asked: usize = truth.values().map(|counts| counts.all()).sum();
    let (took, answered) = (since.elapsed(), Instant::now());
    let mut dropped = 0;
    for node in &installation.deciding {
        dropped += usize::try_from(wait_until_written(node).await).unwrap();
    }
    println!("{asked} decisions about {} keys by {} nodes in {took:.1?}", keys.len(), installation.deciding.len());
    println!("all but {dropped} of them in the store {:.1?} later", answered.elapsed());
    assert!(asked > each * streams * AT_ONCE * 9 / 10, "most were asked when the keys were known: {asked}");
    for granularity in ["minute", "hour", "day"] {
        let found = usage(&installation, granularity);
        let metered = found.into_iter().filter(|(name, _)| name.contains("/metered-")).collect::<BTreeMap<_, _>>();
        // On a machine that has no time for the thread that counts, the queue overflows; what is missing is then told.
        if dropped == 0 {
            assert_eq!(metered, truth, "by the {granularity}");
        } else {
            let counted: usize = metered.values().map(|counts| counts.all()).sum();
            assert_eq!(counted + dropped, asked, "by the {granularity}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn acts_are_counted_by_the_node_that_administers_and_the_asking_by_those_that_decide() {
    let Some(postgres) = PostgresServer::start() else { return };
    let installation = Installation::start(&postgres.new_database(), None).await;
    let body = json!({"organisation": "acme", "project": "atlas", "name": "lister", "scopes": ["acme:admin"]});
    let made: Value = installation.administer("/v1/keys", &body).await.unwrap().json().unwrap();
    let secret = made["secret"].as_str().unwrap();
    let request =
        format!("GET /v1/keys?organisation=acme HTTP/1.1\r\nHost: argus\r\nAuthorization: Bearer {secret}\r\n\r\n");
    assert_eq!(once(installation.administration.pap, request.as_bytes()).await.unwrap().status, 200);
    let advice = |key: &str| -> Value {
        let asked = ["key", "advise", key, "--output", "json"];
        serde_json::from_str(&stdout(&installation.administration.argus(&asked)).unwrap()).unwrap()
    };
    for (key, proposed) in [("acme/atlas/lister", json!(["acme/argus/keys:read"])), ("acme/atlas/gate", Value::Null)] {
        let since = Instant::now();
        while advice(key)["acts"] == 0 {
            assert!(since.elapsed() < LONG, "{:#}", advice(key));
        }
        let advice = advice(key);
        assert_eq!((&advice["proposed_scopes"], &advice["uses"]), (&proposed, &json!(0)), "{advice:#}");
    }
    let taken = counter_of_administration(&installation, "argus_usage_acts_total").await;
    assert!(taken > 1, "of the administrator as well: {taken}");
}

/// A counter as the administration tells it.
async fn counter_of_administration(installation: &Installation, name: &str) -> u64 {
    let request = argus_tests::http::get("/metrics");
    let answer = once(installation.administration.pap, &request).await.unwrap();
    let text = answer.text();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no `{name}` in {text}")).parse().unwrap()
}

/// Waits for all of them at once.
async fn futures<T>(all: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut waiting: Vec<_> = all.map(|one| (Box::pin(one), None)).collect();
    std::future::poll_fn(|context| {
        let mut is_done = true;
        for (one, done) in &mut waiting {
            if done.is_none() {
                match one.as_mut().poll(context) {
                    std::task::Poll::Ready(value) => *done = Some(value),
                    std::task::Poll::Pending => is_done = false,
                }
            }
        }
        if is_done { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    waiting.into_iter().filter_map(|(_, done)| done).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_killed_loses_no_more_than_it_answered_within_a_second() {
    let Some(postgres) = PostgresServer::start() else { return };
    let database = postgres.new_database();
    let mut installation = Installation::start(&database, None).await;
    let key = installation.create_reader("killed").await.unwrap();
    let mut node = installation.deciding.remove(0);
    installation.wait_until_permitted(&node, &installation.verification(&key.secret)).await;
    assert_eq!(wait_until_written(&node).await, 0);
    let before = usage(&installation, "day").remove("acme/atlas/killed").unwrap_or_default().all();

    // One client, so that it knows what was answered when.
    let request = installation.verification(&key.secret);
    let mut connection = Connection::open(node.pdp).await.unwrap();
    let (since, mut answered) = (Instant::now(), Vec::new());
    while since.elapsed() < Duration::from_secs(4) {
        assert_eq!(connection.send(&request).await.unwrap().status, 200);
        answered.push(Instant::now());
    }
    node.kill().unwrap();
    let killed = Instant::now();

    // What it had begun to write is there, or never will be.
    let others = once(installation.deciding[0].pdp, &request).await.unwrap();
    assert_eq!(others.status, 200);
    assert_eq!(wait_until_written(&installation.deciding[0]).await, 0);
    let found = usage(&installation, "day").remove("acme/atlas/killed").unwrap_or_default().all() - before - 1;
    let safe = answered.iter().filter(|at| killed.duration_since(**at) > LOSS).count();
    let lost = answered.len() - found.min(answered.len());
    let since_loss = answered.get(found).map(|at| killed.duration_since(*at)).unwrap_or_default();
    println!("killed after {} answers: {lost} not counted, the first of them {since_loss:.0?} before", answered.len());
    assert!((safe..=answered.len()).contains(&found), "{found} of {}, of which {safe} were safe", answered.len());
    assert!(safe > 0, "the load lasted longer than the bound");
}
