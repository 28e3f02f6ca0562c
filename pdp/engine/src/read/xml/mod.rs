//! The XML layer that policies, requests and content share: a pull reader that is strict where quick-xml is lenient.
//!
//! [`XmlReader`] gives one [`Event`] after the other. Between two of them the caller may ask for the attributes of
//! the element just opened, for the namespaces in scope, or skip the element and take its text as it stands in the
//! source. Texts and values are borrowed from the source unless a reference or a line end had to be replaced;
//! nothing is allocated for an event otherwise.
//!
//! ```
//! use argus_engine::read::xml::{Event, Space, XmlLimits, XmlReader};
//!
//! let text = r#"<a xmlns="urn:x" n="1">one &amp; two<b/></a>"#;
//! let mut xml = XmlReader::new(text, XmlLimits::default())?;
//! let Event::Start(start) = xml.pull()? else { return Ok(()) };
//! assert_eq!((start.name.local, xml.uri(start.name.space)), ("a", "urn:x"));
//! assert_eq!(xml.attribute("n").map(|n| &*n.value), Some("1"));
//! let Event::Text(inside) = xml.pull()? else { return Ok(()) };
//! assert_eq!(inside.value, "one & two");
//! # Ok::<(), argus_engine::read::xml::XmlError>(())
//! ```

mod attributes;
mod broken;
mod characters;
mod content;
mod declaration;
mod decode;
mod element;
mod error;
mod event;
mod names;
mod namespaces;
mod reader;
mod text;

pub use attributes::Attribute;
pub use decode::decode;
pub use error::{XmlError, XmlProblem, XmlResult};
pub use event::{End, Event, Misc, Start, Text};
pub use namespaces::{CORE_NAMESPACE, Name, Space, XSI_NAMESPACE};
pub use reader::XmlReader;
pub(crate) use text::line_feeds;

use crate::diagnostic::Span;
use crate::limits::Limits;

/// Some bytes of the text that is read: first, and one past the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Extent {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Extent {
    #[expect(clippy::cast_possible_truncation, reason = "a reader refuses a text of more than 4 GiB")]
    pub(crate) const fn new(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end as u32 }
    }

    /// The same bytes, of a file.
    pub const fn of(self, file: u32) -> Span {
        Span { file, start: self.start, end: self.end }
    }

    /// What stands there.
    pub fn slice(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or("")
    }
}

/// The bounds within which a document is read. Each error names the setting.
#[derive(Debug, Clone, Copy)]
pub struct XmlLimits {
    /// Bytes of the text, and the setting's name.
    pub bytes: (usize, &'static str),
    /// Nested elements.
    pub depth: usize,
    /// Elements in all.
    pub elements: usize,
    /// Attributes of one element, namespace declarations included.
    pub attributes: usize,
}

impl XmlLimits {
    /// The bounds for a request.
    pub const fn request(limits: &Limits) -> Self {
        Self {
            bytes: (limits.request_bytes, "request_bytes"),
            depth: limits.depth,
            elements: limits.request_elements,
            attributes: ATTRIBUTES,
        }
    }

    /// The bounds for a policy document.
    pub const fn policy(limits: &Limits) -> Self {
        Self {
            bytes: (limits.policy_bytes, "policy_bytes"),
            depth: limits.depth,
            elements: usize::MAX,
            attributes: ATTRIBUTES,
        }
    }
}

impl Default for XmlLimits {
    fn default() -> Self {
        Self::request(&Limits::default())
    }
}

// No element of XACML has more than six; the comparison of each with each stays cheap.
const ATTRIBUTES: usize = 128;

#[cfg(test)]
mod tests;
