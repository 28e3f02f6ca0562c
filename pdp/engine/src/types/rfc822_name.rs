//! `rfc822Name`: a mail address, and the three patterns that match one (core A.3.14).

use std::fmt;

use super::lexical::{LexicalError, collapse};

/// A mail address. Equality is exact for the local part and ignores ASCII case in the domain.
#[derive(Debug, Clone)]
pub struct Rfc822Name {
    text: Box<str>,
    /// Octets before the `@` that separates the two parts.
    at: usize,
}

impl Rfc822Name {
    /// Reads a local part, `@` and a domain, neither empty.
    ///
    /// Where the local part is quoted, the last `@` separates; otherwise there must be exactly one.
    pub fn parse(text: &str) -> Result<Self, LexicalError> {
        let text = collapse(text);
        let (local, _) =
            split(text).ok_or_else(|| LexicalError::new("expected a mail address: a local part, `@` and a domain"))?;
        Ok(Self { at: local.len(), text: text.into() })
    }

    /// What stands before the `@`.
    pub fn local_part(&self) -> &str {
        self.text.get(..self.at).unwrap_or_default()
    }

    /// What stands after the `@`, as written.
    pub fn domain(&self) -> &str {
        self.text.get(self.at + 1..).unwrap_or_default()
    }

    /// The original text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the address fits the pattern: `local@domain` is that address, `domain` every address in it, `.domain`
    /// every address in a subdomain of it. Case counts in the local part alone.
    pub fn matches(&self, pattern: &str) -> bool {
        if pattern.contains('@') {
            let Some((local, domain)) = split(pattern) else { return false };
            return self.local_part() == local && self.domain().eq_ignore_ascii_case(domain);
        }
        if pattern.starts_with('.') {
            let domain = self.domain().as_bytes();
            let end = domain.len().checked_sub(pattern.len()).and_then(|start| domain.get(start..));
            return end.is_some_and(|end| end.eq_ignore_ascii_case(pattern.as_bytes()));
        }
        !pattern.is_empty() && self.domain().eq_ignore_ascii_case(pattern)
    }
}

fn split(text: &str) -> Option<(&str, &str)> {
    let is_space = |c: char| c.is_whitespace() || c.is_control();
    let (local, domain) = text.rsplit_once('@')?;
    let quoted = local.len() > 1 && local.starts_with('"') && local.ends_with('"');
    let local_is_right = quoted || !local.is_empty() && !local.contains('@') && !local.contains(is_space);
    (local_is_right && !domain.is_empty() && !domain.contains(is_space)).then_some((local, domain))
}

impl PartialEq for Rfc822Name {
    fn eq(&self, other: &Self) -> bool {
        self.local_part() == other.local_part() && self.domain().eq_ignore_ascii_case(other.domain())
    }
}

impl Eq for Rfc822Name {}

/// The original text.
impl fmt::Display for Rfc822Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn name(text: &str) -> Rfc822Name {
        Rfc822Name::parse(text).unwrap()
    }

    #[test]
    fn case_counts_before_the_at_sign_only() {
        assert_eq!(name("Anderson@sun.com"), name(" Anderson@SUN.COM "));
        assert_ne!(name("Anderson@sun.com"), name("anderson@sun.com"));
        assert_eq!(name(" Anderson@SUN.com").to_string(), "Anderson@SUN.com");
    }

    #[test]
    fn a_quoted_local_part_may_hold_an_at_sign() {
        let quoted = name("\"a@b c\"@example.org");
        assert_eq!((quoted.local_part(), quoted.domain()), ("\"a@b c\"", "example.org"));
        for text in ["", "a", "@", "a@", "@b", "a@b@c", "a b@c", "a@b c", "\"@b@c"] {
            assert!(Rfc822Name::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_three_patterns_match_as_the_standard_says() {
        let address = name("Anderson@sun.com");
        assert!(address.matches("Anderson@SUN.COM"));
        assert!(!address.matches("anderson@sun.com"));
        assert!(address.matches("Sun.Com"));
        assert!(!name("a@east.sun.com").matches("sun.com"));
        assert!(name("a@isrg.east.SUN.com").matches(".east.sun.com"));
        assert!(!name("a@east.sun.com").matches(".east.sun.com"));
        assert!(!name("a@notsun.com").matches("sun.com"));
        for pattern in ["", "@", "@sun.com", "Anderson@", "a@b@sun.com", "com", " sun.com", "*"] {
            assert!(!address.matches(pattern), "{pattern}");
        }
        assert!(!name("a@ü.com").matches(".ü.com"));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[a\"@.é ]{0,12}|.*", pattern in "[a@.é]{0,8}|.*") {
            if let Ok(name) = Rfc822Name::parse(&text) {
                let _ = name.matches(&pattern);
                prop_assert!(name.matches(name.as_str()));
                prop_assert!(name.matches(name.domain()) || name.domain().starts_with('.'));
            }
        }
    }
}
