//! From bytes to text: UTF-8 only, and a clear word where it is something else.

use super::{Extent, XmlError, XmlResult};

/// The text of a document.
///
/// # Errors
/// Where the bytes are not UTF-8: the offset of the first wrong byte, and the encoding where it can be guessed.
pub fn decode(bytes: &[u8]) -> XmlResult<&str> {
    std::str::from_utf8(bytes).map_err(|error| not_utf8(bytes, error.valid_up_to()))
}

#[cold]
fn not_utf8(bytes: &[u8], offset: usize) -> XmlError {
    if let Some(encoding) = guess(bytes) {
        let message = format!("the document is encoded in {encoding}; argus reads UTF-8");
        return XmlError::encoding(Extent::default(), message, format!("{encoding} byte order"));
    }
    let byte = bytes.get(offset).copied().unwrap_or_default();
    let at = Extent::new(offset, offset);
    XmlError::encoding(at, format!("byte {offset} is not UTF-8"), format!("found 0x{byte:02X}"))
}

fn guess(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xFE, 0xFF, ..] | [0, b'<', ..] => Some("UTF-16 (big endian)"),
        [0xFF, 0xFE, ..] | [b'<', 0, ..] => Some("UTF-16 (little endian)"),
        _ => None,
    }
}
