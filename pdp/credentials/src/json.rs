//! JSON in which no member is given twice. Ordinary parsers keep the last, and another reader of the same text may
//! keep the first: of a token, or of a body, the two would believe different things.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Reads a whole text of JSON, in which no object has the same member twice.
///
/// ```
/// assert!(argus_credentials::read_json(br#"{"aud": "argus"}"#).is_ok());
/// assert!(argus_credentials::read_json(br#"{"aud": "argus", "aud": "other"}"#).is_err());
/// ```
pub fn read_json(octets: &[u8]) -> Result<Value, serde_json::Error> {
    serde_json::from_slice::<Strict>(octets).map(|strict| strict.0)
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number is finite"))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Strict(item)) = access.next_element()? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = access.next_key::<String>()? {
            if members.contains_key(&name) {
                return Err(de::Error::custom(format_args!("the member `{}` is given twice", name.escape_debug())));
            }
            let Strict(value) = access.next_value()?;
            members.insert(name, value);
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_as_any_reader_would_or_not_at_all() {
        for text in [r#"{"a": [1, -2, 0.5, "x", true, null, {}]}"#, "[]", r#""ä\n""#] {
            assert_eq!(read_json(text.as_bytes()).unwrap(), serde_json::from_str::<Value>(text).unwrap());
        }
        let twice = read_json(br#"{"a": {"b": 1, "b": 2}}"#).unwrap_err();
        assert!(twice.to_string().starts_with("the member `b` is given twice"), "{twice}");
        for text in ["", "{", "{} {}", "1e999", "\u{feff}{}", "{a: 1}"] {
            assert!(read_json(text.as_bytes()).is_err(), "{text}");
        }
    }
}
