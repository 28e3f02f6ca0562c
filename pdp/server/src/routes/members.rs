//! Bodies of doors that speak JSON, read strictly: every fault is named, with its place, and none is quoted.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use smallvec::SmallVec;

use crate::http::problem::{FieldError, Problem};

/// The members of an object, their values not yet read.
pub(super) struct Members<'b>(SmallVec<[(Cow<'b, str>, &'b RawValue); 6]>);

/// A JSON string, borrowed where nothing in it is escaped.
struct Text<'b>(Cow<'b, str>);

/// The faults found so far, all of which are reported.
#[derive(Default)]
pub(super) struct Faults(pub(super) Vec<FieldError>);

impl<'b> Members<'b> {
    /// Those of a body.
    pub(super) fn read(body: &'b [u8]) -> Result<Self, Problem> {
        let text = std::str::from_utf8(body).map_err(|_| Problem::malformed_body("the body is not UTF-8"))?;
        serde_json::from_str(text).map_err(|error| malformed(&error))
    }
}

impl Faults {
    /// The values of the known members, in the order of their names. The others are faults, as is one that stands there
    /// twice.
    pub(super) fn pick<'b, const N: usize>(
        &mut self,
        members: Members<'b>,
        parent: &str,
        names: [&'static str; N],
    ) -> [Option<&'b RawValue>; N] {
        let mut values = [None; N];
        for (name, value) in members.0 {
            let place = names.iter().position(|known| *known == name);
            match place.and_then(|place| values.get_mut(place)) {
                None => {
                    let help = format!("known are {}", names.map(|name| format!("`{name}`")).join(", "));
                    self.0.push(FieldError::unknown(format!("{parent}/{}", pointer_token(&name)), help));
                }
                Some(Some(_)) => self.invalid(&format!("{parent}/{name}"), "stands there twice"),
                Some(free) => *free = Some(value),
            }
        }
        values
    }

    pub(super) fn invalid(&mut self, pointer: &str, detail: impl Into<String>) {
        self.0.push(FieldError::invalid(pointer, detail));
    }

    pub(super) fn required_text<'b>(&mut self, pointer: &str, value: Option<&'b RawValue>) -> Option<Cow<'b, str>> {
        if value.is_none() {
            self.invalid(pointer, "is required");
        }
        self.text(pointer, value?)
    }

    pub(super) fn text<'b>(&mut self, pointer: &str, value: &'b RawValue) -> Option<Cow<'b, str>> {
        let text = serde_json::from_str::<Text<'_>>(value.get()).ok();
        if text.is_none() {
            self.invalid(pointer, "is a string");
        }
        text.map(|text| text.0)
    }

    pub(super) fn object<'b>(&mut self, pointer: &str, value: &'b RawValue) -> Option<Members<'b>> {
        let members = serde_json::from_str(value.get()).ok();
        if members.is_none() {
            self.invalid(pointer, "is an object");
        }
        members
    }

    /// A whole number, written as one: `1.0` and `1e3` are no prices.
    pub(super) fn amount(&mut self, pointer: &str, value: &RawValue) -> Option<u64> {
        let cost = value.get().parse::<i64>().ok().and_then(|cost| u64::try_from(cost).ok());
        if cost.is_none() {
            self.invalid(pointer, "is an integer from 0 to 9223372036854775807");
        }
        cost
    }
}

/// What serde says of syntax quotes nothing; what it says of types quotes the value, which may be a key.
fn malformed(error: &serde_json::Error) -> Problem {
    if error.is_syntax() || error.is_eof() {
        return Problem::malformed_body(format!("the body is not JSON: {error}"));
    }
    Problem::malformed_body("the body is a JSON object")
}

/// A name as a token of a JSON Pointer (RFC 6901 §3), cut where it is no name of anything.
fn pointer_token(name: &str) -> String {
    if name.contains("argus_") {
        return "…".into();
    }
    let short: String = name.chars().take(64).collect();
    short.replace('~', "~0").replace('/', "~1")
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = SmallVec::new();
                while let Some(Text(name)) = map.next_key()? {
                    members.push((name, map.next_value()?));
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Object)
    }
}

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Characters;

        impl<'de> Visitor<'de> for Characters {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }

        deserializer.deserialize_str(Characters)
    }
}
