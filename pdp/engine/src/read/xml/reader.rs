//! The pull reader: events, the stack of open elements, and the rules for a document as a whole.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::Event as Raw;
use smallvec::SmallVec;

use super::attributes::{Attribute, Attributes, resolve, scan_attributes, split, undeclared};
use super::characters::is_blank;
use super::names::scan;
use super::namespaces::Namespaces;
use super::text::{look, push_lines, reference};
use super::{Extent, Name, Space, XmlError, XmlLimits, XmlResult, declaration};

/// What comes next in a document.
#[derive(Debug)]
pub enum Event<'s> {
    /// An element starts. Its attributes can be asked for until the next event.
    Start(Start<'s>),
    /// An element ends; comes for `<a/>`, too.
    End(End),
    /// Character data: all up to the next tag, comment or processing instruction, CDATA and references included.
    Text(Text<'s>),
    /// A comment.
    Comment(Misc<'s>),
    /// A processing instruction.
    Instruction(Misc<'s>),
    /// The document is over, and was well-formed.
    Eof,
}

/// The start of an element.
#[derive(Debug, Clone, Copy)]
pub struct Start<'s> {
    /// Its name.
    pub name: Name<'s>,
    /// The opening tag, `<` to `>`.
    pub at: Extent,
    /// The name inside it.
    pub name_at: Extent,
    /// Whether it declares a namespace.
    pub declares: bool,
}

/// The end of an element.
#[derive(Debug, Clone, Copy)]
pub struct End {
    /// The whole element, from its opening tag to its closing tag.
    pub element: Extent,
    /// What is between the two tags.
    pub content: Extent,
}

/// Character data.
#[derive(Debug)]
pub struct Text<'s> {
    /// References replaced, line ends as `\n`.
    pub value: Cow<'s, str>,
    /// Where it stands.
    pub at: Extent,
    /// Whether it is white space only.
    pub blank: bool,
}

/// A comment or a processing instruction.
#[derive(Debug, Clone, Copy)]
pub struct Misc<'s> {
    /// What is between its delimiters.
    pub text: &'s str,
    /// All of it.
    pub at: Extent,
}

#[derive(Debug)]
struct Open<'s> {
    name: &'s str,
    tag: Extent,
    bindings: usize,
}

