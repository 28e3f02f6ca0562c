//! The grammar of RFC 4514 §3, in one pass from left to right.

use std::borrow::Cow;

use super::super::binary::{hex_octet, hex_octets};
use super::{Part, Type, Value, ber};

/// What is still to be read. Each method takes its piece from the front, or gives `None` where the form is broken.
pub(super) struct Parser<'a> {
    rest: &'a str,
}

impl<'a> Parser<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text }
    }

    /// The whole name: parts separated by `,` or `;`.
    pub(super) fn name(mut self) -> Option<Vec<Part>> {
        let mut parts = Vec::new();
        self.skip_space();
        if self.rest.is_empty() {
            return Some(parts);
        }
        loop {
            parts.push(self.part()?);
            match self.rest.chars().next() {
                None => return Some(parts),
                Some(',' | ';') => self.advance(1),
                Some(_) => return None,
            }
        }
    }

    /// Pairs joined by `+`.
    fn part(&mut self) -> Option<Part> {
        let mut pairs = Vec::new();
        loop {
            pairs.push(self.pair()?);
            if !self.rest.starts_with('+') {
                return Some(Part::new(pairs));
            }
            self.advance(1);
        }
    }

    /// `type = value`, and the white space after it.
    fn pair(&mut self) -> Option<(Type, Value)> {
        self.skip_space();
        let end = self.rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '-')?;
        let name = attribute_type(self.rest.split_at_checked(end)?.0)?;
        self.advance(end);
        self.skip_space();
        self.rest = self.rest.strip_prefix('=')?;
        self.skip_space();
        let value = match self.rest.chars().next() {
            Some('#') => self.encoded()?,
            Some('"') => self.quoted()?,
            _ => self.plain()?,
        };
        self.skip_space();
        Some((name, value))
    }

    /// `#` and the hexadecimal digits of a BER encoding.
    fn encoded(&mut self) -> Option<Value> {
        self.advance(1);
        let end = self.rest.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(self.rest.len());
        let octets = hex_octets(self.rest.split_at_checked(end)?.0).filter(|octets| !octets.is_empty())?;
        self.advance(end);
        Some(ber::text(&octets).map_or(Value::Octets(octets), |text| Value::text(&text)))
    }

    /// A text between quotes, in which only `"` and `\` need an escape.
    fn quoted(&mut self) -> Option<Value> {
        self.advance(1);
        let text = self.unescaped(&['"', '\\'])?;
        self.rest = self.rest.strip_prefix('"')?;
        Some(Value::text(&text))
    }

    /// A text up to the next separator.
    fn plain(&mut self) -> Option<Value> {
        let text = self.unescaped(&[',', ';', '+', '\\', '"', '<', '>'])?;
        (!self.rest.starts_with(['"', '<', '>'])).then(|| Value::text(&text))
    }

    /// What comes before the first of these characters that no `\` precedes. Copied only if there is an escape.
    fn unescaped(&mut self, ends: &[char]) -> Option<Cow<'a, str>> {
        let text = self.until(ends)?;
        if !self.rest.starts_with('\\') {
            return Some(Cow::Borrowed(text));
        }
        let mut octets = text.as_bytes().to_vec();
        while self.rest.starts_with('\\') {
            octets.push(self.escape()?);
            octets.extend_from_slice(self.until(ends)?.as_bytes());
        }
        String::from_utf8(octets).ok().map(Cow::Owned)
    }

    fn until(&mut self, ends: &[char]) -> Option<&'a str> {
        let (text, rest) = self.rest.split_at_checked(self.rest.find(ends).unwrap_or(self.rest.len()))?;
        self.rest = rest;
        Some(text)
    }

    /// `\` and a special character, or two hexadecimal digits for an octet of UTF-8.
    fn escape(&mut self) -> Option<u8> {
        self.advance(1);
        match *self.rest.as_bytes() {
            [special @ (b',' | b'+' | b'"' | b'\\' | b'<' | b'>' | b';' | b'#' | b' ' | b'='), ..] => {
                self.advance(1);
                Some(special)
            }
            [high, low, ..] => {
                let octet = hex_octet(high, low)?;
                self.advance(2);
                Some(octet)
            }
            _ => None,
        }
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_ascii_start();
    }

    fn advance(&mut self, octets: usize) {
        self.rest = self.rest.split_at_checked(octets).map_or("", |(_, rest)| rest);
    }
}

/// Keywords that have an object identifier (RFC 4514 §3, RFC 4519, and those that certificate tools write).
const KEYWORDS: &[(&str, &str)] = &[
    ("cn", "2.5.4.3"),
    ("sn", "2.5.4.4"),
    ("surname", "2.5.4.4"),
    ("serialnumber", "2.5.4.5"),
    ("c", "2.5.4.6"),
    ("l", "2.5.4.7"),
    ("st", "2.5.4.8"),
    ("s", "2.5.4.8"),
    ("street", "2.5.4.9"),
    ("o", "2.5.4.10"),
    ("ou", "2.5.4.11"),
    ("t", "2.5.4.12"),
    ("title", "2.5.4.12"),
    ("gn", "2.5.4.42"),
    ("givenname", "2.5.4.42"),
    ("dc", "0.9.2342.19200300.100.1.25"),
    ("uid", "0.9.2342.19200300.100.1.1"),
    ("e", "1.2.840.113549.1.9.1"),
    ("email", "1.2.840.113549.1.9.1"),
    ("emailaddress", "1.2.840.113549.1.9.1"),
];

/// One spelling for each type.
fn attribute_type(text: &str) -> Option<Type> {
    let oid = text.split_at_checked(4).filter(|(prefix, _)| prefix.eq_ignore_ascii_case("oid.")).map(|(_, oid)| oid);
    if oid.is_some() || text.starts_with(|c: char| c.is_ascii_digit()) {
        let oid = oid.unwrap_or(text);
        let is_arc = |arc: &str| !arc.is_empty() && arc.bytes().all(|byte| byte.is_ascii_digit());
        let known = KEYWORDS.iter().find(|(_, known)| *known == oid);
        return oid
            .split('.')
            .all(is_arc)
            .then(|| known.map_or_else(|| Type::Other(oid.into()), |(_, oid)| Type::Known(oid)));
    }
    if !text.starts_with(|c: char| c.is_ascii_alphabetic()) || text.contains('.') {
        return None;
    }
    let known = KEYWORDS.iter().find(|(keyword, _)| keyword.eq_ignore_ascii_case(text));
    Some(known.map_or_else(|| Type::Other(text.to_ascii_lowercase().into()), |(_, oid)| Type::Known(oid)))
}
