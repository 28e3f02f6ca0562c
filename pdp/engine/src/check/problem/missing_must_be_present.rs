//! `missing-must-be-present`: a designator or selector that doesn't say what absence means.

use crate::check::explain::explanation;
use crate::diagnostic::{Diagnostic, Edit, Fix, Span};

explanation! {
    "missing-must-be-present",
    refuses: "An `AttributeDesignator` or `AttributeSelector` without `MustBePresent`.",
    because: "It decides what happens when a request lacks the attribute. XACML 2.0 took it for false; XACML 3.0 requires it.",
    example: r#"<AttributeDesignator Category="urn:c" AttributeId="urn:a" DataType="http://www.w3.org/2001/XMLSchema#string"/>"#,
    instead: r#"<AttributeDesignator Category="urn:c" AttributeId="urn:a" DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="false"/>"#,
}

/// `element`, whose name ends where the fix writes the attribute.
pub(crate) fn report(at: Span, element: &str) -> Diagnostic {
    let end = Span { start: at.end, ..at };
    Diagnostic::error(
        CODE,
        at,
        format!("`{element}` lacks `MustBePresent`"),
        "required in XACML 3.0; XACML 2.0 took it for false",
    )
    .help("`false`: when absent, an empty bag (no match); `true`: when absent, Indeterminate with `missing-attribute`")
    .fix(Fix { safe: false, edits: vec![Edit { at: end, text: " MustBePresent=\"false\"".to_owned() }] })
}
