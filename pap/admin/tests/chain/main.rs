//! The audit as an auditor has it: exported, checked without a server, tampered with in every way, on both databases.

#![cfg(all(test, unix))]
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking, and its helpers are part of it"
)]
#![allow(dead_code, reason = "what is shared with other tests is used in part")]

mod live;
mod offline;
mod people;
#[path = "../../../store/tests/support/postgres.rs"]
mod server;
#[path = "../support/mod.rs"]
mod support;

use argus_admin::audit::verify::{Known, Report, verify};
use argus_admin::{Body, Call, Query};
use argus_store::{Location, Store};
use serde_json::{Value, json};
use server::PostgresServer;
use support::{Installation, caller, installation, on};

/// An installation on each database that this machine has.
fn installations() -> Vec<Installation> {
    let mut all = vec![installation()];
    if let Some(server) = PostgresServer::shared() {
        let store = Store::open(Location::parse(&server.new_database()).unwrap()).unwrap();
        all.push(on(store, tempfile::tempdir().unwrap()));
    }
    all
}

fn root() -> Call {
    Call::new(caller("argus", &["*:admin"]), "r-1".to_owned())
}

fn of_acme() -> Call {
    Call::new(caller("acme", &["acme/argus/audit:read"]), "r-2".to_owned())
}

fn body(value: &Value) -> Body {
    Body::parse(value.to_string().as_bytes()).unwrap()
}

async fn make_organisation(installation: &Installation, name: &str) {
    installation.admin.create_organisation(&root(), body(&json!({ "name": name }))).await.unwrap();
}

async fn make_project(installation: &Installation, organisation: &str, name: &str) {
    let body = body(&json!({ "organisation": organisation, "name": name }));
    installation.admin.create_project(&root(), body).await.unwrap();
}

/// Ten entries and more, with a checkpoint in the midst.
async fn fill(installation: &Installation) {
    for name in ["argus", "acme", "beta"] {
        make_organisation(installation, name).await;
    }
    for n in 0..3 {
        make_project(installation, "acme", &format!("p-{n}")).await;
    }
    installation.tender.sign_now(support::noon()).unwrap();
    for n in 0..3 {
        make_project(installation, "beta", &format!("p-{n}")).await;
        make_project(installation, "acme", &format!("q-{n}")).await;
    }
}

async fn export(installation: &Installation, call: &Call) -> Vec<String> {
    let mut export = installation.admin.export_audit(call, Query::default()).await.unwrap();
    let mut lines = String::new();
    while let Some(more) = export.next_lines().unwrap() {
        lines.push_str(&more);
    }
    lines.lines().map(str::to_owned).collect()
}

fn check(lines: &[String]) -> Report {
    check_with(lines, &Known::default())
}

fn check_with(lines: &[String], known: &Known) -> Report {
    verify((lines.join("\n") + "\n").as_bytes(), known).unwrap()
}

/// `what sequence`, or `whole`.
fn told(report: &Report) -> String {
    report
        .broken
        .as_ref()
        .map_or_else(|| "whole".to_owned(), |broken| format!("{} {}", broken.what.as_str(), broken.sequence))
}

/// The place of the line that holds an entry.
fn place(lines: &[String], sequence: i64) -> usize {
    let is_it = |line: &String| {
        let value: Value = serde_json::from_str(line).unwrap();
        value.get("entry").unwrap_or(&value).get("sequence") == Some(&json!(sequence))
            && value.get("checkpoint").is_none()
    };
    lines.iter().position(is_it).unwrap()
}

/// The checkpoints that were written outside.
fn outside(installation: &Installation) -> Known {
    let text = std::fs::read_to_string(installation.folder.path().join("audit-checkpoints.jsonl")).unwrap();
    let checkpoints = argus_admin::audit::verify::read_checkpoints(&text).unwrap();
    Known { checkpoints, key_id: None }
}
