//! Tags: names, nesting, one root, and every element closed by its own name.

use super::attributes::{resolve, scan_attributes, split, undeclared};
use super::event::{End, Event, Start};
use super::names::scan;
use super::reader::Open;
use super::{Extent, XmlError, XmlReader, XmlResult};

impl<'s> XmlReader<'s> {
    pub(super) fn start(&mut self, at: Extent, end: usize) -> XmlResult<Event<'s>> {
        let start = at.start as usize + 1;
        let tag = self.text.get(..end).unwrap_or("");
        let name = scan(tag, start);
        if !name.good {
            return Err(bad_name(Extent::new(start, end)));
        }
        self.check_start(at)?;
        let bindings = self.namespaces.len();
        let special = scan_attributes(tag, name.end, self.limits.attributes, &mut self.attributes)?;
        if special {
            resolve(&mut self.attributes, &mut self.namespaces)?;
        }
        let raw = tag.get(start..name.end).unwrap_or("");
        let name_at = Extent::new(start, name.end);
        let mut name = split(tag, start, name.colon, name.end);
        let Some(space) = self.namespaces.resolve(name.prefix) else { return Err(undeclared(name.prefix, name_at)) };
        name.space = space;
        self.open.push(Open { name: raw, tag: at, bindings });
        Ok(Event::Start(Start { name, at, name_at, declares: self.namespaces.len() > bindings }))
    }

    pub(super) fn check_start(&mut self, at: Extent) -> XmlResult<()> {
        self.elements += 1;
        if self.open.is_empty() && self.elements > 1 {
            return Err(XmlError::ill_formed(at, "a second root element", "a document has one"));
        }
        if self.open.len() >= self.limits.depth {
            return Err(XmlError::limit(at, "elements, one in the other", self.limits.depth, "depth"));
        }
        if self.elements > self.limits.elements {
            return Err(XmlError::limit(at, "elements", self.limits.elements, "request_elements"));
        }
        Ok(())
    }

    pub(super) fn end(&mut self, at: Extent) -> XmlResult<Event<'s>> {
        let raw = self.text.get(at.start as usize + 2..at.end as usize - 1).unwrap_or("");
        let name = raw.trim_end_matches([' ', '\t', '\n', '\r']);
        match self.open.last() {
            Some(open) if open.name == name => {}
            Some(open) => {
                let message = format!("`</{name}>` closes `<{}>`", open.name);
                return Err(XmlError::ill_formed(at, message, format!("expected `</{}>`", open.name)).opened(open.tag));
            }
            None => {
                let message = format!("`</{name}>` closes nothing");
                return Err(XmlError::ill_formed(at, message, "no element is open"));
            }
        }
        let mut end = self.close();
        end.element.end = at.end;
        end.content.end = at.start;
        Ok(Event::End(end))
    }

    // The end of an element without content; the caller widens it.
    pub(super) fn close(&mut self) -> End {
        let Some(open) = self.open.pop() else {
            return End { element: Extent::default(), content: Extent::default() };
        };
        self.namespaces.truncate(open.bindings);
        End { element: open.tag, content: Extent { start: open.tag.end, end: open.tag.end } }
    }

    pub(super) fn eof(&mut self) -> XmlResult<Event<'s>> {
        let at = Extent::new(self.text.len(), self.text.len());
        if let Some(open) = self.open.last() {
            let message = format!("the document ends inside `<{}>`", open.name);
            return Err(XmlError::ill_formed(at, message, format!("expected `</{}>`", open.name)).opened(open.tag));
        }
        if self.elements == 0 {
            return Err(XmlError::ill_formed(at, "the document has no element", "expected a root element"));
        }
        Ok(Event::Eof)
    }
}

#[cold]
pub(super) fn bad_name(at: Extent) -> XmlError {
    XmlError::ill_formed(at, "a tag without a name", "a name starts with a letter or `_`, and has one `:` at most")
}
