//! `argus eval --policy FILE --request FILE|-`

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use argus_engine::check::Options;
use argus_engine::compile::Program;
use argus_engine::diagnostic::Diagnostic;
use argus_engine::evaluate::Environment;
use argus_engine::limits::Limits;
use argus_engine::request::RequestError;
use argus_engine::response::Response;
use argus_engine::types::ZoneOffset;
use argus_engine::value::Arena;
use argus_engine::wire::{self, Format};
use clap::Args;
use serde_json::Value;

use crate::clock;
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::expected_decision::ExpectedDecision;
use crate::failure::Failure;
use crate::limit::LimitFlags;
use crate::policy_files::{CheckedFiles, PolicyFiles};
use crate::progress::Progress;
use crate::report::{self, counted};
use crate::source::Source;

/// Evaluate one request against a policy: the Response on standard output, in the request's format.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus eval --policy policies/examples/leave/leave.xml \\\n      \
    --request policies/examples/leave/requests/approve.json \\\n      --now 2026-11-24T09:30:00+01:00")]
pub(crate) struct Eval {
    /// The root: a Policy or a PolicySet.
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    /// Folder of further documents that references may name.
    #[arg(long, value_name = "DIR")]
    policies: Vec<PathBuf>,
    /// The request, in XML or JSON; `-` is standard input.
    #[arg(long, value_name = "FILE|-")]
    request: PathBuf,
    /// The moment of the request, such as 2026-11-24T09:30:00+01:00; otherwise the clock, in UTC.
    #[arg(long, value_name = "DATETIME")]
    now: Option<String>,
    /// The zone of times that have none, such as +01:00.
    #[arg(long, value_name = "ZONE", default_value = "Z", allow_hyphen_values = true)]
    implicit_zone: String,
    /// End with 1 unless every result is this: Permit, Deny, NotApplicable or Indeterminate, perhaps with {D}, {P} or
    /// {DP}.
    #[arg(long, value_name = "DECISION", value_parser = read_decision)]
    expect: Option<ExpectedDecision>,
    #[command(flatten)]
    limits: LimitFlags,
}

fn read_decision(word: &str) -> Result<ExpectedDecision, String> {
    ExpectedDecision::find(word).ok_or_else(|| "expected Permit, Deny, NotApplicable or Indeterminate".to_owned())
}

impl Eval {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        console.output(&[Output::Human, Output::Json])?;
        let limits = self.limits.limits();
        let environment = self.environment(limits)?;
        let program = program(&self.policy, &self.policies, limits, console)?;
        let bytes = read_request(&self.request, limits.request_bytes)?;
        let refused = |error: &RequestError| self.request_refused(error, &bytes);
        let Some(format) = Format::of(&bytes) else {
            return Err(refused(&RequestError::new("the request is neither XML nor JSON", Some(0)))
                .help("the first character that is not blank is `<` or `{`"));
        };
        let arena = Arena::new();
        let request = wire::read(format, &bytes, &arena, &limits).map_err(|error| refused(&error))?;
        let response = program.answer(&request, &environment, &arena).map_err(|error| refused(&error))?;
        let mut written = Vec::new();
        match format {
            Format::Xml => wire::write_xml(&response, &mut written),
            Format::Json => wire::write_json(&response, &mut written),
        }
        if !written.ends_with(b"\n") {
            written.push(b'\n');
        }
        console.print(written)?;
        Ok(self.compare(&response, console))
    }

    fn environment(&self, limits: Limits) -> Result<Environment<'static>, Failure> {
        let wrong = |flag: &str, text: &str, expected: String| {
            Failure::usage(format!("`{text}` can't be the value of `{flag}`: {expected}"))
        };
        let zone = ZoneOffset::parse(&self.implicit_zone)
            .map_err(|error| wrong("--implicit-zone", &self.implicit_zone, error.to_string()))?;
        let now = match &self.now {
            Some(text) => clock::read(text, zone).map_err(|expected| wrong("--now", text, expected))?,
            None => clock::now(),
        };
        Ok(Environment { now, implicit_zone: zone, limits, source: None })
    }

    fn request_refused(&self, error: &RequestError, bytes: &[u8]) -> Failure {
        let source = Source::new(self.request.clone(), bytes.to_vec());
        let name = if self.request == Path::new("-") { "standard input" } else { source.name.as_str() };
        let place = error.offset.map(|offset| format!(":{}", source.place(offset))).unwrap_or_default();
        Failure::new(Exit::RequestRefused, "request-refused", format!("{name}{place}: {}", error.message))
    }

    fn compare(&self, response: &Response<'_>, console: &Console) -> Exit {
        let Some(expected) = self.expect else { return Exit::Done };
        let other = response.results.iter().find(|result| !expected.is_met_by(result.decision));
        match other {
            Some(result) => {
                console.say(&format!("expected {expected}, got {}\n", result.decision));
                Exit::No
            }
            None => Exit::Done,
        }
    }
}

/// The policy in a file, with what it refers to in folders.
pub(super) fn program(
    policy: &Path,
    folders: &[PathBuf],
    limits: Limits,
    console: &Console,
) -> Result<Program, Failure> {
    let mut files = PolicyFiles::new();
    files.add_file(policy)?;
    for folder in folders {
        files.add_folder(folder, 1)?;
    }
    let texts = files.texts();
    let progress = Progress::new(console, "reading", "policies");
    let (checked, program) = CheckedFiles::load(&texts, &Options::evaluating(limits), 0, &progress);
    drop(progress);
    let program = program.ok_or_else(|| policy_refused(policy, &checked.refused(0).errors, &files, console))?;
    if !console.is_quiet() {
        let answered: Vec<&Diagnostic> = checked.answered(0).collect();
        show(&answered, files.sources(), console);
    }
    Ok(program)
}

fn policy_refused(policy: &Path, errors: &[&Diagnostic], files: &PolicyFiles, console: &Console) -> Failure {
    let message = format!("`{}` is refused: {}", policy.display(), counted(errors.len(), "error"));
    let failure = Failure::new(Exit::PolicyRefused, "policy-refused", message);
    if console.is_json() {
        let diagnostics: Vec<Value> = errors.iter().map(|error| report::json(error, files.sources())).collect();
        return failure.with("diagnostics", Value::Array(diagnostics));
    }
    show(errors, files.sources(), console);
    failure
}

fn show(diagnostics: &[&Diagnostic], sources: &[Source], console: &Console) {
    let in_colour = console.colours_errors();
    let blocks = diagnostics.iter().map(|diagnostic| report::human(diagnostic, sources, in_colour) + "\n");
    console.say(&blocks.collect::<String>());
}

// One byte more than allowed tells that there are too many.
fn read_request(path: &Path, most_bytes: usize) -> Result<Vec<u8>, Failure> {
    let unreadable = |error| Failure::unreadable(path, &error);
    let most = u64::try_from(most_bytes).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        io::stdin().lock().take(most).read_to_end(&mut bytes).map_err(unreadable)?;
    } else {
        File::open(path).map_err(unreadable)?.take(most).read_to_end(&mut bytes).map_err(unreadable)?;
    }
    Ok(bytes)
}
