//! What the reader gives, one after the other.

use std::borrow::Cow;

use super::{Extent, Name};

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
