//! Combiner parameters (core 5.16 to 5.20): read and checked, though no algorithm of the standard uses one.

use rustc_hash::FxHashMap;

use super::Tag;
use super::checked::{CombinerParameter, Text};
use super::context::Context;
use super::literal;
use super::problem::{duplicate_rule_id, unresolved_parameter};
use crate::diagnostic::Span;
use crate::read::ElementId;
use crate::xpath::Version;

/// The ids that parameters of a policy or policy set may name.
#[derive(Debug)]
pub(super) enum Named<'n, 's> {
    /// Rules, each with the places of its first and second use.
    Rules(&'n FxHashMap<Text<'s>, (Span, Option<Span>)>),
    /// Policies, then policy sets, references included.
    Children(&'n [Text<'s>], &'n [Text<'s>]),
}

/// Reads all parameters inside a policy or policy set.
pub(super) fn read_inside<'s>(
    context: &mut Context<'_, 's>,
    parent: ElementId,
    named: &Named<'_, 's>,
    xpath: Option<Version>,
) -> Vec<CombinerParameter<'s>> {
    let tree = context.tree;
    let mut parameters = Vec::new();
    for list in tree.children(parent) {
        let reference = match tree.element(list).tag {
            Tag::CombinerParameters => None,
            Tag::RuleCombinerParameters => Some("RuleIdRef"),
            Tag::PolicyCombinerParameters => Some("PolicyIdRef"),
            Tag::PolicySetCombinerParameters => Some("PolicySetIdRef"),
            _ => continue,
        };
        let child = reference.and_then(|name| context.value(list, name));
        if let (Some(name), Some(child)) = (reference, &child) {
            check_child(context, list, name, child, named);
        }
        for id in tree.children_of(list, Tag::CombinerParameter) {
            parameters.extend(read(context, id, child.clone(), xpath));
        }
    }
    parameters
}

fn read<'s>(
    context: &mut Context<'_, 's>,
    id: ElementId,
    child: Option<Text<'s>>,
    xpath: Option<Version>,
) -> Option<CombinerParameter<'s>> {
    let value_id = context.tree.child(id, Tag::AttributeValue)?;
    let data_type = literal::data_type(context, value_id)?;
    let value = literal::value(context, value_id, data_type, xpath)?;
    Some(CombinerParameter { name: context.value(id, "ParameterName")?, value, child })
}

fn check_child(context: &mut Context<'_, '_>, list: ElementId, name: &str, child: &str, named: &Named<'_, '_>) {
    let at = context.value_at(list, name);
    match named {
        Named::Rules(rules) => match rules.get(child) {
            Some((_, None)) => {}
            Some((first, Some(second))) => {
                context.report(duplicate_rule_id::named(at, child, [*first, *second]));
            }
            None => {
                let known = rules.keys().map(|id| &**id);
                context.report(unresolved_parameter::report(at, name, child, known));
            }
        },
        Named::Children(policies, sets) => {
            let known = if name == "PolicyIdRef" { policies } else { sets };
            if !known.iter().any(|id| id == child) {
                let known = known.iter().map(|id| &**id);
                context.report(unresolved_parameter::report(at, name, child, known));
            }
        }
    }
}
