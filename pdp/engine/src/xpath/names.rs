//! The characters of XML: which make a name.

/// The namespace that the prefix `xml` always has.
pub(super) const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";

pub(super) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// `NameStartChar` of XML 1.0, fifth edition, without the colon.
pub(super) fn is_name_start(c: char) -> bool {
    match c {
        'a'..='z' | 'A'..='Z' | '_' => true,
        c if c.is_ascii() => false,
        '\u{D7}' | '\u{F7}' | '\u{37E}' | '\u{FFFE}' | '\u{FFFF}' => false,
        '\u{C0}'..='\u{2FF}'
        | '\u{370}'..='\u{1FFF}'
        | '\u{200C}'..='\u{200D}'
        | '\u{2070}'..='\u{218F}'
        | '\u{2C00}'..='\u{2FEF}'
        | '\u{3001}'..='\u{D7FF}'
        | '\u{F900}'..='\u{FDCF}'
        | '\u{FDF0}'..='\u{EFFFF}' => true,
        _ => false,
    }
}

/// `NameChar` of XML 1.0, fifth edition, without the colon.
pub(super) fn is_name_char(c: char) -> bool {
    is_name_start(c) || matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}' | '\u{2040}')
}

/// The length in bytes of the name without colon that the text starts with; 0 if it starts with none.
pub(super) fn ncname_length(text: &str) -> usize {
    let mut chars = text.char_indices();
    match chars.next() {
        Some((_, first)) if is_name_start(first) => {}
        _ => return 0,
    }
    chars.find(|&(_, c)| !is_name_char(c)).map_or(text.len(), |(at, _)| at)
}
