//! The pull reader: its state, what can be asked of it, and the turn of the events.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::Event as Raw;
use smallvec::SmallVec;

use super::attributes::{Attribute, Attributes};
use super::event::{End, Event};
use super::namespaces::Namespaces;
use super::{Extent, Space, XmlError, XmlLimits, XmlResult, declaration};

/// An element that is open.
#[derive(Debug)]
pub(super) struct Open<'s> {
    pub(super) name: &'s str,
    pub(super) tag: Extent,
    // How many namespace declarations were in scope before it.
    pub(super) bindings: usize,
}

/// Reads a document event by event.
pub struct XmlReader<'s> {
    pub(super) text: &'s str,
    pub(super) raw: Reader<&'s [u8]>,
    // Bytes before what quick-xml sees: a byte order mark.
    pub(super) base: usize,
    pub(super) limits: XmlLimits,
    pub(super) open: SmallVec<[Open<'s>; 16]>,
    pub(super) namespaces: Namespaces<'s>,
    pub(super) attributes: Attributes<'s>,
    pub(super) elements: usize,
    // The tag just read was `<a/>`: its end comes next.
    pub(super) empty: bool,
}

impl std::fmt::Debug for XmlReader<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("XmlReader").field("position", &self.position()).finish_non_exhaustive()
    }
}

impl<'s> XmlReader<'s> {
    /// A reader at the start of a document.
    ///
    /// # Errors
    /// Where the text has more bytes than the limit.
    pub fn new(text: &'s str, limits: XmlLimits) -> XmlResult<Self> {
        // Positions are 32 bits wide.
        let most = limits.bytes.0.min(u32::MAX as usize - 1);
        if text.len() > most {
            return Err(XmlError::limit(Extent::default(), "bytes", most, limits.bytes.1));
        }
        let base = if text.starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 };
        let mut raw = Reader::from_str(text.get(base..).unwrap_or(""));
        let config = raw.config_mut();
        // Ours are stricter, and say more.
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        Ok(Self {
            text,
            raw,
            base,
            limits,
            open: SmallVec::new(),
            namespaces: Namespaces::default(),
            attributes: Attributes::new(),
            elements: 0,
            empty: false,
        })
    }

    /// The text that is read.
    pub fn source(&self) -> &'s str {
        self.text
    }

    /// The attributes of the element just started, without namespace declarations.
    pub fn attributes(&self) -> &[Attribute<'s>] {
        &self.attributes
    }

    /// The attributes of the element just started, to take. Nothing is left.
    pub fn take_attributes(&mut self) -> impl Iterator<Item = Attribute<'s>> + '_ {
        self.attributes.drain(..)
    }

    /// The attribute of this name without a prefix.
    pub fn attribute(&self, local: &str) -> Option<&Attribute<'s>> {
        self.attributes.iter().find(|one| one.name.local == local && one.name.space == Space::None)
    }

    /// The URI of a namespace; empty for none.
    pub fn uri(&self, space: Space) -> &str {
        self.namespaces.uri(space)
    }

    /// The URI of a namespace, to keep.
    pub fn lasting_uri(&self, space: Space) -> Cow<'s, str> {
        self.namespaces.lasting_uri(space)
    }

    /// Prefix and namespace of what the element just started declares.
    pub fn declared(&self) -> impl Iterator<Item = (&'s str, Space)> + '_ {
        self.namespaces.since(self.open.last().map_or(0, |open| open.bindings))
    }

    /// Prefix and URI of each declaration in scope, outermost first; hidden ones are left out. The default
    /// namespace has the empty prefix.
    pub fn in_scope(&self) -> Vec<(&'s str, Cow<'s, str>)> {
        self.namespaces.scope(self.namespaces.len())
    }

    /// The same, as it was before the element just started.
    pub fn scope_around(&self) -> Vec<(&'s str, Cow<'s, str>)> {
        self.namespaces.scope(self.open.last().map_or(0, |open| open.bindings))
    }

    /// Another number each time that what is in scope changes: whoever keeps a list of it sees whether it still holds.
    pub fn scope_changes(&self) -> u32 {
        self.namespaces.changes()
    }

    /// Declares, before the first event, what is in scope around the text.
    ///
    /// # Errors
    /// Where one of them can't be declared, or they are too many.
    pub fn inherit(&mut self, scope: &[(&'s str, &'s str)]) -> XmlResult<()> {
        for (prefix, uri) in scope {
            self.namespaces.declare(prefix, Cow::Borrowed(uri), Extent::default())?;
        }
        Ok(())
    }

    /// The name of the innermost element that is open, as written.
    pub fn open_name(&self) -> &'s str {
        self.open.last().map_or("", |open| open.name)
    }

    /// How many elements are open.
    pub fn depth(&self) -> usize {
        self.open.len()
    }

    /// Reads the next event. After an error, nothing more can be read.
    ///
    /// # Errors
    /// Where the document is not well-formed, has a DTD, or passes a limit.
    pub fn pull(&mut self) -> XmlResult<Event<'s>> {
        if self.empty {
            self.empty = false;
            return Ok(Event::End(self.close()));
        }
        loop {
            let start = self.position();
            let event = self.raw.read_event().map_err(|error| self.broken(start, &error))?;
            let end = self.position();
            let at = Extent::new(start, end);
            return match event {
                Raw::Start(_) => self.start(at, end - 1),
                Raw::Empty(_) => {
                    self.empty = true;
                    self.start(at, end - 2)
                }
                Raw::End(_) => self.end(at),
                Raw::Text(_) | Raw::CData(_) | Raw::GeneralRef(_) => match self.characters(at)? {
                    Some(text) => Ok(Event::Text(text)),
                    None => continue,
                },
                Raw::Comment(_) => self.comment(at),
                Raw::PI(_) => self.instruction(at),
                Raw::Decl(_) if start == self.base => {
                    declaration::check(self.text.get(..end - 2).unwrap_or(""), start)?;
                    continue;
                }
                Raw::Decl(_) => {
                    Err(XmlError::ill_formed(at, "an XML declaration inside the document", "it can only come first"))
                }
                Raw::DocType(_) => Err(XmlError::dtd(at)),
                Raw::Eof => self.eof(),
            };
        }
    }

    /// Skips the element just started. Gives all of it.
    ///
    /// # Errors
    /// As [`Self::pull`]: what is skipped is checked as well.
    pub fn skip(&mut self) -> XmlResult<End> {
        let depth = self.depth();
        loop {
            match self.pull()? {
                Event::End(end) if self.depth() < depth => return Ok(end),
                // Unreachable: the document can't be over inside an element.
                Event::Eof => return Ok(End { element: Extent::default(), content: Extent::default() }),
                _ => {}
            }
        }
    }

    pub(super) fn position(&self) -> usize {
        // The text is shorter than 4 GiB.
        self.base + usize::try_from(self.raw.buffer_position()).unwrap_or(usize::MAX)
    }
}
