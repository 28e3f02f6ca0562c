//! The smallest grant that would have permitted all that was permitted.

use std::collections::BTreeSet;

use argus_engine::scope::{Action, Scope};

use super::{ScopeUse, Uses};
use crate::compliance::KeyFacts;
use crate::resource::RESERVED_PROJECT;

/// More parts than these are one scope again: a list that nobody reads protects nobody.
const PARTS: usize = 8;

/// What comes of a key's uses.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Advised {
    /// What it holds, each with its uses.
    pub(crate) scopes: Vec<ScopeUse>,
    /// Scopes that were not used.
    pub(crate) unused: usize,
    /// What would be enough, where it is less.
    pub(crate) proposed: Option<Vec<String>>,
    /// What to type.
    pub(crate) command: Option<String>,
}

/// Advises on a key by what it was used for.
pub(crate) fn advise(key: &KeyFacts, uses: &Uses) -> Advised {
    let mut advised = Advised::default();
    let mut enough = BTreeSet::new();
    for text in &key.scopes {
        let Ok(scope) = Scope::parse(text) else { continue };
        let count = uses.scopes.get(text).copied().unwrap_or(0);
        let is_counted = !administers(&scope);
        // Where there were more than are told apart, what isn't seen may be among the rest.
        let is_kept = !is_counted || uses.is_cut && count == 0;
        if is_kept {
            enough.insert(text.clone());
        } else if count > 0 {
            enough.extend(narrowed(&scope, uses));
        } else {
            advised.unused += 1;
        }
        advised.scopes.push(ScopeUse { scope: text.clone(), uses: is_counted.then_some(count) });
    }
    let proposed = without_covered(&enough);
    let held: BTreeSet<&String> = key.scopes.iter().collect();
    if proposed.is_empty() {
        advised.command = (advised.unused > 0).then(|| format!("argus key revoke {}", key.path));
    } else if proposed.iter().collect::<BTreeSet<_>>() != held {
        let scopes: Vec<String> = proposed.iter().map(|scope| format!(" --scope '{scope}'")).collect();
        advised.command = Some(format!("argus key update {}{}", key.path, scopes.concat()));
        advised.proposed = Some(proposed);
    }
    advised
}

/// Whether a scope reaches Argus's own resources, of which uses aren't counted.
fn administers(scope: &Scope) -> bool {
    let project = scope.path().split('/').nth(1);
    scope.action() == Action::Admin || project == Some(RESERVED_PROJECT)
}

/// What a scope that was used has to be at least.
fn narrowed(scope: &Scope, uses: &Uses) -> BTreeSet<String> {
    let whole = || BTreeSet::from([scope.as_str().to_owned()]);
    let parts: BTreeSet<String> = uses
        .exercised
        .keys()
        .filter(|text| Scope::parse(text).is_ok_and(|part| scope.covers_scope(&part)))
        .cloned()
        .collect();
    // A scope beneath what is told apart is as small as can be said.
    if parts.is_empty() || parts.len() > PARTS || uses.is_cut { whole() } else { parts }
}

/// In their order, without those that another covers.
fn without_covered(scopes: &BTreeSet<String>) -> Vec<String> {
    let read: Vec<Scope> = scopes.iter().filter_map(|text| Scope::parse(text).ok()).collect();
    let covers = |other: &Scope, scope: &Scope| other != scope && other.covers_scope(scope);
    let smallest = read.iter().filter(|scope| !read.iter().any(|other| covers(other, scope)));
    smallest.map(|scope| scope.as_str().to_owned()).collect()
}
