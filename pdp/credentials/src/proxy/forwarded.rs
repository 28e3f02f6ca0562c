//! `Forwarded` (RFC 7239 §4): elements of parameters, of which `for` alone is asked for here.
//!
//! A quoted string may hold a comma, so that a line can't be cut into elements before it is read from its beginning, and
//! a fault anywhere in it is a fault of the line: a quote that a client left open would otherwise swallow what a proxy
//! wrote behind it.

use std::iter::Peekable;
use std::str::Chars;

use super::node::{self, Hop};

/// A line that can't be read.
#[derive(Debug)]
pub(super) struct Unreadable;

/// The hops of all lines; `None` where there are no lines.
pub(super) fn read<'h>(lines: impl Iterator<Item = &'h [u8]>) -> Result<Option<Vec<Hop>>, Unreadable> {
    let mut hops = None;
    for line in lines {
        let line = std::str::from_utf8(line).map_err(|_| Unreadable)?;
        hops.get_or_insert_with(Vec::new).extend(Line(line.chars().peekable()).elements()?);
    }
    Ok(hops)
}

/// What is left of a line.
struct Line<'l>(Peekable<Chars<'l>>);

impl Line<'_> {
    fn elements(mut self) -> Result<Vec<Hop>, Unreadable> {
        let mut hops = Vec::new();
        loop {
            hops.extend(self.element()?);
            if self.0.next().is_none() {
                return Ok(hops);
            }
        }
    }

    /// Up to a comma or the end. An element without parameters is no hop.
    fn element(&mut self) -> Result<Option<Hop>, Unreadable> {
        let (mut is_empty, mut hop) = (true, None);
        loop {
            self.skip_blanks();
            if !matches!(self.0.peek(), None | Some(',' | ';')) {
                is_empty = false;
                let name = self.token().ok_or(Unreadable)?;
                self.0.next_if_eq(&'=').ok_or(Unreadable)?;
                let value = self.value().ok_or(Unreadable)?;
                if name.eq_ignore_ascii_case("for") && hop.replace(node::read(&value)).is_some() {
                    return Err(Unreadable);
                }
            }
            self.skip_blanks();
            match self.0.peek() {
                Some(';') => drop(self.0.next()),
                None | Some(',') => return Ok(if is_empty { None } else { Some(hop.unwrap_or(Hop::Untold)) }),
                Some(_) => return Err(Unreadable),
            }
        }
    }

    fn value(&mut self) -> Option<String> {
        if self.0.next_if_eq(&'"').is_none() {
            return self.token();
        }
        let mut value = String::new();
        loop {
            match self.0.next()? {
                '"' => return Some(value),
                '\\' => value.push(self.0.next()?),
                other => value.push(other),
            }
        }
    }

    fn token(&mut self) -> Option<String> {
        let mut token = String::new();
        while let Some(character) = self.0.next_if(|character| is_token(*character)) {
            token.push(character);
        }
        (!token.is_empty()).then_some(token)
    }

    fn skip_blanks(&mut self) {
        while self.0.next_if(|character| matches!(character, ' ' | '\t')).is_some() {}
    }
}

fn is_token(character: char) -> bool {
    character.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(character)
}
