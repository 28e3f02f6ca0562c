//! A policy that has passed every check: names resolved, literals parsed, types known. What [`crate::compile`] reads.
//!
//! Texts are borrowed from the sources where nothing had to be unescaped.

use std::borrow::Cow;

use crate::combining::Algorithm;
use crate::decision::Effect;
use crate::diagnostic::Span;
use crate::functions::{Function, Type};
use crate::value::{DataType, OwnedValue};
use crate::xpath::Expression as XPath;

/// A text of the source.
pub type Text<'s> = Cow<'s, str>;

/// All documents that were checked together, in the order given.
#[derive(Debug, Default)]
pub struct Checked<'s> {
    /// One for each source that holds a readable policy or policy set. A reference names a document by its place here.
    pub documents: Vec<Document<'s>>,
}

/// A source with its outermost policy or policy set.
#[derive(Debug)]
pub struct Document<'s> {
    /// Which source.
    pub file: u32,
    /// What it holds.
    pub node: Node<'s>,
    /// Whether this document itself has errors (what it refers to is not counted).
    pub has_errors: bool,
}

/// A policy or a policy set.
#[derive(Debug)]
pub enum Node<'s> {
    /// A `Policy`.
    Policy(Policy<'s>),
    /// A `PolicySet`.
    PolicySet(PolicySet<'s>),
}

/// A `Policy` (core 5.14).
#[derive(Debug)]
pub struct Policy<'s> {
    /// `PolicyId`.
    pub id: Text<'s>,
    /// `Version`, as written.
    pub version: Text<'s>,
    /// The opening tag.
    pub at: Span,
    /// The rule-combining algorithm.
    pub algorithm: &'static Algorithm,
    /// Whether the policy speaks about a request.
    pub target: Target<'s>,
    /// `VariableDefinition`s, in document order; an [`Expr::Variable`] names one by its place.
    pub variables: Vec<Variable<'s>>,
    /// The rules, in document order.
    pub rules: Vec<Rule<'s>>,
    /// Obligation and advice expressions, in document order.
    pub duties: Vec<DutyExpression<'s>>,
    /// `CombinerParameters` and `RuleCombinerParameters`.
    pub parameters: Vec<CombinerParameter<'s>>,
    /// Its place in the program, where it was compiled as soon as it was read; the lists above are empty then.
    pub compiled: Option<u32>,
}

/// A `PolicySet` (core 5.1).
#[derive(Debug)]
pub struct PolicySet<'s> {
    /// `PolicySetId`.
    pub id: Text<'s>,
    /// `Version`, as written.
    pub version: Text<'s>,
    /// The opening tag.
    pub at: Span,
    /// The policy-combining algorithm.
    pub algorithm: &'static Algorithm,
    /// Whether the policy set speaks about a request.
    pub target: Target<'s>,
    /// Policies, policy sets and references, in document order.
    pub children: Vec<Child<'s>>,
    /// Obligation and advice expressions, in document order.
    pub duties: Vec<DutyExpression<'s>>,
    /// `CombinerParameters`, `PolicyCombinerParameters` and `PolicySetCombinerParameters`.
    pub parameters: Vec<CombinerParameter<'s>>,
    /// Its place in the program, where it was compiled as soon as it was read; the lists above are empty then.
    pub compiled: Option<u32>,
}

/// A child of a `PolicySet`.
#[derive(Debug)]
pub enum Child<'s> {
    /// A policy or policy set that stands in place.
    // Boxed so that a hundred thousand children are no larger than what is said of most of them.
    Node(Box<Node<'s>>),
    /// One that was compiled as soon as it was read ([`crate::compile::load`]), by its place in the program.
    Compiled(u32),
    /// A reference, resolved to a document by its place in [`Checked::documents`]. `None` only where an error says so.
    Reference {
        /// Which document.
        document: Option<usize>,
        /// The reference element.
        at: Span,
    },
}

/// A combiner parameter (core 5.18 to 5.20). No algorithm of the standard uses one.
#[derive(Debug)]
pub struct CombinerParameter<'s> {
    /// `ParameterName`.
    pub name: Text<'s>,
    /// The value.
    pub value: OwnedValue,
    /// `RuleIdRef`, `PolicyIdRef` or `PolicySetIdRef`, where it is for one child.
    pub child: Option<Text<'s>>,
}

/// A `Rule` (core 5.21).
#[derive(Debug)]
pub struct Rule<'s> {
    /// `RuleId`.
    pub id: Text<'s>,
    /// The opening tag.
    pub at: Span,
    /// What it decides.
    pub effect: Effect,
    /// Its target; empty where absent.
    pub target: Target<'s>,
    /// Its condition.
    pub condition: Option<Expr<'s>>,
    /// Obligation and advice expressions, in document order.
    pub duties: Vec<DutyExpression<'s>>,
}

