//! `argus-tests`: what the tests of the whole share. No part of the product depends on it.
//!
//! [`conformance`] runs the public cases. [`oracle`] is a second evaluator to hold the engine against, [`generate`]
//! makes the policies and requests for it, and [`shrink`] makes them small where the two differ. [`program`] runs the
//! real program, [`http`] speaks with it, [`load`] drives it as fast as it can go, [`process`] tells what that cost;
//! [`rotation`] uses one secret without a pause, [`trap`] is a policy that has keys revoked.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::missing_panics_doc,
    clippy::format_push_string,
    clippy::format_collect,
    clippy::cast_precision_loss,
    clippy::print_stderr,
    clippy::cast_possible_truncation,
    reason = "all of this crate is test code: a panic is a failed test"
)]

pub mod conformance;
pub mod factor;
pub mod flood;
pub mod forge;
pub mod generate;
pub mod http;
pub mod load;
pub mod oracle;
pub mod process;
pub mod program;
pub mod rotation;
pub mod shrink;
pub mod trap;
pub mod walk;
