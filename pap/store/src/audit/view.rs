//! What is told of a thing in the audit: all that matters about it, nothing secret, and what is said of people apart.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

/// The members of a thing as an entry tells of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct View {
    members: Map<String, Value>,
    people: BTreeMap<&'static str, String>,
}

impl View {
    /// Adds a member. A list or an object without members, and what is absent, isn't told.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Serialize) -> Self {
        // What has no JSON form is not told; nothing that is kept has none.
        let value = serde_json::to_value(value).unwrap_or(Value::Null);
        let is_empty = match &value {
            Value::Null => true,
            Value::Array(items) => items.is_empty(),
            Value::Object(members) => members.is_empty(),
            _ => false,
        };
        if !is_empty {
            self.members.insert(name.to_owned(), value);
        }
        self
    }

    /// Adds the name of a person.
    #[must_use]
    pub fn with_person(mut self, name: &'static str, person: &str) -> Self {
        self.people.insert(name, person.to_owned());
        self
    }

    /// What stands here and not there, or is another thing there. What is gone is told as `null`.
    pub(super) fn unlike(&self, other: &Self) -> Self {
        let mut members: Map<String, Value> =
            self.members.iter().filter(|(name, value)| other.members.get(*name) != Some(value)).map(owned).collect();
        for name in other.members.keys().filter(|name| !self.members.contains_key(*name)) {
            members.insert(name.clone(), Value::Null);
        }
        let people = self.people.iter().filter(|(name, person)| other.people.get(*name) != Some(person));
        Self { members, people: people.map(|(name, person)| (*name, person.clone())).collect() }
    }

    /// The people in it, by the member that names them.
    pub(super) fn people(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.people.iter().map(|(member, name)| (*member, name.as_str()))
    }

    pub(super) fn members(&self) -> &Map<String, Value> {
        &self.members
    }

    pub(super) fn is_empty(&self) -> bool {
        self.members.is_empty() && self.people.is_empty()
    }
}

fn owned((name, value): (&String, &Value)) -> (String, Value) {
    (name.clone(), value.clone())
}

/// Its members; of the people in it nothing.
impl Serialize for View {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.members.serialize(serializer)
    }
}
