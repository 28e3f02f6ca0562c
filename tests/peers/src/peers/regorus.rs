//! regorus: Rego compiled for its virtual machine, asked with an input value that was built beforehand. Among many,
//! each policy is a rule of its own.

use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::program::Program;
use regorus::rvm::vm::RegoVM;
use regorus::{Engine as Rego, PolicyLengthConfig, Value};
use serde_json::json;

use super::{Form, Series, Small, repeated};
use crate::engine::{Engine, Loaded};
use crate::request::{Decision, Request};

const POLICY: &str = include_str!("../../fixtures/policy.rego");
const ENTRY_POINT: &str = "data.reading.allow";

pub(super) const SMALL: Small = Small { name: "regorus", package: "regorus", form: Form::Built, policy: POLICY, load };

pub(super) const SERIES: Series = Series {
    name: "regorus, rules",
    package: "regorus",
    write,
    load,
    // A program of its machine ends at 65,535 instructions, that is at some 2,200 of these rules.
    decides: 1_000,
    loads: 1_000,
};

/// A program, and the data that it decides by: empty where the policies are rules.
pub(super) struct Compiled {
    program: Arc<Program>,
    data: Value,
}

struct Ready {
    machine: RegoVM,
    inputs: Vec<Value>,
}

fn write(count: usize) -> String {
    let start = POLICY.find("allow if").unwrap_or(POLICY.len());
    let (header, rule) = POLICY.split_at(start);
    format!("{header}{}", repeated(rule, count))
}

fn load(text: &str) -> Result<Box<dyn Loaded>> {
    Ok(Box::new(compile(text, Value::new_object())?))
}

pub(super) fn compile(text: &str, data: Value) -> Result<Compiled> {
    let mut rego = Rego::new();
    // The defaults end at 20,000 lines, that is at 2,500 rules.
    rego.set_policy_length_config(PolicyLengthConfig {
        max_col: NonZeroU32::MAX,
        max_file_bytes: NonZeroUsize::MAX,
        max_lines: NonZeroUsize::MAX,
    });
    rego.add_policy("policy.rego".to_owned(), text.to_owned())?;
    let policy = rego.compile_with_entrypoint(&ENTRY_POINT.into())?;
    Ok(Compiled { program: Compiler::compile_from_policy(&policy, &[ENTRY_POINT])?, data })
}

impl Loaded for Compiled {
    fn prepare(self: Box<Self>, requests: &[Request]) -> Result<Box<dyn Engine>> {
        let mut machine = RegoVM::new();
        machine.load_program(self.program);
        machine.set_data(self.data)?;
        // The default of 25,000 ends a decision among a thousand rules.
        machine.set_max_instructions(usize::MAX);
        let inputs = requests.iter().map(build).collect::<Result<_>>()?;
        Ok(Box::new(Ready { machine, inputs }))
    }
}

fn build(request: &Request) -> Result<Value> {
    let input = json!({
        "role": request.role,
        "path": request.path,
        "address": request.address,
        "hour": request.hour,
    });
    Value::from_json_str(&input.to_string())
}

impl Engine for Ready {
    fn decide(&mut self, request: usize) -> Result<Decision> {
        let input = self.inputs.get(request).context("no such request")?;
        self.machine.set_input(input.clone());
        Ok(Decision::from(self.machine.execute()? == Value::Bool(true)))
    }
}
