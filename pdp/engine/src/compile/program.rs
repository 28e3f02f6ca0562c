//! The compiled form: flat tables that refer to each other by number. Nothing in it is hot but small, or large but rare.
//!
//! A hundred thousand policies are a few large allocations, not millions of small ones: that is what makes loading
//! fast and memory small. Texts stand end to end in one buffer.

use std::sync::Arc;

use super::names::Names;
use crate::combining::{Algorithm, Method};
use crate::decision::Effect;
use crate::diagnostic::Span;
use crate::functions::{Function, HigherOrder, Special};
use crate::index::Index;
use crate::regex::Pattern;
use crate::types::Ipv4Pattern;
use crate::value::{DataType, OwnedValue};
use crate::xpath::Expression as XPath;

/// A run of entries in one of the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Range {
    pub(crate) start: u32,
    pub(crate) len: u32,
}

/// A text in [`Tables::texts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Text {
    pub(crate) start: u32,
    pub(crate) len: u32,
}

/// A policy or policy set, by its place in [`Tables::nodes`].
pub(crate) type NodeId = u32;
/// A rule, by its place in [`Tables::rules`].
pub(crate) type RuleId = u32;
/// An expression, by its place in [`Tables::ops`].
pub(crate) type OpId = u32;
/// A designator's (category, id, data type, issuer), by its place in [`Tables::slots`].
pub(crate) type SlotId = u32;

/// A policy with all that it refers to, ready to be evaluated. Immutable, shared between threads.
///
/// Programs that were loaded together have their tables in common, each with a root of its own.
#[derive(Debug, Clone)]
pub struct Program {
    pub(crate) root: NodeId,
    pub(crate) tables: Arc<Tables>,
}

/// What was compiled together.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    pub(crate) texts: String,
    pub(crate) nodes: Vec<Node>,
    /// The label of each node, beside [`Tables::nodes`].
    pub(crate) node_labels: Vec<NodeLabel>,
    pub(crate) children: Vec<NodeId>,
    pub(crate) rules: Vec<Rule>,
    /// The label of each rule, beside [`Tables::rules`].
    pub(crate) rule_labels: Vec<RuleLabel>,
    pub(crate) matches: Vec<Match>,
    pub(crate) ops: Vec<Op>,
    /// The place of each op in its file, beside [`Tables::ops`].
    pub(crate) op_spans: Vec<(u32, u32)>,
    pub(crate) arguments: Vec<OpId>,
    pub(crate) variables: Vec<OpId>,
    pub(crate) duties: Vec<DutyExpression>,
    pub(crate) assignments: Vec<AssignmentExpression>,
    pub(crate) constants: Vec<OwnedValue>,
    /// Higher-order functions with the functions that they apply.
    pub(crate) applied: Vec<Applied>,
    pub(crate) patterns: Vec<Arc<Pattern>>,
    pub(crate) selectors: Vec<Selector>,
    pub(crate) slots: Vec<Slot>,
    pub(crate) names: Names,
    pub(crate) indexes: Vec<Index>,
}

/// A policy or a policy set: what evaluating it takes. A decision among many policies costs what it touches, so what is
/// only told of a node stands elsewhere.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node {
    pub(crate) target: Target,
    /// Of [`Tables::rules`] for a policy, of [`Tables::children`] for a set; of [`Tables::nodes`] where they are
    /// `in_a_row`.
    pub(crate) children: Range,
    /// Of [`Tables::variables`].
    pub(crate) variables: Range,
    /// Of [`Tables::duties`].
    pub(crate) duties: Range,
    /// Of [`Tables::indexes`]; [`NO_INDEX`] where every child is visited.
    pub(crate) index: u32,
    /// What its algorithm does.
    pub(crate) method: Method,
    pub(crate) is_set: bool,
    /// Whether the children of a set are nodes one after the other, which no table has to list.
    pub(crate) in_a_row: bool,
    /// Whether it is nested deeper than evaluation goes: Indeterminate, without a look at what is in it.
    pub(crate) too_deep: bool,
}

