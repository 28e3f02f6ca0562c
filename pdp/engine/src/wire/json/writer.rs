//! JSON into bytes: members, items, strings; commas come by themselves.

use crate::wire::plain::plain_length;

/// Appends to a buffer that others may have begun.
pub(super) struct JsonWriter<'o> {
    out: &'o mut Vec<u8>,
}

impl<'o> JsonWriter<'o> {
    pub(super) fn new(out: &'o mut Vec<u8>) -> Self {
        Self { out }
    }

    /// Opens an object or array, as a document, an item or a member's value.
    pub(super) fn open(&mut self, bracket: u8) {
        self.separate();
        self.out.push(bracket);
    }

    /// Closes it.
    pub(super) fn close(&mut self, bracket: u8) {
        self.out.push(bracket);
    }

    /// A member's name; its value comes next.
    pub(super) fn name(&mut self, name: &str) {
        self.separate();
        self.out.push(b'"');
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
    }

    /// A member whose value is a string.
    pub(super) fn member(&mut self, name: &str, text: &str) {
        self.name(name);
        self.string(text);
    }

    /// The same, where there is a value.
    pub(super) fn optional(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.member(name, text);
        }
    }

    /// A number, `true` or `false`.
    pub(super) fn literal(&mut self, literal: &str) {
        self.separate();
        self.out.extend_from_slice(literal.as_bytes());
    }

    /// A string.
    pub(super) fn string(&mut self, text: &str) {
        self.separate();
        self.out.push(b'"');
        let mut rest = text.as_bytes();
        loop {
            let length = plain_length::<2, true>(rest, [b'"', b'\\']);
            let (run, tail) = rest.split_at_checked(length).unwrap_or((rest, &[]));
            self.out.extend_from_slice(run);
            let Some((stop, after)) = tail.split_first() else { break };
            rest = after;
            self.escape(*stop);
        }
        self.out.push(b'"');
    }

    fn escape(&mut self, byte: u8) {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let short = match byte {
            b'"' | b'\\' => byte,
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            _ => {
                let digit = |place: u8| DIGITS.get(usize::from(place)).copied().unwrap_or(b'0');
                self.out.extend_from_slice(b"\\u00");
                self.out.extend([digit(byte >> 4), digit(byte & 15)]);
                return;
            }
        };
        self.out.extend([b'\\', short]);
    }

    // A comma, unless what is written next is the first of its kind or a member's value. Strings end with `"`, so no
    // byte of a text is taken for one of ours.
    fn separate(&mut self) {
        if !matches!(self.out.last(), None | Some(b'{' | b'[' | b':')) {
            self.out.push(b',');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_string_reads_as_what_was_written() {
        let text = "a\"b\\c/\n\r\t\0\u{1f}\u{7f}é😀\u{2028}:{[";
        let mut out = Vec::new();
        JsonWriter::new(&mut out).string(text);
        assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
    }
}
