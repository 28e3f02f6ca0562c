//! `argument-type`: an argument of the wrong data type.

use crate::check::explain::explanation;
use crate::check::words;
use crate::diagnostic::{Diagnostic, Edit, Fix, Span};
use crate::functions::{Function, Type};

explanation! {
    "argument-type",
    refuses: "An argument of another data type than the function takes.",
    because: "XACML converts nothing by itself: an integer is not a double, a URI is not a string.",
    example: r#"<Apply FunctionId="urn:oasis:names:tc:xacml:1.0:function:string-equal">
  <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#integer">1</AttributeValue>
  <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">1</AttributeValue>
</Apply>"#,
    instead: r#"<Apply FunctionId="urn:oasis:names:tc:xacml:1.0:function:string-equal">
  <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">1</AttributeValue>
  <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">1</AttributeValue>
</Apply>"#,
}

/// Argument `number` of a function is `given`, but must be `wanted`. `literal` is set where the span is the data type
/// of the argument, so that another one can be written.
pub(crate) fn report(
    at: Span,
    function: &Function,
    number: usize,
    wanted: Type,
    given: Type,
    literal: bool,
) -> Diagnostic {
    let name = function.short_name();
    let message =
        format!("argument {number} of `{name}` must be {}, not {}", words::describe(wanted), words::describe(given));
    let diagnostic = Diagnostic::error(CODE, at, message, words::describe(given));
    let takes = format!("the function takes ({})", words::takes(function));
    if !literal {
        return diagnostic.help(takes);
    }
    let uri = words::data_type(wanted).uri();
    diagnostic
        .help(format!("write `DataType=\"{uri}\"`; {takes}"))
        .fix(Fix { safe: false, edits: vec![Edit { at, text: uri.to_owned() }] })
}

/// What a higher-order function hands to its function argument as argument `number`.
pub(crate) fn member(at: Span, inner: &Function, number: usize, wanted: Type, given: Type, outer: &str) -> Diagnostic {
    let message = format!(
        "`{outer}` calls `{}`, whose argument {number} must be {}, not {}",
        inner.short_name(),
        words::describe(wanted),
        words::a(words::data_type(given))
    );
    Diagnostic::error(CODE, at, message, words::describe(given)).help(format!(
        "`{}` is {}",
        inner.short_name(),
        words::signature(inner)
    ))
}
