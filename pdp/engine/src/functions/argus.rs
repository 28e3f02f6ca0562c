//! What the key platform's policies need beyond the standard: scopes and weekly windows.

use super::Call;
use super::answer::{Answer, quoted, unfit};
use crate::scope::covers_text;
use crate::status::Fault;
use crate::types::Window;
use crate::value::Value;

/// `scope-covers`: the scope, the resource path, the action. Whatever isn't in canonical form is covered by nothing.
pub(super) fn scope_covers<'a>(_: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    let [Value::String(scope), Value::String(path), Value::String(action)] = arguments else { return unfit() };
    Ok(Value::Boolean(covers_text(scope, path, action)))
}

/// `in-window`: a window such as `Mon-Fri 08:00-18:00 Europe/Berlin`, or several joined by `&` of which all have to be open,
/// and the moment.
pub(super) fn in_window<'a>(call: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    let [Value::String(text), Value::DateTime(moment)] = arguments else { return unfit() };
    let mut is_open = true;
    for text in text.split('&') {
        match Window::parse(text) {
            Ok(window) => is_open &= window.contains(*moment, call.implicit_zone),
            Err(error) => return Err(Fault::syntax(format!("{} is not a time window: {error}", quoted(text)))),
        }
    }
    Ok(Value::Boolean(is_open))
}
