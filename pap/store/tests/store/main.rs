//! The store as its callers use it, on real files.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, and its helpers are part of it")]

mod acts;
mod anomalies;
mod audit;
mod database;
mod decisions;
mod deliveries;
mod due;
mod idempotency;
mod keys;
mod limits;
mod nodes;
mod opening;
mod organisations;
mod outbox;
mod plans;
mod policies;
mod quotas;
mod reviews;
mod signing_keys;
mod snapshot;
mod support;
mod tokens;
mod transfer;
mod upgrade;
mod usage;
mod vitals;
