//! Host names by RFC 2396 §3.2.2: labels of letters, digits and inner hyphens, the last one starting with a letter.

/// Whether the text is a host name. One dot may follow it.
pub(super) fn is_hostname(text: &str) -> bool {
    let text = text.strip_suffix('.').unwrap_or(text);
    let top = text.rsplit('.').next().unwrap_or_default();
    top.starts_with(|c: char| c.is_ascii_alphabetic()) && text.split('.').all(is_label)
}

/// As [`is_hostname`], but the leftmost label may be `*`.
pub(super) fn is_hostname_pattern(text: &str) -> bool {
    is_hostname(text.strip_prefix("*.").unwrap_or(text))
}

fn is_label(label: &str) -> bool {
    !label.is_empty()
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_top_label_starts_with_a_letter() {
        for text in ["a", "localhost", "some.host.name", "3com.com", "a-b.c-d.", "xn--mller-kva.example"] {
            assert!(is_hostname(text), "{text}");
        }
        for text in
            ["", ".", "a..b", ".a", "a..", "-a.b", "a-.b", "a.3", "10.0.0.1", "a_b.c", "a b", "*", "*.a", "ü.de"]
        {
            assert!(!is_hostname(text), "{text}");
        }
        assert!(is_hostname_pattern("*.example.com"));
        for text in ["*", "*.", "*.*.com", "a.*.com", "*a.com"] {
            assert!(!is_hostname_pattern(text), "{text}");
        }
    }
}
