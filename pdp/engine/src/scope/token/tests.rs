//! What scopes cover, by hand and against a walk over segments that is written as the rules are told.

use proptest::prelude::*;

use super::super::covers_text;
use super::*;

fn scope(text: &str) -> Scope {
    Scope::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn covers(text: &str, path: &str, action: Action) -> bool {
    let covered = scope(text).covers(&ResourcePath::parse(path).unwrap(), action);
    assert_eq!(covers_text(text, path, action.as_str()), covered, "{text} {path}");
    covered
}

#[test]
fn a_scope_covers_its_path_and_all_beneath_it_by_whole_segments() {
    assert!(covers("acme/atlas/evidence:read", "acme/atlas/evidence", Action::Read));
    assert!(covers("acme/atlas/evidence:read", "acme/atlas/evidence/42/x", Action::Read));
    assert!(!covers("acme/atlas/evidence:read", "acme/atlas/evidences", Action::Read));
    assert!(!covers("acme/atlas/evidence:read", "acme/atlas", Action::Read));
    assert!(!covers("acme/atlas/evidence:read", "acme/atlas/evidence", Action::Write));
    assert!(!covers("acme:read", "Acme", Action::Read));
}

#[test]
fn a_star_is_one_whole_level() {
    assert!(covers("acme/*/evidence:read", "acme/atlas/evidence/1", Action::Read));
    assert!(!covers("acme/*/evidence:read", "acme/atlas/x/evidence", Action::Read));
    assert!(!covers("acme/*:read", "acme", Action::Read));
    assert!(covers("*:admin", "acme", Action::Admin));
    assert!(covers("*:admin", "acme/atlas/evidence/1", Action::Execute));
    assert!(!covers("acme/%2A:read", "acme/x", Action::Read));
    assert!(covers("acme/%2A:read", "acme/%2A", Action::Read));
}

#[test]
fn the_reserved_project_is_reached_by_name_or_by_admin() {
    for action in [Action::Read, Action::Write, Action::Delete, Action::Execute] {
        for text in ["acme", "acme/*", "*", "*/*", "acme/*/keys"] {
            assert!(!covers(&format!("{text}:{action}"), "acme/argus/keys", action), "{text}");
            assert!(covers(&format!("{text}:admin"), "acme/argus/keys", action), "{text}");
        }
        for text in ["acme/argus", "*/argus", "acme/argus/*", "acme/argus/keys"] {
            assert!(covers(&format!("{text}:{action}"), "acme/argus/keys", action), "{text}");
        }
        // The organisation `argus` has one too; elsewhere the name is nothing special.
        assert!(!covers(&format!("argus:{action}"), "argus/argus/organisations", action));
        assert!(covers(&format!("argus:{action}"), "argus/atlas", action));
        assert!(covers(&format!("acme:{action}"), "acme/atlas/argus", action));
    }
}

#[test]
fn what_is_no_scope_is_refused_with_its_reason() {
    for (text, reason) in [
        ("", "a scope is a path, `:` and an action, such as `acme/atlas:read`"),
        ("acme", "a scope is a path, `:` and an action, such as `acme/atlas:read`"),
        (":read", "a path has at least one segment"),
        ("acme:", "`` is no action: it is one of `read`, `write`, `delete`, `execute` and `admin`"),
        ("acme:list", "`list` is no action: it is one of `read`, `write`, `delete`, `execute` and `admin`"),
        ("acme:Read", "`Read` is no action: it is one of `read`, `write`, `delete`, `execute` and `admin`"),
        ("a:b:read", "`:` is written `%3A` in a path"),
        ("acme/a*:read", "`*` stands for one whole level, and only in scopes; elsewhere it is written `%2A`"),
        ("acme/**:read", "`*` stands for one whole level, and only in scopes; elsewhere it is written `%2A`"),
        ("acme/:read", "a path has no empty segment: no `//`, and no `/` at either end"),
        ("acme/..:read", "`.` and `..` are no segments of a path"),
        (" acme:read", "` ` is written `%20` in a path"),
        ("acme:read ", "`read ` is no action: it is one of `read`, `write`, `delete`, `execute` and `admin`"),
    ] {
        assert_eq!(Scope::parse(text).unwrap_err().to_string(), reason, "{text}");
    }
}

#[test]
fn what_is_not_canonical_is_never_covered() {
    for (scope, path, action) in [
        ("acme:read", "acme/", "read"),
        ("acme:read", "acme//x", "read"),
        ("acme:read", "acme/../other", "read"),
        ("acme:read", "acme/%41", "read"),
        ("acme:read", "acme/*", "read"),
        ("acme/*:read", "acme/*", "read"),
        ("acme:read", "acme/x", "Read"),
        ("acme:read", "acme/x", "list"),
        ("acme:list", "acme/x", "list"),
        ("acme/%2a:read", "acme/%2a", "read"),
        ("acme", "acme", "read"),
        (":read", "", "read"),
        ("", "", ""),
        ("acme//x:read", "acme//x", "read"),
    ] {
        assert!(!covers_text(scope, path, action), "{scope} {path} {action}");
    }
}

#[test]
fn a_scope_lies_within_a_wider_one() {
    for (wide, narrow, within) in [
        ("acme:read", "acme:read", true),
        ("acme:read", "acme/atlas:read", true),
        ("acme:admin", "acme/atlas:delete", true),
        ("acme:read", "acme:admin", false),
        ("acme/atlas:read", "acme:read", false),
        ("acme/*:read", "acme/atlas:read", true),
        ("acme/*:read", "acme/*/x:read", true),
        ("acme/atlas:read", "acme/*:read", false),
        ("acme/*:read", "acme:read", false),
        ("acme:read", "acme/argus:read", false),
        ("acme/*:read", "acme/argus/keys:read", false),
        ("acme/argus:read", "acme/argus/keys:read", true),
        ("acme:admin", "acme/argus/keys:read", true),
        ("*:admin", "acme:admin", true),
        ("*:read", "*:read", true),
        ("*:read", "*/argus:read", false),
    ] {
        assert_eq!(scope(wide).covers_scope(&scope(narrow)), within, "{wide} {narrow}");
    }
}

/// The rules as they are told, on lists of segments.
fn naive(scope: &Scope, path: &ResourcePath, action: Action) -> bool {
    let granted: Vec<&str> = scope.path().split('/').collect();
    let wanted: Vec<&str> = path.as_str().split('/').collect();
    if scope.action() != action && scope.action() != Action::Admin || granted.len() > wanted.len() {
        return false;
    }
    for (index, segment) in granted.iter().enumerate() {
        if *segment != "*" && *segment != wanted[index] {
            return false;
        }
    }
    let reserved = wanted.len() > 1 && wanted[1] == "argus";
    !reserved || scope.action() == Action::Admin || granted.len() > 1 && granted[1] == "argus"
}

fn segments(choices: &'static [&'static str]) -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(choices), 1..5).prop_map(|segments| segments.join("/"))
}

