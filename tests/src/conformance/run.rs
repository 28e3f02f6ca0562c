//! A case through the library, from the bytes of the policy to the bytes of the answer.

use std::fmt;
use std::fs;

use anyhow::{Context, Result};
use argus_engine::check::{Options, check};
use argus_engine::compile::{Program, compile};
use argus_engine::evaluate::Environment;
use argus_engine::limits::Limits;
use argus_engine::read::Source;
use argus_engine::request::{Request, RequestError};
use argus_engine::response::{Response, Result as DecisionResult};
use argus_engine::types::DateTime;
use argus_engine::value::Arena;
use argus_engine::wire::answer::Answer;
use argus_engine::wire::multiple::{combine, expand};
use argus_engine::wire::{self, Format};

use super::{Case, Expected};

/// The moment of every evaluation.
const NOW: &str = "2026-11-24T09:30:00Z";

const PERMIT_ALL: &str = r#"<Policy xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" PolicyId="all" Version="1.0"
    RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-unless-permit">
  <Target/><Rule RuleId="all" Effect="Permit"/></Policy>"#;

/// In which form a case is asked and answered. A request in the other form is converted first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// XML in, XML out.
    Xml,
    /// JSON in, JSON out.
    Json,
}

/// What a case gave.
#[derive(Debug)]
pub enum Outcome {
    /// The policy was refused: the errors.
    PolicyRefused(Vec<String>),
    /// The policy was accepted, and there is nothing to ask: whatever might be asked would be answered.
    Loaded,
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
            Self::Loaded => f.write_str("the policy was accepted"),
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
            Self::Loaded => expected == Expected::Answered,
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
/// Where a file of the case can't be read: no fault of the engine.
pub fn run(case: &Case, door: Door) -> Result<Outcome> {
    let paths: Vec<_> = case.policy.iter().chain(&case.policies).collect();
    let mut names = Vec::new();
    let mut texts = Vec::new();
    for path in &paths {
        names.push(path.display().to_string());
        texts.push(fs::read(path).with_context(|| format!("cannot read {}", path.display()))?);
    }
    if case.policy.is_none() {
        names.push("permit-all".to_owned());
        texts.push(PERMIT_ALL.into());
    }
    let sources: Vec<Source<'_>> =
        names.iter().zip(&texts).map(|(name, text)| Source::from_bytes(name, text)).collect();
    let (checked, found) = check(&sources, &Options::default());
    let root = checked.document_of(0).filter(|root| checked.is_evaluable(*root));
    let Some(program) = root.and_then(|root| compile(&checked, root)) else {
        let errors = found.iter().map(|one| format!("{} [{}]", one.message, one.code)).collect();
        return Ok(Outcome::PolicyRefused(errors));
    };
    let Some(request) = &case.request else { return Ok(Outcome::Loaded) };
    let bytes = fs::read(request).with_context(|| format!("cannot read {}", request.display()))?;
    Ok(match answer(&program, &bytes, door) {
        Ok(answer) => Outcome::Answered(answer),
        Err(error) => Outcome::RequestRefused(error.to_string()),
    })
}

fn answer(program: &Program, bytes: &[u8], door: Door) -> Result<Answer, RequestError> {
    let (limits, arena) = (Limits::default(), Arena::new());
    let format = Format::of(bytes).ok_or_else(|| RequestError::new("a request begins with `<` or `{`", Some(0)))?;
    let request = wire::read(format, bytes, &arena, &limits)?;
    let written = match (format, door) {
        (Format::Xml, Door::Xml) | (Format::Json, Door::Json) => return decide(program, &request, &arena, door),
        (Format::Xml, Door::Json) => wire::to_json(&request),
        (Format::Json, Door::Xml) => wire::to_xml(&request),
    };
    let arena = Arena::new();
    let converted = match door {
        Door::Xml => wire::read_xml(&written, &arena, &limits),
        Door::Json => wire::read_json(&written, &arena, &limits),
    };
    decide(program, &converted?, &arena, door)
}

fn decide(program: &Program, request: &Request<'_>, arena: &Arena, door: Door) -> Result<Answer, RequestError> {
    let environment = Environment::at(DateTime::parse(NOW).unwrap());
    let expansion = expand(request, arena, &environment.limits)?;
    let mut results: Vec<DecisionResult<'_>> = Vec::new();
    for individual in &expansion {
        results.push(match individual {
            Ok(individual) => program.evaluate(individual, &environment, arena),
            Err(fault) => DecisionResult::failed(fault.clone()),
        });
    }
    if request.combined_decision {
        results = vec![combine(&results)];
    }
    let response = Response { results };
    let mut out = Vec::new();
    match door {
        Door::Xml => wire::write_xml(&response, &mut out),
        Door::Json => wire::write_json(&response, &mut out),
    }
    Answer::read(&out)
}
