//! Argus: the small policy as XACML, asked with a request that was decoded beforehand, and from JSON and XML to the
//! written answer.

use anyhow::{Context as _, Result, bail};
use argus_engine::check::Options;
use argus_engine::compile::{self, Program};
use argus_engine::decision::Decision as XacmlDecision;
use argus_engine::diagnostic::Severity;
use argus_engine::evaluate::Environment;
use argus_engine::limits::Limits;
use argus_engine::read::Source;
use argus_engine::request::Individual;
use argus_engine::types::DateTime;
use argus_engine::value::Arena;
use argus_engine::wire::{self, multiple};

use super::{Form, OURS, Series, Small, repeated};
use crate::engine::{Engine, Loaded};
use crate::request::{self, Decision};

const POLICY: &str = include_str!("../../fixtures/policy.xml");

pub(super) const SMALL: Small =
    Small { name: OURS, package: "argus-engine", form: Form::Built, policy: POLICY, load: |text| load(text, Form::Built) };

pub(super) const FROM_JSON: Small = Small { form: Form::Json, load: |text| load(text, Form::Json), ..SMALL };

pub(super) const FROM_XML: Small = Small { form: Form::Xml, load: |text| load(text, Form::Xml), ..SMALL };

pub(super) const SERIES: Series = Series {
    name: OURS,
    package: "argus-engine",
    write: |count| set("all", &repeated(&dense(), count)),
    load: load_built,
    decides: 100_000,
    loads: 100_000,
};

/// The same policies in policy sets of a hundred, none of which has a target of its own.
pub(super) const NESTED: Series = Series {
    name: "Argus, nested",
    write: |count| {
        let policies = repeated(&dense(), count);
        let texts = policies.split_inclusive("</Policy>").filter(|text| text.contains("<Policy"));
        set_of_sets(texts.map(str::to_owned))
    },
    ..SERIES
};

/// Without the white space between elements, as a program would write a hundred thousand of them.
pub(super) fn dense() -> String {
    POLICY.lines().map(str::trim_start).fold(String::new(), |text, line| {
        let gap = if text.is_empty() || text.ends_with('>') { "" } else { " " };
        text + gap + line
    })
}

pub(super) fn set(name: &str, policies: &str) -> String {
    format!(
        "<PolicySet xmlns=\"urn:oasis:names:tc:xacml:3.0:core:schema:wd-17\" PolicySetId=\"urn:example:set:{name}\" \
         Version=\"1.0\" PolicyCombiningAlgId=\"urn:oasis:names:tc:xacml:3.0:policy-combining-algorithm:permit-overrides\">\
         <Target/>{policies}</PolicySet>"
    )
}

/// The policies in policy sets of a hundred.
pub(super) fn set_of_sets(policies: impl Iterator<Item = String>) -> String {
    let (mut all, mut hundred) = (String::new(), String::new());
    let mut policies = policies.enumerate().peekable();
    while let Some((number, policy)) = policies.next() {
        hundred.push_str(&policy);
        if number % 100 == 99 || policies.peek().is_none() {
            all.push_str(&set(&number.to_string(), &hundred));
            hundred.clear();
        }
    }
    set("all", &all)
}

/// Loads policies for requests that are built beforehand.
pub(super) fn load_built(text: &str) -> Result<Box<dyn Loaded>> {
    load(text, Form::Built)
}

struct Argus(Program, Form);

struct Ready {
    program: Program,
    form: Form,
    environment: Environment<'static>,
    texts: Vec<String>,
    decoded: Vec<&'static Individual<'static>>,
    arena: Arena,
    answer: Vec<u8>,
}

fn load(text: &str, form: Form) -> Result<Box<dyn Loaded>> {
    // The fixture of one policy has no namespace of its own, so that it can stand in a set.
    let text = if text.starts_with("<PolicySet") { text.to_owned() } else { set("one", text) };
    let limits = Limits { policy_bytes: 1 << 30, ..Limits::default() };
    let sources = [Source::new("policy.xml", &text)];
    let (loaded, diagnostics) = compile::load(&sources, &Options { limits, ..Options::default() });
    if let Some(error) = diagnostics.iter().find(|diagnostic| diagnostic.severity == Severity::Error) {
        bail!("{}", error.message);
    }
    let (mut programs, _) = loaded.programs(&[0]);
    let program = programs.pop().flatten().context("nothing to compile")?;
    Ok(Box::new(Argus(program, form)))
}

