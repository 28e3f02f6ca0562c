//! One document: from its text to what it says.

use super::Tag;
use super::checked::{Checked, Document};
use super::context::Context;
use super::options::Options;
use super::problem::{not_a_policy, wrong_namespace};
use super::references::PendingReference;
use super::uniqueness::Identity;
use super::{directives, policy, shape};
use crate::diagnostic::Diagnostic;
use crate::read::xml::{Extent, XmlLimits};
use crate::read::{Source, Tree};

/// What is known of all documents so far.
#[derive(Debug, Default)]
pub(super) struct Gathered<'s> {
    /// What they say.
    pub(super) checked: Checked<'s>,
    /// What is in them.
    pub(super) identities: Vec<Identity<'s>>,
    /// What they refer to.
    pub(super) references: Vec<PendingReference<'s>>,
}

impl Gathered<'_> {
    /// Room for some documents.
    pub(super) fn with_capacity(documents: usize) -> Self {
        let checked = Checked { documents: Vec::with_capacity(documents) };
        Self { checked, identities: Vec::with_capacity(documents), references: Vec::new() }
    }
}

// Elements are read by functions that call themselves; a stack has room for this many.
const DEEPEST: usize = 256;

/// Checks one document.
pub(super) fn check<'s>(
    file: u32,
    source: &'s Source<'s>,
    options: &Options,
    tree: &mut Tree<'s>,
    gathered: &mut Gathered<'s>,
    found: &mut Vec<Diagnostic>,
) {
    let mut limits = XmlLimits::policy(&options.limits);
    limits.depth = limits.depth.min(DEEPEST);
    if let Err(error) = tree.read(source, limits) {
        found.push(error.diagnostic(file));
        return;
    }
    let from = found.len();
    let identities_before = gathered.identities.len();
    let mut context = Context {
        tree,
        source: source.text,
        file,
        document: gathered.checked.documents.len(),
        options,
        found,
        has_errors: false,
        identities: &mut gathered.identities,
        references: &mut gathered.references,
    };
    if !check_root(&mut context) {
        return;
    }
    let root = tree.root();
    shape::check(&mut context, root);
    let node = policy::read(&mut context, root, None);
    directives::apply(&mut context, from);
    let has_errors = context.has_errors;
    if let Some(node) = node {
        gathered.checked.documents.push(Document { file, node, has_errors });
    } else {
        // What has no id or no version is no document to refer to.
        gathered.identities.truncate(identities_before);
    }
}

fn check_root(context: &mut Context<'_, '_>) -> bool {
    let root = context.tree.element(context.tree.root());
    match root.tag {
        Tag::Policy | Tag::PolicySet => true,
        Tag::Foreign => {
            let uri = namespace(context);
            let at = context.span(find(context.source, root.at, &uri).unwrap_or(root.name_at));
            context.report(wrong_namespace::report(at, root.name, &uri));
            false
        }
        _ => {
            let at = context.span(root.name_at);
            context.report(not_a_policy::report(at, root.name));
            false
        }
    }
}

// The namespace of the root element.
fn namespace(context: &Context<'_, '_>) -> String {
    let tree = context.tree;
    let name = tree.element(tree.root()).name_at.slice(context.source);
    let prefix = name.split_once(':').map_or("", |(prefix, _)| prefix);
    let scope = tree.namespaces(tree.root());
    scope.iter().find(|(declared, _)| *declared == prefix).map_or_else(String::new, |(_, uri)| (*uri).to_owned())
}

// Where a namespace is declared in an opening tag.
fn find(source: &str, tag: Extent, uri: &str) -> Option<Extent> {
    let place = tag.slice(source).find(uri).filter(|_| !uri.is_empty())?;
    let start = tag.start as usize + place;
    Some(Extent::new(start, start + uri.len()))
}
