//! `value-for-bag`: a single value where a bag is needed.

use crate::check::explain::explanation;
use crate::check::words;
use crate::diagnostic::{Diagnostic, Span};
use crate::functions::Function;
use crate::value::DataType;

explanation! {
    "value-for-bag",
    refuses: "A single value as an argument that must be a bag.",
    because: "A single value is not a bag of one: XACML converts nothing by itself.",
    example: r#"<Apply FunctionId="urn:oasis:names:tc:xacml:1.0:function:string-bag-size">
  <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">a</AttributeValue>
</Apply>"#,
    instead: r#"<Apply FunctionId="urn:oasis:names:tc:xacml:1.0:function:string-bag-size">
  <Apply FunctionId="urn:oasis:names:tc:xacml:1.0:function:string-bag">
    <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">a</AttributeValue>
  </Apply>
</Apply>"#,
}

/// Argument `number` of a function must be a bag.
pub(crate) fn report(at: Span, function: &str, number: usize, data_type: DataType) -> Diagnostic {
    let message =
        format!("argument {number} of `{function}` must be a bag of {}, not one value", words::plural(data_type));
    let diagnostic = Diagnostic::error(CODE, at, message, format!("one {}", data_type.short_name()));
    match bag(data_type) {
        Some(make) => diagnostic.help(format!("put it in `<Apply FunctionId=\"{}\">`", words::short(make.id))),
        None => diagnostic,
    }
}

/// A higher-order function that takes one bag is given none.
pub(crate) fn none(at: Span, function: &str) -> Diagnostic {
    Diagnostic::error(CODE, at, format!("`{function}` needs a bag among its arguments"), "only single values")
        .help("without a bag, call the function itself")
}

fn bag(data_type: DataType) -> Option<&'static Function> {
    let name = format!("{}-bag", data_type.short_name());
    ["1.0", "2.0", "3.0"]
        .iter()
        .rev()
        .find_map(|version| crate::functions::find(&format!("urn:oasis:names:tc:xacml:{version}:function:{name}")))
}