/// A `Target` (core 5.6): all of these must match.
#[derive(Debug, Default)]
pub struct Target<'s> {
    /// The `AnyOf` elements.
    pub any_of: Vec<AnyOf<'s>>,
}

/// An `AnyOf` (core 5.7): one of these must match.
#[derive(Debug)]
pub struct AnyOf<'s> {
    /// The `AllOf` elements.
    pub all_of: Vec<AllOf<'s>>,
}

/// An `AllOf` (core 5.8): all of these must be true.
#[derive(Debug)]
pub struct AllOf<'s> {
    /// The `Match` elements.
    pub matches: Vec<Match<'s>>,
}

/// A `Match` (core 5.9): `function(value, some member of the bag)`.
#[derive(Debug)]
pub struct Match<'s> {
    /// A function of two single values that gives a boolean.
    pub function: &'static Function,
    /// The policy's value, the first argument.
    pub value: OwnedValue,
    /// The designator or selector, whose members are the second argument.
    pub attribute: Expr<'s>,
    /// The element.
    pub at: Span,
}

/// A `VariableDefinition` (core 5.23).
#[derive(Debug)]
pub struct Variable<'s> {
    /// `VariableId`.
    pub id: Text<'s>,
    /// Its expression.
    pub expression: Expr<'s>,
    /// What it gives.
    pub gives: Type,
    /// The element.
    pub at: Span,
}

/// An expression whose types are right.
#[derive(Debug)]
pub enum Expr<'s> {
    /// An `AttributeValue`.
    Value(OwnedValue),
    /// An `AttributeDesignator`.
    Designator(Box<Designator<'s>>),
    /// An `AttributeSelector`.
    Selector(Box<Selector<'s>>),
    /// A `VariableReference`, by the variable's place in its policy.
    Variable(usize),
    /// An `Apply`.
    Apply(Box<Apply<'s>>),
}

/// An `Apply` (core 5.27).
#[derive(Debug)]
pub struct Apply<'s> {
    /// The function.
    pub function: &'static Function,
    /// The `Function` argument of a higher-order function.
    pub argument: Option<&'static Function>,
    /// The other arguments.
    pub arguments: Vec<Expr<'s>>,
    /// What it gives.
    pub gives: Type,
    /// The element's opening tag.
    pub at: Span,
}

/// An `AttributeDesignator` (core 5.29).
#[derive(Debug)]
pub struct Designator<'s> {
    /// `Category`.
    pub category: Text<'s>,
    /// `AttributeId`.
    pub id: Text<'s>,
    /// `DataType`.
    pub data_type: DataType,
    /// `Issuer`.
    pub issuer: Option<Text<'s>>,
    /// `MustBePresent`.
    pub must_be_present: bool,
    /// The element.
    pub at: Span,
}

/// An `AttributeSelector` (core 5.30).
#[derive(Debug)]
pub struct Selector<'s> {
    /// `Category`.
    pub category: Text<'s>,
    /// `Path`, parsed; the reason where it does not parse, which is a fault only when it is evaluated.
    pub path: Result<XPath, String>,
    /// `Path` as written.
    pub path_text: Text<'s>,
    /// `ContextSelectorId`.
    pub context_selector: Option<Text<'s>>,
    /// `DataType`.
    pub data_type: DataType,
    /// `MustBePresent`.
    pub must_be_present: bool,
    /// The element.
    pub at: Span,
}

/// An `ObligationExpression` or `AdviceExpression` (core 5.39, 5.40).
#[derive(Debug)]
pub struct DutyExpression<'s> {
    /// `ObligationId` or `AdviceId`.
    pub id: Text<'s>,
    /// Whether it is advice.
    pub is_advice: bool,
    /// `FulfillOn` or `AppliesTo`.
    pub on: Effect,
    /// The assignments, in document order.
    pub assignments: Vec<AssignmentExpression<'s>>,
    /// The element.
    pub at: Span,
}

/// An `AttributeAssignmentExpression` (core 5.41).
#[derive(Debug)]
pub struct AssignmentExpression<'s> {
    /// `AttributeId`.
    pub id: Text<'s>,
    /// `Category`.
    pub category: Option<Text<'s>>,
    /// `Issuer`.
    pub issuer: Option<Text<'s>>,
    /// The expression: one value or a bag.
    pub expression: Expr<'s>,
}
