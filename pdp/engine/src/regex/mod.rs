//! The regular expressions of XML Schema and XPath (core A.3.13), translated for a linear-time matcher.
//!
//! `…-regexp-match` is `fn:matches` of XPath without flags: unanchored, `^` and `$` stand for the ends of the whole
//! text, classes are those of XML Schema (subtraction, `\i`, `\c`, blocks). The text of such a pattern often means
//! something else to a matcher of another family, silently, so it is never handed on as it is: `parse` reads it into a
//! tree, `emit` writes the tree in the syntax of the `regex` crate.
//!
//! # Decisions
//!
//! *A pattern is compiled when it is first matched.* Compiling costs 7 µs and keeps 7 KB; a hundred thousand policies
//! with a pattern each would pay 0.7 s and 690 MB at load. What the tree shows to be a literal ([`Shape`]) is compared
//! and never compiled. A pattern whose automaton might exceed the size limit is compiled at once, so that it is refused
//! where its author can read the refusal.
//!
//! *Back-references go to a backtracking matcher with a budget*, since no linear one can have them. Running out of the
//! budget is an error of that match, not a hang.

mod blocks;
mod brackets;
mod cache;
mod class;
mod emit;
mod parse;
mod pattern;
mod shape;
mod syntax;
#[cfg(test)]
mod tests;

pub use cache::PatternCache;
pub use parse::PatternError;
pub use pattern::Pattern;
pub use shape::Shape;
