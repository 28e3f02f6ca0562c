//! `unknown-data-type`: a data type that doesn't exist.

use crate::check::explain::explanation;
use crate::check::suggest;
use crate::diagnostic::{Diagnostic, Edit, Fix, Span};

explanation! {
    "unknown-data-type",
    refuses: "A `DataType` that names no data type of XACML.",
    because: "Nobody can say how its values are written or compared.",
    example: r#"<AttributeValue DataType="http://www.w3.org/2001/XMLSchema#int">1</AttributeValue>"#,
    instead: r#"<AttributeValue DataType="http://www.w3.org/2001/XMLSchema#integer">1</AttributeValue>"#,
}

/// No data type is called `id`.
pub(crate) fn report(at: Span, id: &str) -> Diagnostic {
    let diagnostic =
        Diagnostic::error(CODE, at, format!("unknown data type `{id}`"), "no data type has this identifier");
    match suggest::data_type(id) {
        Some(meant) => diagnostic
            .help(format!("did you mean `{}`?", meant.uri()))
            .fix(Fix { safe: false, edits: vec![Edit { at, text: meant.uri().to_owned() }] }),
        None => diagnostic,
    }
}
