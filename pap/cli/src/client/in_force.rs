//! Waiting until every decision point knows of an act, and saying which don't yet.

use std::fmt::Write as _;

use clap::Args;
use serde_json::Value;

use super::{number, text};
use crate::exit::Exit;

/// How long an act that stops something waits.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Wait {
    /// For how long to wait until every decision point knows it; ends with 1 where one doesn't (default: 1, at most 20).
    #[arg(long = "wait", value_name = "SECONDS", value_parser = clap::value_parser!(u8).range(0..=20))]
    pub(crate) seconds: Option<u8>,
}

impl Wait {
    /// How a command ends: with 1 only where somebody asked to wait, and one did not know by the end of it.
    pub(crate) fn exit(self, answer: &Value) -> Exit {
        let is_everywhere = number(answer, "applied_by") >= number(answer, "decision_points");
        if is_everywhere || self.seconds.is_none() { Exit::Done } else { Exit::No }
    }
}

/// Who knows of an act, such as `applied by 2 of 3 decision points after 12 ms`, and a line for each that doesn't.
pub(crate) fn in_force(answer: &Value) -> String {
    let (by, of) = (number(answer, "applied_by"), number(answer, "decision_points"));
    let after = number(answer, "applied_after_milliseconds");
    let mut words = format!("applied by {by} of {of} decision points after {after} ms\n");
    let behind = answer.get("behind").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    for node in behind {
        let (address, silent) = (text(node, "address"), number(node, "silent_for_seconds"));
        let until = node.get("longest_staleness_seconds").and_then(Value::as_u64);
        let until = until.map_or_else(String::new, |most| format!("; cut off, it refuses every key after {most} s"));
        let _ = writeln!(words, "  not yet by {address}, heard of {silent} s ago{until}");
    }
    words
}
