//! A case from the bytes of the policy to the bytes of the answer: through the library, or through `argus eval`.

use std::fmt;
use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use argus_engine::check::Options;
use argus_engine::compile::{Program, load};
use argus_engine::evaluate::Environment;
use argus_engine::limits::Limits;
use argus_engine::read::Source;
use argus_engine::request::RequestError;
use argus_engine::response::{Response, Result as DecisionResult};
use argus_engine::types::DateTime;
use argus_engine::value::Arena;
use argus_engine::wire::answer::Answer;
use argus_engine::wire::multiple::{combine, expand};
use argus_engine::wire::{self, Format};

use super::case::xml_files;
use super::{Case, Expected};
use crate::program::binary;

/// The moment of every evaluation.
const NOW: &str = "2026-11-24T09:30:00Z";

const PERMIT_ALL: &str = r#"<Policy xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" PolicyId="all" Version="1.0"
    RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-unless-permit">
  <Target/><Rule RuleId="all" Effect="Permit"/></Policy>"#;

/// For a case that asks nothing.
const ANY_REQUEST: &str = r#"{"Request": {"Action": {"Attribute": []}}}"#;

/// In which form a case is asked and answered. A request in the other form is converted first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// XML in, XML out.
    Xml,
    /// JSON in, JSON out.
    Json,
}

/// Which way a case takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The engine as a library.
    Library,
    /// The program's command `argus eval`.
    Program,
}

/// What a case gave.
#[derive(Debug)]
pub enum Outcome {
    /// The policy was refused: the errors.
    PolicyRefused(Vec<String>),
    /// The request was refused.
    RequestRefused(String),
    /// An answer, read back from what was written.
    Answered(Answer),
}

impl fmt::Display for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Xml => "XML",
            Self::Json => "JSON",
        })
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PolicyRefused(errors) => write!(f, "the policy was refused: {}", errors.join("; ")),
            Self::RequestRefused(error) => write!(f, "the request was refused: {error}"),
            Self::Answered(answer) => {
                f.write_str("answered")?;
                for result in &answer.results {
                    let code = result.status_code.rsplit(':').next().unwrap_or_default();
                    let message = result.status_message.as_deref().unwrap_or_default();
                    write!(f, " {} ({code} {message})", result.decision.as_str())?;
                }
                Ok(())
            }
        }
    }
}

impl Outcome {
    /// Whether it is of this kind; whether an answer is the right one is another question.
    pub fn is(&self, expected: Expected) -> bool {
        match self {
            Self::PolicyRefused(_) => expected == Expected::PolicyError,
            Self::RequestRefused(_) => expected == Expected::RequestError,
            Self::Answered(_) => matches!(expected, Expected::Response | Expected::Answered),
        }
    }

    /// How an answer differs from the response that the case asks for.
    pub fn differences(&self, case: &Case) -> Result<Vec<String>> {
        let Self::Answered(answer) = self else { return Ok(Vec::new()) };
        let Some(file) = case.response.as_ref().filter(|_| case.expects.contains(&Expected::Response)) else {
            return Ok(Vec::new());
        };
        let expected = Answer::read(&fs::read(file)?).with_context(|| format!("in {}", file.display()))?;
        // Only one case is about what `StatusDetail` says.
        let differences = if case.id == "StatusDetail.MissingAttributeDetail" {
            answer.differences_with_detail(&expected)
        } else {
            answer.differences(&expected)
        };
        let side = |side: &Option<String>| side.clone().unwrap_or_else(|| "nothing".to_owned());
        let line = |one: &argus_engine::wire::answer::Difference| {
            let result = one.result.map(|result| format!(" of result {result}")).unwrap_or_default();
            format!("{}{result}: expected {}, got {}", one.part, side(&one.expected), side(&one.got))
        };
        Ok(differences.iter().map(line).collect())
    }
}

