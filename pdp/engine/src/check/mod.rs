//! What can be known of policies without a request: settled here, once, as errors and warnings with spans.
//!
//! [`check`] takes all documents that belong together and gives what they say, as [`checked::Checked`], with every
//! problem of every document. One cause makes one message: what is wrong inside an expression is not said again of
//! what stands around it, and of a document that is no XML, or another XACML, nothing else is said.
//!
//! The words for each problem are in `problem`, one file a code; [`explanations`] gives them to people.

mod apply;
mod attribute;
pub mod checked;
mod context;
mod directives;
mod document;
mod duty;
mod explain;
mod expression;
mod grammar;
mod graph;
mod higher_order;
mod literal;
mod options;
mod parameter;
mod policy;
mod problem;
mod reach;
mod references;
mod rule;
mod shape;
mod suggest;
mod target;
#[cfg(test)]
mod tests;
mod uniqueness;
mod variables;
mod version;
mod words;
mod xpath;

pub use explain::{Explanation, explain, explanations};
pub use options::Options;

pub(crate) use context::Taker;

use checked::Checked;
use context::KeepAll;
use document::Gathered;

use crate::diagnostic::Diagnostic;
use crate::read::{Source, Tag, Tree};

/// Checks documents that belong together: a root, and those that references may find.
///
/// The result holds whatever could be read. [`Checked::is_evaluable`] says whether a root can be evaluated; the
/// diagnostics, ordered by file and place, say what is wrong.
pub fn check<'s>(sources: &'s [Source<'s>], options: &Options) -> (Checked<'s>, Vec<Diagnostic>) {
    check_telling(sources, options, &mut || {})
}

/// The same for someone who waits: `read` is called for each policy and policy set when it was read.
pub fn check_telling<'s>(
    sources: &'s [Source<'s>],
    options: &Options,
    read: &mut dyn FnMut(),
) -> (Checked<'s>, Vec<Diagnostic>) {
    check_for(sources, options, &mut KeepAll(read))
}

/// The same for someone who takes each policy as soon as it is read.
pub(crate) fn check_for<'s>(
    sources: &'s [Source<'s>],
    options: &Options,
    taker: &mut dyn Taker<'s>,
) -> (Checked<'s>, Vec<Diagnostic>) {
    let mut found = Vec::new();
    let mut gathered = Gathered::with_capacity(sources.len());
    let mut tree = Tree::new();
    for (file, source) in (0_u32..).zip(sources) {
        document::check((file, source), options, &mut tree, &mut gathered, &mut found, taker);
    }
    drop(tree);
    let Gathered { mut checked, mut identities, mut references } = gathered;
    // A policy set is read after what is inside it; from here on the order of the documents counts.
    identities.sort_by_key(|identity| identity.opening);
    references.sort_by_key(|reference| reference.at);
    let identities = uniqueness::Identities::new(&identities, &checked.documents, sources);
    identities.report_duplicates(&mut checked.documents, &mut found);
    references::resolve(&mut checked, &references, &identities, options.limits.reference_depth, &mut found);
    found.sort_by(|a, b| (a.at, a.code).cmp(&(b.at, b.code)));
    (checked, found)
}
