//! `xpath-prefix`: an XPath with a prefix that nothing declares.

use crate::check::explain::explanation;
use crate::diagnostic::{Diagnostic, Span};

explanation! {
    "xpath-prefix",
    refuses: "An XPath that uses a prefix without a namespace declaration in scope. A policy with it is evaluated; the expression gives Indeterminate.",
    because: "The prefixes of an XPath are those of the policy at that place. The request's own prefixes do not count, whatever it declares.",
    example: r#"<AttributeSelector Category="urn:c" Path="md:record/md:born" DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="false"/>"#,
    instead: r#"<AttributeSelector xmlns:md="urn:example:medical" Category="urn:c" Path="md:record/md:born" DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="false"/>"#,
}

/// The prefix at this place.
pub(crate) fn report(at: Span, prefix: &str, evaluated: &str) -> Diagnostic {
    Diagnostic::error(
        CODE,
        at,
        format!("prefix `{prefix}` in an XPath is not declared"),
        format!("no `xmlns:{prefix}` on this element or above it"),
    )
    .note(format!("an evaluated {evaluated} would give Indeterminate (processing-error)"), None)
    .help("declare the prefix in the policy; the request's own prefixes don't count")
}
