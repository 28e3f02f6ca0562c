//! A place in a JSON text and the steps from it: members, items, strings and numbers as RFC 8259 has them.
//!
//! Nothing is built but what the caller keeps. Strings without escapes and all numbers stay borrowed from the text.

use bumpalo::collections::String as BumpString;

use super::number::scan_number;
use crate::limits::Limits;
use crate::request::RequestError;
use crate::value::Arena;
use crate::wire::plain::plain_length;

// What ends the plain part of a string, besides control characters.
const STOPS: [u8; 2] = [b'"', b'\\'];

/// Where the reader stands.
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
    arena: &'a Arena,
    depth: usize,
    values: usize,
    most_depth: usize,
    most_values: usize,
}

/// How far an object or array has been read.
#[derive(Clone, Copy)]
pub(super) struct Opened {
    close: u8,
    first: bool,
}

/// A number's source text, and whether it has neither fraction nor exponent.
#[derive(Clone, Copy)]
pub(super) struct Number<'a> {
    pub(super) text: &'a str,
    pub(super) is_integer: bool,
}

pub(super) type Read<T> = Result<T, RequestError>;

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str, arena: &'a Arena, limits: &Limits) -> Self {
        let at = if text.starts_with('\u{feff}') { 3 } else { 0 };
        Self { text, at, arena, depth: 0, values: 0, most_depth: limits.depth, most_values: limits.request_elements }
    }

    /// Where the cursor stands, white space skipped.
    pub(super) fn offset(&mut self) -> usize {
        self.skip_space();
        self.at
    }

    pub(super) fn arena(&self) -> &'a Arena {
        self.arena
    }

    /// The next byte that is not white space, not taken.
    pub(super) fn peek(&mut self) -> Option<u8> {
        self.skip_space();
        self.byte()
    }

    /// Opens an object.
    pub(super) fn object(&mut self) -> Read<Opened> {
        self.open(b'{', b'}', "an object")
    }

    /// Opens an array.
    pub(super) fn array(&mut self) -> Read<Opened> {
        self.open(b'[', b']', "an array")
    }

    /// The next member's name and offset, its value being next; `None` at the end of the object.
    pub(super) fn member(&mut self, object: &mut Opened) -> Read<Option<(&'a str, usize)>> {
        if !self.another(object)? {
            return Ok(None);
        }
        let at = self.offset();
        let name = self.string()?;
        if self.peek() != Some(b':') {
            return Err(self.expected("`:` after a member's name"));
        }
        self.at += 1;
        Ok(Some((name, at)))
    }

    /// Whether the array has another item, which is then next.
    pub(super) fn item(&mut self, array: &mut Opened) -> Read<bool> {
        self.another(array)
    }

    /// Calls `read` for each item of an array, or once for a value that is none: the profile's older drafts, and many
    /// clients, write a single value without brackets.
    pub(super) fn each(&mut self, mut read: impl FnMut(&mut Self) -> Read<()>) -> Read<()> {
        if self.peek() != Some(b'[') {
            return read(self);
        }
        let mut array = self.array()?;
        while self.item(&mut array)? {
            read(self)?;
        }
        Ok(())
    }

    /// A string, unescaped.
    pub(super) fn string(&mut self) -> Read<&'a str> {
        if self.peek() != Some(b'"') {
            return Err(self.expected("a string"));
        }
        let start = self.at + 1;
        let end = start + plain_length::<2, true>(self.rest(start), STOPS);
        match self.text.as_bytes().get(end) {
            Some(b'"') => {
                self.at = end + 1;
                Ok(self.slice(start, end))
            }
            _ => self.escaped(start, end),
        }
    }

    /// `true` or `false`.
    pub(super) fn boolean(&mut self) -> Read<bool> {
        self.skip_space();
        let rest = self.rest(self.at);
        let (length, value) = if rest.starts_with(b"true") {
            (4, true)
        } else if rest.starts_with(b"false") {
            (5, false)
        } else {
            return Err(self.expected("`true` or `false`"));
        };
        self.at += length;
        Ok(value)
    }

    /// A number, as it is written.
    pub(super) fn number(&mut self) -> Read<Number<'a>> {
        self.skip_space();
        let start = self.at;
        match scan_number(self.rest(start)) {
            Some((length, is_integer)) => {
                self.at += length;
                Ok(Number { text: self.slice(start, self.at), is_integer })
            }
            None => Err(RequestError::new("ill-formed number", Some(start))),
        }
    }

    /// Steps over a value, whatever it is. Deep ones are refused before they can exhaust the stack.
    pub(super) fn skip(&mut self) -> Read<()> {
        match self.peek() {
            Some(b'{') => {
                let mut object = self.object()?;
                while self.member(&mut object)?.is_some() {
                    self.skip()?;
                }
                Ok(())
            }
            Some(b'[') => self.each(Self::skip),
            Some(b'"') => self.string().map(|_| ()),
            Some(b't' | b'f') => self.boolean().map(|_| ()),
            Some(b'n') if self.rest(self.at).starts_with(b"null") => {
                self.at += 4;
                Ok(())
            }
            _ => self.number().map(|_| ()),
        }
    }

    /// Holds when nothing but white space is left.
    pub(super) fn end(&mut self) -> Read<()> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.expected("the end of the text")),
        }
    }

    /// The error that something else stands here.
    #[cold]
    pub(super) fn expected(&mut self, what: &str) -> RequestError {
        let offset = self.offset();
        RequestError::new(format!("expected {what}, found {}", self.found()), Some(offset))
    }

    fn found(&self) -> String {
        let rest = self.rest(self.at);
        match rest.first() {
            None => "the end of the text".to_owned(),
            Some(b'"') => "a string".to_owned(),
            Some(b'{') => "an object".to_owned(),
            Some(b'[') => "an array".to_owned(),
            Some(b'-' | b'0'..=b'9') => "a number".to_owned(),
            Some(_) => match rest {
                [b'n', b'u', b'l', b'l', ..] => "null".to_owned(),
                [b't', b'r', b'u', b'e', ..] | [b'f', b'a', b'l', b's', b'e', ..] => "a boolean".to_owned(),
                _ => {
                    let character = self.text.get(self.at..).and_then(|rest| rest.chars().next());
                    character.map_or_else(String::new, |found| format!("`{}`", found.escape_debug()))
                }
            },
        }
    }

    fn open(&mut self, open: u8, close: u8, what: &str) -> Read<Opened> {
        if self.peek() != Some(open) {
            return Err(self.expected(what));
        }
        self.depth += 1;
        if self.depth > self.most_depth {
            let message = format!("more than {} objects and arrays, one within the other", self.most_depth);
            return Err(RequestError::too_large(message, Some(self.at)));
        }
        self.at += 1;
        Ok(Opened { close, first: true })
    }

    // Steps over the comma, or over the end.
    fn another(&mut self, opened: &mut Opened) -> Read<bool> {
        let next = self.peek();
        if next == Some(opened.close) {
            self.at += 1;
            self.depth -= 1;
            return Ok(false);
        }
        if !std::mem::replace(&mut opened.first, false) {
            if next != Some(b',') {
                return Err(self.expected(if opened.close == b'}' { "`,` or `}`" } else { "`,` or `]`" }));
            }
            self.at += 1;
        }
        self.values += 1;
        if self.values > self.most_values {
            let message = format!("more than {} values in a request", self.most_values);
            return Err(RequestError::too_large(message, Some(self.at)));
        }
        Ok(true)
    }

    // The rest of a string whose plain part ends at `plain`, before an escape or something that no string may hold.
    #[cold]
    fn escaped(&mut self, start: usize, plain: usize) -> Read<&'a str> {
        let mut text = BumpString::with_capacity_in(2 * (plain - start) + 16, self.arena.bump());
        let (mut from, mut to) = (start, plain);
        loop {
            text.push_str(self.slice(from, to));
            self.at = to;
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text.into_bump_str());
                }
                Some(b'\\') => text.push(self.escape()?),
                Some(_) => {
                    return Err(RequestError::new("control character in a string, write it `\\u00XX`", Some(to)));
                }
                None => return Err(RequestError::new("string without its closing `\"`", Some(start - 1))),
            }
            from = self.at;
            to = from + plain_length::<2, true>(self.rest(from), STOPS);
        }
    }

    // The character of an escape; the cursor stands at its `\`.
    fn escape(&mut self) -> Read<char> {
        let start = self.at;
        self.at += 1;
        let letter = self.byte();
        self.at += 1;
        Ok(match letter {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(start),
            _ => return Err(RequestError::new("unknown escape in a string", Some(start))),
        })
    }

    // `XXXX`, and `\uXXXX` after it where the first is half a character.
    fn unicode(&mut self, start: usize) -> Read<char> {
        let alone = || RequestError::new("half a surrogate pair in a string", Some(start));
        let first = self.hexadecimal(start)?;
        if !(0xd800..0xe000).contains(&first) {
            return char::from_u32(first).ok_or_else(alone);
        }
        if first >= 0xdc00 || !(self.take(b'\\') && self.take(b'u')) {
            return Err(alone());
        }
        let second = self.hexadecimal(start)?;
        if !(0xdc00..0xe000).contains(&second) {
            return Err(alone());
        }
        char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)).ok_or_else(alone)
    }

    fn hexadecimal(&mut self, start: usize) -> Read<u32> {
        let mut number = 0;
        for _ in 0..4 {
            let digit = self.byte().and_then(|byte| char::from(byte).to_digit(16));
            let digit = digit.ok_or_else(|| RequestError::new("expected `\\u` and four digits", Some(start)))?;
            number = number * 16 + digit;
            self.at += 1;
        }
        Ok(number)
    }

    fn take(&mut self, byte: u8) -> bool {
        let taken = self.byte() == Some(byte);
        self.at += usize::from(taken);
        taken
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self, from: usize) -> &'a [u8] {
        self.text.as_bytes().get(from..).unwrap_or_default()
    }

    // Both ends stand at ASCII bytes or at the end, hence at the bounds of characters.
    fn slice(&self, start: usize, end: usize) -> &'a str {
        self.text.get(start..end).unwrap_or_default()
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.byte() {
            self.at += 1;
        }
    }
}
