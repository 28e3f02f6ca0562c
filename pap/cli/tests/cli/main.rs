//! The program as its users meet it: command lines in, standard output, standard error and exit codes out.

#![expect(clippy::unwrap_used, reason = "a test that can't be set up fails")]

mod check;
mod eval;
mod policy_tests;
mod program;
mod progress;
mod support;
