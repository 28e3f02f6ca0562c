//! Character data and attribute values: checked, references replaced, line ends normalised. Borrowed where possible.

use std::borrow::Cow;

use super::characters::{
    AMPERSAND, BREAK, CONTROL, GREATER, LAST_PLANE, LESS, PLAIN, RETURN, SPACE, class, code_point, is_allowed,
    is_no_character,
};
use super::{Extent, XmlError, XmlResult};

/// What one look at a run of character data tells.
pub(super) struct Look {
    /// It is white space only.
    pub(super) blank: bool,
    /// Nothing has to be replaced.
    pub(super) verbatim: bool,
}

/// Looks at the bytes of a text without markup, which start at `base` of the document.
pub(super) fn look(run: &str, base: usize, in_section: bool) -> XmlResult<Look> {
    let bytes = run.as_bytes();
    let mut look = Look { blank: true, verbatim: true };
    for (at, byte) in bytes.iter().enumerate() {
        match class(*byte) {
            PLAIN => look.blank = false,
            SPACE | BREAK => {}
            RETURN => look.verbatim = false,
            LESS | AMPERSAND => look.blank = false,
            GREATER => {
                look.blank = false;
                if !in_section && bytes.get(..at).is_some_and(|before| before.ends_with(b"]]")) {
                    let at = Extent::new(base + at - 2, base + at + 1);
                    return Err(XmlError::ill_formed(at, "`]]>` in a text", "ends a CDATA section that was not begun")
                        .help("write `]]&gt;`"));
                }
            }
            LAST_PLANE => {
                look.blank = false;
                if is_no_character(bytes, at) {
                    return Err(forbidden(run, base, at));
                }
            }
            _ => return Err(forbidden(run, base, at)),
        }
    }
    Ok(look)
}

/// Scans an attribute's value up to its quote. Gives the place of the quote and whether nothing has to be replaced.
#[inline]
pub(super) fn scan_value(text: &str, start: usize, quote: u8) -> XmlResult<(usize, bool)> {
    let bytes = text.as_bytes();
    let mut verbatim = true;
    for (after, byte) in bytes.get(start..).unwrap_or_default().iter().enumerate() {
        if *byte == quote {
            return Ok((start + after, verbatim));
        }
        match class(*byte) {
            PLAIN | SPACE | GREATER => {}
            BREAK | RETURN | AMPERSAND => verbatim = false,
            LESS => {
                let at = Extent::new(start + after, start + after + 1);
                return Err(XmlError::ill_formed(at, "`<` in an attribute's value", "starts a tag elsewhere")
                    .help("write `&lt;`"));
            }
            CONTROL => return Err(forbidden(text, 0, start + after)),
            _ if is_no_character(bytes, start + after) => return Err(forbidden(text, 0, start + after)),
            _ => {}
        }
    }
    let at = Extent::new(start.saturating_sub(1), text.len());
    Err(XmlError::ill_formed(at, "an attribute's value without an end", "the quote is not closed"))
}

/// The value of an attribute: references replaced, each white space character a space (XML 3.3.3).
#[cold]
pub(super) fn value<'s>(raw: &'s str, base: usize) -> XmlResult<Cow<'s, str>> {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find(['&', '\t', '\n', '\r']) {
        let (plain, special) = rest.split_at(at);
        out.push_str(plain);
        rest = match special.as_bytes() {
            [b'&', ..] => {
                let (character, rest) = reference(special, base + raw.len() - special.len())?;
                out.push(character);
                rest
            }
            [b'\r', b'\n', ..] => blank(&mut out, special, 2),
            _ => blank(&mut out, special, 1),
        };
    }
    out.push_str(rest);
    Ok(Cow::Owned(out))
}

fn blank<'s>(out: &mut String, special: &'s str, width: usize) -> &'s str {
    out.push(' ');
    special.get(width..).unwrap_or("")
}

/// Adds character data to a text, with `\r\n` and `\r` as `\n` (XML 2.11).
pub(super) fn push_lines(out: &mut String, run: &str) {
    let mut rest = run;
    while let Some((before, after)) = rest.split_once('\r') {
        out.push_str(before);
        out.push('\n');
        rest = after.strip_prefix('\n').unwrap_or(after);
    }
    out.push_str(rest);
}

/// The character of the reference that starts here, and what follows it.
pub(super) fn reference(text: &str, base: usize) -> XmlResult<(char, &str)> {
    let unclosed = || {
        let at = Extent::new(base, base + 1);
        XmlError::ill_formed(at, "`&` that starts no reference", "a reference ends with `;`").help("write `&amp;`")
    };
    let body = text.get(1..).unwrap_or("");
    let end = body.find([';', '&', '<', ' ', '\n', '"', '\'']).ok_or_else(unclosed)?;
    let (name, rest) = body.split_at(end);
    let rest = rest.strip_prefix(';').ok_or_else(unclosed)?;
    match resolve(name) {
        Some(character) => Ok((character, rest)),
        None => Err(unknown_reference(name, Extent::new(base, base + name.len() + 2))),
    }
}

fn resolve(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => return character_reference(name.strip_prefix('#')?),
    })
}

fn character_reference(digits: &str) -> Option<char> {
    let (digits, radix) = match digits.strip_prefix('x') {
        Some(hex) => (hex, 16),
        None => (digits, 10),
    };
    // `from_str_radix` would take a sign.
    if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let code = u32::from_str_radix(digits, radix).ok()?;
    char::from_u32(code).filter(|character| is_allowed(*character))
}

#[cold]
fn unknown_reference(name: &str, at: Extent) -> Box<XmlError> {
    if name.starts_with('#') {
        return XmlError::ill_formed(
            at,
            format!("`&{name};` is no character of XML"),
            "a character reference is `&#233;` or `&#xE9;`",
        );
    }
    XmlError::ill_formed(at, format!("unknown entity `&{name};`"), "only a DTD could define it")
        .help("XML knows `&amp;`, `&lt;`, `&gt;`, `&quot;` and `&apos;`; write other characters as they are")
}

#[cold]
pub(super) fn forbidden(text: &str, base: usize, at: usize) -> Box<XmlError> {
    let character = text.get(at..).and_then(|rest| rest.chars().next()).unwrap_or_default();
    let extent = Extent::new(base + at, base + at + character.len_utf8());
    XmlError::ill_formed(
        extent,
        format!("character {} is not allowed in XML", code_point(character)),
        "a control character, or no character at all",
    )
}
