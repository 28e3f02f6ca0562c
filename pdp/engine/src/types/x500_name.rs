//! `x500Name`: a distinguished name by RFC 2253, RFC 4514 and the `;` and quotes of RFC 1779; its equality and
//! `x500Name-match` (core 7, A.3.14). Names are brought into a comparable form once, when they are read.

use std::cmp::Ordering;
use std::fmt::{self, Write as _};

use super::lexical::{LexicalError, collapse};
use parse::Parser;

mod ber;
mod parse;

/// A distinguished name, the most specific part first. `==` ignores case, needless white space, the spelling of
/// attribute types, and the order within a part of several values.
#[derive(Debug, Clone)]
pub struct X500Name {
    text: Box<str>,
    parts: Box<[Part]>,
}

/// A relative distinguished name: a set of types and values. INVARIANT: sorted, each once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Part(Vec<(Type, Value)>);

/// What a value belongs to: one spelling for each type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Type {
    /// The object identifier of a keyword that has one.
    Known(&'static str),
    /// Another object identifier, or another keyword in lower case.
    Other(Box<str>),
}

/// What a type is set to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Value {
    /// A text: lower case, trimmed, inner white space collapsed.
    Text(Box<str>),
    /// The encoding of something that is no text.
    Octets(Box<[u8]>),
}

impl X500Name {
    /// Reads a name such as `CN=Julius Hibbert, O=Medico Corp, C=US`. The empty text is the name without parts.
    pub fn parse(text: &str) -> Result<Self, LexicalError> {
        let text = collapse_unescaped(text);
        let parts = Parser::new(text).name().ok_or_else(|| {
            LexicalError::new("expected a distinguished name such as `CN=Julius Hibbert, O=Medico Corp, C=US`")
        })?;
        Ok(Self { text: text.into(), parts: parts.into() })
    }

    /// The original text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// One text for all names that are equal, and for no others. It is for comparing, not for people.
    pub fn to_comparable(&self) -> String {
        let mut text = String::new();
        for (number, part) in self.parts.iter().enumerate() {
            text.push_str(if number == 0 { "" } else { "," });
            for (number, (kind, value)) in part.0.iter().enumerate() {
                text.push_str(if number == 0 { "" } else { "+" });
                text.push_str(match kind {
                    Type::Known(identifier) => identifier,
                    Type::Other(name) => name,
                });
                text.push('=');
                value.write_comparable(&mut text);
            }
        }
        text
    }

    /// Whether these are the last parts of the other name (`x500Name-match`).
    pub fn is_suffix_of(&self, other: &Self) -> bool {
        other.parts.ends_with(&self.parts)
    }
}

/// White space at the end goes, but for a space that a backslash before it makes part of the value.
fn collapse_unescaped(text: &str) -> &str {
    let inner = collapse(text);
    let backslashes = inner.bytes().rev().take_while(|byte| *byte == b'\\').count();
    if backslashes % 2 == 0 {
        return inner;
    }
    let start = text.trim_start_matches([' ', '\t', '\r', '\n']);
    start.get(..inner.len() + 1).filter(|longer| longer.ends_with(' ')).unwrap_or(inner)
}

impl Part {
    fn new(mut pairs: Vec<(Type, Value)>) -> Self {
        pairs.sort_unstable();
        pairs.dedup();
        Self(pairs)
    }
}

impl Value {
    fn text(text: &str) -> Self {
        let mut normal = String::with_capacity(text.len());
        for word in text.split_whitespace() {
            if !normal.is_empty() {
                normal.push(' ');
            }
            if word.is_ascii() {
                normal.extend(word.chars().map(|c| c.to_ascii_lowercase()));
            } else {
                normal.extend(word.chars().flat_map(char::to_lowercase));
            }
        }
        Self::Text(normal.into())
    }
}

impl Value {
    /// What could end a value is escaped, and so is what could begin an encoded one.
    fn write_comparable(&self, text: &mut String) {
        match self {
            Self::Text(value) => {
                for character in value.chars() {
                    if matches!(character, '\\' | ',' | '+' | '#') {
                        text.push('\\');
                    }
                    text.push(character);
                }
            }
            Self::Octets(octets) => {
                text.push('#');
                for octet in octets {
                    // Writing to a string never fails.
                    let _ = write!(text, "{octet:02x}");
                }
            }
        }
    }
}

impl PartialEq for X500Name {
    fn eq(&self, other: &Self) -> bool {
        self.parts == other.parts
    }
}

impl Eq for X500Name {}

/// An order that agrees with equality, for sorting large bags. The standard has none: what comes first means nothing.
impl Ord for X500Name {
    fn cmp(&self, other: &Self) -> Ordering {
        self.parts.cmp(&other.parts)
    }
}

impl PartialOrd for X500Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The original text.
impl fmt::Display for X500Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests;
