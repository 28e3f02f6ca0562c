//! CEL: an expression over variables, with one function of ours for the networks, which the language lacks. The
//! variables are bound beforehand.

use std::net::Ipv4Addr;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use cel::common::types::{CelBool, CelString, STRING_TYPE};
use cel::common::value::CowVal;
use cel::{Context, Env, ExecutionError, Program, Value};

use super::{Form, Small};
use crate::engine::{Engine, Loaded};
use crate::request::{Decision, Request};

pub(super) const SMALL: Small =
    Small { name: "CEL", package: "cel", form: Form::Built, policy: include_str!("../../fixtures/policy.cel"), load };

struct Expression {
    env: Arc<Env>,
    program: Program,
}

struct Ready {
    program: Program,
    contexts: Vec<Context<'static, 'static>>,
}

fn load(text: &str) -> Result<Box<dyn Loaded>> {
    let mut env = Env::stdlib();
    env.add_overload("inNetwork", "address_in_network", vec![STRING_TYPE, STRING_TYPE], in_network)?;
    let program = env.compile(text)?;
    Ok(Box::new(Expression { env: Arc::new(env), program }))
}

#[expect(clippy::needless_pass_by_value, reason = "cel wants overloads in this shape")]
fn in_network<'b, 'v>(arguments: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let [address, network] = arguments.as_slice() else {
        return Err(ExecutionError::invalid_argument_count(2, arguments.len()));
    };
    let (address, network) = (address.downcast_ref::<CelString<'_>>(), network.downcast_ref::<CelString<'_>>());
    let inside = address.zip(network).and_then(|(address, network)| contains(network.inner(), address.inner()));
    let inside = inside.ok_or_else(|| ExecutionError::function_error("inNetwork", "not an address and a network"))?;
    Ok(CowVal::owned(CelBool::from(inside)))
}

fn contains(network: &str, address: &str) -> Option<bool> {
    let (base, length) = network.split_once('/')?;
    let base = u32::from(base.parse::<Ipv4Addr>().ok()?);
    let address = u32::from(address.parse::<Ipv4Addr>().ok()?);
    let outside_mask = 32_u32.checked_sub(length.parse().ok()?)?;
    Some(base.checked_shr(outside_mask) == address.checked_shr(outside_mask))
}

impl Loaded for Expression {
    fn prepare(self: Box<Self>, requests: &[Request]) -> Result<Box<dyn Engine>> {
        let contexts = requests.iter().map(|request| bind(&self.env, request)).collect();
        Ok(Box::new(Ready { program: self.program, contexts }))
    }
}

fn bind(env: &Arc<Env>, request: &Request) -> Context<'static, 'static> {
    let mut context = Context::with_env(Arc::clone(env));
    context.add_variable_from_value("role", request.role.clone());
    context.add_variable_from_value("path", request.path.clone());
    context.add_variable_from_value("address", request.address.clone());
    context.add_variable_from_value("hour", i64::from(request.hour));
    context
}

impl Engine for Ready {
    fn decide(&mut self, request: usize) -> Result<Decision> {
        let context = self.contexts.get(request).context("no such request")?;
        let value = self.program.execute(context)?;
        Ok(Decision::from(value == Value::Bool(true)))
    }
}
