//! What is wrong in a policy document, where, and what to do: facts for a renderer, no rendering.

/// A position in a source: which file, and which bytes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span {
    /// The source, by its place in the caller's list.
    pub file: u32,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// The document is refused.
    Error,
    /// The document is accepted; a person should look.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// A remark beside the main one, with its own place where it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The remark.
    pub message: String,
    /// Where it points.
    pub at: Option<Span>,
}

/// A replacement of the bytes of a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced.
    pub at: Span,
    /// The new text.
    pub text: String,
}

/// A way to mend the document. A safe one changes no decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// Whether it changes no decision.
    pub safe: bool,
    /// The edits, which do not overlap.
    pub edits: Vec<Edit>,
}

/// One problem of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// Its stable code, such as `unknown-function`.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// The smallest span that shows it.
    pub at: Span,
    /// Why it is wrong here, beside the span.
    pub label: String,
    /// Further places and facts.
    pub notes: Vec<Note>,
    /// What to do.
    pub help: Option<String>,
    /// How a program can do it.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// An error at a span.
    pub fn error(code: &'static str, at: Span, message: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            code,
            message: message.into(),
            at,
            label: label.into(),
            notes: Vec::new(),
            help: None,
            fix: None,
        }
    }

    /// A warning at a span.
    pub fn warning(code: &'static str, at: Span, message: impl Into<String>, label: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, at, message, label) }
    }

    /// The same with what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same with a further place.
    #[must_use]
    pub fn note(mut self, message: impl Into<String>, at: Option<Span>) -> Self {
        self.notes.push(Note { message: message.into(), at });
        self
    }

    /// The same with a way to mend it.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }
}

/// Line and column of a byte, both from 1; the column counts characters, a tab is one.
pub fn line_column(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte.min(text.len())).unwrap_or(text);
    let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    (line, before.get(start..).unwrap_or("").chars().count() + 1)
}
