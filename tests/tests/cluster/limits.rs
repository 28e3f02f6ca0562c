//! Limits that nodes count together in Redis: never more in total than a limit says, and what happens without Redis.

use std::time::{Duration, Instant};

use argus_tests::flood::counter;
use argus_tests::http::{Connection, get, once, post};
use argus_tests::program::{Server, promised};
use argus_tests::walk::{Keys, create};
use rcgen::{CertificateParams, KeyPair};
use serde_json::{Value, json};

use crate::installation::Installation;
use crate::postgres::PostgresServer;
use crate::redis::RedisServer;

/// Clients of each node.
const CLIENTS: usize = 4;

/// Longer than any of this takes on a machine that works at all.
pub(crate) const LONG: Duration = Duration::from_mins(1);

/// A list of one quota, of which each year adds so much to what is left.
pub(crate) fn adding(name: &str, limit: u64) -> Value {
    json!([{"name": name, "strategy": "quota", "limit": limit, "window_seconds": 365 * 86_400, "refill": "add"}])
}

/// Makes a reader's key with limits, and gives its secret.
pub(crate) async fn create_limited(server: &Server, name: &str, limits: &Value) -> String {
    let body = json!({"organisation": "acme", "project": "atlas", "name": name,
        "scopes": ["acme/atlas/evidence:read"], "limits": limits});
    create(server, "/v1/keys", &body).await.unwrap()["secret"].as_str().unwrap().to_owned()
}

pub(crate) fn question(keys: &Keys, secret: &str, cost: u64) -> Vec<u8> {
    let body = json!({"credential": secret, "action": "read", "resource": "acme/atlas/evidence/1", "cost": cost});
    keys.verification(&body)
}

/// A request for two decisions about one key.
fn two(keys: &Keys, secret: &str) -> Vec<u8> {
    let attribute = |id: &str, value: &str| json!({"Attribute": [{"AttributeId": id, "Value": value}]});
    let resource = |path: &str| attribute("urn:oasis:names:tc:xacml:1.0:resource:resource-id", path);
    let body = json!({"Request": {
        "AccessSubject": attribute("urn:argus:attribute:credential", secret),
        "Action": attribute("urn:oasis:names:tc:xacml:1.0:action:action-id", "read"),
        "Resource": [resource("acme/atlas/evidence/1"), resource("acme/atlas/evidence/2")],
    }});
    post("/pdp", "application/xacml+json", Some(&keys.enforcement_point), body.to_string().as_bytes())
}

/// Permits and Denials, in whichever form an answer has.
fn count(text: &str) -> (usize, usize) {
    let of = |decision: &str| {
        text.matches(&format!("\"Decision\":\"{decision}\"")).count()
            + text.matches(&format!("\"decision\":\"{decision}\"")).count()
    };
    (of("Permit"), of("Deny"))
}

pub(crate) async fn decision(server: &Server, request: &[u8]) -> Value {
    once(server.pdp, request).await.unwrap().json().unwrap()
}

async fn readiness(server: &Server) -> (u16, Value) {
    let answer = once(server.pdp, &get("/readyz")).await.unwrap();
    (answer.status, answer.json().unwrap())
}

