//! A policy document as the caller brings it.

use super::xml::{self, XmlError};

/// A document: what people call it, and its text.
#[derive(Debug, Clone)]
pub struct Source<'s> {
    /// What diagnostics call it; mostly a path.
    pub name: &'s str,
    /// Its text; where it isn't UTF-8, the part before the first wrong byte.
    pub text: &'s str,
    /// Why the rest could not be decoded.
    pub(super) broken: Option<XmlError>,
}

impl<'s> Source<'s> {
    /// A document that is text already.
    pub const fn new(name: &'s str, text: &'s str) -> Self {
        Self { name, text, broken: None }
    }

    /// A document as bytes. Wrong ones are a diagnostic of the check, not an error here.
    pub fn from_bytes(name: &'s str, bytes: &'s [u8]) -> Self {
        match xml::decode(bytes) {
            Ok(text) => Self::new(name, text),
            Err(error) => {
                let good = bytes.get(..error.at.start as usize).unwrap_or_default();
                Self { name, text: std::str::from_utf8(good).unwrap_or(""), broken: Some(error) }
            }
        }
    }
}
