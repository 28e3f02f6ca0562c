//! Running a program that guidance printed, with what its language brings.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::rust_programs;
use crate::server::here;

/// Every language that guidance writes.
pub(crate) const LANGUAGES: &[&str] = &["curl", "python", "node", "go", "java", "rust"];

/// A program, as it was printed.
pub(crate) struct Program<'p> {
    pub(crate) language: &'p str,
    /// Which call it makes; Rust programs are compiled ahead, one for each.
    pub(crate) kind: &'p str,
    pub(crate) text: &'p str,
    pub(crate) environment: &'p [(&'p str, &'p str)],
}

/// What became of a program.
pub(crate) enum Ran {
    /// The language isn't here.
    Skipped,
    /// It ended; what it printed, on either stream.
    Ended { is_success: bool, printed: String },
}

impl Program<'_> {
    pub(crate) fn run(&self) -> Ran {
        let folder = tempfile::tempdir().unwrap();
        let Some(mut command) = self.command(folder.path()) else { return Ran::Skipped };
        let output = command.envs(self.environment.iter().copied()).output().unwrap();
        let printed = [output.stdout, output.stderr].concat();
        Ran::Ended { is_success: output.status.success(), printed: String::from_utf8(printed).unwrap() }
    }

    fn command(&self, folder: &Path) -> Option<Command> {
        let (program, file, before): (_, _, &[&str]) = match self.language {
            "curl" => ("curl", "call.sh", &[]),
            "python" => ("python3", "call.py", &[]),
            "node" => ("node", "call.mjs", &[]),
            "go" => ("go", "call.go", &["run"]),
            "java" => ("java", "Call.java", &[]),
            _ => return Some(rust_programs::command(self.kind, self.text, self.environment)),
        };
        if !here(program) {
            assert!(std::env::var_os("CI").is_none(), "CI runs every snippet, and has no {program}");
            println!("skipped: needs {program}");
            return None;
        }
        let path = folder.join(file);
        fs::write(&path, self.text).unwrap();
        let mut command = command_without_settings(if program == "curl" { "sh" } else { program });
        command.args(before).arg(path);
        // What the compiler of Go keeps, kept for the next run.
        command.env("GOCACHE", concat!(env!("CARGO_TARGET_TMPDIR"), "/go")).env("GOFLAGS", "-mod=mod");
        Some(command)
    }
}

/// A command that finds none of the variables that a program reads, and no proxy: one for the internet doesn't lead to
/// loopback.
pub(crate) fn command_without_settings(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for name in ["ARGUS_KEY", "ARGUS_URL", "ARGUS_PDP_URL", "ARGUS_ISSUER", "SERVICE_URL", "CALLER_CREDENTIAL"] {
        command.env_remove(name);
    }
    for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
        command.env_remove(name);
    }
    command
}
