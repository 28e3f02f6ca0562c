//! `unsupported-function`: a function that no longer has a meaning.

use crate::check::explain::explanation;
use crate::diagnostic::{Diagnostic, Span};

explanation! {
    "unsupported-function",
    refuses: "A call of `xpath-node-count`, `xpath-node-equal` or `xpath-node-match` of XACML 1.0. A policy with it is evaluated; the call gives Indeterminate.",
    because: "They search the request document of XACML 1.0 and 2.0, which 3.0 no longer has.",
    example: r#"<Apply FunctionId="urn:oasis:names:tc:xacml:1.0:function:xpath-node-count">
  <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">//record</AttributeValue>
</Apply>"#,
    instead: r#"<Apply FunctionId="urn:oasis:names:tc:xacml:3.0:function:xpath-node-count">
  <AttributeValue XPathCategory="urn:oasis:names:tc:xacml:3.0:attribute-category:resource" DataType="urn:oasis:names:tc:xacml:3.0:data-type:xpathExpression">//record</AttributeValue>
</Apply>"#,
}

/// The function called `name` at this place.
pub(crate) fn report(at: Span, name: &str) -> Diagnostic {
    let label = "searches the request document of XACML 2.0, which 3.0 doesn't have";
    Diagnostic::error(CODE, at, format!("`{name}` of XACML 1.0 can't be evaluated"), label)
        .note("an evaluated call would give Indeterminate (processing-error)", None)
        .help(format!("use `…3.0:function:{name}` with xpathExpression values"))
}
