//! `unknown-category`: a category that is nearly one of the standard's.

use crate::check::explain::explanation;
use crate::diagnostic::{Diagnostic, Edit, Fix, Span};

explanation! {
    "unknown-category",
    refuses: "Warns of a `Category` that looks like one of XACML's, but is none.",
    because: "Any URI may be a category, so a misspelt one is accepted, and its attributes are never found.",
    example: r#"<AttributeDesignator Category="urn:oasis:names:tc:xacml:1.0:subject-category:acces-subject" AttributeId="urn:a" DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="false"/>"#,
    instead: r#"<AttributeDesignator Category="urn:oasis:names:tc:xacml:1.0:subject-category:access-subject" AttributeId="urn:a" DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="false"/>"#,
}

/// `id` is not known; `meant` is.
pub(crate) fn report(at: Span, id: &str, meant: &str) -> Diagnostic {
    Diagnostic::warning(CODE, at, format!("unknown category `{id}`"), "no category of XACML has this identifier")
        .help(format!("did you mean `{meant}`?"))
        .fix(Fix { safe: false, edits: vec![Edit { at, text: meant.to_owned() }] })
}
