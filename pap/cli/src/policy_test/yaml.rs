//! A YAML 1.2 document as a tree that knows where each part stands.
//!
//! The reader of the tests goes over this tree, rather than straight into structs, so that every message points at the
//! smallest part that shows the fault, and all faults of a file are told at once.

use std::fmt;

use argus_engine::diagnostic::{Diagnostic, Span};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Location, Spanned, UserMessageFormatter};

use crate::source::Source;

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) at: Span,
    pub(super) value: Value,
}

/// What a value is by YAML's core schema. Only `true` and `false` are booleans: `no` and `09:30` are text.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Null,
    Boolean(bool),
    /// As written.
    Integer(String),
    /// As written.
    Double(String),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

/// A key and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) at: Span,
    pub(super) text: String,
}

impl Value {
    /// What it is, for messages.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Boolean(_) => "a boolean",
            Self::Integer(_) => "an integer",
            Self::Double(_) => "a number",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
        }
    }
}

/// Reads the one document of a source.
///
/// # Errors
/// Where it is not YAML, names a key twice, or unfolds to more than the reader's budget.
pub(super) fn read(source: &Source, file: u32) -> Result<Node, Box<Diagnostic>> {
    let text = source.text();
    if text.len() < source.bytes().len() {
        let end = offset(text.len());
        let at = Span { file, start: end, end };
        return Err(Box::new(Diagnostic::error("yaml", at, "the file is not UTF-8", "the first wrong byte")));
    }
    let options = serde_saphyr::options! { strict_booleans: true, with_snippet: false, emit_comments: false };
    match serde_saphyr::from_str_with_options::<Spanned<Raw>>(text, options) {
        Ok(raw) => Ok(Place { text, file }.node(raw)),
        Err(error) => {
            let at = Place { text, file }.span(error.location().unwrap_or(Location::UNKNOWN));
            Err(Box::new(Diagnostic::error("yaml", at, words(&error), "")))
        }
    }
}

// The library ends its messages with the place, which the diagnostic says already.
fn words(error: &serde_saphyr::Error) -> String {
    let error = error.without_snippet();
    if matches!(error, serde_saphyr::Error::Budget { .. }) {
        return "the file unfolds to more than a test file may hold".to_owned();
    }
    let message = error.render_with_formatter(&UserMessageFormatter);
    let line = message.lines().next().unwrap_or_default();
    let line = line.split(" at line ").next().unwrap_or(line);
    line.trim_end_matches('.').to_owned()
}

fn offset(byte: usize) -> u32 {
    u32::try_from(byte).unwrap_or(u32::MAX)
}

/// As serde gives it: scalars by type, with locations.
enum Raw {
    Null,
    Boolean(bool),
    Integer(String),
    Double,
    Text(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<String>, Spanned<Raw>)>),
}

/// The text that locations speak of.
#[derive(Clone, Copy)]
struct Place<'t> {
    text: &'t str,
    file: u32,
}

