//! A request as the doors decode it: attributes by category, values still as text (core 5.42 to 5.49).
//!
//! Values are parsed when they are first read: an ill-formed value that no policy reads disturbs nobody.

use crate::status::Fault;
use crate::value::DataType;

/// A whole request, perhaps for several decisions.
#[derive(Debug, Clone, Copy, Default)]
pub struct Request<'a> {
    /// Whether the answer lists the applicable policies.
    pub return_policy_id_list: bool,
    /// Whether all results are to be combined into one.
    pub combined_decision: bool,
    /// The XPath version of `RequestDefaults`, by its identifier.
    pub xpath_version: Option<&'a str>,
    /// The `Attributes` elements, in order.
    pub attributes: &'a [Attributes<'a>],
    /// `MultiRequests`: for each individual request the `xml:id`s of its `Attributes`.
    pub references: &'a [&'a [&'a str]],
}

/// One `Attributes` element: what is said about one entity.
#[derive(Debug, Clone, Copy, Default)]
pub struct Attributes<'a> {
    /// The category's identifier.
    pub category: &'a str,
    /// `xml:id`, or `Id` in JSON.
    pub id: Option<&'a str>,
    /// The `Content` element.
    pub content: Option<Content<'a>>,
    /// The attributes, in order.
    pub attributes: &'a [Attribute<'a>],
}

/// The one element child of a `Content` element, as text.
#[derive(Debug, Clone, Copy)]
pub struct Content<'a> {
    /// The element, from its `<` to its last `>`.
    pub xml: &'a str,
    /// Prefix (empty for the default) and namespace of the declarations in scope around it.
    pub namespaces: &'a [(&'a str, &'a str)],
}

/// One `Attribute` element.
#[derive(Debug, Clone, Copy, Default)]
pub struct Attribute<'a> {
    /// The attribute's identifier.
    pub id: &'a str,
    /// Who vouches for it.
    pub issuer: Option<&'a str>,
    /// Whether the answer repeats it.
    pub include_in_result: bool,
    /// The values.
    pub values: &'a [RawValue<'a>],
}

/// One value as it came.
#[derive(Debug, Clone, Copy)]
pub struct RawValue<'a> {
    /// Its data type.
    pub data_type: TypeName<'a>,
    /// Its text, unescaped.
    pub text: &'a str,
    /// What an xpathExpression has besides. Another value has this where elements are among its text, which then is
    /// XML as it was written; only the namespaces count.
    pub xpath: Option<&'a RawXPath<'a>>,
}

/// The data type of a request's value: one that the engine knows, or any other identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TypeName<'a> {
    /// A type of [`DataType`].
    Known(DataType),
    /// Another type: carried and echoed, never read.
    Other(&'a str),
}

/// Category and namespaces of an xpathExpression.
#[derive(Debug, Clone, Copy)]
pub struct RawXPath<'a> {
    /// `XPathCategory`; empty where the value is not an xpathExpression.
    pub category: &'a str,
    /// Prefix (empty for the default) and namespace of the declarations in scope.
    pub namespaces: &'a [(&'a str, &'a str)],
}

/// A request for one decision: at most one `Attributes` for each category (Multiple Decision Profile 2).
#[derive(Debug, Clone, Copy)]
pub struct Individual<'a> {
    /// The `Attributes` of this decision, in the order of the request.
    pub attributes: &'a [&'a Attributes<'a>],
    /// The XPath version for expressions that came with the request.
    pub xpath_version: Option<&'a str>,
    /// Whether the applicable policies are to be listed.
    pub return_policy_id_list: bool,
}

/// A request that could not be decoded: 400 over HTTP, exit 3 of `argus eval`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
#[non_exhaustive]
pub struct RequestError {
    /// What is wrong, and what was expected.
    pub message: String,
    /// The byte at which it was found, where known.
    pub offset: Option<usize>,
    /// Whether a limit was passed; the message names it.
    pub too_large: bool,
}

impl RequestError {
    /// An ill-formed request.
    pub fn new(message: impl Into<String>, offset: Option<usize>) -> Self {
        Self { message: message.into(), offset, too_large: false }
    }

    /// A request beyond a limit.
    pub fn too_large(message: impl Into<String>, offset: Option<usize>) -> Self {
        Self { message: message.into(), offset, too_large: true }
    }

    /// Line and column, both from 1, at which it was found in the input; columns count characters.
    pub fn position(&self, input: &[u8]) -> Option<(usize, usize)> {
        let before = input.get(..self.offset?)?;
        let line = before.split(|byte| *byte == b'\n').count();
        let last = before.rsplit(|byte| *byte == b'\n').next()?;
        Some((line, String::from_utf8_lossy(last).chars().count() + 1))
    }

    /// The message with its place in the input: `line 3, column 14: expected a string, found null`.
    pub fn describe(&self, input: &[u8]) -> String {
        match self.position(input) {
            Some((line, column)) => format!("line {line}, column {column}: {}", self.message),
            None => self.message.clone(),
        }
    }
}

impl<'a> TypeName<'a> {
    /// Reads an identifier.
    pub fn from_uri(uri: &'a str) -> Self {
        DataType::from_uri(uri).map_or(Self::Other(uri), Self::Known)
    }

    /// The identifier.
    pub fn uri(self) -> &'a str {
        match self {
            Self::Known(data_type) => data_type.uri(),
            Self::Other(uri) => uri,
        }
    }
}

/// An individual request, or the fault that its making met (Multiple Decision Profile: such a one still has a result).
pub type Expanded<'a> = Result<Individual<'a>, Fault>;
