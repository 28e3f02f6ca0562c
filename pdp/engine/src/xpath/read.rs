//! From the text of a `Content`'s element to its tree: well-formed XML with namespaces, no DTD, within limits.

use std::borrow::Cow;

use super::document::{Binding, Document, Kind, Name, Node};
use super::error::{Result, XPathError, XPathErrorKind};
use super::names::is_space;
use crate::limits::Limits;
use crate::read::xml::{self, Event, Misc, Start, XmlError, XmlLimits, XmlReader, line_feeds};

/// Reads the element, and tolerates white space, comments and instructions around it.
pub(super) fn read<'a>(text: &'a str, inherited: &[(&'a str, &'a str)], limits: &Limits) -> Result<Document<'a>> {
    // The request that holds it was measured.
    let limits = XmlLimits { bytes: (usize::MAX, ""), ..XmlLimits::request(limits) };
    let mut xml = XmlReader::new(text, limits)?;
    xml.inherit(inherited)?;
    let mut builder = Builder::new(inherited);
    loop {
        match xml.pull()? {
            Event::Start(start) => builder.element(&mut xml, &start)?,
            Event::End(_) => builder.close()?,
            // An empty section is no node.
            Event::Text(text) if text.value.is_empty() => {}
            Event::Text(text) => drop(builder.push(Kind::Text(text.value))?),
            Event::Comment(comment) => drop(builder.push(Kind::Comment(line_feeds(comment.text)))?),
            Event::Instruction(instruction) => drop(builder.push(instruction_kind(&instruction))?),
            Event::Eof => {
                builder.close()?;
                return Ok(builder.document);
            }
        }
    }
}

struct Builder<'a> {
    document: Document<'a>,
    /// The open elements, the document node first, each with the scope inside it.
    open: Vec<(u32, u32)>,
}

impl<'a> Builder<'a> {
    fn new(inherited: &[(&'a str, &'a str)]) -> Self {
        let mut document = Document::new();
        let mut scope = 0;
        for &(prefix, uri) in inherited.iter().filter(|(prefix, _)| *prefix != "xml") {
            document.bindings.push(Binding { prefix, uri: Cow::Borrowed(uri), outer: Some(scope) });
            scope += 1;
        }
        Self { document, open: vec![(0, scope)] }
    }

    fn element(&mut self, xml: &mut XmlReader<'a>, start: &Start<'a>) -> Result<()> {
        let mut scope = self.open.last().map_or(0, |&(_, scope)| scope);
        for (prefix, space) in xml.declared() {
            let declared = number(self.document.bindings.len())?;
            self.document.bindings.push(Binding { prefix, uri: xml.lasting_uri(space), outer: Some(scope) });
            scope = declared;
        }
        let name = self.name(&start.name, scope, Default::Applies);
        let element = self.push(Kind::Element { name, scope })?;
        self.open.push((element, scope));
        for attribute in xml.take_attributes() {
            let name = self.name(&attribute.name, scope, Default::DoesNotApply);
            self.push(Kind::Attribute { name, value: attribute.value })?;
        }
        Ok(())
    }

    fn name(&self, name: &xml::Name<'a>, scope: u32, default: Default) -> Name<'a> {
        let binding = match (name.prefix, default) {
            ("", Default::DoesNotApply) => None,
            _ => self.document.resolve(scope, name.prefix),
        };
        let binding = binding.filter(|&index| !self.document.binding(index).uri.is_empty());
        Name { prefix: name.prefix, local: name.local, binding }
    }

    fn push(&mut self, kind: Kind<'a>) -> Result<u32> {
        let index = number(self.document.nodes.len())?;
        let parent = self.open.last().map_or(0, |&(parent, _)| parent);
        self.document.nodes.push(Node { kind, parent, end: index + 1 });
        Ok(index)
    }

    fn close(&mut self) -> Result<()> {
        let end = number(self.document.nodes.len())?;
        if let Some((element, _)) = self.open.pop()
            && let Some(node) = self.document.nodes.get_mut(element as usize)
        {
            node.end = end;
        }
        Ok(())
    }
}

/// Whether a name without prefix is in the default namespace.
#[derive(Clone, Copy)]
enum Default {
    Applies,
    DoesNotApply,
}

fn instruction_kind<'a>(instruction: &Misc<'a>) -> Kind<'a> {
    let (target, data) = instruction.text.split_once(is_space).unwrap_or((instruction.text, ""));
    Kind::Instruction { target: Cow::Borrowed(target), data: line_feeds(data.trim_start_matches(is_space)) }
}

fn number(count: usize) -> Result<u32> {
    u32::try_from(count).map_err(|_| XPathError::new(XPathErrorKind::Content, "too many nodes"))
}

impl From<XmlError> for XPathError {
    fn from(error: XmlError) -> Self {
        let message = format!("{}: {}", error.message, error.label);
        Self::at(error.at.start as usize, XPathErrorKind::Content, message)
    }
}
