//! The machine and the versions, without which no figure of the report means anything.

use std::fs;
use std::thread;

use serde::Serialize;

/// Where the figures were measured.
#[derive(Debug, Serialize)]
pub struct Machine {
    /// As the kernel names it.
    pub cpu: String,
    /// The cores that this process may use.
    pub cores: usize,
    /// The compiler that built the engines.
    pub rustc: &'static str,
}

impl Machine {
    /// This one.
    pub fn here() -> Self {
        Self {
            cpu: cpu_model().unwrap_or_else(|| "unknown".to_owned()),
            cores: thread::available_parallelism().map_or(1, usize::from),
            rustc: env!("BUILT_BY"),
        }
    }
}

fn cpu_model() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// The version of a crate in the lock file that this program was built with.
pub fn version_of(package: &str) -> Option<&'static str> {
    let lock = include_str!("../Cargo.lock");
    let entry = lock.split("[[package]]").find(|entry| entry.contains(&format!("name = \"{package}\"\n")))?;
    let version = entry.lines().find_map(|line| line.strip_prefix("version = "))?;
    Some(version.trim_matches('"'))
}
