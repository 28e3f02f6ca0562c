//! `Policy` and `PolicySet` (core 5.1, 5.14).

use super::Tag;
use super::checked::{Child, Node, Policy, PolicySet, Text};
use super::context::{Context, Part};
use super::expression::Scope;
use super::parameter::{self, Named};
use super::problem::{
    algorithm_kind, bad_attribute_value, bad_version, child_count, unknown_algorithm, unknown_xpath_version,
};
use super::references::PendingReference;
use super::uniqueness::Identity;
use super::{duty, rule, target, variables, version};
use crate::combining::{self, Algorithm, Combines, Method};
use crate::diagnostic::Span;
use crate::read::ElementId;
use crate::xpath::Version;

/// Reads a policy or policy set; what is complete goes to the taker. `inherited` is the XPath version of the policy set
/// around it.
pub(super) fn read<'s>(context: &mut Context<'_, 's>, id: ElementId, inherited: Option<Version>) -> Option<Node<'s>> {
    let start = context.at(id).start;
    let first_part = context.parts.partition_point(|part| part.start < start);
    let parts = if first_part == 0 { std::mem::take(context.parts) } else { context.parts.split_off(first_part) };
    let mut node = match context.tree.element(id).tag {
        Tag::Policy => read_policy(context, id, inherited).map(Node::Policy),
        Tag::PolicySet => read_policy_set(context, id, parts, inherited).map(Node::PolicySet),
        _ => None,
    };
    context.taker.hear();
    match &mut node {
        // An expression behind an error has no meaning, and is not to be compiled.
        Some(node) if !context.has_errors => {
            if let Some(place) = context.taker.take(node) {
                node.leave_to_program(place);
            }
        }
        Some(_) => {}
        None => {
            // The references that are left are those of the tree.
            let document = context.document;
            let outside = |one: &PendingReference<'_>| one.document != document || one.at.start < start;
            let kept = context.references.iter().rposition(outside).map_or(0, |last| last + 1);
            context.references.truncate(kept);
        }
    }
    node
}

/// Reads one inside a policy set, for the policy set to find when it ends itself.
pub(super) fn read_part(context: &mut Context<'_, '_>, id: ElementId) {
    let tree = context.tree;
    let is_set = tree.element(id).tag == Tag::PolicySet;
    let inherited = tree.xpath_versions_around().find_map(|around| Version::from_uri(&tree.element(around).text));
    let child = read(context, id, inherited).map(|node| match node.compiled() {
        Some(place) => Child::Compiled(place),
        None => Child::Node(Box::new(node)),
    });
    let name = context.value(id, if is_set { "PolicySetId" } else { "PolicyId" });
    context.parts.push(Part { start: context.at(id).start, is_set, id: name, child });
}

/// What policies and policy sets have in common.
struct Head<'s> {
    id: Option<Text<'s>>,
    version: Option<Text<'s>>,
    at: Span,
    algorithm: Option<&'static Algorithm>,
    xpath: Option<Version>,
}

fn head<'s>(context: &mut Context<'_, 's>, element: ElementId, inherited: Option<Version>) -> Head<'s> {
    let is_set = context.tree.element(element).tag == Tag::PolicySet;
    let (id, algorithm, defaults) = if is_set {
        ("PolicySetId", "PolicyCombiningAlgId", Tag::PolicySetDefaults)
    } else {
        ("PolicyId", "RuleCombiningAlgId", Tag::PolicyDefaults)
    };
    let combines = if is_set { Combines::Policies } else { Combines::Rules };
    let version = read_version(context, element);
    check_delegation(context, element);
    let head = Head {
        version,
        at: context.at(element),
        algorithm: read_algorithm(context, element, algorithm, combines).or_else(|| any_algorithm(combines)),
        xpath: read_defaults(context, element, defaults).or(inherited),
        id: context.value(element, id),
    };
    if let Some((text, version)) = head.id.clone().zip(head.version.clone()) {
        let at = context.value_at(element, id);
        let is_outermost = element == context.tree.root();
        let document = context.document;
        let opening = head.at;
        context.identities.push(Identity { is_set, id: text, version, at, opening, document, is_outermost });
    }
    head
}

fn read_policy<'s>(context: &mut Context<'_, 's>, id: ElementId, inherited: Option<Version>) -> Option<Policy<'s>> {
    let head = head(context, id, inherited);
    let target = target::read_inside(context, id, head.xpath);
    let (variables, definitions) = variables::read(context, id, head.xpath);
    let scope = Scope { variables: Some(&variables), xpath: head.xpath };
    let tree = context.tree;
    let found = tree.children_of(id, Tag::Rule);
    let mut rules = Vec::with_capacity(found.clone().count());
    for rule in found {
        rules.extend(rule::read(context, rule, scope));
    }
    let duties = duty::read_inside(context, id, scope);
    variables::report_unused(context, &variables);
    let rule_ids = rule::check_ids(context, id, head.id.as_deref().unwrap_or(""));
    let parameters = parameter::read_inside(context, id, &Named::Rules(&rule_ids), head.xpath);
    Some(Policy {
        id: head.id?,
        version: head.version?,
        at: head.at,
        algorithm: head.algorithm?,
        target,
        variables: definitions,
        rules,
        duties,
        parameters,
        compiled: None,
    })
}

