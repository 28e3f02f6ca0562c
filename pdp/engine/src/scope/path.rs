//! The canonical form of resource paths: the only one that is read, never one that is arrived at.

use std::fmt;

use thiserror::Error;

/// The canonical path of a resource, such as `acme/atlas/evidence/42`.
///
/// One segment or more, separated by `/`. Octets other than `A-Z a-z 0-9 - . _ ~` are written `%XX`, upper-case, and
/// those never are. No segment is empty, `.` or `..`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourcePath(Box<str>);

/// Why a text is not the canonical form of a path.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PathError {
    /// Nothing at all.
    #[error("a path has at least one segment")]
    Empty,
    /// `//`, or `/` at an end.
    #[error("a path has no empty segment: no `//`, and no `/` at either end")]
    EmptySegment,
    /// `.` or `..`, which other software would resolve.
    #[error("`.` and `..` are no segments of a path")]
    DotSegment,
    /// A character that has to be encoded.
    #[error("`{}` is written `{}` in a path", .0.escape_debug(), encoded(*.0))]
    Unencoded(char),
    /// `%` without two upper-case hexadecimal digits.
    #[error("`%` is followed by two upper-case hexadecimal digits in a path")]
    BrokenEscape,
    /// An escape for a character that is written plainly.
    #[error("`{}` is written `{}` in a path", encoded(*.0), .0)]
    NeedlessEscape(char),
    /// `*` in the path of a resource, or beside other characters in a scope.
    #[error("`*` stands for one whole level, and only in scopes; elsewhere it is written `%2A`")]
    Wildcard,
}

impl ResourcePath {
    /// Reads a path in canonical form. Nothing is trimmed, decoded or resolved.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        check_path(text)?;
        Ok(Self(text.into()))
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The segments, of which there is at least one.
    pub fn segments(&self) -> impl Iterator<Item = &str> {
        self.0.split('/')
    }

    /// The first segment.
    pub fn organisation(&self) -> &str {
        self.segments().next().unwrap_or_default()
    }

    /// The second segment, if there is one.
    pub fn project(&self) -> Option<&str> {
        self.segments().nth(1)
    }
}

impl fmt::Display for ResourcePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether the text is the canonical path of a resource.
pub(super) fn check_path(text: &str) -> Result<(), PathError> {
    check(text, check_segment)
}

/// As [`check_path`], but a whole segment may be `*`.
pub(super) fn check_scope_path(text: &str) -> Result<(), PathError> {
    check(text, |segment| if segment == "*" { Ok(()) } else { check_segment(segment) })
}

fn check(text: &str, check_segment: impl FnMut(&str) -> Result<(), PathError>) -> Result<(), PathError> {
    if is_simple(text) {
        return Ok(());
    }
    if text.is_empty() {
        return Err(PathError::Empty);
    }
    text.split('/').try_for_each(check_segment)
}

/// Whether the text is canonical without having an escape, a `*` or a segment that starts with a dot.
///
/// Nearly all paths are, and one look at each octet shows it.
fn is_simple(text: &str) -> bool {
    let mut before = b'/';
    for octet in text.bytes() {
        let starts_segment = before == b'/';
        if !is_plain(octet) && octet != b'/' || starts_segment && matches!(octet, b'/' | b'.') {
            return false;
        }
        before = octet;
    }
    before != b'/'
}

fn check_segment(segment: &str) -> Result<(), PathError> {
    match segment {
        "" => return Err(PathError::EmptySegment),
        "." | ".." => return Err(PathError::DotSegment),
        _ => {}
    }
    let mut rest = segment.as_bytes();
    loop {
        rest = match rest {
            [] => return Ok(()),
            [b'%', high, low, rest @ ..] => {
                check_escape(*high, *low)?;
                rest
            }
            [b'%', ..] => return Err(PathError::BrokenEscape),
            [b'*', ..] => return Err(PathError::Wildcard),
            [octet, rest @ ..] if is_plain(*octet) => rest,
            [..] => return Err(PathError::Unencoded(first_unencoded(segment))),
        }
    }
}

fn check_escape(high: u8, low: u8) -> Result<(), PathError> {
    let (Some(high), Some(low)) = (upper_hex(high), upper_hex(low)) else { return Err(PathError::BrokenEscape) };
    let octet = high << 4 | low;
    if is_plain(octet) { Err(PathError::NeedlessEscape(char::from(octet))) } else { Ok(()) }
}

fn upper_hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

fn is_plain(octet: u8) -> bool {
    matches!(octet, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~')
}

fn first_unencoded(segment: &str) -> char {
    let is_fine = |c: char| c == '%' || u8::try_from(c).is_ok_and(is_plain);
    segment.chars().find(|c| !is_fine(*c)).unwrap_or_default()
}

/// How a character is written where it is not allowed as it is.
fn encoded(c: char) -> String {
    c.encode_utf8(&mut [0; 4]).bytes().fold(String::new(), |text, octet| format!("{text}%{octet:02X}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_canonical_path_is_kept_as_it_is() {
        for text in ["acme", "acme/atlas/evidence/42", "a/%2A/~._-/...", "a/%2F%20%C3%A4", "a/%25", "A/a", "a/%00%FF"] {
            assert_eq!(ResourcePath::parse(text).unwrap().as_str(), text);
        }
        let path = ResourcePath::parse("acme/atlas/x").unwrap();
        assert_eq!((path.organisation(), path.project()), ("acme", Some("atlas")));
        assert_eq!(ResourcePath::parse("acme").unwrap().project(), None);
    }

    #[test]
    fn any_other_form_is_refused_with_its_reason() {
        for (text, reason) in [
            ("", "a path has at least one segment"),
            ("/a", "a path has no empty segment: no `//`, and no `/` at either end"),
            ("a/", "a path has no empty segment: no `//`, and no `/` at either end"),
            ("a//b", "a path has no empty segment: no `//`, and no `/` at either end"),
            ("a/./b", "`.` and `..` are no segments of a path"),
            ("a/..", "`.` and `..` are no segments of a path"),
            ("a/b c", "` ` is written `%20` in a path"),
            ("a:b", "`:` is written `%3A` in a path"),
            ("a/%2Fä", "`ä` is written `%C3%A4` in a path"),
            ("a\n", "`\\n` is written `%0A` in a path"),
            ("a/%2f", "`%` is followed by two upper-case hexadecimal digits in a path"),
            ("a/%2", "`%` is followed by two upper-case hexadecimal digits in a path"),
            ("a/%", "`%` is followed by two upper-case hexadecimal digits in a path"),
            ("a/%2E", "`%2E` is written `.` in a path"),
            ("a/%41", "`%41` is written `A` in a path"),
            ("a/*", "`*` stands for one whole level, and only in scopes; elsewhere it is written `%2A`"),
        ] {
            assert_eq!(ResourcePath::parse(text).unwrap_err().to_string(), reason, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_path_is_canonical_when_encoding_its_octets_gives_it_back(
            segments in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..6), 1..5),
        ) {
            let encode = |octet: &u8| match octet {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(*octet).to_string(),
                _ => format!("%{octet:02X}"),
            };
            let segments: Vec<String> = segments.iter().map(|octets| octets.iter().map(encode).collect()).collect();
            let has_dots = segments.iter().any(|segment| segment == "." || segment == "..");
            prop_assert_eq!(ResourcePath::parse(&segments.join("/")).is_ok(), !has_dots);
        }

        #[test]
        fn no_text_panics(text in any::<String>()) {
            if let Err(error) = ResourcePath::parse(&text) {
                prop_assert!(!error.to_string().is_empty());
            }
        }
    }
}
