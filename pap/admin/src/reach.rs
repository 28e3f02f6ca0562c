//! What a key reaches: its scopes within the boundary of its organisation, as an example or a preview has to know them.

use argus_engine::scope::{ResourcePath, Scope};

use crate::resource::{HOST, RESERVED_PROJECT};

/// What fills a level that a scope leaves open.
const EXAMPLE: &str = "example";

/// The scopes that a key of an organisation really has: those of other organisations are out of its reach, `*` for an
/// organisation is its own, and what another scope covers is not said twice. Keys of `argus` reach everything.
pub(crate) fn effective(organisation: &str, scopes: &[Scope]) -> Vec<Scope> {
    let mut reached: Vec<Scope> = Vec::with_capacity(scopes.len());
    for scope in scopes.iter().filter_map(|scope| within(organisation, scope)) {
        if reached.iter().any(|known| known.covers_scope(&scope)) {
            continue;
        }
        reached.retain(|known| !scope.covers_scope(known));
        reached.push(scope);
    }
    reached
}

fn within(organisation: &str, scope: &Scope) -> Option<Scope> {
    if organisation == HOST {
        return Some(scope.clone());
    }
    let path = scope.path();
    let (first, rest) =
        path.split_once('/').map_or((path, ""), |(first, _)| (first, path.get(first.len()..).unwrap_or("")));
    match first {
        "*" => Scope::parse(&format!("{organisation}{rest}:{}", scope.action())).ok(),
        _ if first == organisation => Some(scope.clone()),
        _ => None,
    }
}

/// A resource that a scope covers: the scope's own path, with a name for each `*`.
pub(crate) fn resource_of(scope: &Scope, organisation: &str, project: Option<&str>) -> Option<ResourcePath> {
    let levels = scope.path().split('/').enumerate().map(|(depth, level)| match (depth, level) {
        (0, "*") => organisation,
        (1, "*") => project.unwrap_or(EXAMPLE),
        (_, "*") => EXAMPLE,
        (_, level) => level,
    });
    ResourcePath::parse(&levels.collect::<Vec<_>>().join("/")).ok()
}

/// Whether a path lies in the project that holds Argus's own resources.
pub(crate) fn is_reserved(path: &ResourcePath) -> bool {
    path.project() == Some(RESERVED_PROJECT)
}

/// Scopes, as far as they can be read.
pub(crate) fn read(texts: &[String]) -> Vec<Scope> {
    texts.iter().filter_map(|text| Scope::parse(text).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scopes(texts: &[&str]) -> Vec<Scope> {
        texts.iter().map(|text| Scope::parse(text).unwrap()).collect()
    }

    #[test]
    fn a_key_reaches_its_own_organisation_and_that_of_the_host_all() {
        let given =
            scopes(&["acme/atlas:read", "beta/x:read", "*/argus/keys:read", "acme/atlas/evidence:read", "*:write"]);
        let texts = |organisation| effective(organisation, &given).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(texts("acme"), ["acme/atlas:read", "acme/argus/keys:read", "acme:write"]);
        assert_eq!(texts("argus"), ["acme/atlas:read", "beta/x:read", "*/argus/keys:read", "*:write"]);
    }

    #[test]
    fn an_example_is_covered_by_its_scope() {
        for (scope, expected) in [
            ("acme/atlas/evidence:read", "acme/atlas/evidence"),
            ("acme/*/evidence:read", "acme/atlas/evidence"),
            ("*/*/*:write", "acme/atlas/example"),
            ("*:admin", "acme"),
        ] {
            let scope = Scope::parse(scope).unwrap();
            let resource = resource_of(&scope, "acme", Some("atlas")).unwrap();
            assert_eq!(resource.as_str(), expected);
            assert!(scope.covers(&resource, scope.action()));
        }
    }
}
