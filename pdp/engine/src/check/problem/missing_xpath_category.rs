//! `missing-xpath-category`: an XPath that doesn't say what it searches.

use crate::check::explain::explanation;
use crate::diagnostic::{Diagnostic, Span};

explanation! {
    "missing-xpath-category",
    refuses: "An `AttributeValue` of the type xpathExpression without `XPathCategory`.",
    because: "The expression is evaluated over the `Content` of one category of the request; the attribute names it.",
    example: r#"<AttributeValue DataType="urn:oasis:names:tc:xacml:3.0:data-type:xpathExpression">//record</AttributeValue>"#,
    instead: r#"<AttributeValue XPathCategory="urn:oasis:names:tc:xacml:3.0:attribute-category:resource" DataType="urn:oasis:names:tc:xacml:3.0:data-type:xpathExpression">//record</AttributeValue>"#,
}

/// The value at this place lacks it.
pub(crate) fn report(at: Span) -> Diagnostic {
    let label = "whose `Content` should it search?";
    Diagnostic::error(CODE, at, "an xpathExpression lacks `XPathCategory`", label)
        .help("write `XPathCategory=\"urn:oasis:names:tc:xacml:3.0:attribute-category:resource\"`")
}