impl Loaded for Argus {
    fn prepare(self: Box<Self>, requests: &[request::Request]) -> Result<Box<dyn Engine>> {
        let texts: Vec<String> =
            requests.iter().map(if self.1 == Form::Xml { write_xml } else { write_json }).collect();
        let decoded = if self.1 == Form::Built { texts.iter().map(|text| decode(text)).collect::<Result<_>>()? } else { Vec::new() };
        let now = DateTime::parse("2026-11-24T09:30:00Z")?;
        Ok(Box::new(Ready {
            program: self.0,
            form: self.1,
            environment: Environment::at(now),
            texts,
            decoded,
            arena: Arena::new(),
            answer: Vec::new(),
        }))
    }
}

fn write_json(request: &request::Request) -> String {
    let request::Request { role, path, address, hour, .. } = request;
    format!(
        r#"{{"Request":{{"AccessSubject":{{"Attribute":[{{"AttributeId":"urn:oasis:names:tc:xacml:1.0:subject:subject-id","Value":"alice"}},{{"AttributeId":"role","Value":"{role}"}}]}},"Resource":{{"Attribute":[{{"AttributeId":"path","Value":"{path}"}}]}},"Action":{{"Attribute":[{{"AttributeId":"urn:oasis:names:tc:xacml:1.0:action:action-id","Value":"read"}}]}},"Environment":{{"Attribute":[{{"AttributeId":"address","DataType":"urn:oasis:names:tc:xacml:3.0:data-type:ipAddress-value","Value":"{address}"}},{{"AttributeId":"hour","Value":{hour}}}]}}}}}}"#
    )
}

fn write_xml(request: &request::Request) -> String {
    let request::Request { role, path, address, hour, .. } = request;
    let attribute = |id: &str, data_type: &str, value: &str| {
        format!(
            r#"<Attribute AttributeId="{id}" IncludeInResult="false"><AttributeValue DataType="{data_type}">{value}</AttributeValue></Attribute>"#
        )
    };
    let string = "http://www.w3.org/2001/XMLSchema#string";
    let subject = attribute("urn:oasis:names:tc:xacml:1.0:subject:subject-id", string, "alice")
        + attribute("role", string, role).as_str();
    let resource = attribute("path", string, path);
    let action = attribute("urn:oasis:names:tc:xacml:1.0:action:action-id", string, "read");
    let environment = attribute("address", "urn:oasis:names:tc:xacml:3.0:data-type:ipAddress-value", address)
        + attribute("hour", "http://www.w3.org/2001/XMLSchema#integer", &hour.to_string()).as_str();
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><Request xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" ReturnPolicyIdList="false" CombinedDecision="false"><Attributes Category="urn:oasis:names:tc:xacml:1.0:subject-category:access-subject">{subject}</Attributes><Attributes Category="urn:oasis:names:tc:xacml:3.0:attribute-category:resource">{resource}</Attributes><Attributes Category="urn:oasis:names:tc:xacml:3.0:attribute-category:action">{action}</Attributes><Attributes Category="urn:oasis:names:tc:xacml:3.0:attribute-category:environment">{environment}</Attributes></Request>"#
    )
}

// The program ends with the measurement: what it was asked may live as long.
fn decode(text: &str) -> Result<&'static Individual<'static>> {
    let arena: &'static Arena = Box::leak(Box::default());
    let request = wire::read_json(arena.text(text), arena, &Limits::default())?;
    let request = Box::leak(Box::new(request));
    let individual = multiple::expand(request, arena, &Limits::default())?.into_iter().next().context("no request")?;
    let individual = individual.map_err(|fault| anyhow::anyhow!("{}", fault.message))?;
    Ok(Box::leak(Box::new(individual)))
}

fn decision(decided: XacmlDecision) -> Decision {
    Decision::from(decided == XacmlDecision::Permit)
}

impl Engine for Ready {
    fn decide(&mut self, request: usize) -> Result<Decision> {
        self.arena.reset();
        if self.form == Form::Built {
            let request = *self.decoded.get(request).context("no such request")?;
            return Ok(decision(self.program.evaluate(request, &self.environment, &self.arena).decision));
        }
        let text = self.texts.get(request).context("no such request")?;
        let read = if self.form == Form::Xml { wire::read_xml } else { wire::read_json };
        let request = read(text, &self.arena, &self.environment.limits)?;
        let request = self.arena.bump().alloc(request);
        let response = self.program.answer(request, &self.environment, &self.arena)?;
        self.answer.clear();
        if self.form == Form::Xml {
            wire::write_xml(&response, &mut self.answer);
        } else {
            wire::write_json(&response, &mut self.answer);
        }
        std::hint::black_box(&self.answer);
        let result = response.results.first().context("no result")?;
        Ok(decision(result.decision))
    }
}
