//! Text, attribute values, references, comments and processing instructions (XML 1.0 2.4 to 2.7, 2.11, 3.3.3, 4.1).

use bumpalo::collections::String as BumpString;

use super::name::{Name, read_name};
use super::scanner::{Read, Scanner, Tag};
use crate::request::RequestError;
use crate::wire::plain::plain_length;

/// What an element holds that may hold text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::wire) enum Text<'a> {
    /// Text alone: sections, references and comments resolved.
    Plain(&'a str),
    /// Elements are among it: all of it as written.
    Markup(&'a str),
}

/// The first byte that XML 1.0 has no place for. All of a request is looked through at once, which the compiler turns
/// into vector code: 50 ns a kilobyte, where asking at each byte costs 300.
pub(super) fn find_illegal(text: &str) -> Option<usize> {
    let is_illegal = |byte: &u8| *byte < 0x20 && !matches!(*byte, b'\t' | b'\n' | b'\r');
    let any = |bytes: &[u8]| bytes.iter().fold(false, |found, byte| found | is_illegal(byte));
    let all = |bytes: &[u8]| bytes.iter().fold(0, |all, byte| all | byte);
    if any(text.as_bytes()) {
        return text.as_bytes().iter().position(is_illegal);
    }
    if all(text.as_bytes()) < 0x80 { None } else { text.find(['\u{fffe}', '\u{ffff}']) }
}

impl<'a> Scanner<'a> {
    /// The text of the element that was opened last, to its end tag.
    pub(in crate::wire) fn text(&mut self) -> Read<Text<'a>> {
        self.text_or_markup(&mut None)
    }

    /// The same; where elements are among it, with the namespaces in scope around them.
    pub(in crate::wire) fn text_or_markup(&mut self, around: &mut Option<&'a [(&'a str, &'a str)]>) -> Read<Text<'a>> {
        if self.close_empty() {
            return Ok(Text::Plain(""));
        }
        let start = self.at;
        let end = start + plain_length::<4, false>(self.rest(), [b'<', b'&', b'\r', b']']);
        self.at = end;
        if self.rest().starts_with(b"</") {
            self.end_tag()?;
            return Ok(Text::Plain(self.slice(start, end)));
        }
        self.mixed(start, around)
    }

    // Text that isn't one plain run; the cursor stands where the first run ended.
    fn mixed(&mut self, start: usize, around: &mut Option<&'a [(&'a str, &'a str)]>) -> Read<Text<'a>> {
        let mut joined: Option<BumpString<'a>> = None;
        let mut from = start;
        loop {
            self.at += plain_length::<4, false>(self.rest(), [b'<', b'&', b'\r', b']']);
            let to = self.at;
            if self.byte() == Some(b']') {
                self.closing_bracket()?;
                continue;
            }
            let run = self.slice(from, to);
            if self.rest().starts_with(b"</") {
                self.end_tag()?;
                let Some(mut joined) = joined else { return Ok(Text::Plain(run)) };
                joined.push_str(run);
                return Ok(Text::Plain(joined.into_bump_str()));
            }
            let joined = joined.get_or_insert_with(|| BumpString::new_in(self.arena.bump()));
            joined.push_str(run);
            match (self.byte(), self.byte_at(1)) {
                (Some(b'&'), _) => joined.push(self.reference()?),
                (Some(b'\r'), _) => {
                    joined.push('\n');
                    self.line_end();
                }
                (Some(b'<'), Some(b'!')) if self.rest().starts_with(b"<![CDATA[") => {
                    let section = self.section()?;
                    push_lines(joined, section);
                }
                (Some(b'<'), Some(b'!')) => self.comment()?,
                (Some(b'<'), Some(b'?')) => self.instruction()?,
                (Some(b'<'), _) => {
                    *around = Some(self.namespaces());
                    let end = self.skip_content()?;
                    return Ok(Text::Markup(self.slice(start, end)));
                }
                _ => return Err(self.unclosed()),
            }
            from = self.at;
        }
    }

    /// Opens the next child element, text before it stepped over; `None` at the end tag, which is then taken.
    pub(in crate::wire) fn mixed_child(&mut self) -> Read<Option<Tag<'a>>> {
        if self.close_empty() {
            return Ok(None);
        }
        match self.skip_text()? {
            Some(b'/') => self.end_tag().map(|()| None),
            _ => self.start_tag().map(Some),
        }
    }

    /// Steps over the rest of the element opened last, its end tag included; gives where that tag begins.
    pub(super) fn skip_content(&mut self) -> Read<usize> {
        let depth = self.depth();
        loop {
            let next = self.skip_text()?;
            let at = self.at;
            if next == Some(b'/') {
                self.end_tag()?;
                if self.depth() < depth {
                    return Ok(at);
                }
            } else {
                self.start_tag()?;
                self.close_empty();
            }
        }
    }

    // Steps over text, comments and instructions to the next tag, and gives the byte after its `<`.
    fn skip_text(&mut self) -> Read<Option<u8>> {
        loop {
            self.at += plain_length::<3, false>(self.rest(), [b'<', b'&', b']']);
            match (self.byte(), self.byte_at(1)) {
                (Some(b'&'), _) => {
                    self.reference()?;
                }
                (Some(b']'), _) => self.closing_bracket()?,
                (Some(b'<'), Some(b'!')) if self.rest().starts_with(b"<![CDATA[") => {
                    self.section()?;
                }
                (Some(b'<'), Some(b'!')) => self.comment()?,
                (Some(b'<'), Some(b'?')) => self.instruction()?,
                (Some(b'<'), next) => return Ok(next),
                _ => return Err(self.unclosed()),
            }
        }
    }

    /// An attribute's value; the cursor stands at its quotation mark.
    pub(super) fn quoted(&mut self) -> Read<&'a str> {
        let Some(quote @ (b'"' | b'\'')) = self.byte() else {
            return Err(self.error("expected an attribute's value in quotation marks"));
        };
        self.at += 1;
        let start = self.at;
        self.at += plain_length::<3, true>(self.rest(), [quote, b'<', b'&']);
        if self.byte() == Some(quote) {
            self.at += 1;
            return Ok(self.slice(start, self.at - 1));
        }
        let mut value = BumpString::new_in(self.arena.bump());
        let mut from = start;
        loop {
            value.push_str(self.slice(from, self.at));
            match self.byte() {
                Some(b'&') => value.push(self.reference()?),
                // White space in a value is spaces, however it is written (XML 1.0 3.3.3).
                Some(b'\r') => {
                    value.push(' ');
                    self.line_end();
                }
                Some(b'\n' | b'\t') => {
                    value.push(' ');
                    self.at += 1;
                }
                Some(b'<') => return Err(self.error("`<` in an attribute's value, write `&lt;`")),
                Some(_) => {
                    self.at += 1;
                    return Ok(value.into_bump_str());
                }
                None => return Err(RequestError::new("attribute value without its closing mark", Some(start - 1))),
            }
            from = self.at;
            self.at += plain_length::<3, true>(self.rest(), [quote, b'<', b'&']);
        }
    }

    /// Steps over a comment, which is all that `<!` may begin outside text.
    pub(super) fn comment(&mut self) -> Read<()> {
        let start = self.at;
        let Some(rest) = self.tail().strip_prefix("<!--") else {
            return Err(self.error("`<!` begins neither a comment nor anything else that may stand here"));
        };
        let Some(length) = rest.find("--") else {
            return Err(RequestError::new("comment without its `-->`", Some(start)));
        };
        self.at += 4 + length + 2;
        if self.byte() != Some(b'>') {
            return Err(RequestError::new("`--` within a comment", Some(self.at - 2)));
        }
        self.at += 1;
        Ok(())
    }

    /// Steps over a processing instruction.
    pub(super) fn instruction(&mut self) -> Read<()> {
        let target = self.tail().strip_prefix("<?").and_then(read_name);
        let ends = |name: &Name<'_>| {
            matches!(self.byte_at(2 + name.qualified.len()), Some(b' ' | b'\t' | b'\r' | b'\n' | b'?'))
        };
        let Some(target) = target.filter(ends) else {
            return Err(self.error("ill-formed processing instruction"));
        };
        if target.qualified.eq_ignore_ascii_case("xml") {
            return Err(self.error("the XML declaration stands only at the very start"));
        }
        let Some(length) = self.tail().find("?>") else {
            return Err(self.error("processing instruction without its `?>`"));
        };
        self.at += length + 2;
        Ok(())
    }

    // A CDATA section's text, as written.
    fn section(&mut self) -> Read<&'a str> {
        let start = self.at + "<![CDATA[".len();
        let Some(length) = self.text.get(start..).and_then(|rest| rest.find("]]>")) else {
            return Err(self.error("CDATA section without its `]]>`"));
        };
        self.at = start + length + 3;
        Ok(self.slice(start, start + length))
    }

    // Steps over a `]` in text, which may not be the first of `]]>`.
    fn closing_bracket(&mut self) -> Read<()> {
        if self.rest().starts_with(b"]]>") {
            return Err(self.error("`]]>` in text, write `]]&gt;`"));
        }
        self.at += 1;
        Ok(())
    }

    // Steps over `\r` or `\r\n`, which is one line end.
    fn line_end(&mut self) {
        self.at += if self.byte_at(1) == Some(b'\n') { 2 } else { 1 };
    }

    // The character that a reference stands for; the cursor stands at its `&`.
    fn reference(&mut self) -> Read<char> {
        let end = self.rest().iter().take(16).position(|byte| *byte == b';');
        let Some(length) = end else { return Err(self.error("`&` begins no reference, write `&amp;`")) };
        let name = self.slice(self.at + 1, self.at + length);
        let character = match name {
            "lt" => Some('<'),
            "gt" => Some('>'),
            "amp" => Some('&'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => numeric(name),
        };
        let Some(character) = character else {
            let what = if name.starts_with('#') { "refers to no character of XML" } else { "is not an entity of XML" };
            return Err(self.error(&format!("`&{name};` {what}")));
        };
        self.at += length + 1;
        Ok(character)
    }
}

fn numeric(name: &str) -> Option<char> {
    let digits = name.strip_prefix('#')?;
    let (digits, radix) = digits.strip_prefix('x').map_or((digits, 10), |digits| (digits, 16));
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let character = char::from_u32(u32::from_str_radix(digits, radix).ok()?)?;
    is_xml_char(character).then_some(character)
}

/// Whether XML 1.0 has a place for the character.
pub(in crate::wire) fn is_xml_char(character: char) -> bool {
    !matches!(character, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

// Pushes text with each line end as `\n` (XML 1.0 2.11).
fn push_lines(joined: &mut BumpString<'_>, mut text: &str) {
    while let Some((line, rest)) = text.split_once('\r') {
        joined.push_str(line);
        joined.push('\n');
        text = rest.strip_prefix('\n').unwrap_or(rest);
    }
    joined.push_str(text);
}
