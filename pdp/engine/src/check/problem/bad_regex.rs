//! `bad-regex`: a regular expression that doesn't parse.

use crate::check::explain::explanation;
use crate::check::words;
use crate::diagnostic::{Diagnostic, Span};

explanation! {
    "bad-regex",
    refuses: "A literal pattern of a `…-regexp-match` that is no regular expression. A policy with it is evaluated; the call gives Indeterminate.",
    because: r"Patterns are those of XML Schema and XPath: no `\b`, no look-around, no flags. A constant that fails is an error of the evaluation.",
    example: r#"<Apply FunctionId="urn:oasis:names:tc:xacml:1.0:function:string-regexp-match">
  <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">a(b</AttributeValue>
  <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">ab</AttributeValue>
</Apply>"#,
    instead: r#"<Apply FunctionId="urn:oasis:names:tc:xacml:1.0:function:string-regexp-match">
  <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">a(b)</AttributeValue>
  <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">ab</AttributeValue>
</Apply>"#,
}

/// What is wrong with the pattern at this place, at a byte of it.
pub(crate) fn report(at: Span, pattern: &str, offset: usize, reason: &str) -> Diagnostic {
    let message = format!("`{}` is not a regular expression (byte {offset})", words::shown(pattern));
    Diagnostic::error(CODE, at, message, reason.to_owned())
        .note("an evaluated match would give Indeterminate (syntax-error)", None)
}
