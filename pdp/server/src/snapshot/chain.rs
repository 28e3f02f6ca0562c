//! What a key may do by its chain: the scopes that it and every key above it grant.

use argus_engine::scope::Scope;

/// The scopes that both lists grant, as the smallest list that says so: no scope in it is within another.
pub(super) fn intersect(one: &[Scope], other: &[Scope]) -> Vec<Scope> {
    let mut common: Vec<Scope> = Vec::new();
    for scope in one.iter().flat_map(|a| other.iter().filter_map(|b| meet(a, b))) {
        if common.iter().any(|known| known.covers_scope(&scope)) {
            continue;
        }
        common.retain(|known| !scope.covers_scope(known));
        common.push(scope);
    }
    common
}

/// The scope that covers what both cover; `None` where there is nothing.
fn meet(one: &Scope, other: &Scope) -> Option<Scope> {
    // The common case, and one in which no text is made.
    if one.covers_scope(other) {
        return Some(other.clone());
    }
    if other.covers_scope(one) {
        return Some(one.clone());
    }
    let action = if one.action().includes(other.action()) {
        other.action()
    } else if other.action().includes(one.action()) {
        one.action()
    } else {
        return None;
    };
    let path = meet_paths(one.path(), other.path())?;
    let scope = Scope::parse(&format!("{path}:{action}")).ok()?;
    // Naming the reserved project is a grant of its own: `acme:read` doesn't reach it, so neither does what it has in
    // common with `acme/argus/keys:read`.
    let both_cover = one.covers_scope(&scope) && other.covers_scope(&scope);
    both_cover.then_some(scope)
}

/// Level by level; `*` is any one level, and the longer path is the narrower one.
fn meet_paths(one: &str, other: &str) -> Option<String> {
    let (mut one, mut other) = (one.split('/'), other.split('/'));
    let mut levels = Vec::new();
    loop {
        let level = match (one.next(), other.next()) {
            (None, None) => return Some(levels.join("/")),
            (Some(a), Some(b)) if a == b => a,
            (Some("*") | None, Some(level)) | (Some(level), Some("*") | None) => level,
            (Some(_), Some(_)) => return None,
        };
        levels.push(level);
    }
}

#[cfg(test)]
mod tests {
    use argus_engine::scope::{Action, ResourcePath};
    use proptest::prelude::*;

    use super::*;

    fn scopes(texts: &[&str]) -> Vec<Scope> {
        texts.iter().map(|text| Scope::parse(text).unwrap()).collect()
    }

    fn common(one: &[&str], other: &[&str]) -> Vec<String> {
        intersect(&scopes(one), &scopes(other)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_two_keys_grant_is_what_each_of_them_grants() {
        assert_eq!(common(&["acme/atlas:read"], &["acme:admin"]), ["acme/atlas:read"]);
        assert_eq!(common(&["acme/atlas:admin"], &["acme:read"]), ["acme/atlas:read"]);
        assert_eq!(common(&["acme/*/x:read"], &["acme/atlas:read"]), ["acme/atlas/x:read"]);
        assert_eq!(common(&["acme/atlas:read"], &["acme/nova:read", "globex:read"]), [""; 0]);
        assert_eq!(common(&["acme/atlas:write"], &["acme:read"]), [""; 0]);
    }

    #[test]
    fn the_reserved_project_is_reached_only_where_both_reach_it() {
        assert_eq!(common(&["acme/argus/keys:read"], &["acme:read"]), [""; 0]);
        assert_eq!(common(&["acme/argus/keys:read"], &["acme:admin"]), ["acme/argus/keys:read"]);
    }

    #[test]
    fn a_scope_within_another_is_not_repeated() {
        assert_eq!(common(&["acme:read", "acme/atlas:read"], &["acme:read"]), ["acme:read"]);
    }

    fn level() -> impl Strategy<Value = &'static str> {
        prop::sample::select(&["a", "b", "argus", "*"][..])
    }

    fn scope() -> impl Strategy<Value = Scope> {
        (prop::collection::vec(level(), 1..4), prop::sample::select(&Action::ALL[..]))
            .prop_map(|(levels, action)| Scope::parse(&format!("{}:{action}", levels.join("/"))).unwrap())
    }

    proptest! {
        #[test]
        fn the_intersection_covers_what_both_cover_and_nothing_else(
            one in prop::collection::vec(scope(), 0..4),
            other in prop::collection::vec(scope(), 0..4),
            levels in prop::collection::vec(prop::sample::select(&["a", "b", "argus"][..]), 1..5),
            action in prop::sample::select(&Action::ALL[..]),
        ) {
            let path = ResourcePath::parse(&levels.join("/")).unwrap();
            let covers = |scopes: &[Scope]| scopes.iter().any(|scope| scope.covers(&path, action));
            prop_assert_eq!(covers(&intersect(&one, &other)), covers(&one) && covers(&other));
        }
    }
}
