//! What is wrong with a text as XML, where it is, and where the element was opened.

use std::borrow::Cow;

use super::Extent;
use crate::diagnostic::Diagnostic;

/// A text that can't be read as XML. Nothing else can be said of it.
///
/// The error is rare and its particulars are large, hence the box.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.message)]
pub struct XmlError(Box<XmlProblem>);

/// What an [`XmlError`] says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct XmlProblem {
    /// `ill-formed-xml`, `dtd-present`, `limit-exceeded` or `unsupported-encoding`.
    pub code: &'static str,
    /// What is wrong.
    pub message: Cow<'static, str>,
    /// Why it is wrong here.
    pub label: Cow<'static, str>,
    /// The smallest place that shows it.
    pub at: Extent,
    /// The opening tag that this is about.
    pub opened: Option<Extent>,
    /// What to do.
    pub help: Option<Cow<'static, str>>,
}

/// The result of reading.
pub type XmlResult<T> = Result<T, XmlError>;

impl std::ops::Deref for XmlError {
    type Target = XmlProblem;

    fn deref(&self) -> &XmlProblem {
        &self.0
    }
}

impl XmlError {
    fn new(
        code: &'static str,
        at: Extent,
        message: impl Into<Cow<'static, str>>,
        label: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self(Box::new(XmlProblem { code, message: message.into(), label: label.into(), at, opened: None, help: None }))
    }

    #[cold]
    pub(super) fn ill_formed(
        at: Extent,
        message: impl Into<Cow<'static, str>>,
        label: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new("ill-formed-xml", at, message, label)
    }

    #[cold]
    pub(super) fn dtd(at: Extent) -> Self {
        Self::new("dtd-present", at, "a document type declaration is not read", "a DTD can define entities")
            .help("remove `<!DOCTYPE …>`; write the characters that its entities stood for")
    }

    #[cold]
    pub(super) fn encoding(
        at: Extent,
        message: impl Into<Cow<'static, str>>,
        label: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new("unsupported-encoding", at, message, label).help("save the document as UTF-8")
    }

    #[cold]
    pub(super) fn limit(at: Extent, what: &str, limit: usize, setting: &str) -> Self {
        Self::new("limit-exceeded", at, format!("more than {limit} {what}"), format!("limit {limit}"))
            .help(format!("make it smaller, or raise the setting `{setting}`"))
    }

    #[must_use]
    pub(super) fn help(mut self, help: impl Into<Cow<'static, str>>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    #[must_use]
    pub(super) fn opened(mut self, tag: Extent) -> Self {
        self.0.opened = Some(tag);
        self
    }

    /// The same as a diagnostic of a file.
    pub fn diagnostic(&self, file: u32) -> Diagnostic {
        let mut diagnostic = Diagnostic::error(self.code, self.at.of(file), &*self.message, &*self.label);
        if let Some(tag) = self.opened {
            diagnostic = diagnostic.note("opened here", Some(tag.of(file)));
        }
        match &self.help {
            Some(help) => diagnostic.help(&**help),
            None => diagnostic,
        }
    }
}
