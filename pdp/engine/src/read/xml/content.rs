//! What stands between tags: character data in one piece or several, comments, processing instructions.

use std::borrow::Cow;

use super::characters::is_blank;
use super::element::bad_name;
use super::event::{Event, Misc, Text};
use super::names::scan;
use super::text::{line_feeds, look, push_lines, reference};
use super::{Extent, XmlError, XmlReader, XmlResult};

impl<'s> XmlReader<'s> {
    pub(super) fn characters(&mut self, at: Extent) -> XmlResult<Option<Text<'s>>> {
        let run = at.slice(self.text);
        if self.text_ends_at(at.end as usize) && !run.starts_with(['&', '<']) {
            let look = look(run, at.start as usize, false)?;
            if self.open.is_empty() {
                return if look.blank { Ok(None) } else { Err(outside(at)) };
            }
            let value = if look.verbatim { Cow::Borrowed(run) } else { line_feeds(run) };
            return Ok(Some(Text { value, at, blank: look.blank }));
        }
        if self.open.is_empty() {
            return Err(outside(at));
        }
        self.joined(at).map(Some)
    }

    // Whether what follows is no character data.
    pub(super) fn text_ends_at(&self, place: usize) -> bool {
        let rest = self.text.as_bytes().get(place..).unwrap_or_default();
        match rest.first() {
            Some(b'<') => !rest.starts_with(b"<![CDATA["),
            Some(_) => false,
            None => true,
        }
    }

    // Character data in several pieces: texts, references, CDATA sections.
    #[cold]
    pub(super) fn joined(&mut self, first: Extent) -> XmlResult<Text<'s>> {
        let mut value = String::new();
        let mut blank = true;
        let mut at = first;
        loop {
            blank &= piece(at.slice(self.text), at, &mut value)?;
            let next = self.position();
            if self.text_ends_at(next) {
                let at = Extent { start: first.start, end: at.end };
                return Ok(Text { value: Cow::Owned(value), at, blank });
            }
            self.raw.read_event().map_err(|error| self.broken(next, &error))?;
            at = Extent::new(next, self.position());
        }
    }

    pub(super) fn comment(&mut self, at: Extent) -> XmlResult<Event<'s>> {
        let text = at.slice(self.text);
        let text = text.strip_prefix("<!--").and_then(|rest| rest.strip_suffix("-->")).unwrap_or("");
        look(text, at.start as usize + 4, true)?;
        if text.contains("--") || text.ends_with('-') {
            return Err(XmlError::ill_formed(at, "`--` inside a comment", "XML keeps it for the comment's end"));
        }
        Ok(Event::Comment(Misc { text, at }))
    }

    pub(super) fn instruction(&mut self, at: Extent) -> XmlResult<Event<'s>> {
        let text = at.slice(self.text);
        let text = text.strip_prefix("<?").and_then(|rest| rest.strip_suffix("?>")).unwrap_or("");
        look(text, at.start as usize + 2, true)?;
        let name = scan(text, 0);
        let target = text.get(..name.end).unwrap_or("");
        let ends = text.as_bytes().get(name.end).is_none_or(|byte| is_blank(*byte));
        if !name.good || name.colon.is_some() || !ends || target.eq_ignore_ascii_case("xml") {
            return Err(bad_name(at));
        }
        Ok(Event::Instruction(Misc { text, at }))
    }
}

// One piece of character data. Says whether it is white space.
fn piece(run: &str, at: Extent, value: &mut String) -> XmlResult<bool> {
    let start = at.start as usize;
    if run.starts_with('&') {
        let (character, _) = reference(run, start)?;
        value.push(character);
        return Ok(false);
    }
    let section = run.strip_prefix("<![CDATA[").and_then(|rest| rest.strip_suffix("]]>"));
    let (run, start) = match section {
        Some(inside) => (inside, start + "<![CDATA[".len()),
        None => (run, start),
    };
    let look = look(run, start, section.is_some())?;
    push_lines(value, run);
    Ok(look.blank && section.is_none())
}

#[cold]
fn outside(at: Extent) -> XmlError {
    XmlError::ill_formed(at, "text outside the root element", "only comments can stand here")
}
