//! `unknown-function`: a function that doesn't exist.

use crate::check::explain::explanation;
use crate::check::words;
use crate::diagnostic::{Diagnostic, Edit, Fix, Span};
use crate::functions::Function;

explanation! {
    "unknown-function",
    refuses: "A `FunctionId` or `MatchId` that names no function.",
    because: "A policy that calls it could never be evaluated. The version is a part of the name: `string-equal` is of 1.0, `string-starts-with` of 3.0.",
    example: r#"<Apply FunctionId="urn:oasis:names:tc:xacml:1.0:function:string-equals">
  <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">a</AttributeValue>
  <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">b</AttributeValue>
</Apply>"#,
    instead: r#"<Apply FunctionId="urn:oasis:names:tc:xacml:1.0:function:string-equal">
  <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">a</AttributeValue>
  <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">b</AttributeValue>
</Apply>"#,
}

/// No function is called `id`; perhaps `meant` was.
pub(crate) fn report(at: Span, id: &str, meant: Option<&'static Function>) -> Diagnostic {
    let diagnostic = Diagnostic::error(CODE, at, format!("unknown function `{id}`"), "no function has this identifier");
    match meant {
        Some(meant) => diagnostic
            .help(format!("did you mean `{}` {}?", words::short_beside(meant.id, id), words::signature(meant)))
            .fix(Fix { safe: false, edits: vec![Edit { at, text: meant.id.to_owned() }] }),
        None => diagnostic,
    }
}
