//! JSON in the one form that RFC 8785 fixes: the text whose digest is taken.
//!
//! Entries hold no number but integers that a double keeps exactly, which spares the one hard part of the
//! specification. Any other is refused here, and never put into an entry.

use serde_json::Value;

/// What RFC 8785 can't write down, or an entry never holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a number of an audit entry is an integer of at most 2^53 - 1")]
pub struct NotCanonical;

/// The largest integer that every reader of JSON keeps exactly (RFC 7493 §2.2).
pub(super) const LARGEST: u64 = (1 << 53) - 1;

/// The canonical text of a value (RFC 8785 §3.2).
pub fn canonical(value: &Value) -> Result<String, NotCanonical> {
    let mut text = String::new();
    write(value, &mut text)?;
    Ok(text)
}

fn write(value: &Value, text: &mut String) -> Result<(), NotCanonical> {
    match value {
        Value::Null | Value::Bool(_) | Value::String(_) => text.push_str(&value.to_string()),
        Value::Number(number) => {
            let size = number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs));
            size.filter(|size| *size <= LARGEST).ok_or(NotCanonical)?;
            text.push_str(&number.to_string());
        }
        Value::Array(items) => {
            text.push('[');
            for (place, item) in items.iter().enumerate() {
                text.push_str(if place == 0 { "" } else { "," });
                write(item, text)?;
            }
            text.push(']');
        }
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            // By UTF-16 units (§3.2.3), which is another order than that of UTF-8 beyond the basic plane.
            sorted.sort_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
            text.push('{');
            for (place, (name, member)) in sorted.into_iter().enumerate() {
                text.push_str(if place == 0 { "" } else { "," });
                text.push_str(&Value::from(name.as_str()).to_string());
                text.push(':');
                write(member, text)?;
            }
            text.push('}');
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_are_sorted_by_utf_16_and_nothing_is_blank() {
        // The example of RFC 8785 §3.2.3.
        let value = json!({
            "\u{20ac}": "Euro Sign", "\r": "Carriage Return", "\u{fb33}": "Hebrew Letter Dalet With Dagesh", "1": "One",
            "\u{1f600}": "Emoji: Grinning Face", "\u{80}": "Control", "\u{f6}": "Latin Small Letter O With Diaeresis"
        });
        let text = canonical(&value).unwrap();
        let order = ["Carriage Return", "One", "Control", "Latin", "Euro", "Emoji", "Hebrew"];
        let places: Vec<_> = order.iter().map(|name| text.find(name).unwrap()).collect();
        assert!(places.is_sorted(), "{text}");
        assert!(!text.contains(": ") || text.contains("Emoji: "), "{text}");
    }

    #[test]
    fn strings_are_escaped_as_the_specification_says() {
        // RFC 8785 §3.2.2.2.
        let value = json!("\u{20ac}$\u{000f}\u{000a}A'\u{0042}\u{0022}\u{005c}\\\"\u{002f}\u{7f}\u{8}\t");
        let expected = "\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\u{7f}\\b\\t\"";
        assert_eq!(canonical(&value).unwrap(), expected);
    }

    #[test]
    fn a_number_that_a_reader_might_round_is_refused() {
        assert_eq!(canonical(&json!([0, -7, LARGEST, -9_007_199_254_740_991_i64])).unwrap().matches(',').count(), 3);
        for number in [json!(1.5), json!(1e300), json!(LARGEST + 1), json!(u64::MAX), json!(i64::MIN)] {
            assert_eq!(canonical(&json!({ "n": number })), Err(NotCanonical), "{number}");
        }
    }
}
