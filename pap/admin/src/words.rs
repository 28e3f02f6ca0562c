//! What a key may do, in a sentence for whoever hands it out.

use argus_engine::scope::Scope;
use argus_store::Conditions;

use crate::reach;
use crate::resource::HOST;

/// The conditions of the levels above a key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Above {
    /// Those of the keys that it is derived from, with their names, the nearest first.
    pub(crate) keys: Vec<(String, Conditions)>,
    pub(crate) project: Option<Conditions>,
    pub(crate) organisation: Conditions,
}

impl Above {
    /// The conditions of each level, those of the key itself first. All have to be met.
    pub(crate) fn levels<'c>(&'c self, own: &'c Conditions) -> impl Iterator<Item = &'c Conditions> + Clone {
        let keys = self.keys.iter().map(|(_, conditions)| conditions);
        std::iter::once(own).chain(keys).chain(&self.project).chain([&self.organisation])
    }
}

/// Such as `may read everything under acme/atlas/evidence; may do nothing else; no address, country or time rule`.
pub(crate) fn summary(organisation: &str, scopes: &[String], own: &Conditions, above: &Above) -> String {
    let mut parts = scopes_in_words(&reach::read(scopes));
    parts.push("may do nothing else".to_owned());
    if reaches_beyond(organisation, scopes) {
        parts.push(format!("a key of {organisation} reaches nothing outside {organisation}"));
    }
    parts.extend(conditions_in_words(own, above));
    parts.extend(missing_rules(own, above));
    parts.join("; ")
}

/// What each scope allows.
pub(crate) fn scopes_in_words(scopes: &[Scope]) -> Vec<String> {
    scopes.iter().map(Scope::describe).collect()
}

/// What each level asks for that asks for something.
pub(crate) fn conditions_in_words(own: &Conditions, above: &Above) -> Vec<String> {
    let of_key = |(name, asked): &(String, Conditions)| rules(&format!("the key `{name}` above it asks: "), asked);
    let of_keys = above.keys.iter().filter_map(of_key);
    let of_project = above.project.as_ref().and_then(|conditions| rules("its project asks: ", conditions));
    let of_organisation = rules("its organisation asks: ", &above.organisation);
    rules("", own).into_iter().chain(of_keys).chain(of_project).chain(of_organisation).collect()
}

/// Whether a scope names other organisations, which the key won't reach.
fn reaches_beyond(own: &str, scopes: &[String]) -> bool {
    own != HOST && scopes.iter().any(|scope| scope.split(['/', ':']).next() != Some(own))
}

fn rules(introduction: &str, conditions: &Conditions) -> Option<String> {
    let mut rules = Vec::new();
    let lists = [
        ("only from ", &conditions.networks),
        ("only in ", &conditions.countries),
        ("only ", &conditions.windows),
        ("only in networks of the type ", &conditions.network_types),
    ];
    for (words, values) in lists {
        if !values.is_empty() {
            rules.push(format!("{words}{}", values.join(" or ")));
        }
    }
    if conditions.device == Some(true) {
        rules.push("only on compliant devices".to_owned());
    }
    (!rules.is_empty()).then(|| format!("{introduction}{}", rules.join(", ")))
}

/// Of the rules that are looked for first, those that no level has.
fn missing_rules(own: &Conditions, above: &Above) -> Option<String> {
    let is_missing = |list: fn(&Conditions) -> &Vec<String>| above.levels(own).all(|level| list(level).is_empty());
    let mut missing = Vec::new();
    for (name, list) in [
        ("address", (|level| &level.networks) as fn(&Conditions) -> &Vec<String>),
        ("country", |level| &level.countries),
        ("time", |level| &level.windows),
    ] {
        if is_missing(list) {
            missing.push(name);
        }
    }
    match missing.as_slice() {
        [] => None,
        [one] => Some(format!("no {one} rule")),
        [rest @ .., last] => Some(format!("no {} or {last} rule", rest.join(", "))),
    }
}
