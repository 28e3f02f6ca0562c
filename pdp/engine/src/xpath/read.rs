//! From the text of a `Content`'s element to its tree: well-formed XML with namespaces, no DTD, within limits.

use std::borrow::Cow;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::document::{Binding, Document, Kind, Name, Node};
use super::error::{Result, XPathError, XPathErrorKind};
use super::names::{XML_NAMESPACE, is_ncname, is_space, is_xml_char};
use crate::limits::Limits;

/// Attributes of one element. Comparing their names grows with the square.
const MOST_ATTRIBUTES: usize = 128;

/// Reads the element, and tolerates white space, comments and instructions around it.
pub(super) fn read<'a>(xml: &'a str, inherited: &[(&'a str, &'a str)], limits: &Limits) -> Result<Document<'a>> {
    if let Some((offset, _)) = xml.char_indices().find(|&(_, c)| !is_xml_char(c)) {
        return Err(refuse(offset, "a character that XML doesn't allow"));
    }
    let mut builder = Builder::new(xml, inherited, limits);
    let mut reader = Reader::from_str(xml);
    reader.config_mut().enable_all_checks(true);
    loop {
        builder.offset = position(reader.buffer_position());
        let event = reader
            .read_event()
            .map_err(|error| refuse(position(reader.error_position()), format!("not well-formed: {error}")))?;
        if let Event::Eof = event {
            return builder.finish();
        }
        builder.event(event)?;
    }
}

struct Builder<'a, 'l> {
    xml: &'a str,
    limits: &'l Limits,
    document: Document<'a>,
    /// The open elements, the document node first, each with the scope inside it.
    open: Vec<(u32, u32)>,
    elements: usize,
    /// Text, CDATA and references that follow each other are one text node.
    text: Cow<'a, str>,
    offset: usize,
}

impl<'a, 'l> Builder<'a, 'l> {
    fn new(xml: &'a str, inherited: &[(&'a str, &'a str)], limits: &'l Limits) -> Self {
        let mut document = Document::new();
        let mut scope = 0;
        for &(prefix, uri) in inherited.iter().filter(|(prefix, _)| *prefix != "xml") {
            document.bindings.push(Binding { prefix, uri: Cow::Borrowed(uri), outer: Some(scope) });
            scope += 1;
        }
        Self { xml, limits, document, open: vec![(0, scope)], elements: 0, text: Cow::Borrowed(""), offset: 0 }
    }

    fn event(&mut self, event: Event<'a>) -> Result<()> {
        match event {
            Event::Text(text) => return self.append(text.xml10_content()),
            Event::CData(text) if self.open.len() > 1 => return self.append(text.xml10_content()),
            Event::GeneralRef(reference) if self.open.len() > 1 => {
                let resolved = self.reference(&reference)?;
                return self.append(resolved);
            }
            Event::CData(_) | Event::GeneralRef(_) => return Err(self.refuse("text outside the element")),
            _ => self.end_text()?,
        }
        match event {
            Event::Start(start) => self.element(&start, true),
            Event::Empty(start) => self.element(&start, false),
            Event::End(_) => self.close(),
            Event::Comment(text) => self.push(Kind::Comment(text.xml10_content())).map(drop),
            Event::PI(instruction) => {
                let target = Cow::Owned(instruction.target().to_owned());
                let data = Cow::Owned(instruction.content().trim_start_matches(is_space).to_owned());
                self.push(Kind::Instruction { target, data }).map(drop)
            }
            Event::Decl(_) if self.document.nodes.len() == 1 => Ok(()),
            Event::Decl(_) => Err(self.refuse("an XML declaration stands only at the start")),
            Event::DocType(_) => Err(self.refuse("a document type declaration is not allowed")),
            Event::Text(_) | Event::CData(_) | Event::GeneralRef(_) | Event::Eof => Ok(()),
        }
    }

