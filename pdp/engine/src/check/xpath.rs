//! XPaths in policies: parsed once, with the policy's own namespaces; their faults are answered, not refused.

use super::context::Context;
use super::problem::{bad_xpath, missing_xpath_version, xpath_prefix};
use crate::diagnostic::Span;
use crate::read::ElementId;
use crate::read::xml::Extent;
use crate::xpath::{Expression, Origin, Version, XPathErrorKind};

/// Where an XPath stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// The element whose namespaces count.
    pub(super) element: ElementId,
    /// The XPath in the source.
    pub(super) at: Extent,
    /// Whether it stands in the source as it is, so that its bytes can be pointed at.
    pub(super) verbatim: bool,
    /// What it is called.
    pub(super) what: &'static str,
}

/// Parses an XPath. Without a version in force it is XPath 1.0.
pub(super) fn parse(
    context: &mut Context<'_, '_>,
    text: &str,
    place: Place,
    version: Option<Version>,
) -> Result<Expression, String> {
    if version.is_none() && context.options.missing_xpath_version {
        let at = context.span(place.at);
        context.report(missing_xpath_version::report(at));
    }
    let version = version.unwrap_or(Version::V1);
    let parsed = Expression::parse(text, &context.tree.namespaces(place.element), version, Origin::Policy);
    parsed.map_err(|error| {
        let diagnostic = if let XPathErrorKind::UndeclaredPrefix { prefix } = &error.kind {
            let at = part(context, place, error.offset, prefix.len());
            xpath_prefix::report(at, prefix, place.what)
        } else {
            let at = part(context, place, error.offset, 1);
            let number = if version == Version::V1 { "1.0" } else { "2.0" };
            bad_xpath::report(at, text, number, &error.message, place.what)
        };
        context.report_answered(diagnostic);
        error.message
    })
}

/// Prefix and URI of the namespaces in scope, to keep.
pub(super) fn namespaces(context: &Context<'_, '_>, id: ElementId) -> Vec<(String, String)> {
    let namespaces = context.tree.namespaces(id);
    namespaces.into_iter().map(|(prefix, uri)| (prefix.to_owned(), uri.to_owned())).collect()
}

// The bytes at an offset of the XPath, where they can be pointed at; else all of it.
fn part(context: &Context<'_, '_>, place: Place, offset: Option<usize>, length: usize) -> Span {
    let all = context.span(place.at);
    let Some(start) = offset.filter(|_| place.verbatim).map(|offset| place.at.start as usize + offset) else {
        return all;
    };
    let end = (start + length).min(place.at.end as usize);
    match context.source.get(start..end) {
        Some(_) => context.span(Extent::new(start, end.max(start))),
        None => all,
    }
}
