//! Diagnostics of the engine as people and programs read them: one file for each form.

mod human;
mod json;
mod sarif;
mod short;
mod tally;

pub(crate) use human::render as human;
pub(crate) use json::diagnostic as json;
pub(crate) use sarif::log as sarif;
pub(crate) use short::line as short;
pub(crate) use tally::{Tally, counted};
