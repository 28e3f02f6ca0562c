//! `argus test PATH…`

mod human;
mod json;
mod junit;

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;

use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::limit::LimitFlags;
use crate::policy_test::{self, FileReport, Totals};
use crate::progress::Progress;

/// Run policy tests: requests with the answers that are expected of them.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus test policies/ --filter 'manager approves'")]
pub(crate) struct Test {
    /// Test files, and folders with all `*.test.yaml` below them.
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// Run only the cases whose names hold this text.
    #[arg(long, value_name = "TEXT")]
    filter: Vec<String>,
    #[command(flatten)]
    limits: LimitFlags,
}

/// What was run, and in which time.
struct Run {
    files: Vec<FileReport>,
    totals: Totals,
    seconds: f64,
}

impl Test {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json, Output::Junit])?;
        let started = Instant::now();
        let progress = Progress::new(console, "running", "test files");
        let files = policy_test::run(&policy_test::find(&self.paths)?, &self.filter, self.limits.limits(), &progress)?;
        drop(progress);
        let totals = Totals::of(&files);
        if totals.cases() == 0 && totals.problems == 0 {
            return Err(self.nothing_run());
        }
        let run = Run { files, totals, seconds: started.elapsed().as_secs_f64() };
        match output {
            Output::Json => console.print_json(&json::run(&run))?,
            Output::Junit => console.print(junit::run(&run)?)?,
            _ => human::print(&run, console)?,
        }
        Ok(exit(totals))
    }

    // Never "0 passed".
    fn nothing_run(&self) -> Failure {
        if self.filter.is_empty() {
            return Failure::new(Exit::NoInput, "no-test", "the files hold no case");
        }
        let words: Vec<String> = self.filter.iter().map(|word| format!("`{word}`")).collect();
        Failure::new(Exit::NoInput, "no-test", format!("no case has {} in its name", words.join(" or ")))
            .help("`argus test PATH -v` lists the names")
    }
}

fn exit(totals: Totals) -> Exit {
    if totals.not_run > 0 {
        Exit::PolicyRefused
    } else if totals.failed > 0 || totals.problems > 0 {
        Exit::No
    } else {
        Exit::Done
    }
}

/// The command that runs one case again.
fn again(file: &str, case: &str) -> String {
    format!("argus test {} --filter {}", quoted(file), quoted(case))
}

// As a shell reads it: plain words as they are, all else between single quotes.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/' | ':' | '@' | '%' | '+' | '=');
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}
