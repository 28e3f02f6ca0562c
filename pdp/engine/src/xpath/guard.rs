//! What an expression must pass before any parser sees it: length, nesting, operators, declared prefixes.
//!
//! One engine takes twice as long for each level of brackets and overflows the stack on long chains of operators; the
//! other recurses as deep as the brackets go. Expressions come with requests too, so nothing may reach either engine
//! that could stop the process.

use super::error::{Result, XPathError, XPathErrorKind};
use super::names::{is_name_start, is_space, ncname_length};
use super::version::Version;

/// Bytes of an expression.
const LONGEST: usize = 1_024;
/// Brackets of any kind within each other.
const DEEPEST: usize = 8;
/// Operators, path separators and commas. The engine for 2.0 overflowed 2 MB of stack at 250 of them, in a debug build.
fn most_operators(version: Version) -> usize {
    match version {
        Version::V1 => 256,
        Version::V2 => 100,
    }
}

/// Words that are operators in either version. As names of elements they are counted all the same.
static OPERATOR_WORDS: &[&str] = &[
    "and",
    "as",
    "cast",
    "castable",
    "div",
    "else",
    "eq",
    "every",
    "except",
    "for",
    "ge",
    "gt",
    "idiv",
    "if",
    "in",
    "instance",
    "intersect",
    "is",
    "le",
    "let",
    "lt",
    "mod",
    "ne",
    "or",
    "return",
    "satisfies",
    "some",
    "then",
    "to",
    "treat",
    "union",
];

pub(super) fn guard(text: &str, version: Version, is_declared: impl Fn(&str) -> bool) -> Result<()> {
    if text.len() > LONGEST {
        return Err(too_complex(LONGEST, format!("the expression is longer than {LONGEST} bytes")));
    }
    let mut scan = Scan { text, at: 0, version, depth: 0, operators: 0 };
    while scan.advance(&is_declared)? {}
    Ok(())
}

struct Scan<'a> {
    text: &'a str,
    at: usize,
    version: Version,
    depth: usize,
    operators: usize,
}

impl Scan<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Past one token; `false` at the end.
    fn advance(&mut self, is_declared: &impl Fn(&str) -> bool) -> Result<bool> {
        let Some(next) = self.rest().chars().next() else { return Ok(false) };
        match next {
            '"' | '\'' => return self.literal(next).map(|()| true),
            '(' if self.version == Version::V2 && self.rest().starts_with("(:") => {
                return self.comment().map(|()| true);
            }
            '(' | '[' | '{' => self.open()?,
            ')' | ']' | '}' => self.depth = self.depth.saturating_sub(1),
            '/' | '|' | '+' | '-' | '*' | '=' | '<' | '>' | '!' | ',' | '?' => self.operator()?,
            c if is_name_start(c) => return self.name(is_declared).map(|()| true),
            _ => {}
        }
        self.at += next.len_utf8();
        Ok(true)
    }

    fn open(&mut self) -> Result<()> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(too_complex(self.at, format!("brackets are nested deeper than {DEEPEST} levels")));
        }
        Ok(())
    }

    fn operator(&mut self) -> Result<()> {
        self.operators += 1;
        let most = most_operators(self.version);
        if self.operators > most {
            return Err(too_complex(self.at, format!("the expression has more than {most} operators")));
        }
        Ok(())
    }

    fn literal(&mut self, quote: char) -> Result<()> {
        match self.rest().get(1..).and_then(|rest| rest.find(quote)) {
            Some(length) => self.at += length + 2,
            None => return Err(XPathError::syntax(self.at, "this string is not closed")),
        }
        Ok(())
    }

    /// `(: … :)`, perhaps with others inside; they are skipped without recursion.
    fn comment(&mut self) -> Result<()> {
        let from = self.at;
        let mut depth = 0_usize;
        loop {
            if self.rest().starts_with("(:") {
                depth += 1;
                self.at += 2;
            } else if self.rest().starts_with(":)") {
                depth -= 1;
                self.at += 2;
            } else if let Some(next) = self.rest().chars().next() {
                self.at += next.len_utf8();
            } else {
                return Err(XPathError::syntax(from, "this comment is not closed"));
            }
            if depth == 0 {
                return Ok(());
            }
            if depth > DEEPEST {
                return Err(too_complex(from, format!("comments are nested deeper than {DEEPEST} levels")));
            }
        }
    }

    fn name(&mut self, is_declared: &impl Fn(&str) -> bool) -> Result<()> {
        let from = self.at;
        let length = ncname_length(self.rest());
        self.at += length;
        let name = self.text.get(from..self.at).unwrap_or_default();
        if name == "processing-instruction" && self.version == Version::V2 {
            self.instruction(from)?;
        }
        let Some(local) = self.rest().strip_prefix(':') else {
            return if OPERATOR_WORDS.contains(&name) { self.operator() } else { Ok(()) };
        };
        let local_length = if local.starts_with('*') { 1 } else { ncname_length(local) };
        // `child::a` has no prefix; a colon before anything else is for the parser to refuse.
        if local_length == 0 {
            return Ok(());
        }
        if !is_declared(name) {
            return Err(XPathError::undeclared(from, name));
        }
        self.at += ":".len() + local_length;
        Ok(())
    }

    /// The engine for 2.0 lets a target match nothing, whatever it is: silence would be worse than a refusal.
    fn instruction(&self, from: usize) -> Result<()> {
        let arguments = self.rest().trim_start_matches(is_space).strip_prefix('(');
        if arguments.is_none_or(|arguments| arguments.trim_start_matches(is_space).starts_with(')')) {
            return Ok(());
        }
        let message = "`processing-instruction` with a target: write `processing-instruction()[name() = '…']`";
        Err(XPathError::at(from, XPathErrorKind::Unsupported, message))
    }
}

fn too_complex(offset: usize, message: String) -> XPathError {
    XPathError::at(offset, XPathErrorKind::TooComplex, message)
}
