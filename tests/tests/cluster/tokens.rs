//! Access tokens on several nodes: one that was revoked, or whose key was, is refused by each within a second; and an
//! assertion that was used on one node of the administration is refused on another.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use argus_tests::http::{Answer, Connection, once, post};
use argus_tests::program::{Server, promised};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::installation::{Installation, Made, ask_until_revoked};
use crate::postgres::PostgresServer;

const KIND: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

async fn form(address: SocketAddr, path: &str, body: &str) -> Answer {
    once(address, &post(path, "application/x-www-form-urlencoded", None, body.as_bytes())).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_was_revoked_or_whose_key_was_is_refused_by_every_node_within_a_second() {
    let Some(postgres) = PostgresServer::start() else { return };
    let installation = Installation::start(&postgres.new_database(), None).await;
    let address = installation.administration.pap;
    for with_its_key in [true, false] {
        let key = installation.create_reader(&format!("client-{with_its_key}")).await.unwrap();
        let client = format!("client_id={}&client_secret={}", key.id, key.secret);
        let told = form(address, "/oauth/token", &format!("grant_type=client_credentials&{client}")).await;
        let token = told.json().unwrap()["access_token"].as_str().unwrap().to_owned();
        let request = installation.verification(&token);
        let mut connections = Vec::new();
        for node in &installation.deciding {
            installation.wait_until_permitted(node, &request).await;
            connections.push(Connection::open(node.pdp).await.unwrap());
        }
        let revoked = if with_its_key {
            // Acknowledged as soon as it is durable, so that there is something to measure.
            let asked = json!({"reason": "a test", "wait_seconds": 0});
            installation.administer(&format!("/v1/keys/{}/revoke", key.id), &asked).await.unwrap()
        } else {
            form(address, "/oauth/revoke", &format!("{client}&token={token}")).await
        };
        assert_eq!(revoked.status, 200, "{}", revoked.text());
        let asking = connections.into_iter().map(|mut connection| {
            let request = request.clone();
            tokio::spawn(async move { ask_until_revoked(&mut connection, &request, Duration::from_secs(10)).await })
        });
        let mut waits = Vec::new();
        for asked in asking.collect::<Vec<_>>() {
            waits.push(asked.await.unwrap());
        }
        println!("a token revoked, with its key: {with_its_key}; refused by 3 nodes after {waits:?}");
        assert!(waits.iter().all(|waited| *waited <= promised(Duration::from_secs(1))), "{waits:?}");
        if !with_its_key {
            for node in &installation.deciding {
                installation.wait_until_permitted(node, &installation.verification(&key.secret)).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_assertion_that_was_used_on_one_node_is_refused_on_another() {
    let Some(postgres) = PostgresServer::start() else { return };
    let database = postgres.new_database();
    let installation = Installation::start(&database, None).await;
    let second = Server::start_node(&installation.folder().join("administration-2"), "pap", &database, |command| {
        command.env("ARGUS_ISSUER", installation.issuer());
    })
    .unwrap();
    let (first, second) = (installation.administration.pap, second.pap);
    let client = Client::register(&installation).await;
    for address in [first, second] {
        client.wait_until_known(address).await;
    }

    for (address, other) in [(first, second), (second, first)] {
        let assertion = client.assertion();
        assert_eq!(ask(address, &assertion).await, (200, Value::Null));
        assert_eq!(ask(other, &assertion).await, (401, json!("invalid_client")));
        assert_eq!(ask(address, &assertion).await, (401, json!("invalid_client")));
    }
    for _ in 0..10 {
        let assertion = client.assertion();
        let (one, other) = tokio::join!(ask(first, &assertion), ask(second, &assertion));
        let mut statuses = [one.0, other.0];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 401], "of two at once one is the first");
    }
}

/// Status and error of a request for a token by an assertion.
async fn ask(address: SocketAddr, assertion: &str) -> (u16, Value) {
    let body = format!("grant_type=client_credentials&client_assertion_type={KIND}&client_assertion={assertion}");
    let answer = form(address, "/oauth/token", &body).await;
    (answer.status, answer.json().unwrap()["error"].clone())
}

/// A client that signs assertions.
struct Client {
    key: Made,
    pair: EcdsaKeyPair,
    issuer: String,
}

impl Client {
    async fn register(installation: &Installation) -> Self {
        let key = installation.create_reader("signer").await.unwrap();
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let point = pair.public_key().as_ref();
        let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..]));
        let jwk = json!({"kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": "its"});
        let path = format!("/v1/keys/{}/credentials", key.id);
        let added = installation.administer(&path, &json!({"kind": "public_key", "jwk": jwk})).await.unwrap();
        assert_eq!(added.status, 201, "{}", added.text());
        Self { key, pair, issuer: installation.issuer() }
    }

    /// One that was never used.
    fn assertion(&self) -> String {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        let claims = json!({
            "iss": self.key.id, "sub": self.key.id, "aud": self.issuer, "exp": now.as_secs() + 60,
            "jti": now.as_nanos().to_string(),
        });
        let header = json!({"alg": "ES256", "kid": "its"});
        let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let message = format!("{}.{}", encode(&header), encode(&claims));
        let signature = self.pair.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// Waits until a node has heard of the public key.
    async fn wait_until_known(&self, address: SocketAddr) {
        let until = tokio::time::Instant::now() + Duration::from_secs(30);
        loop {
            let (status, error) = ask(address, &self.assertion()).await;
            if status == 200 {
                return;
            }
            assert!(tokio::time::Instant::now() < until, "{status} {error}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}
