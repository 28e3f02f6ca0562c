//! `Content` in JSON: a string that holds XML, or Base64 of XML (JSON Profile 1.1, 4.2.2).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::xml::Document;
use crate::limits::Limits;
use crate::request::{Content, RequestError};
use crate::value::Arena;

/// Reads the text of a `Content` member, which stands at `at`.
pub(super) fn read_json_content<'a>(
    text: &'a str,
    at: usize,
    arena: &'a Arena,
    limits: &Limits,
) -> Result<Content<'a>, RequestError> {
    let trimmed = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    let xml = if trimmed.starts_with('<') { trimmed } else { decode(text, at, arena)? };
    // An offset inside the string says little about the place in the request, which has it escaped.
    read_element(xml, arena, limits).map_err(|error| RequestError {
        message: format!("ill-formed `Content`: {}", error.message),
        offset: Some(at),
        ..error
    })
}

fn read_element<'a>(xml: &'a str, arena: &'a Arena, limits: &Limits) -> Result<Content<'a>, RequestError> {
    let mut document = Document::new(xml, arena, limits)?;
    document.root()?;
    let xml = document.skip()?;
    document.finish()?;
    Ok(Content { xml, namespaces: &[] })
}

/// Text in Base64.
pub(super) fn decode<'a>(text: &str, at: usize, arena: &'a Arena) -> Result<&'a str, RequestError> {
    let refuse = |what: &str| RequestError::new(format!("neither XML nor Base64 of XML: {what}"), Some(at));
    let digits: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let bytes = STANDARD.decode(digits).map_err(|error| refuse(&error.to_string().to_lowercase()))?;
    let xml = std::str::from_utf8(&bytes).map_err(|_| refuse("the decoded octets are not UTF-8"))?;
    Ok(arena.text(xml))
}