/// Reads a document event by event.
pub struct XmlReader<'s> {
    text: &'s str,
    raw: Reader<&'s [u8]>,
    // Bytes before what quick-xml sees: a byte order mark.
    base: usize,
    limits: XmlLimits,
    open: SmallVec<[Open<'s>; 16]>,
    namespaces: Namespaces<'s>,
    attributes: Attributes<'s>,
    elements: usize,
    // The tag just read was `<a/>`: its end comes next.
    empty: bool,
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

    /// Prefix and namespace of what the element just started declares.
    pub fn declared(&self) -> impl Iterator<Item = (&'s str, Space)> + '_ {
        self.namespaces.since(self.open.last().map_or(0, |open| open.bindings))
    }

    /// Prefix and URI of each declaration in scope, outermost first; hidden ones are left out. The default
    /// namespace has the empty prefix.
    pub fn in_scope(&self) -> Vec<(&'s str, &str)> {
        let mut scope: Vec<(&'s str, &str)> = Vec::with_capacity(self.namespaces.len());
        for (prefix, space) in self.namespaces.since(0) {
            scope.retain(|(other, _)| *other != prefix);
            scope.push((prefix, self.namespaces.uri(space)));
        }
        scope
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

    fn position(&self) -> usize {
        // The text is shorter than 4 GiB.
        self.base + usize::try_from(self.raw.buffer_position()).unwrap_or(usize::MAX)
    }

    fn start(&mut self, at: Extent, end: usize) -> XmlResult<Event<'s>> {
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

    fn check_start(&mut self, at: Extent) -> XmlResult<()> {
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

    fn end(&mut self, at: Extent) -> XmlResult<Event<'s>> {
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
    fn close(&mut self) -> End {
        let Some(open) = self.open.pop() else {
            return End { element: Extent::default(), content: Extent::default() };
        };
        self.namespaces.truncate(open.bindings);
        End { element: open.tag, content: Extent { start: open.tag.end, end: open.tag.end } }
    }

    fn characters(&mut self, at: Extent) -> XmlResult<Option<Text<'s>>> {
        let run = at.slice(self.text);
        if self.text_ends_at(at.end as usize) && !run.starts_with(['&', '<']) {
            let look = look(run, at.start as usize, false)?;
            if self.open.is_empty() {
                return if look.blank { Ok(None) } else { Err(outside(at)) };
            }
            let value = if look.verbatim { Cow::Borrowed(run) } else { Cow::Owned(lines(run)) };
            return Ok(Some(Text { value, at, blank: look.blank }));
        }
        if self.open.is_empty() {
            return Err(outside(at));
        }
        self.joined(at).map(Some)
    }

    // Whether what follows is no character data.
    fn text_ends_at(&self, place: usize) -> bool {
        let rest = self.text.as_bytes().get(place..).unwrap_or_default();
        match rest.first() {
            Some(b'<') => !rest.starts_with(b"<![CDATA["),
            Some(_) => false,
            None => true,
        }
    }

    // Character data in several pieces: texts, references, CDATA sections.
    #[cold]
    fn joined(&mut self, first: Extent) -> XmlResult<Text<'s>> {
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

    fn comment(&mut self, at: Extent) -> XmlResult<Event<'s>> {
        let text = at.slice(self.text);
        let text = text.strip_prefix("<!--").and_then(|rest| rest.strip_suffix("-->")).unwrap_or("");
        look(text, at.start as usize + 4, true)?;
        if text.contains("--") || text.ends_with('-') {
            return Err(XmlError::ill_formed(at, "`--` inside a comment", "XML keeps it for the comment's end"));
        }
        Ok(Event::Comment(Misc { text, at }))
    }

    fn instruction(&mut self, at: Extent) -> XmlResult<Event<'s>> {
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

    fn eof(&mut self) -> XmlResult<Event<'s>> {
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

    #[cold]
    fn broken(&self, start: usize, error: &quick_xml::Error) -> XmlError {
        use quick_xml::errors::{IllFormedError, SyntaxError};
        let rest = self.text.get(start..).unwrap_or("");
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let at = Extent::new(start, start + first);
        if rest.get(..9).is_some_and(|word| word.eq_ignore_ascii_case("<!DOCTYPE")) {
            return XmlError::dtd(Extent::new(start, start + 9));
        }
        let (message, label) = match error {
            quick_xml::Error::Syntax(SyntaxError::UnclosedComment) => ("a comment without an end", "expected `-->`"),
            quick_xml::Error::Syntax(SyntaxError::UnclosedCData) => {
                ("a CDATA section without an end", "expected `]]>`")
            }
            quick_xml::Error::Syntax(SyntaxError::UnclosedPI | SyntaxError::UnclosedXmlDecl) => {
                ("a processing instruction without an end", "expected `?>`")
            }
            quick_xml::Error::Syntax(SyntaxError::InvalidBangMarkup) => {
                ("`<!` that starts neither a comment nor a CDATA section", "expected `<!--` or `<![CDATA[`")
            }
            quick_xml::Error::Syntax(_) => ("a tag without an end", "expected `>`"),
            quick_xml::Error::IllFormed(IllFormedError::UnclosedReference) => {
                return match reference(rest, start) {
                    Err(error) => error,
                    Ok(_) => XmlError::ill_formed(at, "a reference without an end", "expected `;`"),
                };
            }
            _ => ("the document is not well-formed", "from here on"),
        };
        XmlError::ill_formed(at, message, label)
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

fn lines(run: &str) -> String {
    let mut out = String::with_capacity(run.len());
    push_lines(&mut out, run);
    out
}

#[cold]
fn outside(at: Extent) -> XmlError {
    XmlError::ill_formed(at, "text outside the root element", "only comments can stand here")
}

#[cold]
fn bad_name(at: Extent) -> XmlError {
    XmlError::ill_formed(at, "a tag without a name", "a name starts with a letter or `_`, and has one `:` at most")
}
