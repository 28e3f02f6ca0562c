//! A scope in words, for those who hand one out.

use super::action::Action;
use super::reach::reaches_reserved;
use super::token::Scope;

impl Scope {
    /// What the scope allows, such as `may read everything under acme/atlas/evidence`.
    pub fn describe(&self) -> String {
        let (path, action) = (self.path(), self.action());
        let may = if action == Action::Admin { "do and administer" } else { action.as_str() };
        let place = match path {
            "*" => "in every organisation".to_owned(),
            "*/*" => "in every project".to_owned(),
            _ if path.contains('*') => format!("under {path}, where * is any one level"),
            _ => format!("under {path}"),
        };
        let may_meet_reserved = path.split('/').nth(1).is_none_or(|project| project == "*");
        let exception = if may_meet_reserved && !reaches_reserved(path, action) {
            ", except in the reserved project argus"
        } else {
            ""
        };
        format!("may {may} everything {place}{exception}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_says_what_it_allows() {
        for (scope, words) in [
            ("acme/atlas/evidence:read", "may read everything under acme/atlas/evidence"),
            ("acme/argus/pdp:execute", "may execute everything under acme/argus/pdp"),
            ("acme:write", "may write everything under acme, except in the reserved project argus"),
            ("acme:admin", "may do and administer everything under acme"),
            ("*:admin", "may do and administer everything in every organisation"),
            ("*/*:read", "may read everything in every project, except in the reserved project argus"),
            (
                "acme/*/keys:delete",
                "may delete everything under acme/*/keys, where * is any one level, except in the reserved project argus",
            ),
        ] {
            assert_eq!(Scope::parse(scope).unwrap().describe(), words);
        }
    }
}
