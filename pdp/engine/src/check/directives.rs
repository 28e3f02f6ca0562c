//! `<!-- argus: allow CODE: cause -->`: a warning is silenced where it stands.

use super::context::Context;
use super::explain::{explain, explanations};
use super::problem::{bad_directive, unused_directive};
use crate::diagnostic::{Diagnostic, Severity};
use crate::read::Directive;

/// Takes out of what was found in this document, from a place on, what its author has allowed.
pub(super) fn apply(context: &mut Context<'_, '_>, from: usize) {
    let tree = context.tree;
    for directive in tree.directives() {
        let at = context.span(directive.at);
        let Some((code, _)) = directive.allow() else {
            context.report(bad_directive::form(at));
            continue;
        };
        if explain(code).is_none() {
            let known = explanations().iter().map(|explanation| explanation.code);
            context.report(bad_directive::code(at, code, known));
            continue;
        }
        let before = context.found.len();
        let kept = context.found.split_off(from.min(before));
        context.found.extend(kept.into_iter().filter(|found| !silences(directive, code, found)));
        if context.found.len() == before {
            context.report(unused_directive::report(at, code));
        }
    }
}

fn silences(directive: &Directive<'_>, code: &str, found: &Diagnostic) -> bool {
    found.severity == Severity::Warning
        && found.code == code
        && directive.scope.start <= found.at.start
        && found.at.end <= directive.scope.end
}
