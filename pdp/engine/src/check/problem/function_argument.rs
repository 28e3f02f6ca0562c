//! `function-argument`: a higher-order function without a function that suits it.

use crate::check::explain::explanation;
use crate::check::words;
use crate::diagnostic::{Diagnostic, Span};
use crate::functions::Function;

explanation! {
    "function-argument",
    refuses: "A higher-order function whose first argument is not a `Function`, or one that takes bags, or one that gives no boolean where a boolean is needed.",
    because: "The higher-order function calls it with single values, and joins what it gives with `and` or `or`.",
    example: r#"<Apply FunctionId="urn:oasis:names:tc:xacml:3.0:function:any-of">
  <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">a</AttributeValue>
  <AttributeDesignator Category="urn:c" AttributeId="urn:a" DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="false"/>
</Apply>"#,
    instead: r#"<Apply FunctionId="urn:oasis:names:tc:xacml:3.0:function:any-of">
  <Function FunctionId="urn:oasis:names:tc:xacml:1.0:function:string-equal"/>
  <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">a</AttributeValue>
  <AttributeDesignator Category="urn:c" AttributeId="urn:a" DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="false"/>
</Apply>"#,
}

/// The first argument of `outer` is not a `Function`.
pub(crate) fn missing(at: Span, outer: &Function) -> Diagnostic {
    let name = outer.short_name();
    Diagnostic::error(CODE, at, format!("the first argument of `{name}` must be a `Function`"), "not a `Function`")
        .help(format!("`{name}` is {}", words::signature(outer)))
}

/// `inner` can't be called with single values.
pub(crate) fn takes_bag(at: Span, inner: &Function, outer: &Function) -> Diagnostic {
    let message = format!("`{}` can't be the function of `{}`", inner.short_name(), outer.short_name());
    Diagnostic::error(CODE, at, message, "takes more than single values").help(format!(
        "`{}` is {}",
        inner.short_name(),
        words::signature(inner)
    ))
}

/// `inner` can't be called with this many values.
pub(crate) fn arity(at: Span, inner: &Function, outer: &Function, given: usize) -> Diagnostic {
    let message =
        format!("`{}` hands {} to `{}`", outer.short_name(), words::count(given, "value"), inner.short_name());
    Diagnostic::error(CODE, at, message, format!("takes ({})", words::takes(inner)))
}

/// `inner` gives something that `outer` can't join.
pub(crate) fn result(at: Span, inner: &Function, outer: &Function, needed: &str) -> Diagnostic {
    let message = format!("`{}` needs a function that gives {needed}", outer.short_name());
    Diagnostic::error(CODE, at, message, format!("`{}` is {}", inner.short_name(), words::signature(inner)))
}
