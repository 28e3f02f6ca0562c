//! From events to the tree.

use std::borrow::Cow;

use super::directive::Directive;
use super::source::Source;
use super::tag::Tag;
use super::tree::{Element, ElementId, Open, Scope, Tree};
use super::xml::{Event, Extent, Space, Start, Text, XmlLimits, XmlReader, XmlResult};

impl<'s> Tree<'s> {
    /// Reads a document; what was in the tree before is gone.
    ///
    /// A policy or policy set right inside a policy set is shown to `part` when it ends; when that returns, nothing
    /// inside it is left. What is shown may belong to a document that proves ill-formed later.
    ///
    /// # Errors
    /// Where the document is not well-formed XML, or passes a limit. Nothing can be said of it then.
    pub fn read(
        &mut self,
        source: &Source<'s>,
        limits: XmlLimits,
        mut part: impl FnMut(&Self, ElementId),
    ) -> XmlResult<()> {
        self.clear();
        if let Some(error) = &source.broken {
            return Err(error.clone());
        }
        let mut xml = XmlReader::new(source.text, limits)?;
        loop {
            match xml.pull()? {
                Event::Start(start) => self.open(&mut xml, &start),
                Event::End(end) => {
                    if let Some(closed) = self.close(end.element, end.content)
                        && self.element(ElementId(closed.place)).is_apart
                    {
                        part(self, ElementId(closed.place));
                        self.forget_inside(&closed);
                    }
                }
                Event::Text(text) => self.text(text),
                Event::Comment(comment) => {
                    self.directives.extend(Directive::from_comment(comment.text, comment.at));
                }
                Event::Instruction(_) => {}
                Event::Eof => return Ok(()),
            }
        }
    }

    fn clear(&mut self) {
        self.elements.clear();
        self.attributes.clear();
        self.scopes.clear();
        self.directives.clear();
        self.open.clear();
        self.unaimed = 0;
    }

    fn open(&mut self, xml: &mut XmlReader<'s>, start: &Start<'s>) {
        let tag = match start.name.space {
            Space::Core => Tag::from_local(start.name.local),
            _ => Tag::Foreign,
        };
        let place = count(self.elements.len());
        // A directive speaks of the next element, unless its own parent ends before that.
        let directives = (self.unaimed, self.directives.len() - self.unaimed);
        self.unaimed = self.directives.len();
        let scopes = count(self.scopes.len());
        let mut scope = self.current().map_or(0, |element| element.scope);
        if start.declares {
            scope = self.declare(xml, scope);
        }
        let first_attribute = count(self.attributes.len());
        self.attributes.extend(xml.take_attributes());
        let is_apart = matches!(tag, Tag::Policy | Tag::PolicySet) && self.open.last().is_some_and(|open| open.parts);
        let parts = tag == Tag::PolicySet && (is_apart || self.open.is_empty());
        self.open.push(Open { place, scopes, parts, xpath_version: None, directives });
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
            is_apart,
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

    fn close(&mut self, extent: Extent, content_at: Extent) -> Option<Open> {
        let after = count(self.elements.len());
        let closed = self.open.pop()?;
        if let Some(element) = self.elements.get_mut(closed.place as usize) {
            element.after = after;
            element.extent = extent;
            element.content_at = content_at;
            if element.tag == Tag::XPathVersion {
                self.note_xpath_version(closed.place);
            }
        }
        self.unaimed = self.directives.len();
        let (first, count) = closed.directives;
        for directive in self.directives.iter_mut().skip(first).take(count) {
            directive.scope = extent;
        }
        Some(closed)
    }

    // Parts are shown before the policy set around them is complete, and take its XPath version from here.
    fn note_xpath_version(&mut self, place: u32) {
        let [.., set, defaults] = self.open.as_mut_slice() else { return };
        let is_defaults =
            self.elements.get(defaults.place as usize).is_some_and(|one| one.tag == Tag::PolicySetDefaults);
        if is_defaults && set.parts {
            set.xpath_version.get_or_insert(place);
        }
    }

    fn forget_inside(&mut self, closed: &Open) {
        let around = self.current().map_or(0, |element| element.scope);
        self.elements.truncate(closed.place as usize + 1);
        self.scopes.truncate(closed.scopes as usize);
        if let Some(element) = self.elements.last_mut() {
            element.after = closed.place + 1;
            element.scope = around;
            element.past_attributes = element.first_attribute;
            self.attributes.truncate(element.first_attribute as usize);
        }
    }

    fn text(&mut self, text: Text<'s>) {
        let Some(open) = self.open.last() else { return };
        let Some(element) = self.elements.get_mut(open.place as usize) else { return };
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
        self.open.last().and_then(|open| self.elements.get(open.place as usize))
    }
}

// Each takes a byte of a text that is shorter than 4 GiB.
#[expect(clippy::cast_possible_truncation, reason = "there are fewer elements than bytes, and those fit")]
const fn count(length: usize) -> u32 {
    length as u32
}
