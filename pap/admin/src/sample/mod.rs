//! Uses of a key worth trying before it is made: what it is for, each condition missed by itself, and what lies just
//! outside its scopes.

mod surroundings;

pub(crate) use surroundings::Levels;

use argus_engine::scope::{Action, ResourcePath, Scope};

use crate::reach::resource_of;
use crate::resource::{HOST, RESERVED_PROJECT};
use crate::{Surroundings, Trial};

/// The most scopes of which a use is tried.
const MOST_SCOPES: usize = 8;

/// A use, and what is tried by it.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    pub(crate) about: String,
    pub(crate) trial: Trial,
}

/// The place of a key, which its samples are about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'p> {
    pub(crate) organisation: &'p str,
    pub(crate) project: Option<&'p str>,
}

/// The samples of a key with these scopes, which are what it reaches. The first of them are uses as its scopes say,
/// in `fitting` surroundings.
pub(crate) fn samples(
    place: Place<'_>,
    reached: &[Scope],
    fitting: &Surroundings,
    missing: Vec<(String, Surroundings)>,
) -> Vec<Sample> {
    let uses = reached.iter().take(MOST_SCOPES).filter_map(|scope| {
        let resource = resource_of(scope, place.organisation, place.project)?;
        let trial = Trial { action: scope.action(), resource, surroundings: fitting.clone() };
        Some(Sample { about: format!("as the scope {scope} says"), trial })
    });
    let mut samples: Vec<Sample> = uses.collect();
    let Some(first) = samples.first().map(|sample| sample.trial.clone()) else { return samples };
    let without = missing
        .into_iter()
        .map(|(about, surroundings)| Sample { about, trial: Trial { surroundings, ..first.clone() } });
    samples.extend(without);
    samples.extend(beyond(place, reached, &first));
    samples
}

/// What the scopes end before. Where a scope covers it all the same, it isn't beyond.
fn beyond(place: Place<'_>, reached: &[Scope], first: &Trial) -> Vec<Sample> {
    let covered = |path: &ResourcePath, action| reached.iter().any(|scope| scope.covers(path, action));
    let other = if place.organisation == "other" { "another" } else { "other" };
    let (path, own) = (first.resource.as_str(), place.organisation);
    let rest = path.split_once('/').map_or("example", |(_, rest)| rest);
    let is_nested = path.contains('/');
    let mut beyond = Vec::new();
    let mut add = |about: &str, path: String, action: Action| {
        if let Ok(resource) = ResourcePath::parse(&path)
            && !covered(&resource, action)
        {
            let trial = Trial { action, resource, surroundings: first.surroundings.clone() };
            beyond.push(Sample { about: about.to_owned(), trial });
        }
    };
    let all = [Action::Read, Action::Write, Action::Delete, Action::Execute, Action::Admin];
    if let Some(action) = all.into_iter().find(|action| !covered(&first.resource, *action)) {
        add("another action", path.to_owned(), action);
    }
    if is_nested {
        add("a neighbour whose name begins alike", format!("{path}-archive"), first.action);
    }
    if own != HOST {
        add("another organisation", format!("{other}/{rest}"), first.action);
    }
    add("the keys of the organisation", format!("{own}/{RESERVED_PROJECT}/keys"), Action::Read);
    beyond
}
