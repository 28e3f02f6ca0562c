//! `argument-count`: a function with too few or too many arguments.

use crate::check::explain::explanation;
use crate::check::words;
use crate::diagnostic::{Diagnostic, Span};
use crate::functions::{Function, HigherOrder, Parameters};

explanation! {
    "argument-count",
    refuses: "An `Apply` with fewer or more arguments than its function takes.",
    because: "The function can not be called.",
    example: r#"<Apply FunctionId="urn:oasis:names:tc:xacml:1.0:function:not"/>"#,
    instead: r#"<Apply FunctionId="urn:oasis:names:tc:xacml:1.0:function:not">
  <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#boolean">true</AttributeValue>
</Apply>"#,
}

/// `function` is given this many arguments, the function among them for a higher-order one.
pub(crate) fn report(at: Span, function: &Function, given: usize) -> Diagnostic {
    let name = function.short_name();
    let needs = match function.parameters {
        Parameters::Fixed(types) => words::count(types.len(), "argument"),
        Parameters::Many { first, least, .. } => {
            format!("at least {}", words::count(first.len() + least, "argument"))
        }
        Parameters::HigherOrder(kind) => match kind {
            HigherOrder::AnyOf | HigherOrder::AllOf | HigherOrder::AnyOfAny | HigherOrder::Map => {
                "at least 2 arguments".to_owned()
            }
            HigherOrder::MapOld => words::count(2, "argument"),
            _ => words::count(3, "argument"),
        },
    };
    Diagnostic::error(CODE, at, format!("`{name}` takes {needs}, not {given}"), words::count(given, "argument"))
        .help(format!("`{name}` is {}", words::signature(function)))
}
