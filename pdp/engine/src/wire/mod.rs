//! Requests and responses on the wire: XML (core 5.42 to 5.58) and JSON (JSON Profile 1.1).
//!
//! Reading is one pass over the text. What needs no unescaping stays borrowed from it, the rest goes to the request's
//! arena; an ordinary request allocates nothing else.

pub mod answer;
mod content;
mod ids;
mod json;
pub mod multiple;
mod plain;
mod shorthand;
mod shown;
mod xml;

use crate::limits::Limits;
use crate::request::{Request, RequestError};
use crate::value::Arena;

pub use json::{read_json, to_json, write_json};
pub use xml::{read_xml, to_xml, write_xml};

/// The two forms of requests and responses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// XACML's own XML.
    Xml,
    /// The JSON Profile's form.
    Json,
}

impl Format {
    /// The format that the first byte tells which is not blank: `<` is XML, `{` JSON.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
        match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'<') => Some(Self::Xml),
            Some(b'{') => Some(Self::Json),
            _ => None,
        }
    }
}

/// Reads a request in the given format.
///
/// # Errors
/// As [`read_xml`] and [`read_json`]; besides, where the bytes are not UTF-8.
pub fn read<'a>(
    format: Format,
    bytes: &'a [u8],
    arena: &'a Arena,
    limits: &Limits,
) -> Result<Request<'a>, RequestError> {
    check_size(bytes.len(), limits)?;
    let text = std::str::from_utf8(bytes)
        .map_err(|error| RequestError::new("the request is not UTF-8", Some(error.valid_up_to())))?;
    match format {
        Format::Xml => read_xml(text, arena, limits),
        Format::Json => read_json(text, arena, limits),
    }
}

fn check_size(size_bytes: usize, limits: &Limits) -> Result<(), RequestError> {
    if size_bytes <= limits.request_bytes {
        return Ok(());
    }
    let message =
        format!("a request of {size_bytes} bytes, where the limit `request_bytes` is {}", limits.request_bytes);
    Err(RequestError::too_large(message, None))
}

#[cfg(test)]
mod tests;
