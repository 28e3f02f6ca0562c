//! Names of elements and attributes (XML 1.0 2.3, Namespaces in XML 1.0).

/// A qualified name: `local` or `prefix:local`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::wire) struct Name<'a> {
    /// As written.
    pub(in crate::wire) qualified: &'a str,
    /// Empty where there is none.
    pub(in crate::wire) prefix: &'a str,
    pub(in crate::wire) local: &'a str,
}

/// Reads the name at the start of a text; `None` where there is none, or where it has more than one colon.
pub(super) fn read_name(text: &str) -> Option<Name<'_>> {
    let mut colon = None;
    let mut length = 0;
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | b'.' => {}
            b':' if colon.is_none() => colon = Some(length),
            b':' | 0x80.. => return read_any_name(text),
            _ => break,
        }
        length += 1;
    }
    split(text.get(..length)?, colon)
}

// The same for names with characters beyond ASCII.
fn read_any_name(text: &str) -> Option<Name<'_>> {
    let end = text.find(|character| !is_name_char(character)).unwrap_or(text.len());
    let qualified = text.get(..end)?;
    split(qualified, qualified.find(':'))
}

fn split(qualified: &str, colon: Option<usize>) -> Option<Name<'_>> {
    let (prefix, local) = match colon {
        None => ("", qualified),
        Some(colon) => {
            let (prefix, rest) = qualified.split_at_checked(colon)?;
            (prefix, rest.strip_prefix(':')?)
        }
    };
    let whole = starts_name(local) && (colon.is_none() || starts_name(prefix)) && !local.contains(':');
    whole.then_some(Name { qualified, prefix, local })
}

fn starts_name(part: &str) -> bool {
    match part.as_bytes().first() {
        Some(b'a'..=b'z' | b'A'..=b'Z' | b'_') => true,
        Some(0x80..) => part.chars().next().is_some_and(is_name_start),
        _ => false,
    }
}

fn is_name_start(character: char) -> bool {
    matches!(character,
        ':' | '_' | 'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}'
        | '\u{370}'..='\u{37d}' | '\u{37f}'..='\u{1fff}' | '\u{200c}' | '\u{200d}' | '\u{2070}'..='\u{218f}'
        | '\u{2c00}'..='\u{2fef}' | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}'
        | '\u{10000}'..='\u{effff}')
}

fn is_name_char(character: char) -> bool {
    is_name_start(character)
        || matches!(character, '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}' | '\u{2040}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_at_their_only_colon() {
        let parts = |text| read_name(text).map(|name| (name.prefix, name.local));
        assert_eq!(parts("Attributes Category"), Some(("", "Attributes")));
        assert_eq!(parts("md:record>"), Some(("md", "record")));
        assert_eq!(parts("größe='1'"), Some(("", "größe")));
        for wrong in ["", "1a", "-a", ":a", "a:", "a:b:c", "é:1", "a:é:b", "·", " a", "\u{d7}"] {
            assert_eq!(parts(wrong), None, "{wrong}");
        }
    }
}
