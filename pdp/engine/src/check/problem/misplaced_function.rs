//! `misplaced-function`: a `Function` outside of a higher-order function.

use crate::check::explain::explanation;
use crate::diagnostic::{Diagnostic, Span};

explanation! {
    "misplaced-function",
    refuses: "A `Function` that is not the first argument of a higher-order function.",
    because: "A function is no value. To call it, write `Apply`.",
    example: r#"<Condition>
  <Function FunctionId="urn:oasis:names:tc:xacml:1.0:function:not"/>
</Condition>"#,
    instead: r#"<Condition>
  <Apply FunctionId="urn:oasis:names:tc:xacml:1.0:function:not">
    <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#boolean">false</AttributeValue>
  </Apply>
</Condition>"#,
}

/// A `Function` at this place.
pub(crate) fn report(at: Span) -> Diagnostic {
    let label = "only the first argument of `any-of`, `all-of`, `map` and the like";
    Diagnostic::error(CODE, at, "`Function` can't stand here", label).help("to call the function, write `Apply`")
}
