//! The process is killed while its signing keys are rotated, again and again: each rotation happened or did not, none by
//! halves, and the published set verifies whatever was signed and not withdrawn.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use argus_tests::http::{Connection, get, once, post};
use argus_tests::program::Server;
use argus_tests::walk::{Keys, create};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::crash::rounds;

/// The longest that a round works before the kill.
const WORK_MILLIS: u64 = 400;

/// What a client says who it is by.
struct Client {
    id: String,
    secret: String,
}

/// The signing keys by their ids, each with its state.
type States = BTreeMap<String, String>;

/// What was acknowledged, and what was not yet.
#[derive(Default)]
struct Known {
    states: States,
    /// All that there ever were.
    seen: BTreeSet<String>,
    /// What was asked for and not answered: the word says how soon it was to sign.
    under_way: Option<&'static str>,
    /// Tokens, each with the id of the key that signed it.
    tokens: Vec<(String, String)>,
    rotations: usize,
}

#[tokio::test(flavor = "multi_thread")]
async fn no_kill_loses_a_rotation_of_signing_keys_or_leaves_half_of_one() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    // Of all kinds the one that is made fastest: most of the time goes into what may be cut through.
    let start = || {
        Server::start_with(&data, |command| {
            command.env("ARGUS_SIGNING_KEY", "p-256").env("ARGUS_ISSUER", "https://argus.example");
        })
        .unwrap()
    };
    let mut known = Known::default();
    let first = start();
    Keys::create(&first).await.unwrap();
    let body =
        json!({"organisation": "acme", "project": "atlas", "name": "client", "scopes": ["acme/atlas/evidence:read"]});
    let made = create(&first, "/v1/keys", &body).await.unwrap();
    let client = Client { id: text(&made, "id").unwrap(), secret: text(&made, "secret").unwrap() };
    let (kid, token) = client.token(first.pap).await.unwrap();
    known.states.insert(kid.clone(), "signing".into());
    known.seen.insert(kid.clone());
    known.tokens.push((kid, token));
    drop(first);
    for round in 0..=rounds() {
        let mut server = start();
        let context = || format!("round {round}: {:?}, under way {:?}", known.states, known.under_way);
        let states = whole(&server, &client, &known).await.with_context(context).unwrap();
        known.seen.extend(states.keys().cloned());
        (known.states, known.under_way) = (states, None);
        // A different moment in each round, the same in each run.
        let millis = round * 89 % WORK_MILLIS;
        let mut tokens = Vec::new();
        let work = async { tokio::try_join!(rotate(&server, &mut known), client.sign(&server, &mut tokens)) };
        if let Ok(ended) = timeout(Duration::from_millis(millis), work).await {
            panic!("work that has no end ended: {ended:?}");
        }
        server.kill().unwrap();
        known.tokens.extend(tokens);
    }
    println!("{} kills, {} rotations and {} tokens acknowledged", rounds() + 1, known.rotations, known.tokens.len());
    assert!(known.rotations > 0 && known.tokens.len() > 1, "nothing was ever acknowledged");
}

impl Client {
    async fn ask(&self, pap: SocketAddr, path: &str, rest: &str) -> Result<Value> {
        let body = format!("client_id={}&client_secret={}&{rest}", self.id, self.secret);
        let request = post(path, "application/x-www-form-urlencoded", None, body.as_bytes());
        let answer = once(pap, &request).await?;
        ensure!(answer.status == 200, "{path}: {} {}", answer.status, answer.text());
        answer.json()
    }

    /// A token, and the id of the key that signed it.
    async fn token(&self, pap: SocketAddr) -> Result<(String, String)> {
        let told = self.ask(pap, "/oauth/token", "grant_type=client_credentials").await?;
        let token = text(&told, "access_token")?;
        let header = token.split('.').next().unwrap_or_default();
        let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header)?)?;
        Ok((text(&header, "kid")?, token))
    }

    /// Gets tokens, one after the other, until it is stopped.
    async fn sign(&self, server: &Server, tokens: &mut Vec<(String, String)>) -> Result<()> {
        loop {
            tokens.push(self.token(server.pap).await?);
        }
    }

    async fn is_good(&self, server: &Server, token: &str) -> Result<bool> {
        let told = self.ask(server.pap, "/oauth/introspect", &format!("token={token}")).await?;
        told["active"].as_bool().context("no answer")
    }
}

