//! `bad-effect`: an effect that is neither Permit nor Deny.

use crate::check::explain::explanation;
use crate::diagnostic::{Diagnostic, Edit, Fix, Span};

explanation! {
    "bad-effect",
    refuses: "An `Effect`, `FulfillOn` or `AppliesTo` that is neither `Permit` nor `Deny`.",
    because: "XACML knows these two, and compares letter by letter.",
    example: r#"<Rule RuleId="r" Effect="Allow"/>"#,
    instead: r#"<Rule RuleId="r" Effect="Permit"/>"#,
}

/// `value` of the attribute `name`.
pub(crate) fn report(at: Span, name: &str, value: &str) -> Diagnostic {
    let diagnostic = Diagnostic::error(CODE, at, format!("`{value}` is not an effect"), "expected `Permit` or `Deny`");
    let meant = match value.to_ascii_lowercase().trim() {
        "permit" | "allow" | "grant" | "accept" | "true" => "Permit",
        "deny" | "forbid" | "refuse" | "reject" | "false" => "Deny",
        _ => return diagnostic.help(format!("write `{name}=\"Permit\"` or `{name}=\"Deny\"`")),
    };
    diagnostic
        .help(format!("write `{name}=\"{meant}\"`"))
        .fix(Fix { safe: false, edits: vec![Edit { at, text: meant.to_owned() }] })
}
