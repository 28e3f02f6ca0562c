//! Status codes, and the fault that makes a value Indeterminate (core 5.55, 5.57, 7.19).

use std::borrow::Cow;

use crate::types::LexicalError;

/// The four codes of core B.8. Nested, minor codes are in [`Fault::minor`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum StatusCode {
    /// Success.
    #[default]
    Ok,
    /// An attribute that the decision needs was absent.
    MissingAttribute,
    /// A malformed value, request or policy.
    SyntaxError,
    /// Evaluation failed: division by zero, the wrong size of a bag, an unsupported function.
    ProcessingError,
}

impl StatusCode {
    /// The identifier.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "urn:oasis:names:tc:xacml:1.0:status:ok",
            Self::MissingAttribute => "urn:oasis:names:tc:xacml:1.0:status:missing-attribute",
            Self::SyntaxError => "urn:oasis:names:tc:xacml:1.0:status:syntax-error",
            Self::ProcessingError => "urn:oasis:names:tc:xacml:1.0:status:processing-error",
        }
    }
}

/// An attribute that was missing (core 5.58): what `MissingAttributeDetail` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingAttribute {
    /// The category's identifier.
    pub category: String,
    /// The attribute's identifier; for a selector its path.
    pub id: String,
    /// The data type's identifier.
    pub data_type: &'static str,
    /// The issuer that the designator asked for.
    pub issuer: Option<String>,
}

/// Why a value is Indeterminate. The first fault met in document order is the one that is reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The top-level status code.
    pub code: StatusCode,
    /// Minor status codes, outermost first.
    pub minor: Vec<Cow<'static, str>>,
    /// One sentence for people.
    pub message: Cow<'static, str>,
    /// With `missing-attribute`: which ones.
    pub missing: Vec<MissingAttribute>,
}

impl Fault {
    /// A `syntax-error`.
    pub fn syntax(message: impl Into<Cow<'static, str>>) -> Self {
        Self { code: StatusCode::SyntaxError, minor: Vec::new(), message: message.into(), missing: Vec::new() }
    }

    /// A `processing-error`.
    pub fn processing(message: impl Into<Cow<'static, str>>) -> Self {
        Self { code: StatusCode::ProcessingError, minor: Vec::new(), message: message.into(), missing: Vec::new() }
    }

    /// A `missing-attribute` that names the attribute.
    pub fn missing(attribute: MissingAttribute) -> Self {
        Self {
            code: StatusCode::MissingAttribute,
            minor: Vec::new(),
            message: Cow::Owned(format!("attribute `{}` is missing", attribute.id)),
            missing: vec![attribute],
        }
    }
}

impl From<LexicalError> for Fault {
    fn from(error: LexicalError) -> Self {
        Self::syntax(error.message().to_owned())
    }
}
