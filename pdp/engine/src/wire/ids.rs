//! The ids of the `Attributes` elements: each stands once in a request.

use std::collections::HashSet;

use crate::request::{Attributes, RequestError};

// Up to this many, comparing each with each is faster than hashing, and allocates nothing.
const FEW: usize = 16;

/// Refuses two `Attributes` with one id; `at` is where the request begins.
pub(super) fn check_unique_ids(attributes: &[Attributes<'_>], at: usize) -> Result<(), RequestError> {
    let repeated = if attributes.len() <= FEW {
        let ids = || attributes.iter().enumerate().filter_map(|(place, one)| Some((place, one.id?)));
        ids().find(|(place, id)| ids().any(|(other, same)| other < *place && same == *id)).map(|(_, id)| id)
    } else {
        let mut seen = HashSet::new();
        attributes.iter().filter_map(|one| one.id).find(|id| !seen.insert(*id))
    };
    match repeated {
        Some(id) => Err(RequestError::new(format!("two categories have the id `{id}`"), Some(at))),
        None => Ok(()),
    }
}
