//! XML into bytes: tags, attributes, text, each escaped for its place.

use crate::wire::plain::plain_length;

// The first byte of U+FFFE and U+FFFF, and of thousands of harmless characters.
const NONCHARACTERS: u8 = 0xef;

/// Appends to a buffer that others may have begun.
pub(super) struct XmlWriter<'o> {
    out: &'o mut Vec<u8>,
}

impl<'o> XmlWriter<'o> {
    pub(super) fn new(out: &'o mut Vec<u8>) -> Self {
        Self { out }
    }

    /// Markup, as it stands.
    pub(super) fn raw(&mut self, markup: &str) {
        self.out.extend_from_slice(markup.as_bytes());
    }

    /// ` name="value"`.
    pub(super) fn attribute(&mut self, name: &str, value: &str) {
        self.raw(" ");
        self.raw(name);
        self.raw("=\"");
        self.escape::<true>(value);
        self.raw("\"");
    }

    /// The same, where there is a value.
    pub(super) fn optional(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.attribute(name, value);
        }
    }

    /// Text between tags.
    pub(super) fn text(&mut self, text: &str) {
        self.escape::<false>(text);
    }

    /// `<name>text</name>`.
    pub(super) fn element(&mut self, name: &str, text: &str) {
        self.raw("<");
        self.raw(name);
        self.raw(">");
        self.text(text);
        self.raw("</");
        self.raw(name);
        self.raw(">");
    }

    fn escape<const ATTRIBUTE: bool>(&mut self, text: &str) {
        let mut rest = text.as_bytes();
        loop {
            let stops = [b'<', b'>', b'&', b'"', NONCHARACTERS];
            let (run, tail) = rest.split_at_checked(plain_length::<5, true>(rest, stops)).unwrap_or((rest, &[]));
            self.out.extend_from_slice(run);
            let Some((&stop, after)) = tail.split_first() else { return };
            rest = after;
            match stop {
                b'<' => self.raw("&lt;"),
                b'>' => self.raw("&gt;"),
                b'&' => self.raw("&amp;"),
                b'"' if ATTRIBUTE => self.raw("&quot;"),
                b'\r' => self.raw("&#13;"),
                b'\n' if ATTRIBUTE => self.raw("&#10;"),
                b'\t' if ATTRIBUTE => self.raw("&#9;"),
                b'"' | b'\n' | b'\t' => self.out.push(stop),
                // XML 1.0 has no place for these, not even as references; the replacement character tells of them.
                NONCHARACTERS => match after {
                    [0xbf, 0xbe | 0xbf, after @ ..] => {
                        self.raw("\u{fffd}");
                        rest = after;
                    }
                    _ => self.out.push(stop),
                },
                _ => self.raw("\u{fffd}"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_has_no_place_for_is_replaced() {
        let (mut out, text) = (Vec::new(), "a<b>&\"c\"\r\n\t\0\u{1f}\u{fffe}\u{ffff}\u{fffd}\u{ff00}é]]>");
        XmlWriter::new(&mut out).text(text);
        XmlWriter::new(&mut out).attribute("n", text);
        let rest = "\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{ff00}é]]&gt;";
        let expected =
            format!("a&lt;b&gt;&amp;\"c\"&#13;\n\t{rest} n=\"a&lt;b&gt;&amp;&quot;c&quot;&#13;&#10;&#9;{rest}\"");
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
