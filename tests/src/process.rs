//! What a process has used, as the kernel counts it.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};

/// The CPU time that a process has used, all its threads together, in user and kernel.
pub fn cpu_time(pid: u32) -> Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name, in parentheses, may hold anything; the fields after it are numbers.
    let (_, fields) = stat.rsplit_once(") ").context("no name in the process's stat")?;
    let field = |place: usize| -> Result<u64> { Ok(fields.split(' ').nth(place).context("too few fields")?.parse()?) };
    // utime and stime are fields 14 and 15, of which two stand before.
    let ticks = field(11)? + field(12)?;
    Ok(Duration::from_secs(1).mul_f64(ticks as f64 / rustix::param::clock_ticks_per_second() as f64))
}

/// The memory that a process holds, in bytes.
pub fn resident_bytes(pid: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kibibytes: u64 = line.trim().trim_end_matches(" kB").trim().parse()?;
    Ok(kibibytes * 1024)
}
