//! What programs read of a run. The shape only grows.

use serde_json::{Value, json};

use super::{Run, again};
use crate::policy_test::{CaseReport, FileReport, Mismatch, Outcome};
use crate::report;

/// The object of a run.
pub(super) fn run(run: &Run) -> Value {
    let cases: Vec<Value> =
        run.files.iter().flat_map(|file| file.cases.iter().map(move |case| case_object(file, case))).collect();
    let diagnostics: Vec<Value> = run.files.iter().flat_map(diagnostics).collect();
    let totals = run.totals;
    json!({
        "cases": cases,
        "diagnostics": diagnostics,
        "files": totals.files,
        "passed": totals.passed,
        "failed": totals.failed,
        "not_run": totals.not_run,
        "seconds": run.seconds,
    })
}

fn diagnostics(file: &FileReport) -> Vec<Value> {
    let own = file.problems.iter().map(|problem| report::json(problem, &file.sources));
    let refused = file.refused.iter();
    let refused = refused.flat_map(|policy| policy.errors.iter().map(|error| report::json(error, &policy.sources)));
    own.chain(refused).collect()
}

fn case_object(file: &FileReport, case: &CaseReport) -> Value {
    let mut object = json!({
        "file": file.name,
        "line": case.place.line,
        "column": case.place.column,
        "name": case.name,
        "seconds": case.seconds,
    });
    let more = match &case.outcome {
        Outcome::Passed => json!({ "outcome": "passed" }),
        Outcome::NotAnswered(why) => json!({ "outcome": "not_answered", "reason": why }),
        Outcome::Failed(failed) => json!({
            "outcome": "failed",
            "mismatches": failed.mismatches.iter().map(mismatch).collect::<Vec<_>>(),
            "decided_by": failed.decided_by,
            "because": failed.because,
            "instead": failed.instead,
            "again": again(&file.name, &case.name),
        }),
    };
    if let (Value::Object(object), Value::Object(more)) = (&mut object, more) {
        object.extend(more);
    }
    object
}

fn mismatch(mismatch: &Mismatch) -> Value {
    json!({ "what": mismatch.what, "expected": mismatch.expected, "got": mismatch.got })
}
