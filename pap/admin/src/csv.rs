//! Cells of comma-separated values (RFC 4180).

/// A text as a cell. One that a spreadsheet would take for a formula is marked as a text.
pub(crate) fn quoted(text: &str) -> String {
    let mark = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{mark}{}\"", text.replace('"', "\"\""))
}
