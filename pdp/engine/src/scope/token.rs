//! Scopes: `<path>:<action>`, a scope-token of RFC 6749 §3.3.

use std::fmt;

use thiserror::Error;

use super::action::Action;
use super::path::{PathError, ResourcePath, check_scope_path};
use super::reach;

/// Leave to do one action to a resource and all beneath it, such as `acme/atlas/evidence:read`.
///
/// The path is canonical, as that of [`ResourcePath`], but any level may be `*`. All its characters are those that a
/// scope-token may have.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Scope {
    text: Box<str>,
    action: Action,
}

/// Why a text is not a scope.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ScopeError {
    /// There is no colon.
    #[error("a scope is a path, `:` and an action, such as `acme/atlas:read`")]
    NoAction,
    /// What follows the last colon is no action.
    #[error("`{}` is no action: it is one of `read`, `write`, `delete`, `execute` and `admin`", .0.escape_debug())]
    UnknownAction(String),
    /// What precedes the last colon is no path.
    #[error(transparent)]
    Path(#[from] PathError),
}

impl Scope {
    /// Reads a scope in canonical form. Nothing is trimmed, decoded or resolved.
    pub fn parse(text: &str) -> Result<Self, ScopeError> {
        let (path, action) = text.rsplit_once(':').ok_or(ScopeError::NoAction)?;
        check_scope_path(path)?;
        let action = Action::parse(action).ok_or_else(|| ScopeError::UnknownAction(action.to_owned()))?;
        Ok(Self { text: text.into(), action })
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its path, in which `*` is any one level.
    pub fn path(&self) -> &str {
        self.text.rsplit_once(':').map_or("", |(path, _)| path)
    }

    /// Its action.
    pub fn action(&self) -> Action {
        self.action
    }

    /// Whether this scope allows the action on the resource.
    pub fn covers(&self, path: &ResourcePath, action: Action) -> bool {
        reach::reaches(self.path(), self.action, path.as_str(), action)
    }

    /// Whether whatever the other scope allows, this one allows too.
    pub fn covers_scope(&self, other: &Self) -> bool {
        reach::includes(self.path(), self.action, other.path(), other.action)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests;
