//! `condition-not-boolean`: a condition that is neither true nor false.

use crate::check::explain::explanation;
use crate::check::words;
use crate::diagnostic::{Diagnostic, Span};
use crate::functions::Type;

explanation! {
    "condition-not-boolean",
    refuses: "A `Condition` whose expression does not give a single boolean.",
    because: "A rule applies where its condition is true. Nothing but a boolean is.",
    example: r#"<Condition>
  <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">true</AttributeValue>
</Condition>"#,
    instead: r#"<Condition>
  <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#boolean">true</AttributeValue>
</Condition>"#,
}

/// The expression gives something else.
pub(crate) fn report(at: Span, given: Type) -> Diagnostic {
    let message = format!("a `Condition` must be a boolean, not {}", words::describe(given));
    let diagnostic = Diagnostic::error(CODE, at, message, words::describe(given));
    match given {
        Type::Bag(_) => {
            diagnostic.help("compare it with a function, or take its one value with `boolean-one-and-only`")
        }
        Type::One(_) => diagnostic.help("compare it with a function that gives a boolean"),
    }
}
