//! Running the cases of a file: each policy is checked and compiled once, its cases side by side.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use argus_engine::check::Options;
use argus_engine::compile::Program;
use argus_engine::diagnostic::{Diagnostic, Span};
use argus_engine::evaluate::Environment;
use argus_engine::explain::{Recorder, Trace};
use argus_engine::limits::Limits;
use argus_engine::request::Request;
use argus_engine::response::{Response, Result as DecisionResult};
use argus_engine::types::{DateTime, ZoneOffset};
use argus_engine::value::Arena;
use argus_engine::wire::multiple;
use rayon::prelude::*;

use super::case::{Asked, Case};
use super::clock_readers::{self, ClockReader};
use super::decider;
use super::expectation::{Expectation, ExpectedResult, ExpectedRule};
use super::file::{TestFile, folder_of};
use super::mismatch::{self, Mismatch};
use super::report::{CaseReport, Failed, FileReport, Outcome, RefusedPolicy};
use super::{request, response_file};
use crate::failure::Failure;
use crate::policy_files::{CheckedFiles, PolicyFiles};
use crate::source::{Place, Source, location, shown};

/// What the cases of one policy share.
struct Subject<'s> {
    program: &'s Program,
    sources: &'s [Source],
    clock_readers: Vec<ClockReader>,
    limits: Limits,
}

/// Runs the cases of a file that are wanted.
pub(super) fn run(file: TestFile, limits: Limits, is_wanted: &(dyn Fn(&str) -> bool + Sync)) -> FileReport {
    let TestFile { sources, cases, mut problems } = file;
    let mut report = FileReport {
        name: sources.first().map(|source| source.name.clone()).unwrap_or_default(),
        sources,
        problems: Vec::new(),
        cases: Vec::new(),
        refused: Vec::new(),
    };
    let wanted: Vec<&Case> = cases.iter().filter(|case| is_wanted(&case.name)).collect();
    for group in by_policy(&wanted) {
        match run_group(&group, &report, limits) {
            Ok(cases) => report.cases.extend(cases),
            Err(Broken::Policy(refused)) => report.refused.push(refused),
            Err(Broken::Setting(problem)) => problems.push(*problem),
        }
    }
    report.cases.sort_by_key(|case| case.place);
    report.problems = problems;
    report
}

// Cases that share their policies, in the order in which each policy first comes.
fn by_policy<'c>(cases: &[&'c Case]) -> Vec<Vec<&'c Case>> {
    let folders = |case: &Case| case.policies.iter().map(|(folder, _)| folder.clone()).collect::<Vec<PathBuf>>();
    let mut groups: Vec<Vec<&Case>> = Vec::new();
    for case in cases {
        let same = |group: &&mut Vec<&Case>| {
            group.first().is_some_and(|first| first.policy.0 == case.policy.0 && folders(first) == folders(case))
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push(case),
            None => groups.push(vec![case]),
        }
    }
    groups
}

enum Broken {
    /// The policy is refused.
    Policy(RefusedPolicy),
    /// A setting of the test file names what can't be read.
    Setting(Box<Diagnostic>),
}

fn run_group(cases: &[&Case], report: &FileReport, limits: Limits) -> Result<Vec<CaseReport>, Broken> {
    let Some(first) = cases.first() else { return Ok(Vec::new()) };
    let files = read_policies(first, report)?;
    let texts = files.texts();
    let checked = CheckedFiles::check(&texts, &Options::evaluating(limits), None);
    let program = match checked.compile(0) {
        Ok(program) => program,
        Err(refused) => {
            let errors = refused.errors.into_iter().cloned().collect();
            let sources = files.into_sources();
            return Err(Broken::Policy(RefusedPolicy { sources, errors, cases: cases.len() }));
        }
    };
    let clock_readers = clock_readers::find(&checked.checked, checked.reached(0));
    let subject = Subject { program: &program, sources: files.sources(), clock_readers, limits };
    Ok(cases.par_iter().map(|case| run_case(case, &subject, report)).collect())
}

fn read_policies(case: &Case, report: &FileReport) -> Result<PolicyFiles, Broken> {
    let mut files = PolicyFiles::new();
    let (root, root_at) = &case.policy;
    let broken = |at: Span, failure: Failure| {
        let label = "relative to the folder of the file that names it";
        Broken::Setting(Box::new(Diagnostic::error("unreadable-policy", at, failure.message(), label)))
    };
    files.add_file(root).map_err(|failure| broken(*root_at, failure))?;
    let folder = report.sources.first().map(|source| folder_of(&source.path).to_owned()).unwrap_or_default();
    files.add_siblings(&folder, 1).map_err(|failure| broken(*root_at, failure))?;
    for (folder, at) in &case.policies {
        files.add_folder(folder, 1).map_err(|failure| broken(*at, failure))?;
    }
    Ok(files)
}

fn run_case(case: &Case, subject: &Subject<'_>, report: &FileReport) -> CaseReport {
    let started = Instant::now();
    let outcome = answer(case, subject).unwrap_or_else(Outcome::NotAnswered);
    let place =
        report.sources.first().map_or(Place { line: 1, column: 1 }, |source| source.place(case.at.start as usize));
    CaseReport { name: case.name.clone(), place, outcome, seconds: started.elapsed().as_secs_f64() }
}

