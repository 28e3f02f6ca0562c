//! The faults of a test file, all of them, each with its place.

use argus_engine::diagnostic::{Diagnostic, Span};

use super::yaml::{Key, Node, Value};
use crate::nearest::nearest;

/// Collects faults while a file is read.
#[derive(Debug, Default)]
pub(super) struct Problems {
    pub(super) list: Vec<Diagnostic>,
}

impl Problems {
    /// A fault at a place.
    pub(super) fn error(&mut self, code: &'static str, at: Span, message: impl Into<String>, label: impl Into<String>) {
        self.list.push(Diagnostic::error(code, at, message, label));
    }

    /// A fault at a place, with what to do.
    pub(super) fn error_with_help(
        &mut self,
        code: &'static str,
        at: Span,
        message: impl Into<String>,
        label: impl Into<String>,
        help: Option<String>,
    ) {
        let mut diagnostic = Diagnostic::error(code, at, message, label);
        diagnostic.help = help;
        self.list.push(diagnostic);
    }

    /// A value of the wrong kind.
    pub(super) fn wrong_kind(&mut self, node: &Node, what: &str, wanted: &str) {
        let message = format!("{what} must be {wanted}, not {}", node.value.kind());
        self.error("wrong-kind", node.at, message, format!("{} here", node.value.kind()));
    }

    /// A field that there isn't.
    pub(super) fn unknown_field(&mut self, key: &Key, of: &str, known: &[&str]) {
        let help = nearest(&key.text, known.iter().copied())
            .map_or_else(|| format!("the fields are {}", listed(known)), |near| format!("did you mean `{near}`?"));
        let message = format!("unknown field `{}`", key.text);
        self.error_with_help("unknown-field", key.at, message, format!("{of} has no such field"), Some(help));
    }

    /// A word that is none of the names.
    pub(super) fn unknown_name<'n>(
        &mut self,
        at: Span,
        noun: &str,
        name: &str,
        label: &str,
        known: impl IntoIterator<Item = &'n str>,
    ) {
        let known: Vec<&str> = known.into_iter().collect();
        let help = match nearest(name, known.iter().copied()) {
            Some(near) => Some(format!("did you mean `{near}`?")),
            None if known.is_empty() => None,
            None => Some(format!("there are {}", listed(&known))),
        };
        self.error_with_help(name_code(noun), at, format!("unknown {noun} `{name}`"), label, help);
    }

    /// The text of a node, where it is one.
    pub(super) fn text<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n str> {
        let Value::Text(text) = &node.value else {
            self.wrong_kind(node, what, "a text");
            return None;
        };
        Some(text)
    }

    /// The members of a list.
    pub(super) fn list<'n>(&mut self, node: &'n Node, what: &str) -> &'n [Node] {
        let Value::List(nodes) = &node.value else {
            self.wrong_kind(node, what, "a list");
            return &[];
        };
        nodes
    }

    /// The entries of a map.
    pub(super) fn map<'n>(&mut self, node: &'n Node, what: &str) -> &'n [(Key, Node)] {
        let Value::Map(entries) = &node.value else {
            self.wrong_kind(node, what, "a map");
            return &[];
        };
        entries
    }
}

fn name_code(noun: &str) -> &'static str {
    match noun {
        "fixture" => "unknown-fixture",
        "attribute" => "unknown-attribute",
        "category" => "unknown-category",
        "data type" => "unknown-data-type",
        _ => "unknown-name",
    }
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
