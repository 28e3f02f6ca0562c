//! What a scope reaches, decided on texts that are known to be canonical.

use super::action::Action;
use super::path::check_path;

/// The project of each organisation that holds its keys, policies and limits.
const RESERVED_PROJECT: &str = "argus";

/// Whether the scope covers the path and the action; false for whatever is not in canonical form.
///
/// This is `urn:argus:function:scope-covers`. It takes nothing from the heap.
pub fn covers_text(scope: &str, path: &str, action: &str) -> bool {
    let Some((scope_path, granted)) = scope.rsplit_once(':') else { return false };
    let (Some(granted), Some(wanted)) = (Action::parse(granted), Action::parse(action)) else { return false };
    // Each level of a scope that reaches the path is `*` or a level of the path, so the path vouches for both.
    reaches(scope_path, granted, path, wanted) && check_path(path).is_ok()
}

/// Whether the path of a scope and its action cover the path of a resource and an action.
pub(super) fn reaches(scope_path: &str, granted: Action, path: &str, wanted: Action) -> bool {
    granted.includes(wanted)
        && is_above(scope_path, path)
        && (project(path) != Some(RESERVED_PROJECT) || reaches_reserved(scope_path, granted))
}

/// Whether whatever the second scope covers, the first one does too.
pub(super) fn includes(path: &str, granted: Action, other_path: &str, other: Action) -> bool {
    // A `*` of the other scope can only be met by `*`: texts are compared, and no other level is the text `*`.
    // Without `admin`, the other scope reaches the reserved project only by naming it, and so must this one.
    reaches(path, granted, other_path, other)
}

/// Whether a scope with this path reaches the reserved project of the organisations in its path.
pub(super) fn reaches_reserved(scope_path: &str, granted: Action) -> bool {
    granted == Action::Admin || project(scope_path) == Some(RESERVED_PROJECT)
}

/// Level by level, `*` in the upper path standing for any one level.
fn is_above(upper: &str, lower: &str) -> bool {
    if !upper.contains('*') {
        return lower.strip_prefix(upper).is_some_and(|below| below.is_empty() || below.starts_with('/'));
    }
    let mut lower = lower.split('/');
    upper.split('/').all(|level| lower.next().is_some_and(|below| level == below || level == "*"))
}

fn project(path: &str) -> Option<&str> {
    path.split('/').nth(1)
}
