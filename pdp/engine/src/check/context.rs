//! What every check of one document has at hand.

use super::options::Options;
use super::references::PendingReference;
use super::uniqueness::Identity;
use crate::check::checked::{Child, Node, Text};
use crate::diagnostic::{Diagnostic, Severity, Span};
use crate::read::xml::{Attribute, Extent};
use crate::read::{ElementId, Tree};

/// One document under check.
pub(super) struct Context<'c, 's> {
    /// What it says.
    pub(super) tree: &'c Tree<'s>,
    /// Its text.
    pub(super) source: &'s str,
    /// Which file it is.
    pub(super) file: u32,
    /// Which document it will be.
    pub(super) document: usize,
    /// What the caller wants.
    pub(super) options: &'c Options,
    /// What was found.
    pub(super) found: &'c mut Vec<Diagnostic>,
    /// Whether that keeps the document from being evaluated.
    pub(super) has_errors: bool,
    /// The policies and policy sets in it.
    pub(super) identities: &'c mut Vec<Identity<'s>>,
    /// The references in it.
    pub(super) references: &'c mut Vec<PendingReference<'s>>,
    /// The policies and policy sets inside the one at hand, which were read before it.
    pub(super) parts: &'c mut Vec<Part<'s>>,
    /// Takes what is complete.
    pub(super) taker: &'c mut dyn Taker<'s>,
}

/// A policy or policy set inside another one, read when it ended.
#[derive(Debug)]
pub(super) struct Part<'s> {
    /// Where it begins.
    pub(super) start: u32,
    /// Whether it is a policy set.
    pub(super) is_set: bool,
    /// Its id.
    pub(super) id: Option<Text<'s>>,
    /// What it says; nothing where it has faults.
    pub(super) child: Option<Child<'s>>,
}

/// Who takes a policy or policy set as soon as it is read, before the next is.
pub(crate) trait Taker<'s> {
    /// Takes one without faults. Gives its place in a program, if it is now there and the tree is needed no more.
    fn take(&mut self, node: &Node<'s>) -> Option<u32>;

    /// Hears that one was read, with faults or without.
    fn hear(&mut self);
}

/// Leaves everything in the tree, and tells that it was read.
pub(super) struct KeepAll<'t>(pub(super) &'t mut dyn FnMut());

impl<'s> Taker<'s> for KeepAll<'_> {
    fn take(&mut self, _: &Node<'s>) -> Option<u32> {
        None
    }

    fn hear(&mut self) {
        (self.0)();
    }
}

impl<'c, 's> Context<'c, 's> {
    /// A place of this document.
    pub(super) fn span(&self, extent: Extent) -> Span {
        extent.of(self.file)
    }

    /// Notes a problem.
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.has_errors |= diagnostic.severity == Severity::Error;
        self.found.push(diagnostic);
    }

    /// Notes a problem that is answered when it is met, and keeps nothing from being evaluated.
    pub(super) fn report_answered(&mut self, mut diagnostic: Diagnostic) {
        diagnostic.severity = self.options.answered;
        self.found.push(diagnostic);
    }

    /// An attribute in no namespace.
    pub(super) fn attribute(&self, id: ElementId, name: &str) -> Option<&'c Attribute<'s>> {
        self.tree.attribute(id, name)
    }

    /// The value of an attribute; nothing where it is absent, which the grammar has noted where it matters.
    pub(super) fn value(&self, id: ElementId, name: &str) -> Option<Text<'s>> {
        self.attribute(id, name).map(|attribute| attribute.value.clone())
    }

    /// The name of an element in its opening tag.
    pub(super) fn name_at(&self, id: ElementId) -> Span {
        self.span(self.tree.element(id).name_at)
    }

    /// The opening tag of an element.
    pub(super) fn at(&self, id: ElementId) -> Span {
        self.span(self.tree.element(id).at)
    }

    /// Where the value of an attribute stands; the element's name where it is absent.
    pub(super) fn value_at(&self, id: ElementId, name: &str) -> Span {
        self.attribute(id, name).map_or_else(|| self.name_at(id), |attribute| self.span(attribute.value_at))
    }

    /// Where the text of an element stands, without the white space around it; the opening tag where it has none.
    pub(super) fn text_at(&self, id: ElementId) -> Span {
        let element = self.tree.element(id);
        let text = element.content_at.slice(self.source);
        let start = element.content_at.start as usize + (text.len() - text.trim_start().len());
        match text.trim().len() {
            0 => self.span(element.at),
            length => self.span(Extent::new(start, start + length)),
        }
    }
}
