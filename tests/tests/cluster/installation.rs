//! One administering and some deciding nodes on a database, and what is asked of them.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use argus_tests::http::{Answer, Connection, once, post};
use argus_tests::program::{Server, is_release};
use argus_tests::walk::Keys;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Nodes that decide, where nothing else is asked for.
const DECIDING: usize = 3;

/// The nodes, and the keys that most tests need.
pub(crate) struct Installation {
    pub(crate) administration: Server,
    pub(crate) deciding: Vec<Server>,
    pub(crate) keys: Keys,
    folder: TempDir,
}

/// A key that was made.
pub(crate) struct Made {
    pub(crate) id: String,
    pub(crate) secret: String,
}

impl Installation {
    /// Starts everything. Snapshots are believed for `staleness` where that is given.
    pub(crate) async fn start(database: &str, staleness: Option<Duration>) -> Self {
        Self::start_with(database, staleness, &[]).await
    }

    /// The same with further settings, as variables.
    pub(crate) async fn start_with(database: &str, staleness: Option<Duration>, further: &[(&str, &str)]) -> Self {
        Self::start_many(DECIDING, database, staleness, further).await
    }

    /// The same with so many nodes that decide.
    pub(crate) async fn start_many(
        deciding: usize,
        database: &str,
        staleness: Option<Duration>,
        further: &[(&str, &str)],
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let node = |name: &str, role, issuer: Option<&str>| {
            Server::start_node(&folder.path().join(name), role, database, |command| {
                command.envs(further.iter().copied());
                if let Some(issuer) = issuer {
                    command.env("ARGUS_ISSUER", issuer);
                }
                if let Some(staleness) = staleness {
                    command.env("ARGUS_LONGEST_STALENESS_SECONDS", staleness.as_secs().to_string());
                }
            })
            .unwrap()
        };
        let administration = node("administration", "pap", None);
        let issuer = format!("http://{}", administration.pap);
        let decider = |number| node(&format!("deciding-{number}"), "pdp", Some(&issuer));
        let deciding: Vec<Server> = (0..deciding).map(decider).collect();
        let keys = Keys::create(&administration).await.unwrap();
        let installation = Self { administration, deciding, keys, folder };
        for node in &installation.deciding {
            installation.wait_until(node, "Permit", Duration::from_secs(30)).await;
        }
        installation
    }

    /// A request for a decision about a key that is presented.
    pub(crate) fn verification(&self, secret: &str) -> Vec<u8> {
        let body = json!({"credential": secret, "action": "read", "resource": "acme/atlas/evidence/1"});
        self.keys.verification(&body)
    }

    /// Asks the administration.
    pub(crate) async fn administer(&self, path: &str, body: &Value) -> Result<Answer> {
        let body = body.to_string();
        once(self.administration.pap, &post(path, "application/json", Some(&self.administration.key), body.as_bytes()))
            .await
    }

    /// Whose access tokens all nodes believe.
    pub(crate) fn issuer(&self) -> String {
        format!("http://{}", self.administration.pap)
    }

    /// Makes a reader's key.
    pub(crate) async fn create_reader(&self, name: &str) -> Result<Made> {
        let scopes = ["acme/atlas/evidence:read"];
        let body = json!({"organisation": "acme", "project": "atlas", "name": name, "scopes": scopes});
        let answer = self.administer("/v1/keys", &body).await?;
        let key = answer.json()?;
        let text = |member: &str| key[member].as_str().map(str::to_owned).with_context(|| answer.text());
        Ok(Made { id: text("id")?, secret: text("secret")? })
    }

    /// Where the nodes have their data, and the master key.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Waits until a node permits what is asked.
    pub(crate) async fn wait_until_permitted(&self, node: &Server, request: &[u8]) {
        let until = tokio::time::Instant::now() + Duration::from_secs(30);
        while once(node.pdp, request).await.unwrap().json().unwrap()["decision"] != "Permit" {
            assert!(tokio::time::Instant::now() < until, "no Permit");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until a node's decision about the reader's key is this one.
    pub(crate) async fn wait_until(&self, node: &Server, decision: &str, longest: Duration) {
        let until = tokio::time::Instant::now() + longest;
        loop {
            let answer = once(node.pdp, &self.verification(&self.keys.reader)).await;
            let found = answer.as_ref().ok().and_then(|answer| answer.json().ok());
            if found.is_some_and(|found| found["decision"] == decision) {
                return;
            }
            assert!(tokio::time::Instant::now() < until, "no {decision} within {longest:?}: {answer:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// Whether an answer of `/v1/verify` refuses a revoked key.
pub(crate) fn is_revoked(answer: &Answer) -> bool {
    answer.json().is_ok_and(|answer| answer["reason"] == "credential_revoked")
}

/// Asks over a connection until it is refused as revoked.
pub(crate) async fn ask_until_revoked(connection: &mut Connection, request: &[u8], longest: Duration) -> Duration {
    let since = tokio::time::Instant::now();
    loop {
        let answer = connection.send(request).await.unwrap();
        if is_revoked(&answer) {
            return since.elapsed();
        }
        assert!(since.elapsed() < longest, "still {} {}", answer.status, answer.text());
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// What a release build has to bear, and what is enough to see that a debug build works.
pub(crate) fn by_build<T>(release: T, debug: T) -> T {
    if is_release() { release } else { debug }
}
