//! How good the watching is: on traffic that we make, and on series that others labelled.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap,
    clippy::print_stdout,
    reason = "a panic is a failed test, and the figures are what it is for"
)]

mod nab;
mod score;
mod traffic;
