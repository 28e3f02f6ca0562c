//! `bag-for-value`: a bag where a single value is needed.

use crate::check::explain::explanation;
use crate::check::words;
use crate::diagnostic::{Diagnostic, Span};
use crate::functions::Function;
use crate::value::DataType;

explanation! {
    "bag-for-value",
    refuses: "A bag as an argument that must be a single value.",
    because: "A designator always gives a bag: a request may hold several values of one attribute, or none.",
    example: r#"<Apply FunctionId="urn:oasis:names:tc:xacml:1.0:function:string-equal">
  <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">a</AttributeValue>
  <AttributeDesignator Category="urn:c" AttributeId="urn:a" DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="false"/>
</Apply>"#,
    instead: r#"<Apply FunctionId="urn:oasis:names:tc:xacml:1.0:function:string-is-in">
  <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">a</AttributeValue>
  <AttributeDesignator Category="urn:c" AttributeId="urn:a" DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="false"/>
</Apply>"#,
}

/// Argument `number` of a function must be one value. `source` says what gives the bag: `a designator`.
pub(crate) fn report(at: Span, function: &str, number: usize, data_type: DataType, source: &str) -> Diagnostic {
    let one = data_type.short_name();
    let message = format!("argument {number} of `{function}` must be one {one}, not a bag");
    let diagnostic = Diagnostic::error(CODE, at, message, format!("{source} a bag of {}", words::plural(data_type)));
    match one_and_only(data_type) {
        Some(take) => diagnostic.help(format!(
            "put it in `<Apply FunctionId=\"{}\">`; where any value may match, use `any-of`",
            words::short(take.id)
        )),
        None => diagnostic,
    }
}

/// A higher-order function that takes exactly one bag is given another.
pub(crate) fn second(at: Span, function: &str, first: Span) -> Diagnostic {
    Diagnostic::error(CODE, at, format!("`{function}` takes one bag, and single values"), "a second bag")
        .note("the first bag", Some(first))
        .help("for all combinations of several bags use `any-of-any`")
}

fn one_and_only(data_type: DataType) -> Option<&'static Function> {
    let name = format!("{}-one-and-only", data_type.short_name());
    ["1.0", "2.0", "3.0"]
        .iter()
        .rev()
        .find_map(|version| crate::functions::find(&format!("urn:oasis:names:tc:xacml:{version}:function:{name}")))
}