/// What is told of a policy or policy set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NodeLabel {
    pub(crate) id: Text,
    pub(crate) version: Text,
    pub(crate) algorithm: &'static Algorithm,
    pub(crate) at: Span,
}

/// How deep policies within policy sets may be evaluated, references followed. Evaluation is recursive, and a thread's
/// stack is what it is: 2 MiB hold this many levels and [`DEEPEST_EXPRESSION`] below them, even without optimisation.
pub(crate) const DEEPEST_NODE: u16 = 150;
/// How deep expressions may be evaluated, variables followed.
pub(crate) const DEEPEST_EXPRESSION: u16 = 400;

/// The index of a node that has none.
pub(crate) const NO_INDEX: u32 = u32::MAX;
/// The condition of a rule that has none.
pub(crate) const NO_OP: OpId = u32::MAX;

/// A rule: what evaluating it takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rule {
    pub(crate) target: Range,
    /// [`NO_OP`] where absent.
    pub(crate) condition: OpId,
    pub(crate) duties: Range,
    pub(crate) effect: Effect,
}

/// What is told of a rule.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RuleLabel {
    pub(crate) id: Text,
    pub(crate) at: (u32, u32),
}

/// The target of a node. A single `Match`, as most policies have it, stands in the node: no further line of the cache
/// is touched for it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target {
    Match(Match),
    /// None or several, of [`Tables::matches`].
    Matches(Range),
}

/// A `Match`. The matches of a target stand in one run; two marks say where its `AllOf`s and `AnyOf`s end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Match {
    pub(crate) test: Test,
    /// Where the request's values come from: an op of [`Op::Bag`] or [`Op::Selector`].
    pub(crate) attribute: OpId,
    pub(crate) ends_all_of: bool,
    pub(crate) ends_any_of: bool,
}

/// What a `Match` does with one value of the request. The policy's value is the first argument (core 7.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Test {
    /// `string-equal` or `anyURI-equal`.
    TextEqual(Text),
    /// `string-starts-with` or `anyURI-starts-with`.
    TextPrefix(Text),
    /// A `…-regexp-match`, of [`Tables::patterns`].
    Pattern(u32),
    /// `ipAddress-match` with addresses of IPv4.
    Ipv4(Ipv4Pattern),
    /// Any other function, with the policy's value in [`Tables::constants`].
    Function(&'static Function, u32),
}

/// An expression.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Op {
    /// A constant string.
    String(Text),
    /// A constant anyURI.
    AnyUri(Text),
    /// Another constant.
    Constant(u32),
    /// A designator.
    Bag {
        slot: SlotId,
        must_be_present: bool,
    },
    /// `one-and-only` of a designator: the commonest Apply there is.
    Only {
        slot: SlotId,
        must_be_present: bool,
    },
    /// Whether the size of a designator's bag compares with a number in this way: how policies ask whether an attribute is
    /// there at all.
    Sized {
        slot: SlotId,
        must_be_present: bool,
        comparison: Comparison,
        with: u16,
        /// The same as it stands in the policy, for tracers.
        plain: OpId,
    },
    /// A selector.
    Selector(u32),
    /// A variable of the policy, by its place.
    Variable(u32),
    And(Range),
    Or(Range),
    Not(OpId),
    /// The count, then the booleans.
    NOf(Range),
    /// A function with a body of single values.
    // Start and length stand loose so that the op keeps to sixteen bytes.
    Values {
        function: &'static Function,
        start: u32,
        len: u16,
    },
    /// A function with a body of operands.
    Operands {
        function: &'static Function,
        start: u32,
        len: u16,
    },
    /// A higher-order function with the function that it applies, of [`Tables::applied`].
    HigherOrder {
        applied: u32,
        start: u32,
        len: u16,
    },
    /// A regular expression that is a constant: pattern and text.
    Matches {
        pattern: u32,
        text: OpId,
    },
    /// A regular expression that comes with the request.
    MatchesDynamic(Range),
    /// `xpath-node-count`, `-equal` or `-match`.
    XPath {
        special: Special,
        arguments: Range,
    },
    AccessPermitted(Range),
    Unsupported(&'static Function),
    /// Nested deeper than evaluation goes: a fault.
    TooDeep,
}

