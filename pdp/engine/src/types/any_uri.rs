//! `anyURI`: a text, compared code point by code point and never normalised (core 7).
//!
//! XML Schema puts almost no constraint on it, so [`parse`] takes every text; [`parse_strict`] is for those who want
//! to be told about what can't be a reference to anything.

use super::lexical::{LexicalError, collapse};

/// The URI: the text without the white space around it.
pub fn parse(text: &str) -> &str {
    collapse(text)
}

/// As [`parse`], but refuses spaces and control characters inside, and `%` without two hexadecimal digits.
pub fn parse_strict(text: &str) -> Result<&str, LexicalError> {
    let uri = parse(text);
    if uri.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(LexicalError::new("expected a URI without spaces and control characters"));
    }
    let is_escape = |after: &str| {
        let mut digits = after.bytes();
        digits.next().is_some_and(|byte| byte.is_ascii_hexdigit())
            && digits.next().is_some_and(|byte| byte.is_ascii_hexdigit())
    };
    if !uri.split('%').skip(1).all(is_escape) {
        return Err(LexicalError::new("expected two hexadecimal digits after `%` in a URI"));
    }
    Ok(uri)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_keeps_its_text() {
        assert_eq!(parse(" HTTP://Example.com/%7Ea b "), "HTTP://Example.com/%7Ea b");
        assert_eq!(parse_strict("urn:x:ä%2f%2F"), Ok("urn:x:ä%2f%2F"));
        assert_eq!(parse_strict(" "), Ok(""));
    }

    #[test]
    fn strict_reading_refuses_spaces_controls_and_broken_escapes() {
        for text in ["a b", "a\u{7}b", "a%", "a%2", "a%2g", "%%41", "a%é9"] {
            assert!(parse_strict(text).is_err(), "{text}");
        }
    }
}
