//! A diagnostic for programs. The shape only grows.

use argus_engine::diagnostic::{Diagnostic, Edit, Fix, Note, Span};
use serde_json::{Map, Value, json};

use crate::source::{Source, source_of};

/// One member of `diagnostics` in `argus check --output json`.
pub(crate) fn diagnostic(diagnostic: &Diagnostic, sources: &[Source]) -> Value {
    let mut object = place(diagnostic.at, sources);
    let notes: Vec<Value> = diagnostic.notes.iter().map(|one| note(one, sources)).collect();
    object.insert("severity".into(), json!(diagnostic.severity.as_str()));
    object.insert("code".into(), json!(diagnostic.code));
    object.insert("message".into(), json!(diagnostic.message));
    object.insert("label".into(), json!(diagnostic.label));
    object.insert("help".into(), json!(diagnostic.help));
    object.insert("notes".into(), json!(notes));
    object.insert("fix".into(), diagnostic.fix.as_ref().map_or(Value::Null, |one| fix(one, sources)));
    Value::Object(object)
}

fn note(note: &Note, sources: &[Source]) -> Value {
    let mut object = note.at.map(|at| place(at, sources)).unwrap_or_default();
    object.insert("message".into(), json!(note.message));
    Value::Object(object)
}

fn fix(fix: &Fix, sources: &[Source]) -> Value {
    let edits: Vec<Value> = fix.edits.iter().map(|one| edit(one, sources)).collect();
    json!({ "safe": fix.safe, "edits": edits })
}

fn edit(edit: &Edit, sources: &[Source]) -> Value {
    let mut object = place(edit.at, sources);
    object.insert("text".into(), json!(edit.text));
    Value::Object(object)
}

fn place(at: Span, sources: &[Source]) -> Map<String, Value> {
    let mut object = Map::new();
    let Some(source) = source_of(sources, at) else { return object };
    let (start, end) = (source.place(at.start as usize), source.place(at.end as usize));
    object.insert("file".into(), json!(source.name));
    object.insert("line".into(), json!(start.line));
    object.insert("column".into(), json!(start.column));
    object.insert("end_line".into(), json!(end.line));
    object.insert("end_column".into(), json!(end.column));
    object.insert("byte_start".into(), json!(at.start));
    object.insert("byte_end".into(), json!(at.end));
    object
}