/// How a bag's size compares with a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

impl Comparison {
    /// What a function of two integers compares, by its identifier.
    pub(crate) fn of(function: &str) -> Option<Self> {
        match function.strip_prefix("urn:oasis:names:tc:xacml:1.0:function:integer-")? {
            "equal" => Some(Self::Equal),
            "greater-than" => Some(Self::Greater),
            "greater-than-or-equal" => Some(Self::GreaterOrEqual),
            "less-than" => Some(Self::Less),
            "less-than-or-equal" => Some(Self::LessOrEqual),
            _ => None,
        }
    }

    /// The same with its arguments in the other order.
    pub(crate) fn turned(self) -> Self {
        match self {
            Self::Equal => Self::Equal,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
        }
    }

    /// Whether it holds.
    pub(crate) fn holds(self, size: usize, with: u16) -> bool {
        let with = usize::from(with);
        match self {
            Self::Equal => size == with,
            Self::Greater => size > with,
            Self::GreaterOrEqual => size >= with,
            Self::Less => size < with,
            Self::LessOrEqual => size <= with,
        }
    }
}

/// A higher-order function with the function that it applies.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Applied {
    pub(crate) kind: HigherOrder,
    pub(crate) function: &'static Function,
    /// With a `…-regexp-match` whose pattern is a constant, of [`Tables::patterns`].
    pub(crate) pattern: Option<u32>,
}

/// What a designator asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slot {
    /// Of [`Names`].
    pub(crate) name: u32,
    pub(crate) data_type: DataType,
    pub(crate) issuer: Option<Text>,
    /// Which of the three attributes of the clock it is (core 10.2.5), if one.
    pub(crate) clock: Option<Clock>,
}

/// The attributes that the PDP supplies where the request does not (core 10.2.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clock {
    Time,
    Date,
    DateTime,
}

/// A compiled `AttributeSelector`.
#[derive(Debug)]
pub(crate) struct Selector {
    pub(crate) category: Box<str>,
    pub(crate) path: Result<XPath, String>,
    pub(crate) path_text: Box<str>,
    pub(crate) context_selector: Option<Box<str>>,
    pub(crate) data_type: DataType,
    pub(crate) must_be_present: bool,
}

/// An obligation or advice expression.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DutyExpression {
    pub(crate) id: Text,
    pub(crate) is_advice: bool,
    pub(crate) on: Effect,
    pub(crate) assignments: Range,
}

/// An attribute assignment expression.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AssignmentExpression {
    pub(crate) id: Text,
    pub(crate) category: Option<Text>,
    pub(crate) issuer: Option<Text>,
    pub(crate) value: OpId,
}

impl Op {
    /// The function's short name, for the tracer.
    pub(crate) fn name(self, program: &Tables) -> &'static str {
        match self {
            Self::Values { function, .. } | Self::Operands { function, .. } | Self::Unsupported(function) => {
                function.short_name()
            }
            Self::Sized { plain, .. } => program.op(plain).name(program),
            Self::And(_) => "and",
            Self::Or(_) => "or",
            Self::Not(_) => "not",
            Self::NOf(_) => "n-of",
            Self::Only { .. } => "one-and-only",
            Self::Matches { .. } | Self::MatchesDynamic(_) => "regexp-match",
            Self::HigherOrder { applied, .. } => {
                program.applied.get(applied as usize).map_or("", |applied| applied.kind.name())
            }
            Self::XPath { special: Special::XPathCount, .. } => "xpath-node-count",
            Self::XPath { special: Special::XPathEqual, .. } => "xpath-node-equal",
            Self::XPath { .. } => "xpath-node-match",
            Self::AccessPermitted(_) => "access-permitted",
            Self::String(_) | Self::AnyUri(_) | Self::Constant(_) => "constant",
            Self::Bag { .. } => "designator",
            Self::Selector(_) => "selector",
            Self::TooDeep => "too deep",
            Self::Variable(_) => "variable",
        }
    }
}

