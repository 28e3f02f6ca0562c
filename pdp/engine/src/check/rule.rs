//! `Rule` and `Condition` (core 5.21, 5.26), and the ids of rules.

use rustc_hash::FxHashMap;

use super::Tag;
use super::checked::{Expr, Rule, Text};
use super::context::Context;
use super::expression::{Scope, inside, read as read_expression};
use super::problem::{condition_not_boolean, duplicate_rule_id};
use super::{duty, target};
use crate::diagnostic::Span;
use crate::functions::Type;
use crate::read::ElementId;
use crate::value::DataType;

/// Reads a rule.
pub(super) fn read<'s>(context: &mut Context<'_, 's>, id: ElementId, scope: Scope<'_, 's>) -> Option<Rule<'s>> {
    let effect = duty::effect(context, id, "Effect");
    let target = target::read_inside(context, id, scope.xpath);
    let condition = condition(context, id, scope);
    let duties = duty::read_inside(context, id, scope);
    Some(Rule {
        id: context.value(id, "RuleId")?,
        at: context.at(id),
        effect: effect?,
        target,
        condition: condition.ok()?,
        duties,
    })
}

/// A fault that has been noted.
struct Noted;

fn condition<'s>(
    context: &mut Context<'_, 's>,
    rule: ElementId,
    scope: Scope<'_, 's>,
) -> Result<Option<Expr<'s>>, Noted> {
    let Some(condition) = context.tree.child(rule, Tag::Condition) else { return Ok(None) };
    let id = inside(context, condition).ok_or(Noted)?;
    let typed = read_expression(context, id, scope);
    if let Some(given) = typed.gives.filter(|given| *given != Type::One(DataType::Boolean)) {
        let at = context.name_at(id);
        context.report(condition_not_boolean::report(at, given));
        return Err(Noted);
    }
    typed.expr.map(Some).ok_or(Noted)
}

/// Warns of rules with the id of another one, unless parameters name it: that is an error, to be noted there. Gives
/// for each id the first place, and the second if there is one.
pub(super) fn check_ids<'s>(
    context: &mut Context<'_, 's>,
    policy: ElementId,
    policy_id: &str,
) -> FxHashMap<Text<'s>, (Span, Option<Span>)> {
    let tree = context.tree;
    let mut places: FxHashMap<Text<'s>, (Span, Option<Span>)> = FxHashMap::default();
    for rule in tree.children_of(policy, Tag::Rule) {
        let Some(id) = context.value(rule, "RuleId") else { continue };
        let at = context.value_at(rule, "RuleId");
        match places.get_mut(&id) {
            Some((first, second)) => {
                second.get_or_insert(at);
                let first = *first;
                if !is_named(context, policy, &id) {
                    context.report(duplicate_rule_id::report(at, &id, policy_id, first));
                }
            }
            None => {
                places.insert(id, (at, None));
            }
        }
    }
    places
}

// Whether parameters are for the rule of this id.
fn is_named(context: &Context<'_, '_>, policy: ElementId, rule: &str) -> bool {
    let mut named = context.tree.children_of(policy, Tag::RuleCombinerParameters);
    named.any(|list| context.attribute(list, "RuleIdRef").is_some_and(|attribute| attribute.value == rule))
}
