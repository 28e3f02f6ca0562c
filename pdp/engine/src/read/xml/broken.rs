//! What quick-xml refuses, in our words.

use quick_xml::errors::{IllFormedError, SyntaxError};

use super::text::reference;
use super::{Extent, XmlError, XmlReader};

impl XmlReader<'_> {
    #[cold]
    pub(super) fn broken(&self, start: usize, error: &quick_xml::Error) -> XmlError {
        let rest = self.text.get(start..).unwrap_or("");
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let at = Extent::new(start, start + first);
        if rest.get(..9).is_some_and(|word| word.eq_ignore_ascii_case("<!DOCTYPE")) {
            return XmlError::dtd(Extent::new(start, start + 9));
        }
        let (message, label) = match error {
            quick_xml::Error::Syntax(SyntaxError::UnclosedComment) => ("a comment without an end", "expected `-->`"),
            quick_xml::Error::Syntax(SyntaxError::UnclosedCData) => {
                ("a CDATA section without an end", "expected `]]>`")
            }
            quick_xml::Error::Syntax(SyntaxError::UnclosedPI | SyntaxError::UnclosedXmlDecl) => {
                ("a processing instruction without an end", "expected `?>`")
            }
            quick_xml::Error::Syntax(SyntaxError::InvalidBangMarkup) => {
                ("`<!` that starts neither a comment nor a CDATA section", "expected `<!--` or `<![CDATA[`")
            }
            quick_xml::Error::Syntax(_) => ("a tag without an end", "expected `>`"),
            quick_xml::Error::IllFormed(IllFormedError::UnclosedReference) => {
                return match reference(rest, start) {
                    Err(error) => error,
                    Ok(_) => XmlError::ill_formed(at, "a reference without an end", "expected `;`"),
                };
            }
            _ => ("the document is not well-formed", "from here on"),
        };
        XmlError::ill_formed(at, message, label)
    }
}
