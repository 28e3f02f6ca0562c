//! What people read of a run: failures whole, successes counted.

use std::collections::BTreeSet;

use argus_engine::diagnostic::Diagnostic;

use super::{Run, again};
use crate::console::Console;
use crate::failure::Failure;
use crate::policy_test::{CaseReport, Failed, FileReport, Mismatch, Outcome};
use crate::report::{self, counted};
use crate::source::Source;

/// Prints a run.
///
/// # Errors
/// Where standard output can't be written.
pub(super) fn print(run: &Run, console: &Console) -> Result<(), Failure> {
    let mut text = String::new();
    let mut shown = BTreeSet::new();
    for file in &run.files {
        let mut show = |errors: &[Diagnostic], sources: &[Source]| {
            for error in errors {
                let block = report::human(error, sources, console.colours_output()) + "\n";
                // Files that share a broken policy share its errors.
                if shown.insert(block.clone()) {
                    text.push_str(&block);
                }
            }
        };
        show(&file.problems, &file.sources);
        file.refused.iter().for_each(|policy| show(&policy.errors, &policy.sources));
        for case in &file.cases {
            text.push_str(&case_text(file, case, console));
        }
    }
    if !console.is_quiet() {
        text.push_str(&summary(run));
    }
    console.print(text)
}

fn case_text(file: &FileReport, case: &CaseReport, console: &Console) -> String {
    let head = |word: &str| format!("{word} {}:{}  {}\n", file.name, case.place, case.name);
    let in_colour = console.colours_output();
    match &case.outcome {
        Outcome::Passed if console.is_verbose() => head(&coloured("PASS", GREEN, in_colour)),
        Outcome::Passed => String::new(),
        Outcome::Failed(failed) => head(&coloured("FAIL", RED, in_colour)) + &failed_text(failed, &file.name, case),
        Outcome::NotAnswered(why) => {
            head(&coloured("FAIL", RED, in_colour))
                + &line("no answer", why)
                + &line("again", &again(&file.name, &case.name))
        }
    }
}

fn failed_text(failed: &Failed, file: &str, case: &CaseReport) -> String {
    let mut text: String = failed.mismatches.iter().map(mismatch_text).collect();
    for (label, lines) in
        [("decided by", &failed.decided_by), ("because", &failed.because), ("instead", &failed.instead)]
    {
        text.extend(lines.iter().map(|one| line(label, one)));
    }
    text + &line("again", &again(file, &case.name))
}

fn mismatch_text(mismatch: &Mismatch) -> String {
    let Mismatch { what, expected, got, is_set } = mismatch;
    if !is_set {
        return line(what, &format!("expected {}, got {}", expected.join(" "), got.join(" ")));
    }
    let side = |lines: &[String], sign: &str, word: &str| -> Vec<String> {
        if lines.is_empty() {
            return vec![format!("{sign} {word:8} none")];
        }
        lines
            .iter()
            .enumerate()
            .map(|(place, one)| format!("{sign} {:8} {one}", if place == 0 { word } else { "" }))
            .collect()
    };
    let lines: Vec<String> = side(expected, "-", "expected").into_iter().chain(side(got, "+", "got")).collect();
    lines.iter().enumerate().map(|(place, one)| line(if place == 0 { what } else { "" }, one)).collect()
}

fn line(label: &str, text: &str) -> String {
    format!("     {label:11} {text}\n")
}

fn summary(run: &Run) -> String {
    let totals = run.totals;
    let (cases, files) = (counted(totals.cases(), "case"), counted(totals.files, "file"));
    let not_run = match totals.not_run {
        0 => String::new(),
        cases => format!(", {cases} not run (policy refused)"),
    };
    let problems = match totals.problems {
        0 => String::new(),
        problems => format!("; {} in the test files", counted(problems, "error")),
    };
    let (passed, failed) = (totals.passed, totals.failed);
    format!("{cases} in {files}: {passed} passed, {failed} failed{not_run}{problems} ({:.2} s)\n", run.seconds)
}

const GREEN: u8 = 32;
const RED: u8 = 31;

fn coloured(word: &str, colour: u8, in_colour: bool) -> String {
    if in_colour { format!("\u{1b}[1;{colour}m{word}\u{1b}[0m") } else { word.to_owned() }
}
