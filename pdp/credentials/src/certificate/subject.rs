//! A distinguished name as text (RFC 4514 §2): the most specific part first, nothing left that could end a value.

use std::fmt::Write as _;

use x509_parser::x509::{AttributeTypeAndValue, X509Name};

/// The keywords of RFC 4514 §3; other types are written as numbers.
const KEYWORDS: [(&str, &str); 9] = [
    ("2.5.4.3", "CN"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.6", "C"),
    ("2.5.4.9", "STREET"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("0.9.2342.19200300.100.1.1", "UID"),
];

/// Writes a name; `None` where a value is of no form that can be written.
pub(super) fn write(name: &X509Name<'_>) -> Option<String> {
    let parts: Vec<_> = name.iter_rdn().collect();
    let mut text = String::new();
    for part in parts.into_iter().rev() {
        for (number, attribute) in part.iter().enumerate() {
            match (text.is_empty(), number) {
                (true, _) => {}
                (false, 0) => text.push(','),
                (false, _) => text.push('+'),
            }
            write_attribute(&mut text, attribute)?;
        }
    }
    Some(text)
}

fn write_attribute(text: &mut String, attribute: &AttributeTypeAndValue<'_>) -> Option<()> {
    let oid = attribute.attr_type().to_id_string();
    let keyword = KEYWORDS.iter().find(|(known, _)| *known == oid).map(|(_, keyword)| *keyword);
    text.push_str(keyword.unwrap_or(&oid));
    text.push('=');
    match attribute.as_str() {
        Ok(value) => write_escaped(text, value),
        // Other forms of text, such as BMPString, go on as they are encoded.
        Err(_) => write_encoded(text, attribute)?,
    }
    Some(())
}

fn write_escaped(text: &mut String, value: &str) {
    let last = value.chars().count().saturating_sub(1);
    for (at, character) in value.chars().enumerate() {
        let is_special = matches!(character, '"' | '+' | ',' | ';' | '<' | '>' | '\\' | '=' | '#');
        match character {
            ' ' if at == 0 || at == last => text.push_str("\\ "),
            _ if is_special => text.extend(['\\', character]),
            _ if character.is_control() => {
                let mut octets = [0; 4];
                for octet in character.encode_utf8(&mut octets).bytes() {
                    // Writing to a string never fails.
                    let _ = write!(text, "\\{octet:02x}");
                }
            }
            _ => text.push(character),
        }
    }
}

/// `#` and the encoding in hexadecimal digits (RFC 4514 §2.4).
fn write_encoded(text: &mut String, attribute: &AttributeTypeAndValue<'_>) -> Option<()> {
    let content = attribute.as_slice();
    let tag = u8::try_from(attribute.attr_value().tag().0).ok().filter(|tag| *tag < 0x1f)?;
    let length = match content.len() {
        short @ ..0x80 => vec![u8::try_from(short).ok()?],
        middle @ 0x80..0x100 => vec![0x81, u8::try_from(middle).ok()?],
        long => [&[0x82][..], &u16::try_from(long).ok()?.to_be_bytes()].concat(),
    };
    text.push('#');
    for octet in [tag].iter().chain(&length).chain(content) {
        let _ = write!(text, "{octet:02x}");
    }
    Some(())
}
