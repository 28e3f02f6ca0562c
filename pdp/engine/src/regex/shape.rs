//! Patterns that are literals in disguise: `^/org/acme/` is a prefix, and needs no automaton.

use super::syntax::{Atom, Branch, Piece, Times, Tree};

/// What a pattern comes down to, for whoever can decide it without a matcher.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Shape<'a> {
    /// Matches this text and no other.
    Equals(&'a str),
    /// Matches every text that starts so.
    StartsWith(&'a str),
    /// Matches every text that ends so.
    EndsWith(&'a str),
    /// Matches every text that has this in it.
    Contains(&'a str),
    /// Anything else.
    Other,
}

/// The owned form that a pattern keeps. `Line` is `^literal.*$`: a prefix whose rest has no line end.
#[derive(Debug)]
pub(super) enum Literal {
    Equals(Box<str>),
    StartsWith(Box<str>),
    EndsWith(Box<str>),
    Contains(Box<str>),
    Line(Box<str>),
}

impl Literal {
    pub(super) fn is_match(&self, text: &str) -> bool {
        match self {
            Self::Equals(literal) => text == &**literal,
            Self::StartsWith(literal) => text.starts_with(&**literal),
            Self::EndsWith(literal) => text.ends_with(&**literal),
            Self::Contains(literal) => text.contains(&**literal),
            Self::Line(literal) => text.strip_prefix(&**literal).is_some_and(|rest| !rest.contains(['\n', '\r'])),
        }
    }

    pub(super) fn shape(&self) -> Shape<'_> {
        match self {
            Self::Equals(literal) => Shape::Equals(literal),
            Self::StartsWith(literal) => Shape::StartsWith(literal),
            Self::EndsWith(literal) => Shape::EndsWith(literal),
            Self::Contains(literal) => Shape::Contains(literal),
            Self::Line(_) => Shape::Other,
        }
    }

    pub(super) fn required_prefix(&self) -> Option<&str> {
        match self {
            Self::Equals(literal) | Self::StartsWith(literal) | Self::Line(literal) => Some(literal),
            Self::EndsWith(_) | Self::Contains(_) => None,
        }
    }
}

/// The literal that the whole pattern is, if it is one.
pub(super) fn literal(tree: &Tree) -> Option<Literal> {
    let mut pieces = only_branch(tree)?;
    let (mut at_start, mut at_end, mut line) = (false, false, false);
    if let [Piece { atom: Atom::Start, times: Times::ONCE }, rest @ ..] = pieces {
        (at_start, pieces) = (true, rest);
    }
    if let [rest @ .., Piece { atom: Atom::End, times: Times::ONCE }] = pieces {
        (at_end, pieces) = (true, rest);
    }
    // Beside an open end `.*` may as well match nothing. Beside an anchor it can't cross a line end.
    match pieces {
        [rest @ .., last] if !at_end && is_anything(last) => pieces = rest,
        [rest @ .., last] if at_start && is_anything(last) => (line, pieces) = (true, rest),
        _ => {}
    }
    match pieces {
        [first, rest @ ..] if !at_start && is_anything(first) => pieces = rest,
        _ => {}
    }
    let text = pieces.iter().map(one_char).collect::<Option<String>>()?.into_boxed_str();
    Some(match (at_start, at_end, line) {
        (_, _, true) => Literal::Line(text),
        (true, true, _) => Literal::Equals(text),
        (true, false, _) => Literal::StartsWith(text),
        (false, true, _) => Literal::EndsWith(text),
        (false, false, _) => Literal::Contains(text),
    })
}

/// The text that every match must start with, because the pattern is anchored and begins with it.
pub(super) fn required_prefix(tree: &Tree) -> Option<Box<str>> {
    let [Piece { atom: Atom::Start, times: Times::ONCE }, rest @ ..] = only_branch(tree)? else { return None };
    let whole = rest.iter().map_while(one_char);
    let mut prefix: String = whole.collect();
    // `ab+c`: the first b is certain, what follows it is not.
    let next = rest.get(prefix.chars().count());
    if let Some(Piece { atom: Atom::Literal(literal), times: Times { least: 1.., .. } }) = next {
        prefix.push(*literal);
    }
    (!prefix.is_empty()).then(|| prefix.into_boxed_str())
}

fn only_branch(tree: &Tree) -> Option<&[Piece]> {
    let [branch]: &[Branch] = tree.branches.as_slice() else { return None };
    Some(branch)
}

fn one_char(piece: &Piece) -> Option<char> {
    match piece {
        Piece { atom: Atom::Literal(literal), times: Times::ONCE } => Some(*literal),
        _ => None,
    }
}

fn is_anything(piece: &Piece) -> bool {
    matches!(piece, Piece { atom: Atom::Dot, times: Times { least: 0, most: None, .. } })
}
