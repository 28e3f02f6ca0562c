//! The members of an object, taken one by one. What is left at the end is unknown.

use std::mem;

use serde_json::{Map, Value};

use super::Body;
use crate::{AdminError, Fault, FaultCode, Place};

/// An object that is being read. `null` counts as absent.
#[derive(Debug)]
pub(crate) struct Fields {
    pointer: String,
    members: Map<String, Value>,
    known: Vec<&'static str>,
    faults: Vec<Fault>,
}

impl Fields {
    pub(crate) fn of(Body(members): Body) -> Self {
        Self { pointer: String::new(), members, known: Vec::new(), faults: Vec::new() }
    }

    /// A text, if it is there.
    pub(crate) fn text(&mut self, name: &'static str) -> Option<String> {
        match self.take(name)? {
            Value::String(text) => Some(text),
            other => self.wrong_type(name, "a string", &other),
        }
    }

    /// A text that has to be there.
    pub(crate) fn required_text(&mut self, name: &'static str) -> Option<String> {
        if self.members.get(name).is_none_or(Value::is_null) {
            self.known.push(name);
            self.fault(name, FaultCode::MissingField, format!("`{name}` is required"), None);
            return None;
        }
        self.text(name)
    }

    /// A whole number, if it is there.
    pub(crate) fn integer(&mut self, name: &'static str) -> Option<i64> {
        let value = self.take(name)?;
        if let Some(number) = value.as_i64() { Some(number) } else { self.wrong_type(name, "an integer", &value) }
    }

    /// True or false, if it is there.
    pub(crate) fn flag(&mut self, name: &'static str) -> Option<bool> {
        match self.take(name)? {
            Value::Bool(flag) => Some(flag),
            other => self.wrong_type(name, "true or false", &other),
        }
    }

    /// A list of texts, each with its pointer; empty where it isn't there.
    pub(crate) fn texts(&mut self, name: &'static str) -> Vec<(String, String)> {
        let items = match self.take(name) {
            None => return Vec::new(),
            Some(Value::Array(items)) => items,
            Some(other) => return self.wrong_type(name, "a list of strings", &other).unwrap_or_default(),
        };
        let mut texts = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            let at = format!("{name}/{index}");
            match item {
                Value::String(text) => texts.push((at, text)),
                other => self.wrong_type(&at, "a string", &other).unwrap_or(()),
            }
        }
        texts
    }

    /// An object within, if it is there. Give it back by [`Fields::absorb`].
    pub(crate) fn object(&mut self, name: &'static str) -> Option<Self> {
        match self.take(name)? {
            Value::Object(members) => {
                let pointer = format!("{}/{name}", self.pointer);
                Some(Self { pointer, members, known: Vec::new(), faults: Vec::new() })
            }
            other => self.wrong_type(name, "an object", &other),
        }
    }

    /// The reading of an object that was taken out as a value. Give it back by [`Fields::absorb`].
    pub(crate) fn within(&self, at: &str, members: Map<String, Value>) -> Self {
        Self { pointer: format!("{}/{at}", self.pointer), members, known: Vec::new(), faults: Vec::new() }
    }

    /// Takes over the faults of an object within, once it is read.
    pub(crate) fn absorb(&mut self, within: Self) {
        self.faults.extend(within.all_faults());
    }

    /// A value of whatever type, if it is there.
    pub(crate) fn value(&mut self, name: &'static str) -> Option<Value> {
        self.take(name)
    }

    /// Whether a member is there, `null` or not.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    /// Whether a member is there and `null`.
    pub(crate) fn is_null(&self, name: &str) -> bool {
        self.members.get(name).is_some_and(Value::is_null)
    }

    /// Whether a fault was noted at a member, or at an item of one.
    pub(crate) fn is_faulty(&self, at: &str) -> bool {
        let place = Place::Body(format!("{}/{at}", self.pointer));
        self.faults.iter().any(|fault| fault.place == place)
    }

    /// Notes a fault at a member, or at an item of one (`scopes/0`).
    pub(crate) fn fault(&mut self, at: &str, code: FaultCode, detail: impl Into<String>, help: Option<String>) {
        let place = Place::Body(format!("{}/{at}", self.pointer));
        self.faults.push(Fault { place, code, detail: detail.into(), help });
    }

    /// Ends the reading: all faults, or none.
    pub(crate) fn finish(self) -> Result<(), AdminError> {
        let faults = self.all_faults();
        if faults.is_empty() { Ok(()) } else { Err(AdminError::Refused(faults)) }
    }

    fn all_faults(mut self) -> Vec<Fault> {
        let known = self.known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        for (name, _) in mem::take(&mut self.members) {
            let escaped = name.replace('~', "~0").replace('/', "~1");
            let detail = format!("there is no member `{}` here", name.escape_debug());
            let help = if known.is_empty() { "leave it out".to_owned() } else { format!("the members are {known}") };
            self.fault(&escaped, FaultCode::UnknownField, detail, Some(help));
        }
        self.faults
    }

    fn take(&mut self, name: &'static str) -> Option<Value> {
        self.known.push(name);
        self.members.remove(name).filter(|value| !value.is_null())
    }

    fn wrong_type<T>(&mut self, at: &str, expected: &str, found: &Value) -> Option<T> {
        let found = match found {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        };
        self.fault(at, FaultCode::InvalidField, format!("`{at}` is {found}, and has to be {expected}"), None);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_reported_with_its_pointer() {
        let body = Body::parse(br#"{"name": 1, "tags": ["a", 2], "more": {"x": 1}, "a/b": 1, "flag": "yes"}"#).unwrap();
        let mut fields = Fields::of(body);
        assert_eq!((fields.text("name"), fields.required_text("owner"), fields.flag("flag")), (None, None, None));
        assert_eq!(fields.texts("tags"), [("tags/0".to_owned(), "a".to_owned())]);
        let within = fields.object("more").unwrap();
        fields.absorb(within);
        let AdminError::Refused(faults) = fields.finish().unwrap_err() else { panic!() };
        let found: Vec<_> = faults.iter().map(|fault| (fault.code.as_str(), fault.place.clone())).collect();
        let at = |pointer: &str| Place::Body(pointer.to_owned());
        assert_eq!(
            found,
            [
                ("invalid-field", at("/name")),
                ("missing-field", at("/owner")),
                ("invalid-field", at("/flag")),
                ("invalid-field", at("/tags/1")),
                ("unknown-field", at("/more/x")),
                ("unknown-field", at("/a~1b")),
            ]
        );
    }
}
