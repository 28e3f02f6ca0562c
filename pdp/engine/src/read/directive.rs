//! Comments that speak to the check: `<!-- argus: allow CODE: cause -->`.

use super::xml::Extent;

/// A comment that starts with `argus:`. It speaks of the element that follows it, with all that is inside.
#[derive(Debug, Clone, Copy)]
pub struct Directive<'s> {
    /// The comment.
    pub at: Extent,
    /// What follows `argus:`.
    pub text: &'s str,
    /// The element that follows it; empty where none does.
    pub scope: Extent,
}

impl<'s> Directive<'s> {
    /// The directive in a comment's text, if it is one.
    pub(super) fn from_comment(comment: &'s str, at: Extent) -> Option<Self> {
        let text = comment.trim().strip_prefix("argus:")?.trim();
        Some(Self { at, text, scope: Extent::default() })
    }

    /// The code that it allows, and why.
    pub fn allow(&self) -> Option<(&'s str, &'s str)> {
        let (code, cause) = self.text.strip_prefix("allow ")?.split_once(':')?;
        let (code, cause) = (code.trim(), cause.trim());
        if code.is_empty() || cause.is_empty() { None } else { Some((code, cause)) }
    }
}
