//! Why an expression, a `Content` or an evaluation was refused.

use thiserror::Error;

/// What went wrong with an XPath, where it is known, and in words.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message}")]
#[non_exhaustive]
pub struct XPathError {
    /// For whoever must tell one failure from another.
    pub kind: XPathErrorKind,
    /// Byte in the expression, or in the `Content` where that is at fault.
    pub offset: Option<usize>,
    /// What is wrong, for people.
    pub message: String,
}

/// The kinds of failure.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum XPathErrorKind {
    /// No namespace declaration in scope has this prefix.
    UndeclaredPrefix {
        /// The prefix, without its colon.
        prefix: String,
    },
    /// The text is not an expression of its version.
    Syntax,
    /// An expression of a version that is not available here.
    Unsupported,
    /// Too long, too deep, or too much work.
    TooComplex,
    /// The result is a string, a number or a boolean, where nodes were wanted (core 7.3.7).
    NotNodeSet,
    /// The context selector gives no node, or several.
    ContextNode,
    /// The `Content` is not well-formed, or larger than the limits.
    Content,
    /// The expression failed while it ran.
    Evaluation,
}

pub(super) type Result<T> = std::result::Result<T, XPathError>;

impl XPathError {
    pub(super) fn new(kind: XPathErrorKind, message: impl Into<String>) -> Self {
        Self { kind, offset: None, message: message.into() }
    }

    pub(super) fn at(offset: usize, kind: XPathErrorKind, message: impl Into<String>) -> Self {
        Self { kind, offset: Some(offset), message: message.into() }
    }

    pub(super) fn syntax(offset: usize, message: impl Into<String>) -> Self {
        Self::at(offset, XPathErrorKind::Syntax, message)
    }

    pub(super) fn undeclared(offset: usize, prefix: &str) -> Self {
        let kind = XPathErrorKind::UndeclaredPrefix { prefix: prefix.to_owned() };
        Self::at(offset, kind, format!("no namespace declaration in scope has the prefix `{prefix}`"))
    }
}
