//! What build servers read of a run: JUnit XML, a suite for each file.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::Run;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::policy_test::{CaseReport, Failed, FileReport, Outcome};
use crate::report;

/// The document of a run.
///
/// # Errors
/// Where it can't be written as XML.
pub(super) fn run(run: &Run) -> Result<String, Failure> {
    let mut document = Report::new("argus test");
    document.set_time(Duration::from_secs_f64(run.seconds));
    document.add_test_suites(run.files.iter().map(suite));
    document
        .to_string()
        .map_err(|error| Failure::new(Exit::Bug, "unwritable", format!("can't write the run as JUnit XML: {error}")))
}

fn suite(file: &FileReport) -> TestSuite {
    let mut suite = TestSuite::new(file.name.as_str());
    suite.add_test_cases(file.cases.iter().map(|case| test_case(file, case)));
    for problem in &file.problems {
        suite.add_test_case(broken(&file.name, report::short(problem, &file.sources).trim_end()));
    }
    for policy in &file.refused {
        for error in &policy.errors {
            suite.add_test_case(broken(&file.name, report::short(error, &policy.sources).trim_end()));
        }
    }
    suite
}

fn test_case(file: &FileReport, case: &CaseReport) -> TestCase {
    let status = match &case.outcome {
        Outcome::Passed => TestCaseStatus::success(),
        Outcome::NotAnswered(why) => non_success(NonSuccessKind::Error, why, ""),
        Outcome::Failed(failed) => non_success(NonSuccessKind::Failure, &first_line(failed), &details(failed)),
    };
    let mut test = TestCase::new(case.name.as_str(), status);
    test.set_classname(file.name.as_str());
    test.set_time(Duration::from_secs_f64(case.seconds));
    test
}

fn broken(file: &str, message: &str) -> TestCase {
    let mut test = TestCase::new("the file and its policies", non_success(NonSuccessKind::Error, message, ""));
    test.set_classname(file);
    test
}

fn non_success(kind: NonSuccessKind, message: &str, description: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(message);
    if !description.is_empty() {
        status.set_description(description);
    }
    status
}

fn first_line(failed: &Failed) -> String {
    let differences = failed.mismatches.iter().map(|mismatch| {
        format!("{}: expected {}, got {}", mismatch.what, listed(&mismatch.expected), listed(&mismatch.got))
    });
    differences.collect::<Vec<_>>().join("; ")
}

fn listed(lines: &[String]) -> String {
    if lines.is_empty() { "none".to_owned() } else { lines.join(" ") }
}

fn details(failed: &Failed) -> String {
    let decided = failed.decided_by.iter().map(|line| format!("decided by {line}\n"));
    let because = failed.because.iter().map(|line| format!("because {line}\n"));
    let instead = failed.instead.iter().map(|line| format!("instead {line}\n"));
    decided.chain(because).chain(instead).collect()
}
