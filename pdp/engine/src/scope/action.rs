//! The five actions that scopes grant.

use std::fmt;

/// What may be done to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// Look at it.
    Read,
    /// Make or change it.
    Write,
    /// Remove it.
    Delete,
    /// Run it, or ask it for decisions.
    Execute,
    /// All of these, and administer it.
    Admin,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 5] = [Self::Read, Self::Write, Self::Delete, Self::Execute, Self::Admin];

    /// The action of this name, in lower case; `None` for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "read" => Some(Self::Read),
            "write" => Some(Self::Write),
            "delete" => Some(Self::Delete),
            "execute" => Some(Self::Execute),
            "admin" => Some(Self::Admin),
            _ => None,
        }
    }

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Delete => "delete",
            Self::Execute => "execute",
            Self::Admin => "admin",
        }
    }

    /// Whether a grant of this action is one of the other as well.
    pub fn includes(self, other: Self) -> bool {
        self == other || self == Self::Admin
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_known_by_its_exact_name() {
        for action in Action::ALL {
            assert_eq!(Action::parse(action.as_str()), Some(action));
        }
        for text in ["", "Read", "read ", "list", "*"] {
            assert_eq!(Action::parse(text), None);
        }
    }

    #[test]
    fn admin_includes_the_others_and_nothing_includes_admin() {
        for action in Action::ALL {
            assert!(Action::Admin.includes(action));
            assert!(action.includes(action));
            assert_eq!(action.includes(Action::Admin), action == Action::Admin);
        }
        assert!(!Action::Write.includes(Action::Read));
    }
}