impl Place<'_> {
    fn node(self, raw: Spanned<Raw>) -> Node {
        // With an alias, messages speak of the alias, and the text is that of the anchor.
        let at = self.span(raw.referenced);
        let value = match raw.value {
            Raw::Null => Value::Null,
            Raw::Boolean(value) => Value::Boolean(value),
            Raw::Integer(text) => Value::Integer(text),
            Raw::Double => self.number(raw.defined),
            Raw::Text(text) => Value::Text(text),
            Raw::List(nodes) => Value::List(nodes.into_iter().map(|node| self.node(node)).collect()),
            Raw::Map(entries) => Value::Map(entries.into_iter().map(|(key, node)| self.entry(key, node)).collect()),
        };
        Node { at, value }
    }

    fn entry(self, key: Spanned<String>, node: Spanned<Raw>) -> (Key, Node) {
        (Key { at: self.span(key.referenced), text: key.value }, self.node(node))
    }

    // As written: neither `1.50` nor an integer beyond 64 bits survives a binary number.
    fn number(self, defined: Location) -> Value {
        let span = self.span(defined);
        let text = self.text.get(span.start as usize..span.end as usize).unwrap_or("").trim();
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Value::Integer(text.to_owned());
        }
        match text {
            ".inf" | "+.inf" => Value::Double("INF".to_owned()),
            "-.inf" => Value::Double("-INF".to_owned()),
            ".nan" => Value::Double("NaN".to_owned()),
            _ => Value::Double(text.to_owned()),
        }
    }

    fn span(self, location: Location) -> Span {
        let Some(start) = location.span().byte_offset().filter(|_| location.line() > 0) else {
            return Span { file: self.file, start: 0, end: 0 };
        };
        let end = start + location.span().byte_len().unwrap_or(0);
        let most = self.text.len() as u64;
        let clamp = |byte: u64| u32::try_from(byte.min(most)).unwrap_or(u32::MAX);
        Span { file: self.file, start: clamp(start), end: clamp(end) }
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any YAML value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Boolean(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Integer(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Integer(value.to_string()))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Raw, E> {
        Ok(Raw::Double)
    }

    fn visit_str<E>(self, text: &str) -> Result<Raw, E> {
        Ok(Raw::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Raw, E> {
        Ok(Raw::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Raw, A::Error> {
        let mut nodes = Vec::new();
        while let Some(node) = access.next_element()? {
            nodes.push(node);
        }
        Ok(Raw::List(nodes))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Raw, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = access.next_entry()? {
            entries.push(entry);
        }
        Ok(Raw::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(text: &str) -> Node {
        read(&Source::new("t.yaml".into(), text.into()), 0).unwrap()
    }

    fn entry<'n>(node: &'n Node, name: &str) -> &'n Node {
        let Value::Map(entries) = &node.value else { panic!("not a map") };
        &entries.iter().find(|(key, _)| key.text == name).unwrap().1
    }

    #[test]
    fn scalars_are_what_yaml_1_2_says() {
        let node = tree("a: no\nb: 09:30\nc: 1.50\nd: '1'\ne: 123456789012345678901234567890\nf: true\ng: ~\n");
        let shown = |name| format!("{:?}", entry(&node, name).value);
        assert_eq!(shown("a"), "Text(\"no\")");
        assert_eq!(shown("b"), "Text(\"09:30\")");
        assert_eq!(shown("c"), "Double(\"1.50\")");
        assert_eq!(shown("d"), "Text(\"1\")");
        assert_eq!(shown("e"), "Integer(\"123456789012345678901234567890\")");
        assert_eq!(shown("f"), "Boolean(true)");
        assert_eq!(shown("g"), "Null");
    }

    #[test]
    fn every_part_knows_where_it_stands() {
        let text = "cases:\n  - name: é\n    table:\n      - {days: 11}\n";
        let source = Source::new("t.yaml".into(), text.into());
        let node = read(&source, 0).unwrap();
        let Value::List(cases) = &entry(&node, "cases").value else { panic!("not a list") };
        let Value::List(rows) = &entry(&cases[0], "table").value else { panic!("not a list") };
        let Value::Map(columns) = &rows[0].value else { panic!("not a map") };
        let place = |at: Span| source.place(at.start as usize).to_string();
        assert_eq!(place(cases[0].at), "2:5");
        assert_eq!(place(rows[0].at), "4:9");
        assert_eq!((place(columns[0].0.at), place(columns[0].1.at)), ("4:10".to_owned(), "4:16".to_owned()));
    }

    #[test]
    fn a_repeated_key_is_told_with_its_place() {
        let error = read(&Source::new("t.yaml".into(), "a: 1\na: 2\n".into()), 0).unwrap_err();
        assert_eq!((error.at.start, error.message.as_str()), (5, "duplicate mapping key `a` is not allowed here"));
    }
}
