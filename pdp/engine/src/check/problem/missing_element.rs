//! `missing-element`: an element without one that it needs.

use crate::check::explain::explanation;
use crate::diagnostic::{Diagnostic, Span};

explanation! {
    "missing-element",
    refuses: "An element that lacks another one inside it.",
    because: "XACML requires it. A `Policy` or `PolicySet` without restrictions says so with an empty `Target`.",
    example: "<AnyOf/>",
    instead: r#"<AnyOf>
  <AllOf>
    <Match MatchId="urn:oasis:names:tc:xacml:1.0:function:string-equal">
      <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">read</AttributeValue>
      <AttributeDesignator Category="urn:oasis:names:tc:xacml:3.0:attribute-category:action" AttributeId="urn:oasis:names:tc:xacml:1.0:action:action-id" DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="false"/>
    </Match>
  </AllOf>
</AnyOf>"#,
}

/// `parent` lacks `what`, which is an element's name in backticks or a kind of element.
pub(crate) fn report(at: Span, parent: &str, what: &str) -> Diagnostic {
    let diagnostic = Diagnostic::error(CODE, at, format!("`{parent}` lacks {what}"), format!("needs {what}"));
    match what {
        "`Target`" => diagnostic.help("write `<Target/>` where it applies to every request"),
        _ => diagnostic,
    }
}
