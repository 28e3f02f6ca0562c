//! Text: normalisation (A.3.3), concatenation, search and substrings (A.3.9). Positions count code points.
//!
//! In `starts-with`, `ends-with` and `contains` the *first* argument is the part looked for, the second the text, as
//! `Match` passes them.

use std::borrow::Cow;

use bumpalo::collections::String as BumpString;

use super::Call;
use super::answer::{Answer, unfit};
use crate::status::Fault;
use crate::types::collapse;
use crate::value::Value;

/// `string-normalize-space`: strips XML white space at both ends. Runs inside stay as they are.
pub(super) fn normalize_space<'a>(_: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    let [Value::String(text)] = arguments else { return unfit() };
    Ok(Value::String(collapse(text)))
}

/// `string-normalize-to-lower-case`.
pub(super) fn normalize_to_lower_case<'a>(call: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    let [Value::String(text)] = arguments else { return unfit() };
    Ok(Value::String(match lower_case(text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(lower) => call.arena.text(&lower),
    }))
}

/// Unicode's full lower case, the same in every locale. Borrowed where nothing changes in ASCII.
pub(super) fn lower_case(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.to_lowercase())
}

/// `string-concatenate`.
pub(super) fn concatenate<'a>(call: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    joined(call, arguments).map(Value::String)
}

/// `uri-string-concatenate` of 2.0: the strings appended to the URI.
pub(super) fn uri_concatenate<'a>(call: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    joined(call, arguments).map(Value::AnyUri)
}

fn joined<'a>(call: &Call<'a>, parts: &[Value<'a>]) -> Result<&'a str, Fault> {
    let mut whole = BumpString::new_in(call.arena.bump());
    for part in parts {
        let (Value::String(text) | Value::AnyUri(text)) = part else { return unfit() };
        whole.push_str(text);
    }
    Ok(whole.into_bump_str())
}

/// `string-starts-with`, `anyURI-starts-with`.
pub(super) fn starts_with<'a>(_: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    let [Value::String(start), Value::String(text) | Value::AnyUri(text)] = arguments else { return unfit() };
    Ok(Value::Boolean(text.starts_with(start)))
}

/// `string-ends-with`, `anyURI-ends-with`.
pub(super) fn ends_with<'a>(_: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    let [Value::String(end), Value::String(text) | Value::AnyUri(text)] = arguments else { return unfit() };
    Ok(Value::Boolean(text.ends_with(end)))
}

/// `string-contains`, `anyURI-contains`.
pub(super) fn contains<'a>(_: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    let [Value::String(part), Value::String(text) | Value::AnyUri(text)] = arguments else { return unfit() };
    Ok(Value::Boolean(text.contains(part)))
}

/// `string-substring`, `anyURI-substring`: from the begin, counted from 0, to before the end; -1 is the text's end.
/// Of a URI, too, it gives a string.
pub(super) fn substring<'a>(_: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    let [Value::String(text) | Value::AnyUri(text), begin, end] = arguments else { return unfit() };
    // A position that isn't even 64 bits long lies outside every text.
    let part = match (begin, end) {
        (Value::Integer(begin), Value::Integer(-1)) => offset(text, *begin).and_then(|begin| text.get(begin..)),
        (Value::Integer(begin), Value::Integer(end)) => {
            offset(text, *begin).zip(offset(text, *end)).and_then(|(begin, end)| text.get(begin..end))
        }
        (Value::Integer(_) | Value::BigInteger(_), Value::Integer(_) | Value::BigInteger(_)) => None,
        _ => return unfit(),
    };
    part.map(Value::String).ok_or_else(|| Fault::processing("the positions of the substring are outside the text"))
}

/// Where in the text the code point of this number starts; the one past the last starts at the text's end.
fn offset(text: &str, number: i64) -> Option<usize> {
    let number = usize::try_from(number).ok()?;
    text.char_indices().map(|(offset, _)| offset).chain([text.len()]).nth(number)
}
