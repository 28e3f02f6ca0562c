//! The tree of a pattern: the grammar of XML Schema part 2, appendix F, with the additions of `fn:matches`.

/// A whole pattern: what its author wrote, nothing lost but the spelling.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) branches: Vec<Branch>,
    /// With a back-reference, groups must capture and the matcher must be the backtracking one.
    pub(super) has_back_references: bool,
}

/// One alternative of `a|b`: its pieces in order, perhaps none.
pub(super) type Branch = Vec<Piece>;

/// An atom and how often it may follow itself.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) atom: Atom,
    pub(super) times: Times,
}

#[derive(Debug)]
pub(super) enum Atom {
    /// `^`
    Start,
    /// `$`
    End,
    /// `.`: all but the two line ends.
    Dot,
    Literal(char),
    Class(Class),
    Group(Vec<Branch>),
    /// `\1`: what that group matched, or nothing where it matched nothing.
    BackReference(usize),
}

/// A quantifier; [`Times::ONCE`] where none is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Times {
    pub(super) least: u32,
    pub(super) most: Option<u32>,
    pub(super) reluctant: bool,
}

impl Times {
    pub(super) const ONCE: Self = Self { least: 1, most: Some(1), reluctant: false };
}

/// `[…]`, or a class escape outside brackets.
#[derive(Debug)]
pub(super) struct Class {
    pub(super) negated: bool,
    pub(super) items: Vec<Item>,
    /// `-[…]` at the end: taken away after the negation.
    pub(super) minus: Option<Box<Class>>,
}

/// A part of a class.
#[derive(Debug)]
pub(super) enum Item {
    Char(char),
    Range(char, char),
    /// `\d`, `\p{L}` and their like: an expression of the target syntax that goes between brackets.
    Set {
        text: &'static str,
        negated: bool,
    },
    /// `\P{IsBasicLatin}`: every character outside the block.
    Outside(char, char),
}
