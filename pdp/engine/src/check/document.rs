//! One document: from its text to what it says.

use super::Tag;
use super::checked::{Checked, Document, Node};
use super::context::{Context, Part, Taker};
use super::options::Options;
use super::problem::{not_a_policy, wrong_namespace};
use super::references::PendingReference;
use super::uniqueness::Identity;
use super::{directives, policy, shape};
use crate::diagnostic::Diagnostic;
use crate::read::xml::{Extent, XmlLimits};
use crate::read::{ElementId, Source, Tree};

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

/// What is at hand while one document is read.
struct Reading<'r, 's> {
    file: u32,
    source: &'s Source<'s>,
    options: &'r Options,
    gathered: &'r mut Gathered<'s>,
    found: &'r mut Vec<Diagnostic>,
    taker: &'r mut dyn Taker<'s>,
    parts: Vec<Part<'s>>,
    parts_have_errors: bool,
}

impl<'s> Reading<'_, 's> {
    fn context<'c>(&'c mut self, tree: &'c Tree<'s>) -> Context<'c, 's> {
        Context {
            tree,
            source: self.source.text,
            file: self.file,
            document: self.gathered.checked.documents.len(),
            options: self.options,
            found: self.found,
            has_errors: false,
            identities: &mut self.gathered.identities,
            references: &mut self.gathered.references,
            parts: &mut self.parts,
            taker: self.taker,
        }
    }

    fn read_part(&mut self, tree: &Tree<'s>, id: ElementId) {
        let mut context = self.context(tree);
        shape::check(&mut context, id);
        policy::read_part(&mut context, id);
        self.parts_have_errors |= context.has_errors;
    }

    /// The outermost policy or policy set, and whether there are errors in the document.
    fn read_root(&mut self, tree: &Tree<'s>, found_before: usize) -> Option<(Node<'s>, bool)> {
        let parts_have_errors = self.parts_have_errors;
        let mut context = self.context(tree);
        if !check_root(&mut context) {
            return None;
        }
        shape::check(&mut context, tree.root());
        context.has_errors |= parts_have_errors;
        let node = policy::read(&mut context, tree.root(), None);
        directives::apply(&mut context, found_before);
        let has_errors = context.has_errors;
        node.map(|node| (node, has_errors))
    }
}

/// Checks one document.
pub(super) fn check<'s>(
    (file, source): (u32, &'s Source<'s>),
    options: &Options,
    tree: &mut Tree<'s>,
    gathered: &mut Gathered<'s>,
    found: &mut Vec<Diagnostic>,
    taker: &mut dyn Taker<'s>,
) {
    let mut limits = XmlLimits::policy(&options.limits);
    limits.depth = limits.depth.min(DEEPEST);
    let found_before = found.len();
    let (identities_before, references_before) = (gathered.identities.len(), gathered.references.len());
    let (parts, parts_have_errors) = (Vec::new(), false);
    let mut reading = Reading { file, source, options, gathered, found, taker, parts, parts_have_errors };
    if let Err(error) = tree.read(source, limits, |tree, id| reading.read_part(tree, id)) {
        // Of what is no XML nothing else is said, whatever came before the fault.
        found.truncate(found_before);
        gathered.identities.truncate(identities_before);
        gathered.references.truncate(references_before);
        found.push(error.diagnostic(file));
        return;
    }
    match reading.read_root(tree, found_before) {
        Some((node, has_errors)) => gathered.checked.documents.push(Document { file, node, has_errors }),
        // What has no id or no version is no document to refer to.
        None => gathered.identities.truncate(identities_before),
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
