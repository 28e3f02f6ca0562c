//! The syntax tree: flat lists, elements in document order. Emptied and filled again for each document.
//!
//! A policy set may hold a hundred thousand policies, and a tree of all of them takes ten times their text. So a policy
//! or policy set inside another one is shown to the reader's caller when it ends, and then forgotten but for its
//! name and place: the tree never holds more than one of them, and those around it.

use std::borrow::Cow;

use super::directive::Directive;
use super::tag::Tag;
use super::xml::{Attribute, Extent};

/// An element, by its place in the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ElementId(pub(super) u32);

/// An element.
#[derive(Debug, Clone)]
pub struct Element<'s> {
    /// Which.
    pub tag: Tag,
    /// Its local name.
    pub name: &'s str,
    /// The opening tag.
    pub at: Extent,
    /// The name inside the opening tag.
    pub name_at: Extent,
    /// All of it.
    pub extent: Extent,
    /// Its text without that of its children; only of elements that have one, see [`Tag::has_text`].
    pub text: Cow<'s, str>,
    /// Where its content stands.
    pub content_at: Extent,
    /// The first text that is not white space, in an element that has none.
    pub stray_text: Option<Extent>,
    pub(super) first_attribute: u32,
    pub(super) past_attributes: u32,
    // One past the last element inside it.
    pub(super) after: u32,
    // The innermost element, itself included, that declares a namespace.
    pub(super) scope: u32,
    /// Whether it is a policy or policy set that was shown by itself; of what is inside it nothing is left.
    pub is_apart: bool,
}

/// A namespace declaration, by the element that makes it.
#[derive(Debug, Clone)]
pub(super) struct Scope<'s> {
    // The scope around it; none for the outermost.
    pub(super) outer: Option<u32>,
    pub(super) prefix: &'s str,
    pub(super) uri: String,
}

/// A document: what it says, and where.
#[derive(Debug, Default)]
pub struct Tree<'s> {
    pub(super) elements: Vec<Element<'s>>,
    pub(super) attributes: Vec<Attribute<'s>>,
    pub(super) scopes: Vec<Scope<'s>>,
    pub(super) directives: Vec<Directive<'s>>,
    // While reading: the elements that are open.
    pub(super) open: Vec<Open>,
    // While reading: the directives from here on wait for the element that they speak of.
    pub(super) unaimed: usize,
}

/// An element that is open while the document is read.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) place: u32,
    /// How many namespace declarations were made before it.
    pub(super) scopes: u32,
    /// Whether policies right inside it are shown by themselves.
    pub(super) parts: bool,
    /// The `XPathVersion` in its defaults.
    pub(super) xpath_version: Option<u32>,
    /// The directives that speak of it: from this one on, so many.
    pub(super) directives: (usize, usize),
}

impl<'s> Tree<'s> {
    /// A tree to read documents into, one after the other.
    pub fn new() -> Self {
        Self::default()
    }

    /// The outermost element.
    pub const fn root(&self) -> ElementId {
        ElementId(0)
    }

    /// An element.
    #[expect(clippy::indexing_slicing, reason = "an id is made only for an element of the tree")]
    pub fn element(&self, id: ElementId) -> &Element<'s> {
        &self.elements[id.0 as usize]
    }

    /// Its attributes, in document order.
    pub fn attributes(&self, id: ElementId) -> &[Attribute<'s>] {
        let element = self.element(id);
        let range = element.first_attribute as usize..element.past_attributes as usize;
        self.attributes.get(range).unwrap_or_default()
    }

    /// The attribute of this name in no namespace.
    pub fn attribute(&self, id: ElementId, name: &str) -> Option<&Attribute<'s>> {
        self.attributes(id).iter().find(|one| one.name.local == name && one.name.prefix.is_empty())
    }

    /// Its children, in document order.
    pub fn children(&self, id: ElementId) -> impl Iterator<Item = ElementId> + Clone + '_ {
        let past = self.element(id).after;
        let first = Some(ElementId(id.0 + 1)).filter(|first| first.0 < past);
        std::iter::successors(first, move |child| {
            Some(ElementId(self.element(*child).after)).filter(|next| next.0 < past)
        })
    }

    /// Its children of one kind.
    pub fn children_of(&self, id: ElementId, tag: Tag) -> impl Iterator<Item = ElementId> + Clone + '_ {
        self.children(id).filter(move |child| self.element(*child).tag == tag)
    }

    /// The first child of a kind.
    pub fn child(&self, id: ElementId, tag: Tag) -> Option<ElementId> {
        self.children_of(id, tag).next()
    }

    /// All that is inside an element, however deep, in document order.
    pub fn inside(&self, id: ElementId) -> impl Iterator<Item = ElementId> + '_ {
        (id.0 + 1..self.element(id).after).map(ElementId)
    }

    /// Prefix and URI of the namespace declarations in scope at an element; the default one has the empty prefix.
    pub fn namespaces(&self, id: ElementId) -> Vec<(&'s str, &str)> {
        let mut found: Vec<(&'s str, &str)> = Vec::new();
        let mut next = self.element(id).scope.checked_sub(1);
        while let Some(scope) = next.and_then(|place| self.scopes.get(place as usize)) {
            if !found.iter().any(|(prefix, _)| *prefix == scope.prefix) {
                found.push((scope.prefix, &scope.uri));
            }
            next = scope.outer;
        }
        found.retain(|(_, uri)| !uri.is_empty());
        found
    }

    /// While a policy or policy set is shown by itself: the `XPathVersion` elements in the defaults of the policy sets
    /// around it, innermost first.
    pub fn xpath_versions_around(&self) -> impl Iterator<Item = ElementId> + '_ {
        self.open.iter().rev().filter_map(|open| open.xpath_version).map(ElementId)
    }

    /// The comments that speak to the check.
    pub fn directives(&self) -> &[Directive<'s>] {
        &self.directives
    }
}
