//! From a compiled policy and a request to a decision (core 7).
//!
//! A pure function of (program, request, environment). One `Evaluation` lives as long as one individual request;
//! what it makes stands in the request's arena. Each file holds one of the standard's notions: `attribute` the
//! designators and selectors, `expression` and `higher_order` the functions, `target`, `node` rules, policies
//! and policy sets, `duty` obligations and advice.

mod access;
mod answer;
mod attribute;
mod bind;
mod duty;
mod environment;
mod expression;
mod higher_order;
mod node;
mod target;
mod xpath;

pub use environment::{AttributeQuery, AttributeSource, Environment};

use std::cell::Cell;

use crate::compile::Program;
use crate::compile::program::{NodeId, Range, SlotId, Tables};
use crate::decision::Decision;
use crate::explain::{NoTrace, Tracer};
use crate::functions::Call;
use crate::request::Individual;
use crate::response::{Duty, PolicyIdentifier, Result as DecisionResult};
use crate::status::Fault;
use crate::value::{Arena, Operand, Value};

use bind::Bound;

/// The value of an expression, or why it is Indeterminate.
type Evaluated<'a, T> = std::result::Result<T, &'a Fault>;

/// One variable of the policy at hand: not yet evaluated, or its value.
type VariableCell<'a> = Cell<Option<Evaluated<'a, Operand<'a>>>>;

/// The evaluation of one individual request.
struct Evaluation<'a, T> {
    program: &'a Tables,
    root: NodeId,
    request: &'a Individual<'a>,
    environment: &'a Environment<'a>,
    call: Call<'a>,
    bound: Bound<'a>,
    contents: xpath::Contents<'a>,
    /// The values of the current policy's variables, and the ops that they come from.
    variables: &'a [VariableCell<'a>],
    frame_ops: Range,
    /// The source of the current policy, for the tracer.
    file: u32,
    // What Permit and Deny would carry so far. A node that decides keeps the one and cuts the other back.
    on_permit: Vec<Duty<'a>>,
    on_deny: Vec<Duty<'a>>,
    permit_advice: Vec<Duty<'a>>,
    deny_advice: Vec<Duty<'a>>,
    policies: Vec<PolicyIdentifier<'a>>,
    /// What the attribute source said, by slot.
    supplied: Vec<(SlotId, Evaluated<'a, &'a [Value<'a>]>)>,
    /// How often functions may still be applied to members of bags.
    applications: u64,
    /// Calls of `access-permitted` so far, over all nested evaluations.
    nested: &'a Cell<usize>,
    plainly: bool,
    tracer: &'a mut T,
}

impl Program {
    /// Evaluates one individual request.
    pub fn evaluate<'a>(
        &'a self,
        request: &'a Individual<'a>,
        environment: &'a Environment<'a>,
        arena: &'a Arena,
    ) -> DecisionResult<'a> {
        self.evaluate_with(request, environment, arena, arena.bump().alloc(NoTrace))
    }

    /// The same without the index: every child of every node is visited. For proving that the index is invisible.
    pub fn evaluate_plainly<'a>(
        &'a self,
        request: &'a Individual<'a>,
        environment: &'a Environment<'a>,
        arena: &'a Arena,
    ) -> DecisionResult<'a> {
        let mut evaluation = Evaluation::new(
            (&self.tables, self.root),
            request,
            environment,
            arena,
            arena.bump().alloc(Cell::new(0)),
            arena.bump().alloc(NoTrace),
        );
        evaluation.plainly = true;
        evaluation.run()
    }

    /// The same, with every step told to a tracer.
    pub fn evaluate_with<'a, T: Tracer>(
        &'a self,
        request: &'a Individual<'a>,
        environment: &'a Environment<'a>,
        arena: &'a Arena,
        tracer: &'a mut T,
    ) -> DecisionResult<'a> {
        Evaluation::new(
            (&self.tables, self.root),
            request,
            environment,
            arena,
            arena.bump().alloc(Cell::new(0)),
            tracer,
        )
        .run()
    }
}

impl<'a, T: Tracer> Evaluation<'a, T> {
    fn new(
        (program, root): (&'a Tables, NodeId),
        request: &'a Individual<'a>,
        environment: &'a Environment<'a>,
        arena: &'a Arena,
        nested: &'a Cell<usize>,
        tracer: &'a mut T,
    ) -> Self {
        Self {
            program,
            root,
            request,
            environment,
            call: Call {
                arena,
                implicit_zone: environment.implicit_zone,
                integer_digits: environment.limits.integer_digits,
            },
            bound: Bound::new(program, request, arena),
            contents: xpath::Contents::default(),
            variables: &[],
            frame_ops: Range::default(),
            file: 0,
            on_permit: Vec::new(),
            on_deny: Vec::new(),
            permit_advice: Vec::new(),
            deny_advice: Vec::new(),
            policies: Vec::new(),
            supplied: Vec::new(),
            applications: environment.limits.applications as u64,
            nested,
            plainly: false,
            tracer,
        }
    }

    fn run(mut self) -> DecisionResult<'a> {
        let (decision, fault) = self.node(self.root);
        let (obligations, advice) = match decision {
            Decision::Permit => (self.on_permit, self.permit_advice),
            Decision::Deny => (self.on_deny, self.deny_advice),
            _ => (Vec::new(), Vec::new()),
        };
        DecisionResult {
            decision,
            fault: fault.cloned(),
            obligations,
            advice,
            attributes: self.request.attributes,
            policies: self.policies,
        }
    }

    fn fail<R>(&self, fault: Fault) -> Evaluated<'a, R> {
        Err(self.call.arena.fault(fault))
    }
}
