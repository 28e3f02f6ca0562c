//! The texts among BER encodings, so that `#0C0141` and `A` are one value.

/// The text, where the encoding is exactly one of a string type.
pub(super) fn text(encoding: &[u8]) -> Option<String> {
    const UTF8: u8 = 0x0c;
    const NUMERIC: u8 = 0x12;
    const PRINTABLE: u8 = 0x13;
    const IA5: u8 = 0x16;
    const BMP: u8 = 0x1e;

    let (tag, content) = single(encoding)?;
    match tag {
        UTF8 => String::from_utf8(content.to_vec()).ok(),
        NUMERIC | PRINTABLE | IA5 if content.is_ascii() => String::from_utf8(content.to_vec()).ok(),
        BMP => {
            let (pairs, []) = content.as_chunks::<2>() else { return None };
            String::from_utf16(&pairs.iter().map(|pair| u16::from_be_bytes(*pair)).collect::<Vec<_>>()).ok()
        }
        _ => None,
    }
}

/// Tag and content of an encoding of definite length that is followed by nothing.
fn single(encoding: &[u8]) -> Option<(u8, &[u8])> {
    let (&tag, rest) = encoding.split_first()?;
    let (&length, rest) = rest.split_first()?;
    let (length, content) = if length < 0x80 {
        (usize::from(length), rest)
    } else {
        let (digits, content) = rest.split_at_checked(usize::from(length & 0x7f))?;
        if digits.is_empty() || digits.len() > 4 {
            return None;
        }
        (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), content)
    };
    (content.len() == length).then_some((tag, content))
}
