//! Prints the table of conformance: `ARGUS_CONFORMANCE=… cargo run -p argus-tests --example conformance`.

#![allow(clippy::print_stdout, reason = "the table is what it is for")]

use anyhow::{Context, Result, ensure};
use argus_tests::conformance::{Way, folder, run_all};

fn main() -> Result<()> {
    let folder = folder().context("ARGUS_CONFORMANCE names no folder")?;
    let (table, failures) = run_all(&folder, Way::Library)?;
    print!("{table}");
    ensure!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
    Ok(())
}
