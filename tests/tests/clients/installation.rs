//! A server with a client, an enforcement point and an administrator, and how the programs of others are told of them.

use std::process::Command;

use argus_tests::http::{Answer, once, post};
use argus_tests::program::{Server, stdout};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A key, and what its holder presents.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) secret: String,
}

/// A server that lasts as long as this, with the project `acme/atlas`.
pub(crate) struct Installation {
    pub(crate) server: Server,
    pub(crate) client: Key,
    pub(crate) enforcement_point: Key,
    _folder: TempDir,
}

impl Installation {
    /// Starts it, with a client that may read and write evidence.
    pub(crate) fn start() -> Self {
        Self::start_with(|_| {})
    }

    /// The same, with further settings of the server.
    pub(crate) fn start_with(settings: impl FnOnce(&mut Command)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::start_with(&folder.path().join("data"), settings).unwrap();
        stdout(&server.argus(&["org", "create", "acme"])).unwrap();
        stdout(&server.argus(&["project", "create", "acme/atlas"])).unwrap();
        let scopes = ["acme/atlas/evidence:read", "acme/atlas/evidence:write"];
        let client = create(&server, "acme/atlas/client", &scopes);
        let enforcement_point = create(&server, "acme/pep", &["acme/argus/pdp:execute"]);
        Self { server, client, enforcement_point, _folder: folder }
    }

    /// Another key.
    pub(crate) fn create(&self, name: &str, scopes: &[&str]) -> Key {
        create(&self.server, name, scopes)
    }

    /// The address of the issuer.
    pub(crate) fn issuer(&self) -> String {
        format!("http://{}", self.server.pap)
    }

    /// Tells a program of the server and of those who use it.
    pub(crate) fn tell<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command
            .env("ARGUS_ISSUER", self.issuer())
            .env("ARGUS_PDP_URL", format!("http://{}", self.server.pdp))
            .env("CLIENT_ID", &self.client.id)
            .env("CLIENT_SECRET", &self.client.secret)
            .env("ENFORCEMENT_POINT_KEY", &self.enforcement_point.secret)
            .env("ADMINISTRATOR_KEY", &self.server.key)
            .env("NO_PROXY", "127.0.0.1")
    }

    /// Sends a form to an endpoint of OAuth.
    pub(crate) async fn form(&self, path: &str, body: &str) -> Answer {
        let request = post(path, "application/x-www-form-urlencoded", None, body.as_bytes());
        once(self.server.pap, &request).await.unwrap()
    }

    /// A token of a key, with all that the key may.
    pub(crate) async fn token(&self, key: &Key) -> String {
        let body = format!("grant_type=client_credentials&client_id={}&client_secret={}", key.id, key.secret);
        let answer = self.form("/oauth/token", &body).await;
        let told = answer.json().unwrap();
        told["access_token"].as_str().unwrap_or_else(|| panic!("{told}")).to_owned()
    }

    /// What the decision point answers to `presented`, as the key or token of an enforcement point, about `credential`.
    pub(crate) async fn verify(&self, presented: &str, credential: &str) -> (u16, Value) {
        let body = json!({"credential": credential, "action": "read", "resource": "acme/atlas/evidence/42"});
        let request = post("/v1/verify", "application/json", Some(presented), body.to_string().as_bytes());
        let answer = once(self.server.pdp, &request).await.unwrap();
        (answer.status, answer.json().unwrap())
    }
}

fn create(server: &Server, name: &str, scopes: &[&str]) -> Key {
    let mut arguments = vec!["key", "create", name, "--output", "json"];
    arguments.extend(scopes.iter().flat_map(|scope| ["--scope", scope]));
    let made: Value = serde_json::from_str(&stdout(&server.argus(&arguments)).unwrap()).unwrap();
    let text = |member: &str| made[member].as_str().unwrap().to_owned();
    Key { id: text("id"), secret: text("secret") }
}
