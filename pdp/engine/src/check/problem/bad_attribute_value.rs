//! `bad-attribute-value`: a boolean or number in an attribute that is none.

use crate::check::explain::explanation;
use crate::diagnostic::{Diagnostic, Span};

explanation! {
    "bad-attribute-value",
    refuses: "A `MustBePresent` that is not a boolean, or a `MaxDelegationDepth` that is not a whole number of zero or more.",
    because: "The schema of XACML gives these attributes a type.",
    example: r#"<AttributeDesignator Category="urn:c" AttributeId="urn:a" DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="yes"/>"#,
    instead: r#"<AttributeDesignator Category="urn:c" AttributeId="urn:a" DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="true"/>"#,
}

/// The attribute `name` can't have this value.
pub(crate) fn report(at: Span, name: &str, value: &str, expected: &str) -> Diagnostic {
    Diagnostic::error(CODE, at, format!("`{name}` can't be `{value}`"), format!("expected {expected}"))
}
