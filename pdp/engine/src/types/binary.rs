//! `hexBinary` and `base64Binary`: two spellings of octets. They are different types and never equal each other.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::lexical::{LexicalError, collapse};

/// Octets, written as pairs of hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HexBinary(Box<[u8]>);

impl HexBinary {
    /// Reads an even number of hexadecimal digits of either case, or none.
    pub fn parse(text: &str) -> Result<Self, LexicalError> {
        hex_octets(collapse(text))
            .map(Self)
            .ok_or_else(|| LexicalError::new("expected an even number of hexadecimal digits"))
    }

    /// The octets.
    pub fn octets(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for HexBinary {
    fn from(octets: Vec<u8>) -> Self {
        Self(octets.into())
    }
}

/// The octets that pairs of hexadecimal digits spell.
pub(super) fn hex_octets(text: &str) -> Option<Box<[u8]>> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    pairs.iter().map(|&[high, low]| hex_octet(high, low)).collect()
}

/// The octet that two hexadecimal digits spell.
pub(super) fn hex_octet(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? << 4 | digit(low)?)
}

/// The canonical form: upper case.
impl fmt::Display for HexBinary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02X}"))
    }
}

/// Octets, written in base 64.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Base64Binary(Box<[u8]>);

impl Base64Binary {
    /// Reads the alphabet of RFC 2045 with its padding; white space may stand anywhere.
    pub fn parse(text: &str) -> Result<Self, LexicalError> {
        let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        let decoded = if text.bytes().any(|byte| is_space(&byte)) {
            STANDARD.decode(text.bytes().filter(|byte| !is_space(byte)).collect::<Vec<u8>>())
        } else {
            STANDARD.decode(text)
        };
        decoded
            .map(|octets| Self(octets.into()))
            .map_err(|_| LexicalError::new("expected base 64 with its padding, such as `QXJndXM=`"))
    }

    /// The octets.
    pub fn octets(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for Base64Binary {
    fn from(octets: Vec<u8>) -> Self {
        Self(octets.into())
    }
}

/// The canonical form: no white space.
impl fmt::Display for Base64Binary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        base64::display::Base64Display::new(&self.0, &STANDARD).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hexadecimal_digits_come_in_pairs_of_either_case() {
        assert_eq!(HexBinary::parse(" 0fB7\n").unwrap().octets(), [0x0f, 0xb7]);
        assert_eq!(HexBinary::parse("0fb7").unwrap().to_string(), "0FB7");
        assert_eq!(HexBinary::parse("0fb7"), HexBinary::parse("0FB7"));
        assert_eq!(HexBinary::parse("").unwrap().octets(), b"");
        for text in ["0", "0fb", "0g", "0f b7", "0x0f", "é", "+1"] {
            assert!(HexBinary::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn base_64_needs_its_padding_and_ignores_white_space() {
        assert_eq!(Base64Binary::parse(" QXJn\n dXM = ").unwrap().octets(), b"Argus");
        assert_eq!(Base64Binary::parse("Q X J n dXM=").unwrap().to_string(), "QXJndXM=");
        assert_eq!(Base64Binary::parse("").unwrap().octets(), b"");
        for text in ["QXJndXM", "QXJndXM==", "QXJndXN=", "Q", "QX=J", "-_==", "QXJndXM=QXJn", "QQ\u{a0}=="] {
            assert!(Base64Binary::parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn octets_survive_their_text(octets in proptest::collection::vec(any::<u8>(), 0..100)) {
            let hex = HexBinary::from(octets.clone());
            prop_assert_eq!(HexBinary::parse(&hex.to_string()), Ok(hex));
            let base64 = Base64Binary::from(octets);
            prop_assert_eq!(Base64Binary::parse(&base64.to_string()), Ok(base64));
        }

        #[test]
        fn no_text_panics(text in any::<String>()) {
            let _ = (HexBinary::parse(&text), Base64Binary::parse(&text));
        }
    }
}
