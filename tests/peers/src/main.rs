//! Argus' peers: the same policies in other engines' languages, measured side by side in one run.
//!
//! An engine takes part by a file in [`peers`] that implements [`engine::Loaded`] and [`engine::Engine`], and a row in
//! [`peers::SMALL`] or [`peers::SERIES`]. It is measured only after it gave the decisions that all must give.

mod clock;
mod engine;
mod growth;
mod machine;
mod measure;
mod memory;
mod peers;
mod report;
mod request;
mod scale;
mod small;

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Parser, ValueEnum};

use crate::machine::Machine;
use crate::report::Report;

/// Measures policy engines side by side: CPU time, in turns, medians.
#[derive(Debug, Parser)]
#[command(
    after_help = "Example:\n  cargo run --release --manifest-path tests/peers/Cargo.toml -- all --json peers.json"
)]
struct Arguments {
    /// What to measure: one small policy (half a minute), 100 to 100,000 policies (a minute and a half), Argus alone by
    /// what tells its policies apart (a minute), or all of these
    #[arg(default_value = "all")]
    what: What,
    /// Writes the report to this file as well, as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// One small policy, every engine
    Small,
    /// 100 to 100,000 policies: loading, memory, deciding
    Scale,
    /// Argus alone, 100 to 100,000 policies told apart by equality, by a prefix or by a network
    Growth,
    /// All of these
    All,
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, command, series, count] = arguments.as_slice()
        && command == "memory"
    {
        return print_memory(series, count.parse()?);
    }
    let Arguments { what, json } = Arguments::parse();
    let report = Report {
        machine: Machine::here(),
        small: if matches!(what, What::Small | What::All) { small::run()? } else { Vec::new() },
        scale: if matches!(what, What::Scale | What::All) { scale::run()? } else { Vec::new() },
        growth: if matches!(what, What::Growth | What::All) { growth::run()? } else { Vec::new() },
    };
    write!(io::stdout(), "{report}")?;
    if let Some(file) = json {
        let text = serde_json::to_string_pretty(&report)?;
        fs::write(&file, text + "\n").with_context(|| format!("`{}` could not be written", file.display()))?;
    }
    Ok(())
}

/// What the child processes of [`memory`] do.
fn print_memory(series: &str, count: usize) -> Result<()> {
    let series = peers::SERIES.iter().find(|known| known.name == series).context("no series has this name")?;
    writeln!(io::stdout(), "{}", memory::grown_by(series, count)?)?;
    Ok(())
}
