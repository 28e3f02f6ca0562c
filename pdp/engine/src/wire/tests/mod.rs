//! What both forms of requests and responses promise, together.

mod answers;
mod conformance;
mod json;
mod mutations;
mod responses;
mod round_trip;
mod xml;

use crate::limits::Limits;
use crate::request::{Request, RequestError};
use crate::value::Arena;
use crate::wire::{Format, read};

/// An arena that outlives the test.
fn arena() -> &'static Arena {
    Box::leak(Box::default())
}

fn read_as(format: Format, text: &str) -> Result<Request<'static>, RequestError> {
    let text: &'static str = Box::leak(text.to_owned().into_boxed_str());
    read(format, text.as_bytes(), arena(), &Limits::default())
}

/// The request, as a text that shows all of it.
fn shown(request: &Request<'_>) -> String {
    format!("{request:#?}")
}
