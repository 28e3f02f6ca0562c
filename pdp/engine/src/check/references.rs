//! `PolicyIdReference` and `PolicySetIdReference`: which document each means (core 5.10, 5.11, 7.15).

use super::checked::{Checked, Child, Node, Text};
use super::graph::walk;
use super::problem::{ambiguous_reference, circular_reference, limit_exceeded, unresolved_reference};
use super::uniqueness::{Identities, Identity, kind};
use super::version;
use crate::diagnostic::{Diagnostic, Span};

/// A reference that was read, and is to be resolved when all documents are known.
#[derive(Debug)]
pub(super) struct PendingReference<'s> {
    /// Whether it means a policy set.
    pub(super) is_set: bool,
    /// The id.
    pub(super) id: Text<'s>,
    /// Where the id stands.
    pub(super) at: Span,
    /// The attributes for versions: name, pattern, place.
    pub(super) patterns: Vec<(&'static str, Text<'s>, Span)>,
    /// Whether all patterns are ones.
    pub(super) is_good: bool,
    /// The document that it is in.
    pub(super) document: usize,
}

/// Resolves all references, which are in document order; notes what can't be resolved, circles and depth.
pub(super) fn resolve<'s>(
    checked: &mut Checked<'s>,
    pending: &[PendingReference<'s>],
    identities: &Identities<'_, 's>,
    reference_depth: usize,
    found: &mut Vec<Diagnostic>,
) {
    let mut targets = Vec::with_capacity(pending.len());
    for reference in pending {
        let target = match target(reference, identities) {
            Ok(target) => target,
            Err(diagnostic) => {
                found.push(*diagnostic);
                refuse(checked, reference.document);
                None
            }
        };
        targets.push(target);
    }
    let mut next = targets.iter().copied();
    for document in &mut checked.documents {
        assign(&mut document.node, &mut next);
    }
    if !pending.is_empty() {
        check_circles(checked, pending, &targets, reference_depth, found);
    }
}

fn refuse(checked: &mut Checked<'_>, document: usize) {
    if let Some(document) = checked.documents.get_mut(document) {
        document.has_errors = true;
    }
}

fn target(reference: &PendingReference<'_>, known: &Identities<'_, '_>) -> Result<Option<usize>, Box<Diagnostic>> {
    if !reference.is_good {
        return Ok(None);
    }
    let named = known.of(reference.is_set, &reference.id);
    let mut fitting: Vec<&Identity<'_>> = named.iter().copied().filter(|one| one.is_outermost).collect();
    if fitting.is_empty() {
        return Err(Box::new(unknown(reference, known)));
    }
    for (name, pattern, at) in &reference.patterns {
        let before = fitting.clone();
        fitting.retain(|one| match *name {
            "Version" => version::matches(pattern, &one.version),
            "EarliestVersion" => version::at_least(pattern, &one.version),
            _ => version::at_most(pattern, &one.version),
        });
        if fitting.is_empty() {
            let loaded: Vec<_> = before.iter().map(|one| (&*one.version, one.opening)).collect();
            let kind = kind(reference.is_set);
            return Err(Box::new(unresolved_reference::version(*at, kind, &reference.id, (name, pattern), &loaded)));
        }
    }
    fitting.sort_by(|a, b| version::compare(&b.version, &a.version));
    let Some(latest) = fitting.first() else { return Ok(None) };
    let same: Vec<Span> = fitting
        .iter()
        .take_while(|one| version::compare(&one.version, &latest.version).is_eq())
        .map(|one| one.opening)
        .collect();
    if same.len() > 1 {
        let kind = kind(reference.is_set);
        let id = &reference.id;
        return Err(Box::new(ambiguous_reference::report(reference.at, kind, id, &latest.version, &same)));
    }
    Ok(Some(latest.document))
}

fn unknown(reference: &PendingReference<'_>, known: &Identities<'_, '_>) -> Diagnostic {
    let inner = known.of(reference.is_set, &reference.id).first();
    let other = known.of(!reference.is_set, &reference.id).first();
    let elsewhere = match (inner, other, reference.is_set) {
        (Some(inner), ..) => Some(("it stands inside another one; only the outermost can be referred to", inner.at)),
        (None, Some(other), true) => Some(("this is a policy; `PolicyIdReference` refers to it", other.at)),
        (None, Some(other), false) => Some(("this is a policy set; `PolicySetIdReference` refers to it", other.at)),
        (None, None, _) => None,
    };
    let ids = known.ids(reference.is_set);
    unresolved_reference::unknown(reference.at, kind(reference.is_set), &reference.id, ids, elsewhere)
}

// Writes the targets into the tree; it is walked in the order in which the references were read.
fn assign(node: &mut Node<'_>, targets: &mut impl Iterator<Item = Option<usize>>) {
    let Node::PolicySet(set) = node else { return };
    for child in &mut set.children {
        match child {
            Child::Node(node) => assign(node, targets),
            Child::Compiled(_) => {}
            Child::Reference { document, .. } => *document = targets.next().flatten(),
        }
    }
}

fn check_circles(
    checked: &mut Checked<'_>,
    pending: &[PendingReference<'_>],
    targets: &[Option<usize>],
    limit: usize,
    found: &mut Vec<Diagnostic>,
) {
    // For each document: where it leads, and by which reference.
    let mut edges: Vec<Vec<usize>> = vec![Vec::new(); checked.documents.len()];
    let mut labels: Vec<Vec<&PendingReference<'_>>> = vec![Vec::new(); checked.documents.len()];
    for (reference, target) in pending.iter().zip(targets) {
        if let (Some(target), Some(edges), Some(labels)) =
            (target, edges.get_mut(reference.document), labels.get_mut(reference.document))
        {
            edges.push(*target);
            labels.push(reference);
        }
    }
    let walked = walk(&edges);
    for circle in &walked.circles {
        let steps: Vec<_> = circle
            .iter()
            .filter_map(|(document, edge)| {
                let label = labels.get(*document)?.get(*edge)?;
                Some((checked.documents.get(*document)?.node.id(), &*label.id, label.at))
            })
            .collect();
        found.push(circular_reference::report(&steps));
        for (document, _) in circle {
            if let Some(document) = checked.documents.get_mut(*document) {
                document.has_errors = true;
            }
        }
    }
    for (document, depth) in walked.depth.iter().enumerate().filter(|(_, depth)| **depth == limit + 1) {
        let deepest = edges.get(document).into_iter().flatten().zip(labels.get(document).into_iter().flatten());
        let at = deepest.filter(|(to, _)| walked.depth.get(**to) == Some(&limit)).map(|(_, label)| label.at).next();
        found.push(limit_exceeded::references(at.unwrap_or_default(), *depth, limit));
        refuse(checked, document);
    }
}
