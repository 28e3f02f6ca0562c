//! `unexpected-attribute`: an attribute that an element doesn't have.

use crate::check::explain::explanation;
use crate::check::{suggest, words};
use crate::diagnostic::{Diagnostic, Span};

explanation! {
    "unexpected-attribute",
    refuses: "An attribute that the element does not have in XACML.",
    because: "A misspelt attribute would be passed over in silence, and the policy would mean something else.",
    example: r#"<AttributeDesignator Category="urn:c" AttributeId="urn:a" DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="false" Issuers="x"/>"#,
    instead: r#"<AttributeDesignator Category="urn:c" AttributeId="urn:a" DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="false" Issuer="x"/>"#,
}

/// `element` has `allowed`, and not `name`.
pub(crate) fn report(at: Span, name: &str, element: &str, allowed: &[&str]) -> Diagnostic {
    let diagnostic =
        Diagnostic::error(CODE, at, format!("`{element}` has no attribute `{name}`"), "not an attribute of XACML here");
    match suggest::name(name, allowed.iter().copied()) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None if allowed.is_empty() => diagnostic.help(format!("`{element}` has no attributes")),
        None => diagnostic.help(format!("`{element}` has {}", words::all_of(allowed.iter().copied()))),
    }
}
