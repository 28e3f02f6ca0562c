//! The form of numbers (RFC 8259 6).

/// The length of the number that stands first, and whether it has neither fraction nor exponent; `None` where there
/// is none or where it runs into something else.
pub(super) fn scan_number(bytes: &[u8]) -> Option<(usize, bool)> {
    let after = |byte: u8, at: usize| at + usize::from(bytes.get(at) == Some(&byte));
    let digits = |at: usize| {
        let count = bytes.get(at..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
        (count > 0).then_some(at + count)
    };
    let start = after(b'-', 0);
    let whole = if bytes.get(start) == Some(&b'0') { start + 1 } else { digits(start)? };
    let mut end = whole;
    if bytes.get(end) == Some(&b'.') {
        end = digits(end + 1)?;
    }
    if let Some(b'e' | b'E') = bytes.get(end) {
        end += 1;
        end = digits(if matches!(bytes.get(end), Some(b'+' | b'-')) { end + 1 } else { end })?;
    }
    let ends = !bytes.get(end).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'.');
    ends.then_some((end, end == whole))
}
