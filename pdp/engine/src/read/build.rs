//! From events to the tree.

use std::borrow::Cow;

use super::directive::Directive;
use super::source::Source;
use super::tag::Tag;
use super::tree::{Element, Scope, Tree};
use super::xml::{Event, Extent, Space, Start, Text, XmlLimits, XmlReader, XmlResult};

impl<'s> Tree<'s> {
    /// Reads a document; what was in the tree before is gone.
    ///
    /// # Errors
    /// Where the document is not well-formed XML, or passes a limit. Nothing can be said of it then.
    pub fn read(&mut self, source: &Source<'s>, limits: XmlLimits) -> XmlResult<()> {
        self.clear();
        if let Some(error) = &source.broken {
            return Err(error.clone());
        }
        let mut xml = XmlReader::new(source.text, limits)?;
        loop {
            match xml.pull()? {
                Event::Start(start) => self.open(&mut xml, &start),
                Event::End(end) => self.close(end.element, end.content),
                Event::Text(text) => self.text(text),
                Event::Comment(comment) => {
                    let around = self.open.last().copied();
                    self.directives.extend(Directive::from_comment(comment.text, comment.at, around));
                }
                Event::Instruction(_) => {}
                Event::Eof => break,
            }
        }
        self.aim_directives();
        Ok(())
    }

    fn clear(&mut self) {
        self.elements.clear();
        self.attributes.clear();
        self.scopes.clear();
        self.directives.clear();
        self.open.clear();
    }

    fn open(&mut self, xml: &mut XmlReader<'s>, start: &Start<'s>) {
        let tag = match start.name.space {
            Space::Core => Tag::from_local(start.name.local),
            _ => Tag::Foreign,
        };
        let mut scope = self.current().map_or(0, |element| element.scope);
        if start.declares {
            scope = self.declare(xml, scope);
        }
        let first_attribute = count(self.attributes.len());
        self.attributes.extend(xml.take_attributes());
        self.open.push(count(self.elements.len()));
        self.elements.push(Element {
            tag,
            name: start.name.local,
            at: start.at,
            name_at: start.name_at,
            extent: start.at,
            text: Cow::Borrowed(""),
            content_at: Extent::default(),
            stray_text: None,
            first_attribute,
            past_attributes: count(self.attributes.len()),
            after: 0,
            scope,
        });
    }

    // Gives the place of the new scope, plus one.
    fn declare(&mut self, xml: &XmlReader<'s>, outer: u32) -> u32 {
        let mut outer = outer;
        for (prefix, space) in xml.declared() {
            self.scopes.push(Scope { outer: outer.checked_sub(1), prefix, uri: xml.uri(space).to_owned() });
            outer = count(self.scopes.len());
        }
        outer
    }

    fn close(&mut self, extent: Extent, content_at: Extent) {
        let after = count(self.elements.len());
        let Some(place) = self.open.pop() else { return };
        if let Some(element) = self.elements.get_mut(place as usize) {
            element.after = after;
            element.extent = extent;
            element.content_at = content_at;
        }
    }

    fn text(&mut self, text: Text<'s>) {
        let Some(place) = self.open.last() else { return };
        let Some(element) = self.elements.get_mut(*place as usize) else { return };
        if element.tag.has_text() {
            if element.text.is_empty() {
                element.text = text.value;
            } else {
                element.text.to_mut().push_str(&text.value);
            }
        } else if !text.blank && element.stray_text.is_none() {
            element.stray_text = Some(text.at);
        }
    }

    fn current(&self) -> Option<&Element<'s>> {
        self.open.last().and_then(|place| self.elements.get(*place as usize))
    }

    // A directive speaks of the next element, unless its own parent ends before that.
    fn aim_directives(&mut self) {
        for directive in &mut self.directives {
            let next = self.elements.partition_point(|element| element.at.start < directive.at.start);
            let Some(found) = self.elements.get(next).map(|element| element.extent) else { continue };
            let around = directive.parent.and_then(|place| self.elements.get(place as usize));
            if around.is_none_or(|around| found.end <= around.extent.end) {
                directive.scope = found;
            }
        }
    }
}

// Each takes a byte of a text that is shorter than 4 GiB.
#[expect(clippy::cast_possible_truncation, reason = "there are fewer elements than bytes, and those fit")]
const fn count(length: usize) -> u32 {
    length as u32
}
