//! Several decisions by one request (Multiple Decision Profile 1.0), and one decision for all of them.
//!
//! A request becomes individual requests, each with at most one `Attributes` for each category. An individual request
//! that can't be made still has a result, so it stands in its place as a fault.

mod alternatives;
mod combine;
mod product;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use smallvec::SmallVec;

use crate::limits::Limits;
use crate::request::{Attributes, Expanded, Individual, Request, RequestError};
use crate::status::Fault;
use crate::value::Arena;

pub use combine::combine;

use alternatives::{Alternatives, has_markers};
use product::Product;

/// The individual requests of a request, nearly always one.
pub type Expansion<'a> = SmallVec<[Expanded<'a>; 1]>;

/// Up to this many `Attributes`, comparing each category with each is faster than hashing, and allocates nothing.
const FEW: usize = 16;

/// The individual requests of a request: by `MultiRequests`, by repeated categories, by the scope of a resource and by
/// content selectors. The first category varies slowest.
///
/// # Errors
/// Where there would be more results than the limit allows.
pub fn expand<'a>(request: &'a Request<'a>, arena: &'a Arena, limits: &Limits) -> Result<Expansion<'a>, RequestError> {
    let mut expansion = Expansion::new();
    if is_ordinary(request) {
        let attributes = arena.bump().alloc_slice_fill_iter(request.attributes);
        expansion.push(Ok(individual(request, attributes)));
        return Ok(expansion);
    }
    let mut alternatives = Alternatives::new(request, arena, limits);
    for set in working_sets(request) {
        match set {
            Err(fault) => expansion.push(Err(fault)),
            Ok(set) => {
                let product = Product::new(&set, &mut alternatives)?;
                check_results(expansion.len(), product.size(), limits)?;
                product.each(|combination| {
                    let attributes = combination.map(|attributes| &*arena.bump().alloc_slice_copy(attributes));
                    expansion.push(attributes.map(|attributes| individual(request, attributes)));
                });
            }
        }
        check_results(expansion.len(), Some(0), limits)?;
    }
    Ok(expansion)
}

fn individual<'a>(request: &Request<'a>, attributes: &'a [&'a Attributes<'a>]) -> Individual<'a> {
    Individual {
        attributes,
        xpath_version: request.xpath_version,
        return_policy_id_list: request.return_policy_id_list,
    }
}

// Neither references nor a category twice nor a marker of a scheme: the request is its one individual request.
fn is_ordinary(request: &Request<'_>) -> bool {
    if !request.references.is_empty() || request.attributes.len() > FEW {
        return false;
    }
    let mut rest = request.attributes;
    while let Some((first, others)) = rest.split_first() {
        if has_markers(first) || others.iter().any(|other| other.category == first.category) {
            return false;
        }
        rest = others;
    }
    true
}

type WorkingSet<'a> = Result<Vec<&'a Attributes<'a>>, Fault>;

// The request itself, or for each `RequestReference` the `Attributes` that it names.
fn working_sets<'a>(request: &'a Request<'a>) -> Vec<WorkingSet<'a>> {
    if request.references.is_empty() {
        return vec![Ok(request.attributes.iter().collect())];
    }
    let known: HashMap<_, _> = request.attributes.iter().filter_map(|one| Some((one.id?, one))).collect();
    let find = |ids: &&[&str]| {
        let mut set = Vec::with_capacity(ids.len());
        let mut seen = std::collections::HashSet::new();
        for id in *ids {
            let Some(attributes) = known.get(id) else {
                return Err(Fault::syntax(format!("`{id}` refers to no `Attributes`")));
            };
            // To name one twice is to name it.
            if seen.insert(*id) {
                set.push(*attributes);
            }
        }
        Ok(set)
    };
    request.references.iter().map(find).collect()
}

// `more` is `None` where the number has no end worth counting.
fn check_results(so_far: usize, more: Option<usize>, limits: &Limits) -> Result<(), RequestError> {
    match more.and_then(|more| so_far.checked_add(more)) {
        Some(results) if results <= limits.results => Ok(()),
        _ => Err(too_many(limits)),
    }
}

fn too_many(limits: &Limits) -> RequestError {
    RequestError::too_large(format!("more than {} results of one request (limit `results`)", limits.results), None)
}
