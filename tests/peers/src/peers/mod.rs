//! Who takes part: one file for each engine, one row for each way of asking it.

mod argus;
mod argus_growth;
mod casbin;
mod cedar;
mod cedar_json;
mod cel;
mod regorus;
mod regorus_keyed;

pub use argus_growth::{GROWTH, Growth};
use serde::Serialize;

use crate::engine::Load;

/// The engine that the others are compared with; its rows and series have this name.
pub const OURS: &str = "Argus";

/// How a request reaches the engine, and the answer the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// Built beforehand in the engine's own types; the answer is a value.
    Built,
    /// From the engine's own JSON to the written answer.
    Json,
    /// From XACML's XML to the written answer.
    Xml,
}

/// An engine with the one small policy.
#[derive(Debug)]
pub struct Small {
    /// The engine.
    pub name: &'static str,
    /// Its crate.
    pub package: &'static str,
    /// How it is asked.
    pub form: Form,
    /// The small policy, in the engine's language.
    pub policy: &'static str,
    /// Loads it.
    pub load: Load,
}

/// An engine with many policies, each for a path of its own.
#[derive(Debug)]
pub struct Series {
    /// The engine, and how it holds its policies where there are several ways.
    pub name: &'static str,
    /// Its crate.
    pub package: &'static str,
    /// Writes so many policies down, in the engine's language.
    pub write: fn(usize) -> String,
    /// Loads them.
    pub load: Load,
    /// The largest count that decides 64 requests within the time of a run; none where only loading is compared.
    pub decides: usize,
    /// The largest count that loads within it.
    pub loads: usize,
}

/// A row for each engine and form of the small policy.
pub static SMALL: &[Small] = &[
    argus::SMALL,
    cedar::SMALL,
    regorus::SMALL,
    cel::SMALL,
    casbin::SMALL,
    argus::FROM_JSON,
    cedar_json::SMALL,
    argus::FROM_XML,
];

/// A row for each engine that can hold many policies. CEL can't: it knows expressions, not sets of them.
pub static SERIES: &[Series] =
    &[argus::SERIES, argus::NESTED, cedar::SERIES, cedar::PATH_ALONE, regorus::SERIES, regorus_keyed::SERIES, casbin::SERIES];

/// The small policy's text `count` times, each time for another path.
fn repeated(policy: &str, count: usize) -> String {
    use crate::request::{SMALL_PREFIX, project};
    (0..count).map(|number| policy.replace(SMALL_PREFIX, &project(number))).collect()
}
