//! `time-without-zone`: a time without a zone.

use crate::check::explain::explanation;
use crate::diagnostic::{Diagnostic, Span};
use crate::value::DataType;

explanation! {
    "time-without-zone",
    refuses: "Warns, where the lint is on, of a time, date or dateTime without a zone.",
    because: "It is read in the server's own zone, which a change of configuration moves.",
    example: r#"<AttributeValue DataType="http://www.w3.org/2001/XMLSchema#time">09:00:00</AttributeValue>"#,
    instead: r#"<AttributeValue DataType="http://www.w3.org/2001/XMLSchema#time">09:00:00+01:00</AttributeValue>"#,
}

/// The value at this place.
pub(crate) fn report(at: Span, text: &str, data_type: DataType) -> Diagnostic {
    let message = format!("`{}` is a {} without a zone", text.trim(), data_type.short_name());
    Diagnostic::warning(CODE, at, message, "read in the PDP's own zone")
        .help(format!("write `{}Z` for UTC, or add an offset such as `+01:00`", text.trim()))
}
