//! The table of functions and the look-up by identifier.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::Function;

/// Every function, in the order of the standard's sections.
pub static FUNCTIONS: &[Function] = &[];

static BY_ID: LazyLock<FxHashMap<&'static str, &'static Function>> =
    LazyLock::new(|| FUNCTIONS.iter().map(|function| (function.id, function)).collect());

/// The function with this identifier.
pub fn find(id: &str) -> Option<&'static Function> {
    BY_ID.get(id).copied()
}
