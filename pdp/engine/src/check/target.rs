//! `Target`, `AnyOf`, `AllOf`, `Match` (core 5.6 to 5.9).

use super::Tag;
use super::apply::{
    Argument, accepts_count, check_pattern, check_unsupported, find_function, parameter, report_type, takes_values,
};
use super::checked::{AllOf, AnyOf, Expr, Match, Target};
use super::context::Context;
use super::problem::match_function;
use super::{attribute, literal, words};
use crate::functions::{Body, Function, Gives, Special, Type};
use crate::read::ElementId;
use crate::value::{DataType, OwnedValue};
use crate::xpath::Version;

/// Reads the target inside an element; an empty one where there is none.
pub(super) fn read_inside<'s>(context: &mut Context<'_, 's>, parent: ElementId, xpath: Option<Version>) -> Target<'s> {
    let tree = context.tree;
    let Some(target) = tree.child(parent, Tag::Target) else { return Target::default() };
    let groups = tree.children_of(target, Tag::AnyOf);
    let mut any_of = Vec::with_capacity(groups.clone().count());
    for group in groups {
        any_of.push(AnyOf { all_of: read_any_of(context, group, xpath) });
    }
    Target { any_of }
}

fn read_any_of<'s>(context: &mut Context<'_, 's>, id: ElementId, xpath: Option<Version>) -> Vec<AllOf<'s>> {
    let groups = context.tree.children_of(id, Tag::AllOf);
    let mut all_of = Vec::with_capacity(groups.clone().count());
    for group in groups {
        let found = context.tree.children_of(group, Tag::Match);
        let mut matches = Vec::with_capacity(found.clone().count());
        for id in found {
            matches.extend(read_match(context, id, xpath));
        }
        all_of.push(AllOf { matches });
    }
    all_of
}

fn read_match<'s>(context: &mut Context<'_, 's>, id: ElementId, xpath: Option<Version>) -> Option<Match<'s>> {
    let tree = context.tree;
    let value_id = tree.child(id, Tag::AttributeValue);
    let attribute_id = tree
        .children(id)
        .find(|child| matches!(tree.element(*child).tag, Tag::AttributeDesignator | Tag::AttributeSelector));
    let value = value_id.map(|id| literal::read(context, id, xpath));
    let attribute = attribute_id.map(|id| match tree.element(id).tag {
        Tag::AttributeDesignator => attribute::designator(context, id),
        _ => attribute::selector(context, id, xpath),
    });
    let gives = [
        value.as_ref().and_then(|value| value.gives),
        attribute.as_ref().and_then(|attribute| attribute.gives.map(|given| Type::One(words::data_type(given)))),
    ];
    let function = find_function(context, id, "MatchId", |function| suits(function, gives))?;
    if !can_match(function) {
        let at = context.value_at(id, "MatchId");
        context.report(match_function::report(at, function));
        return None;
    }
    let (value_id, attribute_id) = value_id.zip(attribute_id)?;
    let good = check_types(context, function, [value_id, attribute_id], gives);
    let (Expr::Value(value), attribute) = value?.expr.zip(attribute?.expr)? else { return None };
    if !good {
        return None;
    }
    check_special(context, id, function, value_id, &value);
    Some(Match { function, value, attribute, at: context.at(id) })
}

// Two single values in, a boolean out.
fn can_match(function: &Function) -> bool {
    takes_values(function) && accepts_count(function, 2) && function.gives == Gives::Type(Type::One(DataType::Boolean))
}

fn suits(function: &Function, gives: [Option<Type>; 2]) -> bool {
    let fits = |(place, given): (usize, Option<Type>)| given.is_none() || given == parameter(function, place);
    can_match(function) && gives.into_iter().enumerate().all(fits)
}

fn check_types(
    context: &mut Context<'_, '_>,
    function: &Function,
    ids: [ElementId; 2],
    gives: [Option<Type>; 2],
) -> bool {
    let mut good = true;
    for (place, (id, given)) in ids.into_iter().zip(gives).enumerate() {
        let (Some(given), Some(wanted)) = (given, parameter(function, place)) else { continue };
        if given != wanted {
            good = false;
            report_type(context, function, place + 1, Argument { id, gives: Some(given) }, wanted);
        }
    }
    good
}

fn check_special(
    context: &mut Context<'_, '_>,
    id: ElementId,
    function: &'static Function,
    literal: ElementId,
    value: &OwnedValue,
) {
    let at = context.value_at(id, "MatchId");
    check_unsupported(context, at, function);
    if matches!(function.body, Body::Special(Special::RegexpMatch)) {
        check_pattern(context, literal, value);
    }
}
