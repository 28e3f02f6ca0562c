//! A document as its readers want it: the next child, the text, or a step over an element.

use std::borrow::Cow;

use smallvec::SmallVec;

use crate::limits::Limits;
use crate::read::xml::{Event, Space, Start, Text, XmlError, XmlLimits, XmlReader};
use crate::request::RequestError;
use crate::value::Arena;

pub(in crate::wire) type Read<T> = Result<T, RequestError>;

/// What an element holds that may hold text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::wire) enum Held<'a> {
    /// Text alone: sections, references and comments resolved.
    Plain(&'a str),
    /// Elements are among it: all of it as written.
    Markup(&'a str),
}

/// A document that is read; it stands inside the element that was opened last.
pub(in crate::wire) struct Document<'a> {
    pub(super) xml: XmlReader<'a>,
    pub(super) arena: &'a Arena,
    // The declarations in scope as last asked for, and when that was; values beside each other share them.
    listed: Option<(u32, Scope<'a>)>,
}

/// Prefix (empty for the default) and namespace of declarations in scope.
pub(in crate::wire) type Scope<'a> = &'a [(&'a str, &'a str)];

impl<'a> Document<'a> {
    /// A reader at the start of a request.
    pub(in crate::wire) fn new(text: &'a str, arena: &'a Arena, limits: &Limits) -> Read<Self> {
        Self::within(text, arena, XmlLimits::request(limits))
    }

    /// A reader at the start of a text with bounds of its own.
    pub(super) fn within(text: &'a str, arena: &'a Arena, limits: XmlLimits) -> Read<Self> {
        Ok(Self { xml: XmlReader::new(text, limits)?, arena, listed: None })
    }

    /// Opens the document's element.
    pub(in crate::wire) fn root(&mut self) -> Read<Start<'a>> {
        loop {
            if let Event::Start(start) = self.xml.pull()? {
                return Ok(start);
            }
        }
    }

    /// Opens the next child of the element opened last; `None` at its end, which is then taken.
    #[inline]
    pub(in crate::wire) fn child(&mut self) -> Read<Option<Start<'a>>> {
        loop {
            match self.xml.pull()? {
                Event::Start(start) => return Ok(Some(start)),
                Event::End(_) | Event::Eof => return Ok(None),
                Event::Text(text) if !text.blank => return Err(self.stray_text(&text)),
                _ => {}
            }
        }
    }

    /// The same, text before it stepped over.
    pub(in crate::wire) fn mixed_child(&mut self) -> Read<Option<Start<'a>>> {
        loop {
            match self.xml.pull()? {
                Event::Start(start) => return Ok(Some(start)),
                Event::End(_) | Event::Eof => return Ok(None),
                _ => {}
            }
        }
    }

    /// The text of the element that was opened last, to its end.
    #[inline]
    pub(in crate::wire) fn text(&mut self) -> Read<Held<'a>> {
        self.text_or_markup(&mut None)
    }

    /// The same; where elements are among it, with the namespaces in scope around them.
    #[inline]
    pub(in crate::wire) fn text_or_markup(&mut self, around: &mut Option<Scope<'a>>) -> Read<Held<'a>> {
        let mut text = Cow::Borrowed("");
        loop {
            match self.xml.pull()? {
                Event::Text(more) if text.is_empty() => text = more.value,
                // A comment stood between them.
                Event::Text(more) => text.to_mut().push_str(&more.value),
                Event::End(_) | Event::Eof => return Ok(Held::Plain(self.keep(text))),
                Event::Start(_) => return self.markup(around),
                Event::Comment(_) | Event::Instruction(_) => {}
            }
        }
    }

    // An element was opened among text: all that the outer one holds.
    #[cold]
    fn markup(&mut self, around: &mut Option<Scope<'a>>) -> Read<Held<'a>> {
        if around.is_none() {
            let inside = self.xml.scope_around();
            *around = Some(self.lay_out(&inside));
        }
        self.xml.skip()?;
        let outer = self.xml.skip()?;
        Ok(Held::Markup(outer.content.slice(self.xml.source())))
    }

    /// Steps over the element opened last and gives all of it, from `<` to `>`.
    pub(in crate::wire) fn skip(&mut self) -> Read<&'a str> {
        Ok(self.xml.skip()?.element.slice(self.xml.source()))
    }

    /// Holds when nothing but comments, instructions and white space is left.
    pub(in crate::wire) fn finish(&mut self) -> Read<()> {
        while !matches!(self.xml.pull()?, Event::Eof) {}
        Ok(())
    }

    /// The namespaces in scope in the element opened last.
    pub(in crate::wire) fn namespaces(&mut self) -> Scope<'a> {
        let now = self.xml.scope_changes();
        match self.listed {
            Some((then, listed)) if then == now => listed,
            _ => {
                let scope = self.xml.in_scope();
                let listed = self.lay_out(&scope);
                self.listed = Some((now, listed));
                listed
            }
        }
    }

    fn lay_out(&self, scope: &[(&'a str, Cow<'a, str>)]) -> Scope<'a> {
        let kept = |(prefix, uri): &(&'a str, Cow<'a, str>)| (*prefix, self.keep(uri.clone()));
        // A default namespace that was undeclared is none.
        let listed: SmallVec<[_; 8]> = scope.iter().filter(|(_, uri)| !uri.is_empty()).map(kept).collect();
        self.arena.bump().alloc_slice_copy(&listed)
    }

    /// A text that lives as long as the request.
    #[inline]
    pub(super) fn keep(&self, text: Cow<'a, str>) -> &'a str {
        match text {
            Cow::Borrowed(text) => text,
            Cow::Owned(text) => self.arena.text(&text),
        }
    }

    #[cold]
    fn stray_text(&self, text: &Text<'_>) -> RequestError {
        let written = text.at.slice(self.xml.source());
        let blanks = written.len() - written.trim_ascii_start().len();
        let message = format!("text is not allowed in `{}`", self.xml.open_name());
        RequestError::new(message, Some(text.at.start as usize + blanks))
    }
}

impl Start<'_> {
    /// Whether it is an element of the core schema with this name.
    #[inline]
    pub(in crate::wire) fn is(&self, local: &str) -> bool {
        self.name.space == Space::Core && self.name.local == local
    }

    /// Where its `<` stands.
    pub(in crate::wire) fn offset(&self) -> usize {
        self.at.start as usize
    }
}

impl From<XmlError> for RequestError {
    fn from(error: XmlError) -> Self {
        let offset = Some(error.at.start as usize);
        if error.code == "limit-exceeded" {
            return Self::too_large(&*error.message, offset);
        }
        Self::new(format!("{}: {}", error.message, error.label), offset)
    }
}
