//! `match-function`: a `MatchId` that can't match.

use crate::check::explain::explanation;
use crate::check::words;
use crate::diagnostic::{Diagnostic, Span};
use crate::functions::Function;

explanation! {
    "match-function",
    refuses: "A `MatchId` that names a function which does not take two single values and give a boolean.",
    because: "A `Match` calls it with the policy's value and each value of the attribute in turn.",
    example: r#"<Match MatchId="urn:oasis:names:tc:xacml:1.0:function:string-is-in">
  <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">a</AttributeValue>
  <AttributeDesignator Category="urn:c" AttributeId="urn:a" DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="false"/>
</Match>"#,
    instead: r#"<Match MatchId="urn:oasis:names:tc:xacml:1.0:function:string-equal">
  <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">a</AttributeValue>
  <AttributeDesignator Category="urn:c" AttributeId="urn:a" DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="false"/>
</Match>"#,
}

/// `function` can't be a `MatchId`.
pub(crate) fn report(at: Span, function: &Function) -> Diagnostic {
    let message = format!("`{}` can't be a `MatchId`", function.short_name());
    let label = format!("is {}; a match needs (value, value → boolean)", words::signature(function));
    let diagnostic = Diagnostic::error(CODE, at, message, label);
    match function.short_name().strip_suffix("-is-in") {
        Some(name) => diagnostic.help(format!("use `{name}-equal`: a match tries each value of the bag")),
        None => diagnostic,
    }
}
