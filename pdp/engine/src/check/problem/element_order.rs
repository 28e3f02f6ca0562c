//! `element-order`: elements in the wrong order.

use crate::check::explain::explanation;
use crate::diagnostic::{Diagnostic, Span};

explanation! {
    "element-order",
    refuses: "An element that belongs before another one that it follows.",
    because: "XACML fixes the order of the elements inside each element; other programs refuse the document.",
    example: r#"<Rule RuleId="r" Effect="Permit">
  <Condition>
    <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#boolean">true</AttributeValue>
  </Condition>
  <Target/>
</Rule>"#,
    instead: r#"<Rule RuleId="r" Effect="Permit">
  <Target/>
  <Condition>
    <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#boolean">true</AttributeValue>
  </Condition>
</Rule>"#,
}

/// `name` follows `before`, which should follow it.
pub(crate) fn report(at: Span, name: &str, before: &str, before_at: Span, parent: &str) -> Diagnostic {
    Diagnostic::error(CODE, at, format!("`{name}` stands after `{before}`"), format!("belongs before `{before}`"))
        .note(format!("`{before}` is here"), Some(before_at))
        .help(format!("move it up: in `{parent}`, `{name}` comes before `{before}`"))
}
