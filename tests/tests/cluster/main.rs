//! Several nodes on one PostgreSQL: three that decide, one that administers. A revocation reaches each within a second,
//! also when nobody hears the wake-up; the database may go away for a while, and nothing is lost.
//!
//! What was measured is printed. With a release build as many keys are revoked, and the database is away for as long, as
//! the promises say; with a debug build fewer, and shorter.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a panic is a failed test; what was measured is to be seen"
)]

mod clock;
mod five;
mod installation;
mod journal;
mod limits;
mod nodes;
mod obligation;
mod outage;
#[path = "../../../pap/store/tests/support/postgres.rs"]
mod postgres;
mod quotas;
#[path = "../../../pdp/limits/tests/support/redis.rs"]
mod redis;
mod redis_lost;
mod revocation;
mod rotation;
mod settle;
mod shares;
mod tokens;
mod usage;
