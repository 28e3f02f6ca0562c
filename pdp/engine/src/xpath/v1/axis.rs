//! The thirteen axes (XPath 1.0 §2.2), each in its own order, and which nodes a test lets through (§2.3).

use super::super::document::{Document, Kind, Node, NodeId};
use super::super::error::Result;
use super::syntax::{Axis, Test};

/// Visits the nodes of an axis, nearest first: document order, or against it on a reverse axis.
pub(super) fn walk(
    document: &Document<'_>,
    axis: Axis,
    from: NodeId,
    visit: impl FnMut(NodeId) -> Result<()>,
) -> Result<()> {
    let index = from.index;
    let is_namespace = document.namespace_of(from).is_some();
    let Node { parent, end, .. } = *document.node(index);
    let has_siblings = !is_namespace && !document.is_attribute(index);
    match axis {
        Axis::Child if !is_namespace => each(document.children(index), visit),
        Axis::Attribute if !is_namespace => each(document.attributes(index), visit),
        Axis::Descendant if !is_namespace => each(below(document, index + 1, end), visit),
        Axis::FollowingSibling if has_siblings => {
            let last = document.node(parent).end;
            let next = |sibling: u32| Some(document.node(sibling).end).filter(|&next| next < last);
            each(std::iter::successors(next(index), |&sibling| next(sibling)), visit)
        }
        Axis::PrecedingSibling if has_siblings => {
            let before: Vec<u32> = document.children(parent).take_while(|&sibling| sibling < index).collect();
            each(before.into_iter().rev(), visit)
        }
        Axis::Following => {
            let start = if is_namespace { index + 1 } else { end };
            each(below(document, start, document.node(0).end), visit)
        }
        Axis::Preceding => {
            let is_ancestor = |earlier: u32| document.node(earlier).end > index;
            let before = (1..index).rev().filter(|&i| !is_ancestor(i) && !document.is_attribute(i));
            each(before, visit)
        }
        Axis::Itself => std::iter::once(from).try_for_each(visit),
        Axis::DescendantOrSelf => {
            let end = if is_namespace { index } else { end };
            std::iter::once(from).chain(below(document, index + 1, end).map(NodeId::new)).try_for_each(visit)
        }
        Axis::Parent => document.parent(from).into_iter().try_for_each(visit),
        Axis::Ancestor => ancestors(document, from).try_for_each(visit),
        Axis::AncestorOrSelf => std::iter::once(from).chain(ancestors(document, from)).try_for_each(visit),
        Axis::Namespace if !is_namespace => document.namespaces(index).into_iter().try_for_each(visit),
        Axis::Child
        | Axis::Attribute
        | Axis::Descendant
        | Axis::FollowingSibling
        | Axis::PrecedingSibling
        | Axis::Namespace => Ok(()),
    }
}

fn each(indexes: impl Iterator<Item = u32>, visit: impl FnMut(NodeId) -> Result<()>) -> Result<()> {
    indexes.map(NodeId::new).try_for_each(visit)
}

fn below(document: &Document<'_>, start: u32, end: u32) -> impl Iterator<Item = u32> {
    (start..end).filter(|&index| !document.is_attribute(index))
}

fn ancestors(document: &Document<'_>, from: NodeId) -> impl Iterator<Item = NodeId> {
    std::iter::successors(document.parent(from), |&node| document.parent(node))
}

/// Whether the test lets the node through. A name stands for nodes of the axis's own kind.
pub(super) fn matches(document: &Document<'_>, test: &Test, axis: Axis, id: NodeId) -> bool {
    let is_namespace = document.namespace_of(id).is_some();
    let kind = &document.node(id.index).kind;
    let is_principal = match axis {
        Axis::Attribute => matches!(kind, Kind::Attribute { .. }),
        Axis::Namespace => is_namespace,
        _ => !is_namespace && matches!(kind, Kind::Element { .. }),
    };
    match test {
        Test::Node => true,
        Test::Text => !is_namespace && matches!(kind, Kind::Text(_)),
        Test::Comment => !is_namespace && matches!(kind, Kind::Comment(_)),
        Test::Instruction(None) => !is_namespace && matches!(kind, Kind::Instruction { .. }),
        Test::Instruction(Some(wanted)) => {
            !is_namespace && matches!(kind, Kind::Instruction { target, .. } if *target == **wanted)
        }
        Test::Any => is_principal,
        Test::InNamespace(uri) => is_principal && document.name(id).is_some_and(|name| *name.uri == **uri),
        Test::Name { uri, local } => {
            is_principal && document.name(id).is_some_and(|name| *name.local == **local && *name.uri == **uri)
        }
    }
}
