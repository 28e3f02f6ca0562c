//! The store on a PostgreSQL server: what it promises on a file, and what only several nodes can ask of it.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking, and its helpers are part of it"
)]

#[path = "../store/acts.rs"]
mod acts;
#[path = "../store/anomalies.rs"]
mod anomalies;
#[path = "../store/audit.rs"]
mod audit;
mod away;
mod database;
#[path = "../store/decisions.rs"]
mod decisions;
#[path = "../store/deliveries.rs"]
mod deliveries;
#[path = "../store/due.rs"]
mod due;
#[path = "../store/keys.rs"]
mod keys;
#[path = "../store/nodes.rs"]
mod known_nodes;
#[path = "../store/limits.rs"]
mod limits;
mod nodes;
#[path = "../store/organisations.rs"]
mod organisations;
#[path = "../store/outbox.rs"]
mod outbox;
#[path = "../store/plans.rs"]
mod plans;
#[path = "../store/policies.rs"]
mod policies;
#[path = "../store/quotas.rs"]
mod quotas;
mod schema;
#[path = "../support/postgres.rs"]
mod server;
#[path = "../store/signing_keys.rs"]
mod signing_keys;
#[path = "../store/snapshot.rs"]
mod snapshot;
#[path = "../store/support.rs"]
mod support;
mod tls;
#[path = "../store/tokens.rs"]
mod tokens;
#[path = "../store/transfer.rs"]
mod transfer;
#[path = "../store/usage.rs"]
mod usage;
#[path = "../store/vitals.rs"]
mod vitals;
