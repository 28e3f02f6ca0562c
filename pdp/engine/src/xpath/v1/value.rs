//! The four kinds of result and how one becomes another (XPath 1.0 §3.2, §4).

use std::borrow::Cow;

use super::super::document::NodeId;
use super::super::names::is_space;

/// What an expression gives.
#[derive(Debug, Clone)]
pub(super) enum Value<'d> {
    /// In document order, each once.
    Nodes(Vec<NodeId>),
    Boolean(bool),
    Number(f64),
    Text(Cow<'d, str>),
}

/// A number as text: no exponent, no point where there is no fraction, one zero.
pub(super) fn text_of(number: f64) -> Cow<'static, str> {
    if number.is_nan() {
        Cow::Borrowed("NaN")
    } else if number.is_infinite() {
        Cow::Borrowed(if number > 0.0 { "Infinity" } else { "-Infinity" })
    } else if number == 0.0 {
        Cow::Borrowed("0")
    } else {
        Cow::Owned(number.to_string())
    }
}

/// A text as number: an optional minus, digits with at most one point, white space around it. Not `1e3`, not `+1`.
pub(super) fn number_of(text: &str) -> f64 {
    let text = text.trim_matches(is_space);
    let digits = text.strip_prefix('-').unwrap_or(text);
    let points = digits.bytes().filter(|byte| *byte == b'.').count();
    let is_number = digits.len() > points && points <= 1 && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if is_number { text.parse().unwrap_or(f64::NAN) } else { f64::NAN }
}

pub(super) fn truth_of_number(number: f64) -> bool {
    number != 0.0 && !number.is_nan()
}

/// To the closest integer; halves go up.
pub(super) fn round(number: f64) -> f64 {
    let below = number.floor();
    if number - below < 0.5 { below } else { number.ceil() }
}
