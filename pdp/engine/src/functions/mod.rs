//! The functions of core A.3, of the profiles and our own: one table, from which everything else is drawn.
//!
//! A row says what a function takes and gives, where it is defined and what carries it out. Type checks, look-up,
//! help and the README's list read the row; adding a function is adding a row.

mod answer;
mod argus;
mod arithmetic;
mod bag;
mod comparison;
mod conversion;
mod date_time;
mod equality;
mod logical;
mod matching;
mod registry;
mod set;
mod signature;
mod string;
#[cfg(test)]
mod tests;

use std::hash::{Hash, Hasher};

pub use registry::{FUNCTIONS, find};
pub use signature::signature;

use crate::status::Fault;
use crate::types::ZoneOffset;
use crate::value::{Arena, DataType, Operand, Value};

/// One value or a bag of a data type (core A.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Type {
    /// A single value.
    One(DataType),
    /// A bag.
    Bag(DataType),
}

/// What a function takes.
#[derive(Debug, Clone, Copy)]
pub enum Parameters {
    /// Exactly these.
    Fixed(&'static [Type]),
    /// These, then at least `least` arguments of one type.
    Many {
        /// The leading parameters.
        first: &'static [Type],
        /// The type of all that follow.
        rest: Type,
        /// How many must follow at least.
        least: usize,
    },
    /// A `Function`, then arguments by the rule of the kind (A.3.12).
    HigherOrder(HigherOrder),
}

/// The higher-order functions (A.3.12) and what they take after the function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HigherOrder {
    /// 3.0 `any-of`: single values and exactly one bag, in any place.
    AnyOf,
    /// 3.0 `all-of`: as `any-of`.
    AllOf,
    /// 3.0 `any-of-any`: any mixture of single values and bags.
    AnyOfAny,
    /// `all-of-any`: two bags.
    AllOfAny,
    /// `any-of-all`: two bags.
    AnyOfAll,
    /// `all-of-all`: two bags.
    AllOfAll,
    /// 3.0 `map`: single values and exactly one bag, in any place; gives a bag.
    Map,
    /// 1.0 `any-of`: one single value, one bag.
    AnyOfOld,
    /// 1.0 `all-of`: one single value, one bag.
    AllOfOld,
    /// 1.0 `any-of-any`: two bags.
    AnyOfAnyOld,
    /// 1.0 `map`: one bag.
    MapOld,
}

impl HigherOrder {
    /// The last segment of its identifier.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AnyOf | Self::AnyOfOld => "any-of",
            Self::AllOf | Self::AllOfOld => "all-of",
            Self::AnyOfAny | Self::AnyOfAnyOld => "any-of-any",
            Self::AllOfAny => "all-of-any",
            Self::AnyOfAll => "any-of-all",
            Self::AllOfAll => "all-of-all",
            Self::Map | Self::MapOld => "map",
        }
    }
}

/// What a function gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gives {
    /// A value or a bag of a fixed type.
    Type(Type),
    /// `map`: a bag of what the function argument gives.
    BagOfFunction,
}

/// Whether core 10.2.8 demands a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Level {
    /// Mandatory.
    Mandatory,
    /// Optional.
    Optional,
    /// Of an older version, still to be processed (A.4).
    Deprecated,
    /// Of the DLP/NAC profile.
    Profile,
    /// Ours.
    Argus,
}

/// What carries a function out.
#[derive(Debug, Clone, Copy)]
pub enum Body {
    /// Single values in, a single value out. The arguments have the row's types: the check saw to that.
    Values(for<'a> fn(&Call<'a>, &[Value<'a>]) -> Result<Value<'a>, Fault>),
    /// Values and bags in, a value or a bag out.
    Operands(for<'a> fn(&Call<'a>, &[Operand<'a>]) -> Result<Operand<'a>, Fault>),
    /// The evaluator itself: it decides which arguments are evaluated, or needs more than the arguments.
    Special(Special),
}

/// The functions that the evaluator carries out itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Special {
    /// `and` (A.3.5).
    And,
    /// `or` (A.3.5).
    Or,
    /// `n-of` (A.3.5).
    NOf,
    /// The higher-order functions (A.3.12).
    HigherOrder(HigherOrder),
    /// A `…-regexp-match` (A.3.13): its pattern is compiled once where it is a literal.
    RegexpMatch,
    /// `xpath-node-count` (A.3.15).
    XPathCount,
    /// `xpath-node-equal` (A.3.15).
    XPathEqual,
    /// `xpath-node-match` (A.3.15).
    XPathMatch,
    /// `access-permitted` (A.3.16).
    AccessPermitted,
    /// The 1.0 XPath functions: always a processing error.
    Unsupported,
}

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Function {
    /// The identifier.
    pub id: &'static str,
    /// What it takes.
    pub parameters: Parameters,
    /// What it gives.
    pub gives: Gives,
    /// What carries it out.
    pub body: Body,
    /// Whether core demands it.
    pub level: Level,
    /// Where it is defined.
    pub section: &'static str,
}

// An identifier stands in the table once.
impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Function {}

impl Hash for Function {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

/// What a function may use besides its arguments.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// Where results are kept.
    pub arena: &'a Arena,
    /// The zone of values that have none.
    pub implicit_zone: ZoneOffset,
    /// The most digits that an integer may have.
    pub integer_digits: usize,
}

impl Function {
    /// The last segment of the identifier, for messages: `string-equal`.
    pub fn short_name(&self) -> &'static str {
        self.id.rsplit(':').next().unwrap_or(self.id)
    }
}
