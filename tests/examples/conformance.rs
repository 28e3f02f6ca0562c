//! Prints the table of conformance: `ARGUS_CONFORMANCE=… cargo run -p argus-tests --example conformance`.

#![allow(clippy::print_stdout, reason = "the table is what it is for")]

use anyhow::{Context, Result};
use argus_tests::conformance::{Door, Table, failure, folder, manifest};

fn main() -> Result<()> {
    let folder = folder().context("ARGUS_CONFORMANCE names no folder")?;
    let mut table = Table::default();
    for case in &manifest(&folder)? {
        for door in [Door::Xml, Door::Json] {
            table.add(case, door, failure(case, door)?.is_none());
        }
    }
    print!("{table}");
    Ok(())
}
