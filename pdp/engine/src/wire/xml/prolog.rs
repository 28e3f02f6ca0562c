//! What stands before and after a document's element (XML 1.0 2.8).

use super::scanner::{Read, Scanner};
use crate::request::RequestError;

impl Scanner<'_> {
    /// `<?xml version="1.0" encoding="utf-8"?>`, and a byte order mark before it.
    pub(super) fn declaration(&mut self) -> Read<()> {
        if self.text.starts_with('\u{feff}') {
            self.at = '\u{feff}'.len_utf8();
        }
        let rest = self.tail().strip_prefix("<?xml").filter(|rest| rest.starts_with([' ', '\t', '\r', '\n', '?']));
        let Some(rest) = rest else { return Ok(()) };
        let Some(length) = rest.find("?>") else { return Err(self.error("XML declaration without its `?>`")) };
        let end = self.at + "<?xml".len() + length + "?>".len();
        self.at += "<?xml".len();
        let mut expected = ["version", "encoding", "standalone"].as_slice();
        while self.at + 2 < end {
            self.skip_space();
            if self.at + 2 >= end {
                break;
            }
            expected = self.declared(expected)?;
        }
        if self.at + 2 != end {
            return Err(self.error("ill-formed XML declaration"));
        }
        if expected.len() == 3 {
            return Err(self.error("XML declaration without its version"));
        }
        self.at = end;
        Ok(())
    }

    // One of the declaration's entries, which come in this order; gives those that may follow.
    fn declared(&mut self, expected: &'static [&'static str]) -> Read<&'static [&'static str]> {
        let at = self.at;
        let name = self.name("`version`, `encoding` or `standalone`")?.qualified;
        let refuse = |message: String| Err(RequestError::new(message, Some(at)));
        let Some(place) = expected.iter().position(|one| *one == name) else {
            return refuse(format!("`{name}` out of place in the XML declaration"));
        };
        self.skip_space();
        if self.byte() != Some(b'=') {
            return Err(self.error("expected `=` in the XML declaration"));
        }
        self.at += 1;
        self.skip_space();
        let value = self.quoted()?;
        match name {
            "version" if !value.starts_with("1.") => refuse(format!("XML version `{value}` is not 1.0")),
            "encoding" if !["utf-8", "us-ascii"].iter().any(|known| value.eq_ignore_ascii_case(known)) => {
                refuse(format!("encoding `{value}`, where only UTF-8 is read"))
            }
            _ => Ok(expected.get(place + 1..).unwrap_or_default()),
        }
    }

    /// Steps over what may stand before and after the document's element.
    pub(super) fn outside(&mut self) -> Read<()> {
        loop {
            self.skip_space();
            match (self.byte(), self.byte_at(1)) {
                (Some(b'<'), Some(b'!')) if self.rest().starts_with(b"<!DOCTYPE") => {
                    return Err(self.error("a document type is not allowed"));
                }
                (Some(b'<'), Some(b'!')) => self.comment()?,
                (Some(b'<'), Some(b'?')) => self.instruction()?,
                _ => return Ok(()),
            }
        }
    }
}