impl Range {
    /// The entries of a table.
    pub(crate) fn of<T>(self, table: &[T]) -> &[T] {
        table.get(self.start as usize..self.start as usize + self.len as usize).unwrap_or(&[])
    }
}

impl Target {
    /// Its matches.
    pub(crate) fn of<'t>(&'t self, table: &'t [Match]) -> &'t [Match] {
        match self {
            Self::Match(only) => std::slice::from_ref(only),
            Self::Matches(range) => range.of(table),
        }
    }
}

impl Tables {
    /// Gives back the room that was made for more.
    pub(crate) fn shrink(&mut self) {
        self.texts.shrink_to_fit();
        self.nodes.shrink_to_fit();
        self.node_labels.shrink_to_fit();
        self.children.shrink_to_fit();
        self.rules.shrink_to_fit();
        self.rule_labels.shrink_to_fit();
        self.matches.shrink_to_fit();
        self.ops.shrink_to_fit();
        self.op_spans.shrink_to_fit();
        self.arguments.shrink_to_fit();
        self.variables.shrink_to_fit();
        self.duties.shrink_to_fit();
        self.assignments.shrink_to_fit();
        self.constants.shrink_to_fit();
        self.patterns.shrink_to_fit();
        self.selectors.shrink_to_fit();
        self.indexes.shrink_to_fit();
    }

    /// A text.
    pub(crate) fn text(&self, text: Text) -> &str {
        self.texts.get(text.start as usize..text.start as usize + text.len as usize).unwrap_or("")
    }

    /// An optional text.
    pub(crate) fn maybe(&self, text: Option<Text>) -> Option<&str> {
        text.map(|text| self.text(text))
    }

    #[expect(clippy::indexing_slicing, reason = "ids are handed out by this program's builder")]
    pub(crate) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id as usize]
    }

    #[expect(clippy::indexing_slicing, reason = "ids are handed out by this program's builder")]
    pub(crate) fn label(&self, id: NodeId) -> &NodeLabel {
        &self.node_labels[id as usize]
    }

    /// The child of a set at a place below how many it has.
    #[expect(clippy::indexing_slicing, reason = "ids are handed out by this program's builder")]
    pub(crate) fn child(&self, set: &Node, place: u32) -> NodeId {
        let id = set.children.start + place;
        if set.in_a_row { id } else { self.children[id as usize] }
    }

    #[expect(clippy::indexing_slicing, reason = "ids are handed out by this program's builder")]
    pub(crate) fn rule(&self, id: RuleId) -> &Rule {
        &self.rules[id as usize]
    }

    #[expect(clippy::indexing_slicing, reason = "ids are handed out by this program's builder")]
    pub(crate) fn rule_label(&self, id: RuleId) -> &RuleLabel {
        &self.rule_labels[id as usize]
    }

    #[expect(clippy::indexing_slicing, reason = "ids are handed out by this program's builder")]
    pub(crate) fn op(&self, id: OpId) -> Op {
        self.ops[id as usize]
    }

    #[expect(clippy::indexing_slicing, reason = "ids are handed out by this program's builder")]
    pub(crate) fn constant(&self, id: u32) -> &OwnedValue {
        &self.constants[id as usize]
    }

    #[expect(clippy::indexing_slicing, reason = "ids are handed out by this program's builder")]
    pub(crate) fn slot(&self, id: SlotId) -> &Slot {
        &self.slots[id as usize]
    }
}

impl Program {
    /// How many policies and policy sets there are, those of other roots that were loaded with it included.
    pub fn policy_count(&self) -> usize {
        self.tables.nodes.len()
    }

    /// Identifier and version of the root.
    pub fn root_identifier(&self) -> (&str, &str) {
        let root = self.tables.label(self.root);
        (self.tables.text(root.id), self.tables.text(root.version))
    }
}
