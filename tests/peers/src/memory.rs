//! Resident memory, before and after loading, each load in a process of its own so that none profits from what
//! another freed. What the loader leaves behind in the allocator counts: a server pays for it too.

use std::env;
use std::fs;
use std::hint::black_box;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::peers::Series;

/// The bytes by which the resident set grows when `series` loads `count` policies. Run in the child.
pub fn grown_by(series: &Series, count: usize) -> Result<usize> {
    let text = (series.write)(count);
    let before = resident()?;
    let loaded = (series.load)(&text)?;
    let after = resident()?;
    // Both live until here, so that neither is given back between the two readings.
    black_box((loaded, text));
    Ok(after.saturating_sub(before))
}

/// The same, asked of a child process: this program, called with the series and the count.
pub fn grown_by_in_child(series: &Series, count: usize) -> Result<usize> {
    let program = env::current_exe()?;
    let output = Command::new(program).arg("memory").arg(series.name).arg(count.to_string()).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "loading {count} policies into {} in a child failed: {said}", series.name);
    let bytes = String::from_utf8(output.stdout)?;
    bytes.trim().parse().context("the child printed no number")
}

fn resident() -> Result<usize> {
    let statm = fs::read_to_string("/proc/self/statm").context("`/proc/self/statm` is needed to read the memory")?;
    let pages: usize = statm.split(' ').nth(1).context("`/proc/self/statm` has no second field")?.parse()?;
    Ok(pages * rustix::param::page_size())
}
