//! The tree of an expression (XPath 1.0 §2, §3), names resolved.

use super::functions::Function;

/// An expression. It borrows nothing and holds no state, so that all threads can share it.
#[derive(Debug)]
pub(in super::super) enum Expr {
    Or(Box<Expr>, Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Compare(Comparison, Box<Expr>, Box<Expr>),
    Arithmetic(Arithmetic, Box<Expr>, Box<Expr>),
    Negate(Box<Expr>),
    Union(Box<Expr>, Box<Expr>),
    Number(f64),
    Literal(Box<str>),
    Call(&'static Function, Vec<Expr>),
    /// `(…)[n]`: a predicate that counts in document order.
    Filter(Box<Expr>, Box<Expr>),
    Path(Start, Vec<Step>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, Copy)]
pub(in super::super) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

/// Where a path starts.
#[derive(Debug)]
pub(in super::super) enum Start {
    Root,
    Context,
    Nodes(Box<Expr>),
}

#[derive(Debug)]
pub(in super::super) struct Step {
    pub(super) axis: Axis,
    pub(super) test: Test,
    pub(super) predicates: Vec<Expr>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Axis {
    Ancestor,
    AncestorOrSelf,
    Attribute,
    Child,
    Descendant,
    DescendantOrSelf,
    Following,
    FollowingSibling,
    Namespace,
    Parent,
    Preceding,
    PrecedingSibling,
    Itself,
}

#[derive(Debug, PartialEq, Eq)]
pub(in super::super) enum Test {
    /// `node()`
    Node,
    /// `text()`
    Text,
    /// `comment()`
    Comment,
    /// `processing-instruction()`, perhaps with a target.
    Instruction(Option<Box<str>>),
    /// `*`: any node of the axis's kind.
    Any,
    /// `p:*`
    InNamespace(Box<str>),
    /// A name. An empty URI is no namespace, which is where a name without prefix is.
    Name { uri: Box<str>, local: Box<str> },
}

impl Expr {
    /// Whether, as a predicate, it may depend on the position: it gives a number, or asks for one.
    pub(super) fn is_positional(&self) -> bool {
        match self {
            Self::Number(_) | Self::Arithmetic(..) | Self::Negate(_) => true,
            Self::Call(function, _) if function.gives_number => true,
            _ => self.asks_position(),
        }
    }

    /// Whether it calls `position()` or `last()` for its own context; predicates inside have another.
    fn asks_position(&self) -> bool {
        match self {
            Self::Or(a, b)
            | Self::And(a, b)
            | Self::Compare(_, a, b)
            | Self::Arithmetic(_, a, b)
            | Self::Union(a, b) => a.asks_position() || b.asks_position(),
            Self::Negate(a) | Self::Filter(a, _) | Self::Path(Start::Nodes(a), _) => a.asks_position(),
            Self::Call(function, arguments) => function.asks_position || arguments.iter().any(Self::asks_position),
            Self::Number(_) | Self::Literal(_) | Self::Path(..) => false,
        }
    }
}