/// Runs a case.
///
/// # Errors
/// Where a file of the case can't be read, or the program can't be run: no fault of the engine.
pub fn run(case: &Case, door: Door, way: Way) -> Result<Outcome> {
    let request = match &case.request {
        Some(file) => fs::read(file).with_context(|| format!("cannot read {}", file.display()))?,
        None => ANY_REQUEST.into(),
    };
    // What can't be read can't be converted either, and is refused as it stands.
    let request = converted(&request, door).unwrap_or(request);
    match way {
        Way::Library => library(case, &request),
        Way::Program => program(case, &request),
    }
}

/// The request in the form of the door.
fn converted(request: &[u8], door: Door) -> Option<Vec<u8>> {
    let arena = Arena::new();
    let format = Format::of(request)?;
    let read = wire::read(format, request, &arena, &Limits::default()).ok()?;
    match (format, door) {
        (Format::Xml, Door::Json) => Some(wire::to_json(&read).into()),
        (Format::Json, Door::Xml) => Some(wire::to_xml(&read).into()),
        _ => None,
    }
}

fn library(case: &Case, request: &[u8]) -> Result<Outcome> {
    let others = case.policies.as_deref().map_or(Ok(Vec::new()), xml_files)?;
    let mut names = Vec::new();
    let mut texts = Vec::new();
    for path in case.policy.iter().chain(&others) {
        names.push(path.display().to_string());
        texts.push(fs::read(path).with_context(|| format!("cannot read {}", path.display()))?);
    }
    if case.policy.is_none() {
        names.push("permit-all".to_owned());
        texts.push(PERMIT_ALL.into());
    }
    let sources: Vec<Source<'_>> =
        names.iter().zip(&texts).map(|(name, text)| Source::from_bytes(name, text)).collect();
    let (loaded, found) = load(&sources, &Options::default());
    let root = loaded.checked.document_of(0);
    let Some(program) = loaded.programs(root.as_slice()).0.pop().flatten() else {
        let errors = found.iter().map(|one| format!("{} [{}]", one.message, one.code)).collect();
        return Ok(Outcome::PolicyRefused(errors));
    };
    Ok(match answer(&program, request) {
        Ok(answer) => Outcome::Answered(answer),
        Err(error) => Outcome::RequestRefused(error.to_string()),
    })
}

fn answer(program: &Program, request: &[u8]) -> Result<Answer, RequestError> {
    let (environment, arena) = (Environment::at(DateTime::parse(NOW).unwrap()), Arena::new());
    let format = Format::of(request).ok_or_else(|| RequestError::new("a request begins with `<` or `{`", Some(0)))?;
    let request = wire::read(format, request, &arena, &environment.limits)?;
    let expansion = expand(&request, &arena, &environment.limits)?;
    let mut results: Vec<DecisionResult<'_>> = Vec::new();
    for individual in &expansion {
        results.push(match individual {
            Ok(individual) => program.evaluate(individual, &environment, &arena),
            Err(fault) => DecisionResult::failed(fault.clone()),
        });
    }
    if request.combined_decision {
        results = vec![combine(&results)];
    }
    let response = Response { results };
    let mut out = Vec::new();
    match format {
        Format::Xml => wire::write_xml(&response, &mut out),
        Format::Json => wire::write_json(&response, &mut out),
    }
    Answer::read(&out)
}

fn program(case: &Case, request: &[u8]) -> Result<Outcome> {
    let mut permit_all = tempfile::NamedTempFile::new()?;
    permit_all.write_all(PERMIT_ALL.as_bytes())?;
    let mut command = Command::new(binary());
    command.arg("eval").arg("--policy").arg(case.policy.as_deref().unwrap_or(permit_all.path()));
    if let Some(folder) = &case.policies {
        command.arg("--policies").arg(folder);
    }
    command.args(["--request", "-", "--now", NOW]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    // A refused policy is no reason to read the request.
    let _ = child.stdin.take().context("no standard input")?.write_all(request);
    let output = child.wait_with_output()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Ok(match output.status.code() {
        Some(0) => {
            Outcome::Answered(Answer::read(&output.stdout).with_context(|| format!("in what {} printed", case.id))?)
        }
        Some(2) => Outcome::PolicyRefused(vec![said]),
        Some(3) => Outcome::RequestRefused(said),
        _ => bail!("{}: {}\n{said}", case.id, output.status),
    })
}