fn answer(case: &Case, subject: &Subject<'_>) -> Result<Outcome, String> {
    let arena = Arena::new();
    let limits = subject.limits;
    let bytes;
    let request = match &case.request {
        Asked::Attributes(given) => request::from_attributes(given, &arena),
        Asked::File(path) => {
            bytes = read_file(path)?;
            let refused = |why| format!("{} is refused: {why}", shown(path));
            request::from_bytes(&bytes, &arena, &limits).map_err(refused)?
        }
    };
    let environment =
        Environment { now: now(case, subject, &request)?, implicit_zone: case.zone, limits, source: None };
    let individuals = multiple::expand(&request, &arena, &limits).map_err(|error| error.message)?;
    let mut results: Vec<DecisionResult<'_>> = Vec::with_capacity(individuals.len());
    for individual in &individuals {
        results.push(match individual {
            Ok(individual) => subject.program.evaluate(individual, &environment, &arena),
            Err(fault) => DecisionResult::failed(fault.clone()),
        });
    }
    if request.combined_decision {
        results = vec![multiple::combine(&results)];
    }
    // Traced only where asked: most cases pass, and what decided them is nobody's question.
    let trace = |place: usize| {
        let individual = individuals.get(place)?.as_ref().ok()?;
        let mut recorder = Recorder::default();
        subject.program.evaluate_with(individual, &environment, &arena, &mut recorder);
        recorder.into_trace()
    };
    compare(case, &Response { results }, &trace, subject)
}

fn read_file(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| Failure::unreadable(path, &error).message().to_owned())
}

// A decision that depends on the moment at which a test happens to run proves nothing.
fn now(case: &Case, subject: &Subject<'_>, request: &Request<'_>) -> Result<DateTime, String> {
    if let Some(now) = case.now {
        return Ok(now);
    }
    let unknown = subject.clock_readers.iter().find(|reader| !clock_readers::is_given(reader, request));
    match unknown {
        Some(ClockReader { id, at }) => {
            let name = id.rsplit(':').next().unwrap_or(id);
            let at = location(subject.sources, *at);
            Err(format!("the policy reads {name} at {at}, and neither the case nor its file sets `now`"))
        }
        None => Ok(DateTime::from_unix(0, 0, ZoneOffset::default())),
    }
}

type TraceOf<'t> = dyn Fn(usize) -> Option<Trace> + 't;

fn compare(
    case: &Case,
    response: &Response<'_>,
    trace: &TraceOf<'_>,
    subject: &Subject<'_>,
) -> Result<Outcome, String> {
    let mut failed = Failed::default();
    match &case.expectation {
        Expectation::Results(expected) if expected.len() == response.results.len() => {
            for (place, (expected, result)) in expected.iter().zip(&response.results).enumerate() {
                let mut found = compare_result(expected, result, &|| trace(place), subject.sources, case.zone);
                if response.results.len() > 1 {
                    found.number(place + 1);
                }
                failed.extend(found);
            }
        }
        Expectation::Results(expected) => {
            let got = response.results.iter().map(|result| result.decision.to_string());
            let wanted = expected.iter().map(|result| result.decision.to_string());
            let joined = |words: Vec<String>| format!("{} ({})", words.len(), words.join(", "));
            failed.mismatches.push(Mismatch::of("results", joined(wanted.collect()), joined(got.collect())));
        }
        Expectation::File(path) => {
            failed.mismatches = response_file::compare(&read_file(path)?, response)
                .map_err(|why| format!("{} is no response: {why}", shown(path)))?;
            if !failed.mismatches.is_empty() {
                for trace in (0..response.results.len()).filter_map(trace) {
                    failed.explain(&decider::explain(&trace, subject.sources));
                }
            }
        }
    }
    Ok(if failed.mismatches.is_empty() { Outcome::Passed } else { Outcome::Failed(failed) })
}

fn compare_result(
    expected: &ExpectedResult,
    result: &DecisionResult<'_>,
    trace: &dyn Fn() -> Option<Trace>,
    sources: &[Source],
    zone: ZoneOffset,
) -> Failed {
    let mut failed = Failed { mismatches: mismatch::compare(expected, result, zone), ..Failed::default() };
    if failed.mismatches.is_empty() && expected.rule.is_none() {
        return failed;
    }
    let Some(trace) = trace() else { return failed };
    let explanation = decider::explain(&trace, sources);
    let wanted = match &expected.rule {
        Some(ExpectedRule::Named(id)) => Some(id),
        Some(ExpectedRule::None) => None,
        None => explanation.rule.as_ref(),
    };
    if wanted != explanation.rule.as_ref() {
        let named = |rule: Option<&String>| rule.map_or("none".to_owned(), |id| format!("`{id}`"));
        failed.mismatches.push(Mismatch::of("rule", named(wanted), named(explanation.rule.as_ref())));
        failed.instead.extend(wanted.map(|id| decider::fate_of(&trace, id, sources)));
    }
    if !failed.mismatches.is_empty() {
        failed.explain(&explanation);
    }
    failed
}
