//! `missing-attribute`: an element without an attribute that it needs.

use crate::check::explain::explanation;
use crate::diagnostic::{Diagnostic, Span};

explanation! {
    "missing-attribute",
    refuses: "An element that lacks a required attribute.",
    because: "Without it the element says nothing that could be evaluated.",
    example: r#"<Rule RuleId="r"/>"#,
    instead: r#"<Rule RuleId="r" Effect="Permit"/>"#,
}

/// `element` lacks `name`.
pub(crate) fn report(at: Span, element: &str, name: &str) -> Diagnostic {
    let diagnostic = Diagnostic::error(CODE, at, format!("`{element}` lacks `{name}`"), "required in XACML 3.0");
    match name {
        "Version" => diagnostic.help("write `Version=\"1.0\"`"),
        "Effect" => diagnostic.help("write `Effect=\"Permit\"` or `Effect=\"Deny\"`"),
        "FulfillOn" | "AppliesTo" => diagnostic.help(format!("write `{name}=\"Permit\"` or `{name}=\"Deny\"`")),
        "DataType" => diagnostic.help("write `DataType=\"http://www.w3.org/2001/XMLSchema#string\"` for a text"),
        _ => diagnostic,
    }
}
