//! `argus`: the program. Each command is a file of [`command`]; what several commands share lies beside it.
//!
//! The answer goes to standard output, all else to standard error, and the exit code is one of [`exit::Exit`].

mod cli;
mod client;
mod clock;
mod command;
mod console;
mod exit;
mod expected_decision;
mod failure;
mod fix;
mod limit;
mod nearest;
mod policy_files;
mod policy_test;
mod progress;
mod report;
mod source;

#[cfg(feature = "fips")]
use std::alloc::System;
use std::panic;
use std::process::ExitCode;

use argus_credentials::redact;
use clap::Parser as _;
use clap::error::ErrorKind;
#[cfg(feature = "fips")]
use zeroizing_alloc::ZeroAlloc;

use cli::Cli;
use console::Console;
use exit::Exit;

/// Wipes whatever is freed: a key stands not only in what is ours, but in what the HTTP and TLS libraries read and
/// wrote. It costs one to two microseconds a request, which is for who asks for it.
#[cfg(feature = "fips")]
#[global_allocator]
static MEMORY: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    panic::set_hook(Box::new(report_bug));
    panic::catch_unwind(run).unwrap_or(Exit::Bug).into()
}

fn run() -> Exit {
    let Cli { flags, command } = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // A closed pipe is the reader's choice: nothing to report.
            let _ = error.print();
            return match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Exit::Done,
                _ => Exit::Usage,
            };
        }
    };
    let console = Console::new(flags);
    command.run(&console).unwrap_or_else(|failure| {
        console.fail(&failure);
        failure.exit
    })
}

/// What a user sees of a panic, on whichever thread. Whatever is quoted in it, no key is.
#[expect(clippy::print_stderr, reason = "a panic has no console to go through")]
fn report_bug(info: &panic::PanicHookInfo<'_>) {
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    eprint!("{}", bug(info.payload_as_str().unwrap_or("no reason was given"), &place));
    if std::env::var_os("RUST_BACKTRACE").is_some_and(|value| value != "0") {
        eprintln!("{}", std::backtrace::Backtrace::force_capture());
    }
}

/// That it is our fault, where, and what to do.
fn bug(what: &str, place: &str) -> String {
    let (what, help) = (redact(what), "please report it with the command line and the files that led to it");
    format!("error: argus met a fault of its own: {what} ({place})\nhelp: {help}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_in_a_panic_is_not_shown() {
        let said = bug("no entry for argus_live_4fT0nWq9ZxLkHq8sT3vYc2Lm5Np7", "src/a.rs:1:2");
        assert!(said.starts_with(
            "error: argus met a fault of its own: no entry for argus_live_4fT0nWq9ZxLk… (src/a.rs:1:2)\n"
        ));
    }
}
