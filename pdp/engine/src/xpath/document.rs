//! The tree of a `Content`: all nodes in one list, in document order.
//!
//! INVARIANT: a node's number is its place in document order, an element is followed by its attributes and then by its
//! descendants, and `end` is the number after the last of them. So order is comparison, and "below" is a range.

use std::borrow::Cow;

use super::names::XML_NAMESPACE;

/// A node of one document. Namespace nodes exist only while they are looked at: they are an element and a binding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct NodeId {
    pub(super) index: u32,
    /// One more than the binding's place, for a namespace node; 0 for all others.
    namespace: u32,
}

impl NodeId {
    /// The document node.
    pub(super) const ROOT: Self = Self::new(0);

    pub(super) const fn new(index: u32) -> Self {
        Self { index, namespace: 0 }
    }
}

#[derive(Debug)]
pub(super) struct Document<'a> {
    pub(super) nodes: Vec<Node<'a>>,
    /// Namespace declarations, each with the one outside it, so that an element needs only its innermost.
    pub(super) bindings: Vec<Binding<'a>>,
}

#[derive(Debug)]
pub(super) struct Node<'a> {
    pub(super) kind: Kind<'a>,
    /// The document node is its own parent.
    pub(super) parent: u32,
    pub(super) end: u32,
}

#[derive(Debug)]
pub(super) enum Kind<'a> {
    Root,
    Element { name: Name<'a>, scope: u32 },
    Attribute { name: Name<'a>, value: Cow<'a, str> },
    Text(Cow<'a, str>),
    Comment(Cow<'a, str>),
    Instruction { target: Cow<'a, str>, data: Cow<'a, str> },
}

/// The name of an element or attribute as written, and the declaration that gives it a namespace.
#[derive(Debug, Clone, Copy)]
pub(super) struct Name<'a> {
    pub(super) prefix: &'a str,
    pub(super) local: &'a str,
    pub(super) binding: Option<u32>,
}

/// One declaration; an empty URI takes back the default namespace.
#[derive(Debug)]
pub(super) struct Binding<'a> {
    pub(super) prefix: &'a str,
    pub(super) uri: Cow<'a, str>,
    pub(super) outer: Option<u32>,
}

/// What XPath can ask of a node's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ExpandedName<'d> {
    pub(super) prefix: &'d str,
    /// Empty for no namespace.
    pub(super) uri: &'d str,
    pub(super) local: &'d str,
}

impl<'a> Document<'a> {
    /// A document node and the declaration that needs none.
    pub(super) fn new() -> Self {
        let root = Node { kind: Kind::Root, parent: 0, end: 1 };
        let xml = Binding { prefix: "xml", uri: Cow::Borrowed(XML_NAMESPACE), outer: None };
        Self { nodes: vec![root], bindings: vec![xml] }
    }

