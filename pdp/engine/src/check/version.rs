//! `Version` and the patterns that references compare it with (core 5.12, 5.13).

use std::cmp::Ordering;

/// Whether a text is a version: numbers, separated by dots.
pub(crate) fn is_version(text: &str) -> bool {
    text.split('.').all(is_number)
}

/// Whether a text is a pattern: numbers and `*`, separated by dots; the last may be `+`.
pub(crate) fn is_pattern(text: &str) -> bool {
    let (first, last) = text.rsplit_once('.').map_or((None, text), |(first, last)| (Some(first), last));
    (last == "+" || last == "*" || is_number(last))
        && first.is_none_or(|first| first.split('.').all(|part| part == "*" || is_number(part)))
}

fn is_number(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())
}

// Numbers of any length; zeros in front don't count.
fn compare_numbers(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

/// Number by number; where one version starts with the other, the shorter is lower.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.split('.'), b.split('.'));
    loop {
        match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(x), Some(y)) => match compare_numbers(x, y) {
                Ordering::Equal => {}
                unequal => return unequal,
            },
        }
    }
}

/// Whether a version fits a pattern.
pub(crate) fn matches(pattern: &str, version: &str) -> bool {
    against(pattern, version) == Some(Ordering::Equal)
}

/// Whether a version is a pattern's or later.
pub(crate) fn at_least(pattern: &str, version: &str) -> bool {
    against(pattern, version).is_some_and(Ordering::is_ge)
}

/// Whether a version is a pattern's or earlier.
pub(crate) fn at_most(pattern: &str, version: &str) -> bool {
    against(pattern, version).is_some_and(Ordering::is_le)
}

// How a version stands to a pattern: `*` equals any number, `+` equals all that is left. None where neither is one.
fn against(pattern: &str, version: &str) -> Option<Ordering> {
    if !is_pattern(pattern) || !is_version(version) {
        return None;
    }
    let mut numbers = version.split('.');
    for part in pattern.split('.') {
        match (part, numbers.next()) {
            ("+", Some(_)) => return Some(Ordering::Equal),
            (_, None) => return Some(Ordering::Less),
            ("*", Some(_)) => {}
            (part, Some(number)) => match compare_numbers(number, part) {
                Ordering::Equal => {}
                unequal => return Some(unequal),
            },
        }
    }
    Some(if numbers.next().is_some() { Ordering::Greater } else { Ordering::Equal })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_number_by_number() {
        assert_eq!(compare("1.10", "1.9"), Ordering::Greater);
        assert_eq!(compare("01", "1"), Ordering::Equal);
        assert_eq!(compare("1.2", "1.2.0"), Ordering::Less);
        assert_eq!(compare("99999999999999999999999999", "100000000000000000000000000"), Ordering::Less);
        assert!(is_version("1.0.2") && !is_version("1.") && !is_version("") && !is_version("1.a"));
    }

    #[test]
    fn patterns_match_as_the_standard_says() {
        for pattern in ["1.2.3", "1.*.3", "1.2.*", "1.+"] {
            assert!(matches(pattern, "1.2.3"), "{pattern}");
        }
        for pattern in ["1.2", "1.*"] {
            assert!(!matches(pattern, "1.2.3"), "{pattern}");
        }
        assert!(!matches("1.+", "1"));
        assert!(is_pattern("*") && is_pattern("+") && is_pattern("1.*.+"));
        assert!(!is_pattern("+.1") && !is_pattern("1.") && !is_pattern("1.x"));
    }

    #[test]
    fn bounds_take_wildcards_for_equal() {
        assert!(
            at_least("1.2", "1.2") && at_least("1.2", "1.2.1") && at_least("1.2", "1.3") && !at_least("1.2", "1.1")
        );
        assert!(at_most("1.2", "1.2") && !at_most("1.2", "1.2.1") && at_most("1.2", "1.1.9"));
        assert!(at_least("1.*.5", "1.0.5") && !at_least("1.*.5", "1.0.4") && at_most("1.+", "1.99"));
    }
}
