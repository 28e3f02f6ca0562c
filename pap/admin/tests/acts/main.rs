//! The acts against a real database, with a decision point that goes by scopes alone.

#![cfg(test)]
#![expect(clippy::string_slice, reason = "keys are ASCII")]

mod audit;
mod create_key;
mod credentials;
mod delegation;
mod life;
mod lists;
mod nodes;
mod places;
mod plans;
mod preview_key;
mod revoke_key;
mod secrets;
mod signing_keys;
#[path = "../support/mod.rs"]
mod support;
mod tokens;

use argus_admin::{AdminError, Body, Call, CreatedKey, Place, Query};
use serde::Serialize;
use serde_json::{Value, json};
use support::{Installation, caller, caller_of, installation};

/// Everything, everywhere.
fn root() -> Call {
    Call::new(caller("argus", &["*:admin"]), "r-1".to_owned())
}

fn acting(organisation: &str, scopes: &[&str]) -> Call {
    Call::new(caller(organisation, scopes), "r-2".to_owned())
}

/// The holder of a key that was made.
fn holding(made: &CreatedKey) -> Call {
    let key = shown(&made.key);
    let scopes: Vec<&str> = key["scopes"].as_array().unwrap().iter().map(|scope| scope.as_str().unwrap()).collect();
    Call::new(caller_of(made.key.id, key["organisation"].as_str().unwrap(), &scopes), "r-3".to_owned())
}

fn body(value: &Value) -> Body {
    Body::parse(value.to_string().as_bytes()).unwrap()
}

fn query(pairs: &[(&str, &str)]) -> Query {
    Query::new(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
}

fn shown(view: &impl Serialize) -> Value {
    serde_json::to_value(view).unwrap()
}

/// `code pointer` of each fault.
fn faults(error: &AdminError) -> Vec<String> {
    let AdminError::Refused(faults) = error else { panic!("{error}") };
    let place = |place: &Place| match place {
        Place::Body(pointer) => pointer.clone(),
        Place::Query(name) => format!("?{name}"),
        Place::Header(name) => format!("{name}:"),
    };
    faults.iter().map(|fault| format!("{} {}", fault.code.as_str(), place(&fault.place))).collect()
}

/// An installation with `acme/atlas` and `beta`.
async fn with_acme() -> Installation {
    let installation = installation();
    let admin = &installation.admin;
    for name in ["acme", "beta"] {
        admin.create_organisation(&root(), body(&json!({"name": name}))).await.unwrap();
    }
    admin.create_project(&root(), body(&json!({"organisation": "acme", "name": "atlas"}))).await.unwrap();
    installation
}

async fn create_key(installation: &Installation, call: &Call, value: &Value) -> Result<CreatedKey, AdminError> {
    installation.admin.create_key(call, body(value)).await
}

fn reader() -> Value {
    json!({"organisation": "acme", "project": "atlas", "name": "reader", "owner": "ada@acme.example",
           "scopes": ["acme/atlas/evidence:read"]})
}

fn with(mut value: Value, members: &Value) -> Value {
    for (name, member) in members.as_object().unwrap() {
        value[name] = member.clone();
    }
    value
}
