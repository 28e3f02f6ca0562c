//! Where policies read the clock: a test of such a policy must say what time it is.

use argus_engine::check::checked::{Checked, Child, Designator, DutyExpression, Expr, Node, Policy, PolicySet, Target};
use argus_engine::diagnostic::Span;
use argus_engine::request::Request;

/// A designator of `current-time`, `current-date` or `current-dateTime`.
#[derive(Debug, Clone)]
pub(super) struct ClockReader {
    /// The attribute's identifier.
    pub(super) id: String,
    /// The designator.
    pub(super) at: Span,
}

static ENVIRONMENT: &str = "urn:oasis:names:tc:xacml:3.0:attribute-category:environment";

static CLOCK: [&str; 3] = [
    "urn:oasis:names:tc:xacml:1.0:environment:current-time",
    "urn:oasis:names:tc:xacml:1.0:environment:current-date",
    "urn:oasis:names:tc:xacml:1.0:environment:current-dateTime",
];

/// The first reader of each of the three attributes in these documents.
pub(super) fn find(checked: &Checked<'_>, documents: impl IntoIterator<Item = usize>) -> Vec<ClockReader> {
    let mut found = Vec::new();
    for document in documents.into_iter().filter_map(|place| checked.documents.get(place)) {
        node(&document.node, &mut found);
    }
    found
}

/// Whether a request says itself what a reader reads.
pub(super) fn is_given(reader: &ClockReader, request: &Request<'_>) -> bool {
    let of_environment = request.attributes.iter().filter(|attributes| attributes.category == ENVIRONMENT);
    of_environment.flat_map(|attributes| attributes.attributes).any(|attribute| attribute.id == reader.id)
}

fn node(node: &Node<'_>, found: &mut Vec<ClockReader>) {
    match node {
        Node::Policy(one) => policy(one, found),
        Node::PolicySet(one) => policy_set(one, found),
    }
}

fn policy_set(set: &PolicySet<'_>, found: &mut Vec<ClockReader>) {
    target(&set.target, found);
    for child in &set.children {
        if let Child::Node(child) = child {
            node(child, found);
        }
    }
    duties(&set.duties, found);
}

fn policy(policy: &Policy<'_>, found: &mut Vec<ClockReader>) {
    target(&policy.target, found);
    for variable in &policy.variables {
        expression(&variable.expression, found);
    }
    for rule in &policy.rules {
        target(&rule.target, found);
        if let Some(condition) = &rule.condition {
            expression(condition, found);
        }
        duties(&rule.duties, found);
    }
    duties(&policy.duties, found);
}

fn target(target: &Target<'_>, found: &mut Vec<ClockReader>) {
    let all_of = target.any_of.iter().flat_map(|any_of| &any_of.all_of);
    for one in all_of.flat_map(|all_of| &all_of.matches) {
        expression(&one.attribute, found);
    }
}

fn duties(duties: &[DutyExpression<'_>], found: &mut Vec<ClockReader>) {
    for assignment in duties.iter().flat_map(|duty| &duty.assignments) {
        expression(&assignment.expression, found);
    }
}

fn expression(expr: &Expr<'_>, found: &mut Vec<ClockReader>) {
    match expr {
        Expr::Designator(one) => designator(one, found),
        Expr::Apply(apply) => apply.arguments.iter().for_each(|argument| expression(argument, found)),
        Expr::Value(_) | Expr::Selector(_) | Expr::Variable(_) => {}
    }
}

// An issuer's time is not the clock's (core 10.2.5).
fn designator(designator: &Designator<'_>, found: &mut Vec<ClockReader>) {
    let Designator { category, id, issuer, at, .. } = designator;
    let is_clock = category == ENVIRONMENT && issuer.is_none() && CLOCK.contains(&id.as_ref());
    if is_clock && !found.iter().any(|reader| reader.id == *id) {
        found.push(ClockReader { id: id.clone().into_owned(), at: *at });
    }
}
