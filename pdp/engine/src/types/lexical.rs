//! What all lexical forms share: the white space around a value, and the words for a value that isn't one.

use std::borrow::Cow;

use thiserror::Error;

/// A text that is outside the lexical space of its data type.
///
/// The message says what was expected; whoever knows the value and its place adds them.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct LexicalError {
    message: Cow<'static, str>,
}

impl LexicalError {
    /// An error with these words: lower case, no full stop, no line break.
    pub fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Self { message: message.into() }
    }

    /// What was expected, such as `expected hh:mm:ss, then optionally a zone`.
    pub fn message(&self) -> &str {
        &self.message
    }
}

/// Removes the XML white space at both ends, as the types other than string want it (core 7, XSD `whiteSpace`).
///
/// Unicode knows more kinds of white space; those are content.
pub fn collapse(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\r', '\n'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_xml_white_space_is_removed() {
        assert_eq!(collapse(" \t\r\n a b \n"), "a b");
        assert_eq!(collapse("\u{a0}a\u{2003}"), "\u{a0}a\u{2003}");
    }
}
