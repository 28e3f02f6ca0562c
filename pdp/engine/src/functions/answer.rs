//! What the bodies of functions give, and the two faults that they share.

use std::fmt::Display;

use super::Call;
use crate::status::Fault;
use crate::types::IntegerError;
use crate::value::{Operand, Value};

/// What a function of single values gives.
pub(super) type Answer<'a> = Result<Value<'a>, Fault>;

/// What a function that takes or gives bags gives.
pub(super) type BagAnswer<'a> = Result<Operand<'a>, Fault>;

/// Arguments that are not of the row's types. The check of a policy refuses it, so this is met only by a caller who
/// evaluates without having checked.
#[cold]
pub(super) fn unfit<T>() -> Result<T, Fault> {
    Err(Fault::processing("the arguments are not of the types that the function takes"))
}

/// The words for an input in a message: in backticks, and short whatever its length.
pub(super) fn quoted(text: &str) -> String {
    const MOST: usize = 60;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("`{}…`", text.get(..end).unwrap_or_default()),
        None => format!("`{text}`"),
    }
}

/// The text of something, kept as long as the request.
pub(super) fn kept_text<'a>(call: &Call<'a>, value: impl Display) -> Value<'a> {
    Value::String(bumpalo::format!(in call.arena.bump(), "{}", value).into_bump_str())
}

impl From<IntegerError> for Fault {
    fn from(error: IntegerError) -> Self {
        Self::processing(error.to_string())
    }
}
