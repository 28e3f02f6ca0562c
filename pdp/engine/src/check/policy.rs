//! `Policy` and `PolicySet` (core 5.1, 5.14).

use super::Tag;
use super::checked::{Child, Node, Policy, PolicySet, Text};
use super::context::Context;
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

/// Reads a policy or policy set. `inherited` is the XPath version of the policy set around it.
pub(super) fn read<'s>(context: &mut Context<'_, 's>, id: ElementId, inherited: Option<Version>) -> Option<Node<'s>> {
    let references_before = context.references.len();
    let node = match context.tree.element(id).tag {
        Tag::Policy => read_policy(context, id, inherited).map(Node::Policy),
        Tag::PolicySet => read_policy_set(context, id, inherited).map(Node::PolicySet),
        _ => None,
    };
    if node.is_none() {
        // The references that are left are those of the tree, in its order.
        context.references.truncate(references_before);
    }
    node
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
    })
}

fn read_policy_set<'s>(
    context: &mut Context<'_, 's>,
    id: ElementId,
    inherited: Option<Version>,
) -> Option<PolicySet<'s>> {
    let head = head(context, id, inherited);
    let target = target::read_inside(context, id, head.xpath);
    let tree = context.tree;
    let (mut policies, mut sets) = (Vec::new(), Vec::new());
    let mut children = Vec::new();
    for child in tree.children(id) {
        let (names, name) = match tree.element(child).tag {
            Tag::Policy => (&mut policies, context.value(child, "PolicyId")),
            Tag::PolicySet => (&mut sets, context.value(child, "PolicySetId")),
            Tag::PolicyIdReference => (&mut policies, Some(trimmed(&tree.element(child).text))),
            Tag::PolicySetIdReference => (&mut sets, Some(trimmed(&tree.element(child).text))),
            _ => continue,
        };
        names.extend(name);
        children.extend(read_child(context, child, head.xpath));
    }
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

fn read_child<'s>(context: &mut Context<'_, 's>, id: ElementId, xpath: Option<Version>) -> Option<Child<'s>> {
    match context.tree.element(id).tag {
        Tag::Policy | Tag::PolicySet => read(context, id, xpath).map(Child::Node),
        tag => {
            let at = context.at(id);
            let reference = read_reference(context, id, tag == Tag::PolicySetIdReference);
            context.references.push(reference);
            Some(Child::Reference { document: None, at })
        }
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
