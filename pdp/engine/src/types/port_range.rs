//! The port part of addresses and host names: `n`, `-n`, `n-` or `n-m` (core A.2).

use std::fmt;

use super::lexical::LexicalError;

/// The ports from a first to a last one, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PortRange {
    first: u16,
    last: u16,
}

impl PortRange {
    /// Reads `n`, `-n` (up to n), `n-` (from n) or `n-m`.
    pub fn parse(text: &str) -> Result<Self, LexicalError> {
        read(text).ok_or_else(|| LexicalError::new("expected ports as `n`, `-n`, `n-` or `n-m`, each 0 to 65535"))
    }

    /// The lowest port.
    pub fn first(self) -> u16 {
        self.first
    }

    /// The highest port.
    pub fn last(self) -> u16 {
        self.last
    }

    /// Whether the port lies in the range.
    pub fn contains(self, port: u16) -> bool {
        (self.first..=self.last).contains(&port)
    }
}

fn read(text: &str) -> Option<PortRange> {
    let Some((first, last)) = text.split_once('-') else {
        let port = port(text)?;
        return Some(PortRange { first: port, last: port });
    };
    if first.is_empty() && last.is_empty() {
        return None;
    }
    let first = if first.is_empty() { 0 } else { port(first)? };
    let last = if last.is_empty() { u16::MAX } else { port(last)? };
    (first <= last).then_some(PortRange { first, last })
}

/// One port. Rust's own parser also takes a sign.
pub(super) fn port(text: &str) -> Option<u16> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

impl fmt::Display for PortRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.first, self.last) {
            (first, last) if first == last => write!(f, "{first}"),
            (0, last) => write!(f, "-{last}"),
            (first, u16::MAX) => write!(f, "{first}-"),
            (first, last) => write!(f, "{first}-{last}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_may_be_open_at_one_end() {
        for (text, first, last) in
            [("80", 80, 80), ("-1024", 0, 1024), ("1024-", 1024, 65535), ("147-874", 147, 874), ("0080", 80, 80)]
        {
            let range = PortRange::parse(text).unwrap();
            assert_eq!((range.first(), range.last()), (first, last));
            assert_eq!(PortRange::parse(&range.to_string()), Ok(range));
        }
        assert!(PortRange::parse("147-874").unwrap().contains(147));
        assert!(!PortRange::parse("147-874").unwrap().contains(875));
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in ["", "-", "a", "65536", "1-65536", "2-1", "1-2-3", "+1", "1-+2", "--1", " 1", "١"] {
            assert!(PortRange::parse(text).is_err(), "{text}");
        }
    }
}
