//! One call in six languages, as whole programs that need nothing but what each language brings; Rust alone needs crates.
//!
//! Each reads the secret from `ARGUS_KEY`, ends after ten seconds, follows no redirect with the key, prints status and
//! body, and ends with 1 where the answer isn't a success.

mod curl;
mod go;
mod java;
mod node;
mod python;
mod rust;

pub(crate) use curl::token;

use super::call::{Call, KEY, PRESENTED};

/// Writes a call as a program, below an introduction.
pub(crate) type Write = fn(&[String], &Call) -> String;

/// The languages by their names, in the order in which they are shown.
pub(crate) static LANGUAGES: &[(&str, Write)] = &[
    ("curl", curl::write),
    ("python", python::write),
    ("node", node::write),
    ("go", go::write),
    ("java", java::write),
    ("rust", rust::write),
];

/// What stands above the code: which key, what is done, and what has to be set.
pub(crate) fn introduction(key: &str, call: &Call) -> Vec<String> {
    let mut lines = vec![
        format!("Key {key}: {}.", call.does),
        format!("{KEY} holds its secret, from a file or a secret store, never from the code."),
    ];
    let base = &call.base;
    lines.push(match &base.default {
        Some(default) => format!("{} is {}; {default} where it is not set.", base.variable, base.is),
        None => format!("{} is the address of {}.", base.variable, base.is),
    });
    if call.shows_presented() {
        lines.push(format!("{PRESENTED} holds what a caller presented, an API key or a token."));
    }
    lines
}

fn comment(prefix: &str, lines: &[String]) -> String {
    lines.iter().flat_map(|line| [prefix, " ", line.as_str(), "\n"]).collect()
}
