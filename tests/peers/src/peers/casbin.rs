//! casbin: the conditions in the matcher of the model, the paths and networks in lines of the policy. Its loading is
//! asynchronous in form only; nothing here ever waits.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use anyhow::{Context as _, Result};
use casbin::rhai::Dynamic;
use casbin::{CoreApi, DefaultModel, Enforcer, StringAdapter};

use super::{Form, Series, Small, repeated};
use crate::engine::{Engine, Loaded};
use crate::request::{Decision, Request};

const MODEL: &str = include_str!("../../fixtures/model.conf");
const POLICY: &str = include_str!("../../fixtures/policy.csv");

pub(super) const SMALL: Small = Small { name: "casbin", package: "casbin", form: Form::Built, policy: POLICY, load };

pub(super) const SERIES: Series = Series {
    name: "casbin",
    package: "casbin",
    write: |count| repeated(POLICY, count),
    load,
    decides: 10_000,
    loads: 10_000,
};

struct Casbin(Enforcer);

struct Ready {
    enforcer: Enforcer,
    requests: Vec<Vec<Dynamic>>,
}

fn load(text: &str) -> Result<Box<dyn Loaded>> {
    let model = at_once(DefaultModel::from_str(MODEL))??;
    let enforcer = at_once(Enforcer::new(model, StringAdapter::new(text)))??;
    Ok(Box::new(Casbin(enforcer)))
}

fn at_once<F: Future>(future: F) -> Result<F::Output> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Ok(output),
        Poll::Pending => anyhow::bail!("casbin waits for something while it loads from memory"),
    }
}

impl Loaded for Casbin {
    fn prepare(self: Box<Self>, requests: &[Request]) -> Result<Box<dyn Engine>> {
        Ok(Box::new(Ready { enforcer: self.0, requests: requests.iter().map(build).collect() }))
    }
}

fn build(request: &Request) -> Vec<Dynamic> {
    vec![
        request.role.clone().into(),
        request.path.clone().into(),
        request.address.clone().into(),
        // casbin builds its script engine with 32-bit integers.
        Dynamic::from(i32::from(request.hour)),
    ]
}

impl Engine for Ready {
    fn decide(&mut self, request: usize) -> Result<Decision> {
        // The values are shared by reference count: this copies a list of four, no text.
        let values = self.requests.get(request).context("no such request")?.clone();
        Ok(Decision::from(self.enforcer.enforce(values)?))
    }
}
