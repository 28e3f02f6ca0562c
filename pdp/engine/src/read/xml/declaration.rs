//! The XML declaration: version 1.0, UTF-8.

use super::attributes::{Attribute, Attributes, scan_attributes};
use super::{Extent, XmlError, XmlResult};

/// Checks the declaration that ends at the end of `text`, without its `?>`.
pub(super) fn check(text: &str, start: usize) -> XmlResult<()> {
    let mut attributes = Attributes::new();
    scan_attributes(text, start + "<?xml".len(), 4, &mut attributes)?;
    let mut attributes = attributes.iter().peekable();
    match attributes.next_if(|one| one.name.local == "version") {
        Some(version) if version.value == "1.0" => {}
        Some(version) => {
            let message = format!("XML {} is not read", version.value);
            return Err(XmlError::ill_formed(version.value_at, message, "argus reads XML 1.0"));
        }
        None => return Err(malformed(Extent::new(start, text.len()))),
    }
    if let Some(encoding) = attributes.next_if(|one| one.name.local == "encoding") {
        check_encoding(encoding)?;
    }
    let standalone = |one: &&Attribute<'_>| one.name.local == "standalone" && matches!(&*one.value, "yes" | "no");
    let last = attributes.next();
    match if last.as_ref().is_some_and(standalone) { attributes.next() } else { last } {
        Some(other) => Err(malformed(other.name_at)),
        None => Ok(()),
    }
}

fn check_encoding(encoding: &Attribute<'_>) -> XmlResult<()> {
    // ASCII is a part of UTF-8.
    if ["UTF-8", "US-ASCII"].iter().any(|known| encoding.value.eq_ignore_ascii_case(known)) {
        return Ok(());
    }
    let message = format!("the document says that its encoding is `{}`; argus reads UTF-8", encoding.value);
    Err(XmlError::encoding(encoding.value_at, message, "another encoding")
        .help("save the document as UTF-8 and write `encoding=\"UTF-8\"`"))
}

fn malformed(at: Extent) -> XmlError {
    let label = "expected `version=\"1.0\"`, then optionally `encoding` and `standalone`";
    XmlError::ill_formed(at, "the XML declaration is not as it must be", label)
}
