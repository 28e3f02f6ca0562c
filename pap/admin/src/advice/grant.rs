//! The smallest grant that would have permitted all that was permitted.

use std::collections::BTreeSet;

use argus_engine::scope::{Action, Scope};

use super::{ScopeUse, Terms, Uses};
use crate::compliance::KeyFacts;
use crate::resource::RESERVED_PROJECT;

/// More parts than these are one scope again: a list that nobody reads protects nobody.
const PARTS: usize = 8;

/// Levels of a path that parts are told apart by: organisation, project, and what lies in it.
const LEVELS: usize = 3;

/// What comes of a key's uses.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Advised {
    /// What it holds, each with its uses.
    pub(crate) scopes: Vec<ScopeUse>,
    /// Scopes that were not used.
    pub(crate) unused: Vec<Scope>,
    /// What would be enough, where it is less.
    pub(crate) proposed: Option<Vec<String>>,
    /// What to type.
    pub(crate) command: Option<String>,
}

/// Advises on a key by what it was used for.
pub(crate) fn advise(key: &KeyFacts, uses: &Uses, terms: &Terms) -> Advised {
    let mut advised = Advised::default();
    let mut enough = BTreeSet::new();
    for text in &key.scopes {
        let Ok(scope) = Scope::parse(text) else { continue };
        let count = uses.scopes.get(text).copied().unwrap_or(0);
        let is_counted = terms.counts_uses_of(key, &scope);
        // Where there were more than are told apart, what isn't seen may be among the rest.
        let is_kept = !is_counted || uses.is_cut && count == 0;
        let handed_on = uses.handed_on.iter().filter(|text| covers(&scope, text)).cloned();
        let handed_on: BTreeSet<String> = handed_on.collect();
        if is_kept {
            enough.insert(text.clone());
        } else if count > 0 || !handed_on.is_empty() {
            enough.extend(narrowed(&scope, count, handed_on, uses));
        } else {
            advised.unused.push(scope);
        }
        advised.scopes.push(ScopeUse { scope: text.clone(), uses: is_counted.then_some(count) });
    }
    let proposed = without_covered(&enough);
    let held: BTreeSet<&String> = key.scopes.iter().collect();
    if proposed.is_empty() {
        advised.command = (!advised.unused.is_empty()).then(|| format!("argus key revoke {}", key.path));
    } else if proposed.iter().collect::<BTreeSet<_>>() != held {
        let scopes: Vec<String> = proposed.iter().map(|scope| format!(" --scope '{scope}'")).collect();
        advised.command = Some(format!("argus key update {}{}", key.path, scopes.concat()));
        advised.proposed = Some(proposed);
    }
    advised
}

/// Whether a scope reaches Argus's own resources, of which uses are counted beside decisions.
pub(super) fn administers(scope: &Scope) -> bool {
    let project = scope.path().split('/').nth(1);
    scope.action() == Action::Admin || project == Some(RESERVED_PROJECT)
}

fn covers(scope: &Scope, text: &str) -> bool {
    Scope::parse(text).is_ok_and(|part| scope.covers_scope(&part))
}

/// What a scope that was used has to be at least, with what was handed on of it.
fn narrowed(scope: &Scope, count: u64, handed_on: BTreeSet<String>, uses: &Uses) -> BTreeSet<String> {
    let whole = || BTreeSet::from([scope.as_str().to_owned()]);
    let used: BTreeSet<String> = uses.exercised.keys().filter(|text| covers(scope, text)).cloned().collect();
    // A scope beneath what is told apart is as small as can be said.
    if count > 0 && used.is_empty() || uses.is_cut {
        return whole();
    }
    let parts: BTreeSet<String> = used.into_iter().chain(handed_on).collect();
    // Of many things the levels above them, as far up as the scope itself: of `admin` at least the actions.
    let levels = scope.path().split('/').count();
    let shorter = (levels..=LEVELS).rev().map(|levels| parts.iter().map(|part| shortened(part, levels)).collect());
    let enough = |parts: &BTreeSet<String>| parts.len() <= PARTS && parts.iter().all(|part| covers(scope, part));
    std::iter::once(parts.clone()).chain(shorter).find(enough).unwrap_or_else(whole)
}

/// A scope on the first levels of the path of another. What is Argus's own is reached by its name alone.
fn shortened(part: &str, levels: usize) -> String {
    let Some((path, action)) = part.rsplit_once(':') else { return part.to_owned() };
    let is_own = path.split('/').nth(1) == Some(RESERVED_PROJECT);
    let levels = if is_own { levels.max(2) } else { levels };
    format!("{}:{action}", path.split('/').take(levels).collect::<Vec<_>>().join("/"))
}

/// In their order, without those that another covers.
fn without_covered(scopes: &BTreeSet<String>) -> Vec<String> {
    let read: Vec<Scope> = scopes.iter().filter_map(|text| Scope::parse(text).ok()).collect();
    let is_above = |other: &Scope, scope: &Scope| other != scope && other.covers_scope(scope);
    let smallest = read.iter().filter(|scope| !read.iter().any(|other| is_above(other, scope)));
    smallest.map(|scope| scope.as_str().to_owned()).collect()
}