fn read_policy_set<'s>(
    context: &mut Context<'_, 's>,
    id: ElementId,
    parts: Vec<Part<'s>>,
    inherited: Option<Version>,
) -> Option<PolicySet<'s>> {
    let head = head(context, id, inherited);
    let target = target::read_inside(context, id, head.xpath);
    let (mut policies, mut sets) = (Vec::new(), Vec::new());
    let mut children = Vec::with_capacity(parts.len());
    let mut parts = parts.into_iter().peekable();
    let mut add_parts = |before: u32, children: &mut Vec<Child<'s>>, policies: &mut Vec<_>, sets: &mut Vec<_>| {
        while let Some(part) = parts.next_if(|part| part.start < before) {
            let names = if part.is_set { &mut *sets } else { &mut *policies };
            names.extend(part.id);
            children.extend(part.child);
        }
    };
    let tree = context.tree;
    for child in tree.children(id) {
        let element = tree.element(child);
        let is_set = match element.tag {
            Tag::PolicyIdReference => false,
            Tag::PolicySetIdReference => true,
            _ => continue,
        };
        add_parts(element.at.start, &mut children, &mut policies, &mut sets);
        let names = if is_set { &mut sets } else { &mut policies };
        names.push(trimmed(&element.text));
        children.push(Child::Reference { document: None, at: context.at(child) });
        let reference = read_reference(context, child, is_set);
        context.references.push(reference);
    }
    add_parts(u32::MAX, &mut children, &mut policies, &mut sets);
    check_child_count(context, id, head.algorithm, policies.len() + sets.len());
    let scope = Scope { variables: None, xpath: head.xpath };
    let duties = duty::read_inside(context, id, scope);
    let parameters = parameter::read_inside(context, id, &Named::Children(&policies, &sets), head.xpath);
    Some(PolicySet {
        id: head.id?,
        version: head.version?,
        at: head.at,
        algorithm: head.algorithm?,
        target,
        children,
        duties,
        parameters,
        compiled: None,
    })
}

// Only one algorithm says how many children it combines.
fn check_child_count(
    context: &mut Context<'_, '_>,
    id: ElementId,
    algorithm: Option<&'static Algorithm>,
    children: usize,
) {
    let Some(algorithm) = algorithm.filter(|algorithm| algorithm.method == Method::OnPermitApplySecond) else { return };
    if !matches!(children, 2 | 3) {
        let at = context.value_at(id, "PolicyCombiningAlgId");
        context.report_answered(child_count::report(at, algorithm.short_name(), children));
    }
}

fn read_reference<'s>(context: &mut Context<'_, 's>, id: ElementId, is_set: bool) -> PendingReference<'s> {
    let element = context.tree.element(id);
    let mut patterns = Vec::new();
    let mut is_good = true;
    for name in ["Version", "EarliestVersion", "LatestVersion"] {
        let Some(attribute) = context.attribute(id, name) else { continue };
        let at = context.span(attribute.value_at);
        if version::is_pattern(&attribute.value) {
            patterns.push((name, attribute.value.clone(), at));
        } else {
            is_good = false;
            context.report(bad_version::pattern(at, name, &attribute.value));
        }
    }
    PendingReference {
        is_set,
        id: trimmed(&element.text),
        at: context.text_at(id),
        patterns,
        is_good,
        document: context.document,
    }
}

fn read_version<'s>(context: &mut Context<'_, 's>, id: ElementId) -> Option<Text<'s>> {
    let attribute = context.attribute(id, "Version")?;
    if !version::is_version(&attribute.value) {
        let at = context.span(attribute.value_at);
        context.report(bad_version::version(at, &attribute.value));
        return None;
    }
    Some(attribute.value.clone())
}

fn check_delegation(context: &mut Context<'_, '_>, id: ElementId) {
    let Some(attribute) = context.attribute(id, "MaxDelegationDepth") else { return };
    let digits = attribute.value.trim().strip_prefix('+').unwrap_or_else(|| attribute.value.trim());
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let at = context.span(attribute.value_at);
        let expected = "a whole number of zero or more";
        context.report(bad_attribute_value::report(at, "MaxDelegationDepth", &attribute.value, expected));
    }
}

fn read_algorithm(
    context: &mut Context<'_, '_>,
    id: ElementId,
    name: &str,
    combines: Combines,
) -> Option<&'static Algorithm> {
    let attribute = context.attribute(id, name)?;
    let at = context.span(attribute.value_at);
    match combining::find(&attribute.value) {
        Some(algorithm) if algorithm.combines == combines => Some(algorithm),
        Some(algorithm) => {
            context.report(algorithm_kind::report(at, algorithm.id, name, combines));
            None
        }
        None => {
            context.report(unknown_algorithm::report(at, &attribute.value, combines));
            None
        }
    }
}

// Stands in for one that can't be found, so that the document is still there to be referred to. It has errors then,
// and is never evaluated.
fn any_algorithm(combines: Combines) -> Option<&'static Algorithm> {
    combining::ALGORITHMS.iter().find(|algorithm| algorithm.combines == combines)
}

fn read_defaults(context: &mut Context<'_, '_>, id: ElementId, defaults: Tag) -> Option<Version> {
    let tree = context.tree;
    let element = tree.child(tree.child(id, defaults)?, Tag::XPathVersion)?;
    let found = Version::from_uri(&tree.element(element).text);
    if found.is_none() {
        let at = context.text_at(element);
        context.report(unknown_xpath_version::report(at, tree.element(element).text.trim()));
    }
    found
}

fn trimmed<'s>(text: &Text<'s>) -> Text<'s> {
    match text {
        Text::Borrowed(text) => Text::Borrowed(text.trim()),
        Text::Owned(text) => Text::Owned(text.trim().to_owned()),
    }
}
