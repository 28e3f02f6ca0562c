//! From the text of a pattern to its tree, and the refusals: what is wrong, at which byte.

use thiserror::Error;

use super::syntax::{Atom, Branch, Class, Item, Piece, Times, Tree};

/// A pattern that can't be used as written, or a match that ran out of its budget.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message} (byte {offset} of the pattern)")]
#[non_exhaustive]
pub struct PatternError {
    /// Where in the text of the pattern, in bytes from its start.
    pub offset: usize,
    /// What is wrong there and, where it helps, what to write instead.
    pub message: String,
}

impl PatternError {
    pub(super) fn new(offset: usize, message: impl Into<String>) -> Self {
        Self { offset, message: message.into() }
    }
}

pub(super) type Result<T> = std::result::Result<T, PatternError>;

/// Groups inside groups, and classes taken from classes. Each level is a level of the stack here and in the matcher.
const DEEPEST: usize = 50;
/// The highest count in `{n,m}`. Above it the automaton is too large anyway.
const HIGHEST_COUNT: u32 = 10_000;

pub(super) fn parse(text: &str) -> Result<Tree> {
    let mut parser = Parser { text, at: 0, depth: 0, groups: Vec::new(), has_back_references: false };
    let branches = parser.alternatives()?;
    match parser.peek() {
        None => Ok(Tree { branches, has_back_references: parser.has_back_references }),
        Some(_) => Err(parser.refuse("this `)` closes no group; a literal one is `\\)`")),
    }
}

/// Reads groups and quantifiers here; what stands in brackets and behind a backslash in `brackets`.
pub(super) struct Parser<'a> {
    text: &'a str,
    /// Byte offset of the next character.
    pub(super) at: usize,
    pub(super) depth: usize,
    /// For each group opened so far, in order: has it been closed?
    groups: Vec<bool>,
    has_back_references: bool,
}

impl Parser<'_> {
    pub(super) fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn peek_second(&self) -> Option<char> {
        self.rest().chars().nth(1)
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    pub(super) fn eat(&mut self, wanted: &str) -> bool {
        let found = self.rest().starts_with(wanted);
        if found {
            self.at += wanted.len();
        }
        found
    }

    pub(super) fn refuse(&self, message: impl Into<String>) -> PatternError {
        PatternError::new(self.at, message)
    }

    pub(super) fn descend(&mut self) -> Result<()> {
        self.depth += 1;
        if self.depth > DEEPEST { Err(self.refuse(format!("nested deeper than {DEEPEST} levels"))) } else { Ok(()) }
    }

    /// `a|b|c`, up to the end or a `)`, which is left for the caller.
    fn alternatives(&mut self) -> Result<Vec<Branch>> {
        let mut branches = vec![self.branch()?];
        while self.eat("|") {
            branches.push(self.branch()?);
        }
        Ok(branches)
    }

    fn branch(&mut self) -> Result<Branch> {
        let mut pieces = Vec::new();
        while !matches!(self.peek(), None | Some('|' | ')')) {
            let atom = self.atom()?;
            let times = self.times()?;
            pieces.push(Piece { atom, times });
        }
        Ok(pieces)
    }

    fn atom(&mut self) -> Result<Atom> {
        let from = self.at;
        let refused = |message: &str| Err(PatternError::new(from, message));
        match self.next() {
            None => refused("the pattern ends where an expression was expected"),
            Some('^') => Ok(Atom::Start),
            Some('$') => Ok(Atom::End),
            Some('.') => Ok(Atom::Dot),
            Some('(') => self.group(from),
            Some('[') => self.class(from).map(Atom::Class),
            Some('\\') => self.escape_outside(from),
            Some(sign @ ('?' | '*' | '+')) => Err(PatternError::new(
                from,
                format!("`{sign}` has nothing to repeat; a literal one is `\\{sign}`, and quantifiers don't stack"),
            )),
            Some(bracket @ ('{' | '}' | ']')) => {
                Err(PatternError::new(from, format!("a literal `{bracket}` is written `\\{bracket}`")))
            }
            Some(literal) => Ok(Atom::Literal(literal)),
        }
    }

    fn group(&mut self, from: usize) -> Result<Atom> {
        if self.peek() == Some('?') {
            return Err(self.refuse("`(?` is not in this syntax: there are only plain groups `(…)`, and no flags"));
        }
        self.descend()?;
        let number = self.groups.len();
        self.groups.push(false);
        let branches = self.alternatives()?;
        if !self.eat(")") {
            return Err(PatternError::new(from, "this group is not closed"));
        }
        if let Some(closed) = self.groups.get_mut(number) {
            *closed = true;
        }
        self.depth -= 1;
        Ok(Atom::Group(branches))
    }

    /// `?`, `*`, `+`, `{n}`, `{n,}`, `{n,m}`, each perhaps with the `?` that makes it reluctant.
    fn times(&mut self) -> Result<Times> {
        let (least, most) = match self.peek() {
            Some('?') => (0, Some(1)),
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('{') => return self.counted(),
            _ => return Ok(Times::ONCE),
        };
        self.next();
        Ok(Times { least, most, reluctant: self.eat("?") })
    }

    fn counted(&mut self) -> Result<Times> {
        let from = self.at;
        self.next();
        let least = self.count()?;
        let most = if !self.eat(",") {
            Some(least)
        } else if self.peek() == Some('}') {
            None
        } else {
            Some(self.count()?)
        };
        if !self.eat("}") {
            return Err(self.refuse("a quantifier is `{n}`, `{n,}` or `{n,m}`"));
        }
        if most.is_some_and(|most| most < least) {
            return Err(PatternError::new(from, "the least count of this quantifier is above its highest"));
        }
        Ok(Times { least, most, reluctant: self.eat("?") })
    }

    fn count(&mut self) -> Result<u32> {
        let from = self.at;
        while self.peek().is_some_and(|next| next.is_ascii_digit()) {
            self.next();
        }
        match self.text.get(from..self.at).unwrap_or_default() {
            "" => Err(self.refuse("a number was expected; a quantifier is `{n}`, `{n,}` or `{n,m}`")),
            digits => digits
                .parse()
                .ok()
                .filter(|count| *count <= HIGHEST_COUNT)
                .ok_or_else(|| PatternError::new(from, format!("a count can't be above {HIGHEST_COUNT}"))),
        }
    }

    fn escape_outside(&mut self, from: usize) -> Result<Atom> {
        if self.peek().is_some_and(|next| matches!(next, '1'..='9')) {
            return self.back_reference(from);
        }
        match self.escape(from)? {
            Item::Char(literal) => Ok(Atom::Literal(literal)),
            set => Ok(Atom::Class(Class { negated: false, items: vec![set], minus: None })),
        }
    }

    /// As many digits as still name a group that was opened before: `\11` after three groups is `\1` and a `1`.
    fn back_reference(&mut self, from: usize) -> Result<Atom> {
        let mut number = 0;
        while let Some(digit) = self.peek().and_then(|next| next.to_digit(10)) {
            let longer = number * 10 + digit as usize;
            if number > 0 && longer > self.groups.len() {
                break;
            }
            number = longer;
            self.next();
        }
        match self.groups.get(number.wrapping_sub(1)) {
            None => Err(PatternError::new(from, format!("`\\{number}` refers to a group that doesn't come before it"))),
            Some(false) => Err(PatternError::new(from, format!("`\\{number}` stands inside the group it refers to"))),
            Some(true) => {
                self.has_back_references = true;
                Ok(Atom::BackReference(number))
            }
        }
    }
}