fn actions() -> impl Strategy<Value = Action> {
    proptest::sample::select(&Action::ALL[..])
}

fn scopes() -> impl Strategy<Value = Scope> {
    (segments(&["a", "b", "argus", "*"]), actions()).prop_map(|(path, action)| scope(&format!("{path}:{action}")))
}

/// Every path of up to four levels over an alphabet with one more letter than scopes are made of.
fn all_paths() -> Vec<ResourcePath> {
    let mut paths = vec![String::new()];
    let mut all = Vec::new();
    for _ in 0..4 {
        paths = paths.iter().flat_map(|path| ["a", "b", "argus", "z"].map(|level| format!("{path}/{level}"))).collect();
        all.extend(paths.iter().map(|path| ResourcePath::parse(path.trim_start_matches('/')).unwrap()));
    }
    all
}

proptest! {
    #[test]
    fn covering_is_the_naive_walk(scope in scopes(), path in segments(&["a", "b", "argus", "z"]), action in actions()) {
        let path = ResourcePath::parse(&path).unwrap();
        let expected = naive(&scope, &path, action);
        prop_assert_eq!(scope.covers(&path, action), expected);
        prop_assert_eq!(covers_text(scope.as_str(), path.as_str(), action.as_str()), expected);
    }

    /// `z` is in no scope, so it stands for all the names that only `*` covers.
    #[test]
    fn a_scope_within_another_covers_no_more(wide in scopes(), narrow in scopes()) {
        let within = all_paths().iter().all(|path| {
            Action::ALL.into_iter().all(|action| !narrow.covers(path, action) || wide.covers(path, action))
        });
        prop_assert_eq!(wide.covers_scope(&narrow), within);
    }

    #[test]
    fn the_fast_way_agrees_with_reading_first(
        scope in "[a*/:%2A.]{0,8}(:read|:admin|:x)?", path in "[a*/%2A.]{0,8}", action in "read|admin|x",
    ) {
        let expected = match (Scope::parse(&scope), ResourcePath::parse(&path), Action::parse(&action)) {
            (Ok(scope), Ok(path), Some(action)) => scope.covers(&path, action),
            _ => false,
        };
        prop_assert_eq!(covers_text(&scope, &path, &action), expected);
    }

    #[test]
    fn every_scope_is_a_scope_token(text in "[!-~]{0,12}:(read|admin)") {
        if let Ok(scope) = Scope::parse(&text) {
            let is_token = |byte: u8| byte == 0x21 || (0x23..=0x5b).contains(&byte) || (0x5d..=0x7e).contains(&byte);
            prop_assert!(scope.as_str().bytes().all(is_token));
        }
    }
}