    fn append(&mut self, more: Cow<'a, str>) -> Result<()> {
        if self.open.len() == 1 {
            let blank = more.trim_start_matches('\u{FEFF}').chars().all(is_space);
            return if blank { Ok(()) } else { Err(self.refuse("text outside the element")) };
        }
        if self.text.is_empty() {
            self.text = more;
        } else {
            self.text.to_mut().push_str(&more);
        }
        Ok(())
    }

    fn end_text(&mut self) -> Result<()> {
        if !self.text.is_empty() {
            let text = std::mem::take(&mut self.text);
            self.push(Kind::Text(text))?;
        }
        Ok(())
    }

    fn reference(&self, name: &quick_xml::events::BytesRef<'_>) -> Result<Cow<'a, str>> {
        let resolved = match &**name {
            "lt" => "<",
            "gt" => ">",
            "amp" => "&",
            "apos" => "'",
            "quot" => "\"",
            other => match name.resolve_char_ref() {
                Ok(Some(character)) if is_xml_char(character) => return Ok(Cow::Owned(character.to_string())),
                _ => return Err(self.refuse(format!("`&{other};` is neither a character nor one of XML's five names"))),
            },
        };
        Ok(Cow::Borrowed(resolved))
    }

    fn element(&mut self, start: &BytesStart<'a>, has_content: bool) -> Result<()> {
        self.elements += 1;
        if self.open.len() == 1 && self.elements > 1 {
            return Err(self.refuse("`Content` holds one element, this is the second"));
        }
        if self.open.len() > self.limits.depth {
            return Err(self.refuse(format!("elements are nested deeper than {} levels", self.limits.depth)));
        }
        if self.elements > self.limits.request_elements {
            return Err(self.refuse(format!("more than {} elements", self.limits.request_elements)));
        }
        let (plain, scope) = self.attributes(start)?;
        let name = self.name(self.lend(start.name().0)?, scope, Default::Applies)?;
        let element = self.push(Kind::Element { name, scope })?;
        self.open.push((element, scope));
        let first = self.document.nodes.len();
        for (name, value) in plain {
            let name = self.name(name, scope, Default::DoesNotApply)?;
            self.check_unique(first, name)?;
            self.push(Kind::Attribute { name, value })?;
        }
        if has_content { Ok(()) } else { self.close() }
    }

    /// The attributes that are not declarations, and the scope with those that are.
    #[expect(clippy::type_complexity, reason = "it is taken apart at once")]
    fn attributes(&mut self, start: &BytesStart<'a>) -> Result<(Vec<(&'a str, Cow<'a, str>)>, u32)> {
        let mut scope = self.open.last().map_or(0, |&(_, scope)| scope);
        let mut plain = Vec::new();
        // The reader's own check compares each name with all before it, without a limit.
        for (count, attribute) in start.attributes().with_checks(false).enumerate() {
            let attribute = attribute.map_err(|error| self.refuse(format!("not well-formed: {error}")))?;
            if count >= MOST_ATTRIBUTES {
                return Err(self.refuse(format!("an element has more than {MOST_ATTRIBUTES} attributes")));
            }
            let name = self.lend(attribute.key.0)?;
            let value = self.value(&attribute)?;
            if name == "xmlns" {
                scope = self.declare("", value, scope)?;
            } else if let Some(prefix) = name.strip_prefix("xmlns:") {
                scope = self.declare(prefix, value, scope)?;
            } else {
                plain.push((name, value));
            }
        }
        Ok((plain, scope))
    }

    fn value(&self, attribute: &quick_xml::events::attributes::Attribute<'_>) -> Result<Cow<'a, str>> {
        if attribute.value.contains('<') {
            return Err(self.refuse("`<` in the value of an attribute is written `&lt;`"));
        }
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|error| self.refuse(format!("not well-formed: {error}")))?;
        match value {
            Cow::Borrowed(value) => self.lend(value).map(Cow::Borrowed),
            Cow::Owned(value) if value.chars().all(is_xml_char) => Ok(Cow::Owned(value)),
            Cow::Owned(_) => Err(self.refuse("a character that XML doesn't allow")),
        }
    }

    fn declare(&mut self, prefix: &'a str, uri: Cow<'a, str>, outer: u32) -> Result<u32> {
        let is_xml = (prefix == "xml", uri == XML_NAMESPACE);
        if prefix == "xmlns" || is_xml.0 != is_xml.1 || (uri.is_empty() && !prefix.is_empty()) {
            return Err(self.refuse(format!("the prefix `{prefix}` can't be declared so")));
        }
        let declared = u32::try_from(self.document.bindings.len()).map_err(|_| self.refuse("too many declarations"))?;
        self.document.bindings.push(Binding { prefix, uri, outer: Some(outer) });
        Ok(declared)
    }

    fn name(&self, qualified: &'a str, scope: u32, default: Default) -> Result<Name<'a>> {
        let (prefix, local) = qualified.split_once(':').unwrap_or(("", qualified));
        if !is_ncname(local) || (qualified.contains(':') && !is_ncname(prefix)) {
            return Err(self.refuse(format!("`{qualified}` is not a name")));
        }
        let binding = match (prefix, default) {
            ("", Default::DoesNotApply) => None,
            _ => self.document.resolve(scope, prefix),
        };
        if binding.is_none() && !prefix.is_empty() {
            return Err(self.refuse(format!("no namespace declaration in scope has the prefix `{prefix}`")));
        }
        let binding = binding.filter(|&index| !self.document.binding(index).uri.is_empty());
        Ok(Name { prefix, local, binding })
    }

    /// Two attributes of one element can't have one name, whatever their prefixes.
    fn check_unique(&self, first: usize, name: Name<'a>) -> Result<()> {
        let uri = |name: &Name<'_>| name.binding.map(|index| &*self.document.binding(index).uri);
        let earlier = self.document.nodes.get(first..).unwrap_or_default();
        let is_duplicate = earlier.iter().any(|node| match &node.kind {
            Kind::Attribute { name: known, .. } => known.local == name.local && uri(known) == uri(&name),
            _ => false,
        });
        if is_duplicate { Err(self.refuse(format!("the attribute `{}` occurs twice", name.local))) } else { Ok(()) }
    }

    fn push(&mut self, kind: Kind<'a>) -> Result<u32> {
        let index = u32::try_from(self.document.nodes.len()).map_err(|_| self.refuse("too many nodes"))?;
        let parent = self.open.last().map_or(0, |&(parent, _)| parent);
        self.document.nodes.push(Node { kind, parent, end: index + 1 });
        Ok(index)
    }

    fn close(&mut self) -> Result<()> {
        let end = u32::try_from(self.document.nodes.len()).map_err(|_| self.refuse("too many nodes"))?;
        if let Some((element, _)) = self.open.pop()
            && let Some(node) = self.document.nodes.get_mut(element as usize)
        {
            node.end = end;
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Document<'a>> {
        if self.open.len() > 1 {
            return Err(self.refuse("the text ends inside an element"));
        }
        if self.elements == 0 {
            return Err(self.refuse("`Content` holds no element"));
        }
        self.close()?;
        Ok(self.document)
    }

    /// The same text with the lifetime of the source, which the event borrows from.
    fn lend(&self, part: &str) -> Result<&'a str> {
        if part.is_empty() {
            return Ok("");
        }
        let start = (part.as_ptr() as usize).wrapping_sub(self.xml.as_ptr() as usize);
        let lent = start.checked_add(part.len()).and_then(|end| self.xml.get(start..end));
        lent.filter(|lent| *lent == part).ok_or_else(|| self.refuse("the text can't be read in place"))
    }

    fn refuse(&self, message: impl Into<String>) -> XPathError {
        refuse(self.offset, message)
    }
}

/// Whether a name without prefix is in the default namespace.
#[derive(Clone, Copy)]
enum Default {
    Applies,
    DoesNotApply,
}

fn refuse(offset: usize, message: impl Into<String>) -> XPathError {
    XPathError::at(offset, XPathErrorKind::Content, message)
}

fn position(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}
