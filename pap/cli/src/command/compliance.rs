//! `argus compliance fips`

use std::fmt::Write as _;

use clap::{Args, Subcommand};
use serde_json::Value;

use crate::client::{Client, number, text};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// Hold the installation against what assessors ask, with evidence.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus compliance fips")]
pub(crate) struct Compliance {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Key management by FIPS 140-2 section 4.7, FIPS 140-3 (ISO/IEC 19790 7.9) and NIST SP 800-132. Leaves with 1 where
    /// a control fails.
    #[command(after_help = "Example:\n  argus compliance fips --output json")]
    Fips,
}

impl Compliance {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let Verb::Fips = self.verb;
        let output = console.output(&[Output::Human, Output::Json])?;
        let report = Client::administration(console)?.get("/v1/compliance/fips", &[])?;
        if output == Output::Json {
            console.print_json(&report)?;
        } else {
            console.print(in_words(&report))?;
        }
        Ok(if number(&report, "failed") == 0 { Exit::Done } else { Exit::No })
    }
}

fn list<'v>(value: &'v Value, member: &str) -> &'v [Value] {
    value.get(member).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn in_words(report: &Value) -> String {
    let mut words = String::new();
    for control in list(report, "controls") {
        let references: Vec<&str> = list(control, "references").iter().filter_map(Value::as_str).collect();
        let _ = writeln!(words, "{} {}: {}", text(control, "result"), text(control, "id"), text(control, "asks"));
        let _ = writeln!(words, "     {}", references.join(", "));
        for item in list(control, "evidence") {
            let _ = writeln!(words, "     {}: {}", text(item, "name"), text(item, "value"));
        }
        for finding in list(control, "findings").iter().filter_map(Value::as_str) {
            let _ = writeln!(words, "     wrong: {finding}");
        }
    }
    let (passed, failed) = (number(report, "passed"), number(report, "failed"));
    let _ = writeln!(words, "{} controls: {passed} pass, {failed} fail", passed + failed);
    let _ = writeln!(words, "{}", text(report, "statement"));
    words
}
