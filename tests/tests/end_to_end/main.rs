//! The real program, from its first start to a flood of forged keys. `ARGUS_BIN` names the binary; without it, the one
//! of the profile that these tests were built in is used. What is measured is printed, and judged where the binary is a
//! release build.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::format_push_string,
    reason = "a panic is a failed test; what was measured is to be seen"
)]

mod advice;
mod anomaly;
mod bulk;
mod clock;
mod compliance;
mod crash;
mod decisions;
mod first_minute;
mod flood;
mod geoip;
mod hostile;
mod journal;
mod killed;
mod limits;
mod log;
mod mail;
mod metrics;
mod notices;
mod obligation;
mod packs;
mod people;
mod plans;
#[path = "../../../pap/store/tests/support/postgres.rs"]
mod postgres;
mod quotas;
mod rotation;
mod signing;
mod start;
mod tokens;
mod traces;
mod usage;
