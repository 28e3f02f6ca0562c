//! Character data and attribute values: checked, references replaced, line ends normalised. Borrowed where possible.

use std::borrow::Cow;

use super::characters::{
    AMPERSAND, BREAK, GREATER, LAST_PLANE, LESS, PLAIN, RETURN, SPACE, class, code_point, is_allowed, is_no_character,
    plain_prefix, spaces_prefix,
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
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let rest = bytes.get(at..).unwrap_or_default();
        match class(*byte) {
            SPACE => at += spaces_prefix(rest).max(1),
            BREAK => at += 1,
            RETURN => {
                look.verbatim = false;
                at += 1;
            }
            PLAIN | LESS | AMPERSAND => {
                look.blank = false;
                at += plain_prefix(rest, b'>').max(1);
            }
            GREATER => {
                look.blank = false;
                if !in_section && bytes.get(..at).is_some_and(|before| before.ends_with(b"]]")) {
                    return Err(section_end(base + at));
                }
                at += 1;
            }
            LAST_PLANE if !is_no_character(bytes, at) => {
                look.blank = false;
                at += 1;
            }
            _ => return Err(forbidden(run, base, at)),
        }
    }
    Ok(look)
}

#[cold]
fn section_end(greater: usize) -> XmlError {
    let at = Extent::new(greater.saturating_sub(2), greater + 1);
    XmlError::ill_formed(at, "`]]>` in a text", "ends a CDATA section that was not begun").help("write `]]&gt;`")
}

/// Scans an attribute's value up to its quote. Gives the place of the quote and whether nothing has to be replaced.
#[inline]
pub(super) fn scan_value(text: &str, start: usize, quote: u8) -> XmlResult<(usize, bool)> {
    let bytes = text.as_bytes();
    let mut verbatim = true;
    let mut at = start;
    while let Some(rest) = bytes.get(at..) {
        at += plain_prefix(rest, quote);
        let Some(byte) = bytes.get(at) else { break };
        if *byte == quote {
            return Ok((at, verbatim));
        }
        match class(*byte) {
            PLAIN | SPACE | GREATER => {}
            BREAK | RETURN | AMPERSAND => verbatim = false,
            LESS => return Err(less(at)),
            LAST_PLANE if !is_no_character(bytes, at) => {}
            _ => return Err(forbidden(text, 0, at)),
        }
        at += 1;
    }
    let at = Extent::new(start.saturating_sub(1), text.len());
    Err(XmlError::ill_formed(at, "an attribute's value without an end", "the quote is not closed"))
}

#[cold]
fn less(at: usize) -> XmlError {
    let at = Extent::new(at, at + 1);
    XmlError::ill_formed(at, "`<` in an attribute's value", "starts a tag elsewhere").help("write `&lt;`")
}

/// The value of an attribute: references replaced, each white space character a space (XML 3.3.3).
#[cold]
pub(super) fn value(raw: &str, base: usize) -> XmlResult<Cow<'_, str>> {
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

/// Character data with `\r\n` and `\r` as `\n`.
pub(crate) fn line_feeds(run: &str) -> Cow<'_, str> {
    if !run.contains('\r') {
        return Cow::Borrowed(run);
    }
    let mut out = String::with_capacity(run.len());
    push_lines(&mut out, run);
    Cow::Owned(out)
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
fn unknown_reference(name: &str, at: Extent) -> XmlError {
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
pub(super) fn forbidden(text: &str, base: usize, at: usize) -> XmlError {
    let character = text.get(at..).and_then(|rest| rest.chars().next()).unwrap_or_default();
    let extent = Extent::new(base + at, base + at + character.len_utf8());
    XmlError::ill_formed(
        extent,
        format!("character {} is not allowed in XML", code_point(character)),
        "a control character, or no character at all",
    )
}
