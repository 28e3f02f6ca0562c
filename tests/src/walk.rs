//! The first steps with a new server: an organisation, a project, and keys in it.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::http::{once, post};
use crate::program::Server;

/// The keys that most tests need.
#[derive(Debug, Clone)]
pub struct Keys {
    /// Of an enforcement point: may ask for decisions of `acme`.
    pub enforcement_point: String,
    /// Of a reader: may read `acme/atlas/evidence`.
    pub reader: String,
}

impl Keys {
    /// Makes the organisation `acme` with its project `atlas`, and the keys.
    pub async fn create(server: &Server) -> Result<Self> {
        create(server, "/v1/organisations", &json!({"name": "acme"})).await?;
        create(server, "/v1/projects", &json!({"organisation": "acme", "name": "atlas"})).await?;
        Ok(Self {
            enforcement_point: create_key(server, "gate", "acme/argus/pdp:execute").await?,
            reader: create_key(server, "reader", "acme/atlas/evidence:read").await?,
        })
    }

    /// A request of the enforcement point for a decision.
    pub fn verification(&self, asked: &Value) -> Vec<u8> {
        post("/v1/verify", "application/json", Some(&self.enforcement_point), asked.to_string().as_bytes())
    }
}

/// Makes a key of the project `acme/atlas` with one scope and gives its secret.
pub async fn create_key(server: &Server, name: &str, scope: &str) -> Result<String> {
    let body = json!({"organisation": "acme", "project": "atlas", "name": name, "scopes": [scope]});
    let key = create(server, "/v1/keys", &body).await?;
    Ok(key["secret"].as_str().context("a key without a secret")?.to_owned())
}

/// Makes something, as the administrator.
pub async fn create(server: &Server, path: &str, body: &Value) -> Result<Value> {
    let request = post(path, "application/json", Some(&server.key), body.to_string().as_bytes());
    let answer = once(server.pap, &request).await?;
    ensure!(answer.status == 201, "{path}: {} {}", answer.status, answer.text());
    answer.json()
}