    #[expect(clippy::indexing_slicing, reason = "node numbers are handed out by this document")]
    pub(super) fn node(&self, index: u32) -> &Node<'a> {
        &self.nodes[index as usize]
    }

    #[expect(clippy::indexing_slicing, reason = "binding numbers are handed out by this document")]
    pub(super) fn binding(&self, index: u32) -> &Binding<'a> {
        &self.bindings[index as usize]
    }

    /// The binding of a namespace node.
    pub(super) fn namespace_of(&self, id: NodeId) -> Option<&Binding<'a>> {
        id.namespace.checked_sub(1).map(|index| self.binding(index))
    }

    /// The declaration of a prefix that is seen from the scope.
    pub(super) fn resolve(&self, scope: u32, prefix: &str) -> Option<u32> {
        let mut next = Some(scope);
        while let Some(index) = next {
            let binding = self.binding(index);
            if binding.prefix == prefix {
                return Some(index);
            }
            next = binding.outer;
        }
        None
    }

    pub(super) fn is_attribute(&self, index: u32) -> bool {
        matches!(self.node(index).kind, Kind::Attribute { .. })
    }

    pub(super) fn parent(&self, id: NodeId) -> Option<NodeId> {
        match id {
            NodeId::ROOT => None,
            NodeId { namespace: 0, index } => Some(NodeId::new(self.node(index).parent)),
            NodeId { index, .. } => Some(NodeId::new(index)),
        }
    }

    pub(super) fn attributes(&self, element: u32) -> impl Iterator<Item = u32> {
        let end = self.node(element).end;
        (element + 1..end).take_while(|&index| self.is_attribute(index))
    }

    pub(super) fn children(&self, parent: u32) -> impl Iterator<Item = u32> {
        let Node { kind, end, .. } = self.node(parent);
        let end = if let Kind::Attribute { .. } = kind { parent } else { *end };
        let mut next = parent + 1;
        while next < end && self.is_attribute(next) {
            next += 1;
        }
        std::iter::from_fn(move || {
            let child = (next < end).then_some(next)?;
            next = self.node(child).end;
            Some(child)
        })
    }

    /// The namespace nodes of an element: the innermost declaration of each prefix, unless it takes the namespace back.
    pub(super) fn namespaces(&self, element: u32) -> Vec<NodeId> {
        let Kind::Element { scope, .. } = self.node(element).kind else { return Vec::new() };
        let mut seen: Vec<&str> = Vec::new();
        let mut found = Vec::new();
        let mut next = Some(scope);
        while let Some(index) = next {
            let binding = self.binding(index);
            if !seen.contains(&binding.prefix) {
                seen.push(binding.prefix);
                if !binding.uri.is_empty() {
                    found.push(NodeId { index: element, namespace: index + 1 });
                }
            }
            next = binding.outer;
        }
        found.sort_unstable();
        found
    }

    /// The name of an element, an attribute, an instruction (its target) or a namespace node (its prefix).
    pub(super) fn name(&self, id: NodeId) -> Option<ExpandedName<'_>> {
        if let Some(binding) = self.namespace_of(id) {
            return Some(ExpandedName { prefix: "", uri: "", local: binding.prefix });
        }
        match &self.node(id.index).kind {
            Kind::Element { name, .. } | Kind::Attribute { name, .. } => Some(ExpandedName {
                prefix: name.prefix,
                uri: name.binding.map_or("", |index| &self.binding(index).uri),
                local: name.local,
            }),
            Kind::Instruction { target, .. } => Some(ExpandedName { prefix: "", uri: "", local: target }),
            Kind::Root | Kind::Text(_) | Kind::Comment(_) => None,
        }
    }

    /// XPath's string value: for elements and the document, all text below.
    pub(super) fn string_value(&self, id: NodeId) -> Cow<'_, str> {
        if let Some(binding) = self.namespace_of(id) {
            return Cow::Borrowed(&binding.uri);
        }
        match &self.node(id.index).kind {
            Kind::Root | Kind::Element { .. } => self.text_below(id.index),
            Kind::Attribute { value: text, .. } | Kind::Text(text) | Kind::Comment(text) => Cow::Borrowed(text),
            Kind::Instruction { data, .. } => Cow::Borrowed(data),
        }
    }

    fn text_below(&self, index: u32) -> Cow<'_, str> {
        let mut texts = (index + 1..self.node(index).end).filter_map(|index| match &self.node(index).kind {
            Kind::Text(text) => Some(&**text),
            _ => None,
        });
        let first = texts.next().unwrap_or_default();
        // Most elements hold one text: it is lent.
        match texts.next() {
            None => Cow::Borrowed(first),
            Some(second) => Cow::Owned([first, second].into_iter().chain(texts).collect()),
        }
    }

    /// Whether the node is the other, or below it: a descendant, or an attribute or namespace of one of them.
    pub(super) fn is_at_or_below(&self, id: NodeId, top: NodeId) -> bool {
        id == top || (top.namespace == 0 && id > top && id.index < self.node(top.index).end)
    }
}
