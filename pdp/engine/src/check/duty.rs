//! `ObligationExpressions` and `AdviceExpressions` (core 5.37 to 5.41).

use super::Tag;
use super::attribute::check_category;
use super::checked::{AssignmentExpression, DutyExpression};
use super::context::Context;
use super::expression::{Scope, read_inside as read_expression};
use super::problem::bad_effect;
use crate::decision::Effect;
use crate::read::ElementId;

/// Reads the obligations, then the advice, of a rule, a policy or a policy set.
pub(super) fn read_inside<'s>(
    context: &mut Context<'_, 's>,
    parent: ElementId,
    scope: Scope<'_, 's>,
) -> Vec<DutyExpression<'s>> {
    let mut duties = Vec::new();
    for (list, one, is_advice) in [
        (Tag::ObligationExpressions, Tag::ObligationExpression, false),
        (Tag::AdviceExpressions, Tag::AdviceExpression, true),
    ] {
        let tree = context.tree;
        for list in tree.children_of(parent, list) {
            for id in tree.children_of(list, one) {
                duties.extend(read(context, id, scope, is_advice));
            }
        }
    }
    duties
}

fn read<'s>(
    context: &mut Context<'_, 's>,
    id: ElementId,
    scope: Scope<'_, 's>,
    is_advice: bool,
) -> Option<DutyExpression<'s>> {
    let (name, on) = if is_advice { ("AdviceId", "AppliesTo") } else { ("ObligationId", "FulfillOn") };
    let on = effect(context, id, on);
    let tree = context.tree;
    let mut assignments = Vec::new();
    for assignment in tree.children_of(id, Tag::AttributeAssignmentExpression) {
        check_category(context, assignment);
        let expression = read_expression(context, assignment, scope).expr;
        if let Some((id, expression)) = context.value(assignment, "AttributeId").zip(expression) {
            let category = context.value(assignment, "Category");
            let issuer = context.value(assignment, "Issuer");
            assignments.push(AssignmentExpression { id, category, issuer, expression });
        }
    }
    Some(DutyExpression { id: context.value(id, name)?, is_advice, on: on?, assignments, at: context.at(id) })
}

/// The effect that an attribute names.
pub(super) fn effect(context: &mut Context<'_, '_>, id: ElementId, name: &str) -> Option<Effect> {
    let attribute = context.attribute(id, name)?;
    match &*attribute.value {
        "Permit" => Some(Effect::Permit),
        "Deny" => Some(Effect::Deny),
        other => {
            let at = context.span(attribute.value_at);
            context.report(bad_effect::report(at, name, other));
            None
        }
    }
}
