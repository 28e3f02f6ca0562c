//! `boolean`: the four spellings of two values.

use super::lexical::{LexicalError, collapse};

/// Reads `true`, `false`, `1` or `0`, case-sensitively.
pub fn parse_boolean(text: &str) -> Result<bool, LexicalError> {
    match collapse(text) {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(LexicalError::new("expected `true`, `false`, `1` or `0`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_spellings_are_booleans_and_nothing_else_is() {
        assert_eq!(parse_boolean(" true\n"), Ok(true));
        assert_eq!(parse_boolean("1"), Ok(true));
        assert_eq!(parse_boolean("false"), Ok(false));
        assert_eq!(parse_boolean("0"), Ok(false));
        for text in ["", "True", "yes", "01", "tru e", "\u{a0}true"] {
            assert!(parse_boolean(text).is_err(), "{text}");
        }
    }
}
