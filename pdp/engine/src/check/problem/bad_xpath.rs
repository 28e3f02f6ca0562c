//! `bad-xpath`: an XPath that doesn't parse.

use crate::check::explain::explanation;
use crate::check::words;
use crate::diagnostic::{Diagnostic, Span};

explanation! {
    "bad-xpath",
    refuses: "An XPath that is none in the version in force. A policy with it is evaluated; the expression gives Indeterminate.",
    because: "The standard makes it an error of the evaluation (core 7.3.7), so a policy is not refused for a part that may never be asked.",
    example: r#"<AttributeSelector Category="urn:c" Path="//record[?]/name" DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="false"/>"#,
    instead: r#"<AttributeSelector Category="urn:c" Path="//record[1]/name" DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="false"/>"#,
}

/// What is wrong with the XPath at this place.
pub(crate) fn report(at: Span, text: &str, version: &str, reason: &str, evaluated: &str) -> Diagnostic {
    let message = format!("`{}` is not an XPath {version} expression", words::shown(text));
    Diagnostic::error(CODE, at, message, reason.to_owned())
        .note(format!("an evaluated {evaluated} would give Indeterminate (processing-error)"), None)
}
