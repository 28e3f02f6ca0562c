//! Diagnostics as SARIF 2.1.0, which code scanning services read.

use std::collections::BTreeSet;

use argus_engine::diagnostic::{Diagnostic, Span};
use serde_json::{Value, json};

use crate::source::{Source, source_of};

/// The log of one run.
pub(crate) fn log(diagnostics: &[Diagnostic], sources: &[Source]) -> Value {
    let codes: BTreeSet<&str> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    let rules: Vec<Value> = codes.into_iter().map(|code| json!({ "id": code })).collect();
    let results: Vec<Value> = diagnostics.iter().map(|diagnostic| result(diagnostic, sources)).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "argus", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn result(diagnostic: &Diagnostic, sources: &[Source]) -> Value {
    let related: Vec<Value> = diagnostic
        .notes
        .iter()
        .filter_map(|note| Some((note, note.at?)))
        .map(|(note, at)| {
            let mut location = location(at, sources);
            if let Value::Object(members) = &mut location {
                members.insert("message".into(), json!({ "text": note.message }));
            }
            location
        })
        .collect();
    json!({
        "ruleId": diagnostic.code,
        "level": diagnostic.severity.as_str(),
        "message": { "text": message(diagnostic) },
        "locations": [location(diagnostic.at, sources)],
        "relatedLocations": related,
    })
}

fn message(diagnostic: &Diagnostic) -> String {
    let mut text = format!("{}: {}", diagnostic.message, diagnostic.label);
    if let Some(help) = &diagnostic.help {
        text.push_str("; ");
        text.push_str(help);
    }
    text
}

fn location(at: Span, sources: &[Source]) -> Value {
    let Some(source) = source_of(sources, at) else { return json!({}) };
    let (start, end) = (source.place(at.start as usize), source.place(at.end as usize));
    json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(&source.name) },
            "region": {
                "startLine": start.line,
                "startColumn": start.column,
                "endLine": end.line,
                "endColumn": end.column,
                "byteOffset": at.start,
                "byteLength": at.end.saturating_sub(at.start),
            },
        },
    })
}

/// A path as a reference (RFC 3986): relative, or of a file where the path is absolute.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    if path.starts_with('/') {
        uri.push_str("file://");
    }
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(byte as char),
            b'\\' => uri.push('/'),
            other => uri.extend(['%', hex(other >> 4), hex(other & 15)]),
        }
    }
    uri
}

fn hex(digit: u8) -> char {
    char::from_digit(u32::from(digit), 16).unwrap_or('0').to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_with_blanks_is_a_valid_reference() {
        assert_eq!(uri("policies/été 1.xml"), "policies/%C3%A9t%C3%A9%201.xml");
        assert_eq!(uri("/srv/a.xml"), "file:///srv/a.xml");
    }
}