/// Rotates, one time after the other, until it is stopped: in time where no key waits to sign, else in an emergency.
async fn rotate(server: &Server, known: &mut Known) -> Result<()> {
    let mut connection = Connection::open(server.pap).await?;
    loop {
        let is_emergency = known.states.values().any(|state| state == "published");
        let state = if is_emergency { "signing" } else { "published" };
        known.under_way = Some(state);
        let body = json!({ "emergency": is_emergency }).to_string();
        let request = post("/v1/signing-keys/rotate", "application/json", Some(&server.key), body.as_bytes());
        let answer = connection.send(&request).await?;
        ensure!(answer.status == 200, "{} {}", answer.status, answer.text());
        let key = answer.json()?;
        ensure!(key["state"] == state, "{key}");
        if is_emergency {
            known.states.clear();
        }
        known.states.insert(text(&key, "kid")?, state.into());
        known.seen.insert(text(&key, "kid")?);
        known.under_way = None;
        known.rotations += 1;
    }
}

/// Whether the server has what it acknowledged, with or without what was under way; and whether its set of keys verifies
/// what they signed, and nothing else. The keys as they are.
async fn whole(server: &Server, client: &Client, known: &Known) -> Result<States> {
    let request =
        format!("GET /v1/signing-keys HTTP/1.1\r\nHost: argus\r\nAuthorization: Bearer {}\r\n\r\n", server.key);
    let listed = once(server.pap, request.as_bytes()).await?.json()?;
    let listed = listed["items"].as_array().context("a page without items")?;
    let states: Result<States> = listed.iter().map(|key| Ok((text(key, "kid")?, text(key, "state")?))).collect();
    let states = states?;
    if states != known.states {
        let new: Vec<_> = states.iter().filter(|(kid, _)| !known.seen.contains(*kid)).collect();
        let [(kid, state)] = new[..] else { anyhow::bail!("not one new key: {states:?}") };
        ensure!(known.under_way == Some(state.as_str()), "nobody asked for that: {states:?}");
        let mut expected = if state == "signing" { States::new() } else { known.states.clone() };
        expected.insert(kid.clone(), state.clone());
        ensure!(states == expected, "half a rotation: {states:?}");
    }

    let set = once(server.pap, &get("/.well-known/jwks.json")).await?.json()?;
    let set = set["keys"].as_array().context("no keys")?;
    let points: Result<BTreeMap<String, Vec<u8>>> =
        set.iter().map(|key| Ok((text(key, "kid")?, point(key)?))).collect();
    let points = points?;
    ensure!(points.keys().eq(states.keys()), "published are {:?}, and listed {states:?}", points.keys());

    let (kid, fresh) = client.token(server.pap).await?;
    ensure!(states.get(&kid).is_some_and(|state| state == "signing"), "{kid} signs: {states:?}");
    let tokens = known.tokens.iter().chain([(kid, fresh)].iter()).cloned().collect::<Vec<_>>();
    for (kid, token) in tokens.iter().rev().take(40) {
        ensure!(client.is_good(server, token).await? == points.contains_key(kid), "a token of {kid}: {states:?}");
        if let Some(point) = points.get(kid) {
            let (message, signature) = token.rsplit_once('.').context("no token")?;
            let signature = URL_SAFE_NO_PAD.decode(signature)?;
            let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
            ensure!(key.verify(message.as_bytes(), &signature).is_ok(), "{kid} did not sign {token}");
        }
    }
    Ok(states)
}

/// A key of the set as a point of its curve.
fn point(key: &Value) -> Result<Vec<u8>> {
    ensure!(key.get("d").is_none() && key["crv"] == "P-256", "{key}");
    let mut point = vec![4];
    for name in ["x", "y"] {
        point.extend(URL_SAFE_NO_PAD.decode(text(key, name)?)?);
    }
    Ok(point)
}

fn text(value: &Value, name: &str) -> Result<String> {
    value[name].as_str().map(str::to_owned).with_context(|| format!("no {name}"))
}