pub(crate) async fn wait_until_away(server: &Server, is_away: u64) {
    let since = Instant::now();
    while counter(server, "argus_redis_away").await.unwrap() != is_away {
        assert!(since.elapsed() < LONG, "Redis is still {} away", if is_away == 1 { "not" } else { "" });
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn three_nodes_under_load_admit_together_what_the_limit_says_and_no_more() {
    let (Some(postgres), Some(redis)) = (PostgresServer::start(), RedisServer::start()) else { return };
    // However busy the machine is: it is not the time-out that is tried here.
    let url = redis.url();
    let settings = [("ARGUS_REDIS_URL", url.as_str()), ("ARGUS_REDIS_MILLISECONDS", "1000")];
    let installation = Installation::start_with(&postgres.new_database(), None, &settings).await;
    let (administration, keys) = (&installation.administration, &installation.keys);
    let window = |strategy: &str, limit: usize| json!({"name": strategy, "strategy": strategy, "limit": limit, "window_seconds": 86_400});
    let quota =
        |limit: usize| json!({"name": "month", "strategy": "quota", "limit": limit, "window_seconds": 2_592_000});
    for (name, limits, most) in [
        ("sliding", json!([window("sliding_window", 60), quota(500)]), 60),
        ("bucket", json!([window("token_bucket", 40), window("fixed_window", 90)]), 40),
        ("quota", json!([quota(50), window("sliding_window", 70)]), 50),
    ] {
        let secret = create_limited(administration, name, &limits).await;
        let (one, two) = (question(keys, &secret, 1), two(keys, &secret));
        for node in &installation.deciding {
            installation.wait_until_permitted(node, &question(keys, &secret, 0)).await;
        }
        let mut clients = Vec::new();
        for (node, client) in installation.deciding.iter().flat_map(|node| (0..CLIENTS).map(move |n| (node, n))) {
            let (address, request) = (node.pdp, if client == 0 { two.clone() } else { one.clone() });
            clients.push(tokio::spawn(async move {
                let (mut connection, mut counted) = (Connection::open(address).await.unwrap(), (0, 0));
                for _ in 0..10 {
                    let answer = connection.send(&request).await.unwrap();
                    assert_eq!(answer.status, 200, "{}", answer.text());
                    let (permits, denials) = count(&answer.text());
                    counted = (counted.0 + permits, counted.1 + denials);
                }
                counted
            }));
        }
        let (mut permits, mut denials) = (0, 0);
        for client in clients {
            let counted = client.await.unwrap();
            (permits, denials) = (permits + counted.0, denials + counted.1);
        }
        println!("{name}: {permits} of {} admitted by three nodes together", permits + denials);
        assert_eq!((permits, permits + denials), (most, 3 * 10 * (CLIENTS + 1)), "{name}");
    }
    for node in &installation.deciding {
        assert_eq!(counter(node, "argus_decisions_without_redis_total").await.unwrap(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_share_a_limit_admit_together_on_all_nodes_what_it_says_and_no_more() {
    const MOST: usize = 40;
    let (Some(postgres), Some(redis)) = (PostgresServer::start(), RedisServer::start()) else { return };
    let url = redis.url();
    let settings = [("ARGUS_REDIS_URL", url.as_str()), ("ARGUS_REDIS_MILLISECONDS", "1000")];
    let installation = Installation::start_with(&postgres.new_database(), None, &settings).await;
    let (administration, keys) = (&installation.administration, &installation.keys);
    let own = json!([{"name": "own", "strategy": "token_bucket", "limit": 1000, "window_seconds": 86_400}]);
    let secrets =
        [create_limited(administration, "one", &own).await, create_limited(administration, "two", &own).await];
    let shared = json!({"organisation": "acme", "project": "atlas", "name": "all", "strategy": "sliding_window",
                        "limit": MOST, "window_seconds": 86_400, "actions": ["read"]});
    create(administration, "/v1/limits", &shared).await.unwrap();
    for (node, secret) in installation.deciding.iter().flat_map(|node| secrets.iter().map(move |secret| (node, secret)))
    {
        let since = Instant::now();
        while decision(node, &question(keys, secret, 0)).await["limits"].as_array().unwrap().len() < 2 {
            assert!(since.elapsed() < promised(Duration::from_secs(1)), "the limit is not in force within a second");
        }
    }
    let mut clients = Vec::new();
    for (node, secret) in installation.deciding.iter().flat_map(|node| secrets.iter().map(move |secret| (node, secret)))
    {
        let (address, request) = (node.pdp, question(keys, secret, 1));
        clients.push(tokio::spawn(async move {
            let (mut connection, mut permits) = (Connection::open(address).await.unwrap(), 0);
            for _ in 0..MOST {
                permits += count(&connection.send(&request).await.unwrap().text()).0;
            }
            permits
        }));
    }
    let mut permits = 0;
    for client in clients {
        permits += client.await.unwrap();
    }
    println!("{permits} of {} admitted by three nodes, of two keys", 6 * MOST);
    assert_eq!(permits, MOST);
    let mut left = 0;
    for secret in &secrets {
        let answer = decision(&installation.deciding[0], &question(keys, secret, 0)).await;
        left += usize::try_from(answer["limits"][0]["remaining"].as_u64().unwrap()).unwrap();
    }
    assert_eq!(left, 2_000 - MOST, "what the shared limit refused took nothing from the keys' own");
}

/// A node on a database of its own, with this choice.
async fn start(redis: &RedisServer, folder: &std::path::Path, choice: &str) -> (Server, Keys) {
    let server = Server::start_with(&folder.join("data"), |command| {
        command.env("ARGUS_REDIS_URL", redis.url()).env("ARGUS_REDIS_AWAY", choice);
        command.env("ARGUS_REDIS_MILLISECONDS", "500");
    });
    let server = server.unwrap();
    let keys = Keys::create(&server).await.unwrap();
    (server, keys)
}

#[tokio::test(flavor = "multi_thread")]
async fn without_redis_the_choice_holds_and_is_told_and_what_was_counted_is_there_when_it_is_back() {
    let Some(mut redis) = RedisServer::start() else { return };
    // What of four uses is admitted of a limit of six, of which three are used.
    for (choice, admitted) in [("local-share", 3), ("local", 3), ("allow", 4), ("deny", 0)] {
        let folder = tempfile::tempdir().unwrap();
        let (server, keys) = start(&redis, folder.path(), choice).await;
        let limits = json!([{"name": "day", "strategy": "sliding_window", "limit": 6, "window_seconds": 86_400}]);
        let (secret, free) = (create_limited(&server, choice, &limits).await, &keys.reader);
        for _ in 0..3 {
            assert_eq!(decision(&server, &question(&keys, &secret, 1)).await["decision"], "Permit");
        }
        let (status, told) = readiness(&server).await;
        assert_eq!((status, &told["status"], &told["limits"]["redis"]), (200, &"ready".into(), &redis.url().into()));

        redis.kill();
        let since = Instant::now();
        let mut permits = 0;
        for _ in 0..4 {
            let answer = decision(&server, &question(&keys, &secret, 1)).await;
            permits += usize::from(answer["decision"] == "Permit");
            assert!(answer["decision"] == "Permit" || answer["reason"] == "rate_limited", "{answer}");
        }
        println!("{choice}: four decisions took {:?} without Redis", since.elapsed());
        assert_eq!(permits, admitted, "{choice}");
        assert_eq!(decision(&server, &question(&keys, free, 1)).await["decision"], "Permit", "it has no limits");
        wait_until_away(&server, 1).await;
        let without = format!("argus_decisions_without_redis_total{{choice=\"{choice}\"}}");
        assert_eq!(counter(&server, &without).await.unwrap(), 4);
        let (status, told) = readiness(&server).await;
        assert_eq!((status, &told["status"]), (200, &"degraded".into()), "{told}");
        assert_eq!(
            (&told["limits"]["mode"], &told["limits"]["counted_by"]),
            (&"exact".into(), &choice.into()),
            "{told}"
        );
        assert!(told["limits"]["problem"].is_string(), "{told}");

        redis.start_again();
        wait_until_away(&server, 0).await;
        // Three are used there, as before it was killed.
        let answer = decision(&server, &question(&keys, &secret, 1)).await;
        assert_eq!((&answer["decision"], &answer["limits"][0]["remaining"]), (&"Permit".into(), &2.into()), "{answer}");
        assert_eq!(counter(&server, &without).await.unwrap(), 4, "nothing more was decided without it");
        assert_eq!(readiness(&server).await.1["status"], "ready");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_answers_nothing_is_waited_for_once() {
    let Some(mut redis) = RedisServer::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let (server, keys) = start(&redis, folder.path(), "local").await;
    let limits = json!([{"name": "day", "strategy": "fixed_window", "limit": 1_000, "window_seconds": 86_400}]);
    let request = question(&keys, &create_limited(&server, "frozen", &limits).await, 1);
    assert_eq!(decision(&server, &request).await["decision"], "Permit");
    redis.freeze();
    let mut waited = 0;
    for _ in 0..20 {
        let since = Instant::now();
        assert_eq!(decision(&server, &request).await["decision"], "Permit");
        waited += usize::from(since.elapsed() >= Duration::from_millis(400));
    }
    assert!(waited <= 1, "{waited} of 20 decisions waited for the time-out");
    assert_eq!(counter(&server, "argus_redis_checks_total{outcome=\"failed\"}").await.unwrap(), waited as u64);
    redis.thaw();
    wait_until_away(&server, 0).await;
    assert_eq!(decision(&server, &request).await["decision"], "Permit");
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_are_counted_over_tls_where_the_certificate_is_believed_and_else_not() {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap().self_signed(&key).unwrap();
    let Some(redis) = RedisServer::start_with_tls(&certificate.pem(), &key.serialize_pem()) else { return };
    let folder = tempfile::tempdir().unwrap();
    let believed = folder.path().join("believed.pem");
    std::fs::write(&believed, certificate.pem()).unwrap();
    for (name, is_believed) in [("believed", true), ("unknown", false)] {
        let server = Server::start_with(&folder.path().join(name), |command| {
            command.env("ARGUS_REDIS_URL", format!("rediss://127.0.0.1:{}", redis.port()));
            command.env("ARGUS_REDIS_AWAY", "deny").env("ARGUS_REDIS_MILLISECONDS", "1000");
            if is_believed {
                command.env("SSL_CERT_FILE", &believed);
            }
        });
        let server = server.unwrap();
        let keys = Keys::create(&server).await.unwrap();
        let limits = json!([{"name": "day", "strategy": "fixed_window", "limit": 5, "window_seconds": 86_400}]);
        let answer = decision(&server, &question(&keys, &create_limited(&server, name, &limits).await, 1)).await;
        assert_eq!(answer["decision"] == "Permit", is_believed, "{answer}");
        let (_, told) = readiness(&server).await;
        assert_eq!(told["limits"]["problem"].is_null(), is_believed, "{told}");
    }
}
