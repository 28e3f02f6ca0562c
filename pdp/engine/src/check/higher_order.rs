//! The higher-order functions: a function, and values and bags by the rule of each kind (core A.3.12).

use super::Tag;
use super::apply::{
    Argument, accepts_count, check_pattern, check_unsupported, find_function, parameter, read_arguments, report_type,
    same_data_type, takes_values, type_at,
};
use super::checked::{Apply, Expr};
use super::context::Context;
use super::expression::{Scope, Typed, read as read_expression};
use super::problem::{argument_count, argument_type, bag_for_value, function_argument, value_for_bag};
use super::words;
use crate::functions::{Body, Function, Gives, HigherOrder, Special, Type};
use crate::read::ElementId;
use crate::value::DataType;

/// What a kind takes after its function.
enum Rule {
    /// Single values, and exactly one bag among them.
    OneBag,
    /// Any mixture.
    Mixture,
    /// Exactly these; true is a bag.
    Exactly(&'static [bool]),
}

const fn rule(kind: HigherOrder) -> Rule {
    match kind {
        HigherOrder::AnyOf | HigherOrder::AllOf | HigherOrder::Map => Rule::OneBag,
        HigherOrder::AnyOfAny => Rule::Mixture,
        HigherOrder::AllOfAny | HigherOrder::AnyOfAll | HigherOrder::AllOfAll | HigherOrder::AnyOfAnyOld => {
            Rule::Exactly(&[true, true])
        }
        HigherOrder::AnyOfOld | HigherOrder::AllOfOld => Rule::Exactly(&[false, true]),
        HigherOrder::MapOld => Rule::Exactly(&[true]),
    }
}

/// Reads an `Apply` of a higher-order function.
pub(super) fn read<'s>(
    context: &mut Context<'_, 's>,
    id: ElementId,
    scope: Scope<'_, 's>,
    outer: &'static Function,
    kind: HigherOrder,
) -> Typed<'s> {
    let inner = inner_function(context, id, scope, outer);
    let (arguments, expressions) = read_arguments(context, id, scope, 1);
    let first_argument = arguments.first().map(|argument| argument.id);
    let mut good = check_kinds(context, id, outer, kind, &arguments);
    let gives = match (outer.gives, inner) {
        (Gives::Type(gives), _) => Some(gives),
        (Gives::BagOfFunction, Some((_, inner))) => given_by_map(inner),
        (Gives::BagOfFunction, None) => None,
    };
    let Some((at, inner)) = inner else { return Typed { expr: None, gives } };
    good = good && check_inner(context, at, inner, outer, arguments.len());
    good = good && check_members(context, inner, outer, &arguments);
    let expr = expressions.filter(|_| good).zip(gives).map(|(arguments, gives)| {
        check_special(context, inner, first_argument, &arguments);
        let at = context.at(id);
        Expr::Apply(Box::new(Apply { function: outer, argument: Some(inner), arguments, gives, at }))
    });
    Typed { expr, gives }
}

// What is known of particular functions without a request.
fn check_special(
    context: &mut Context<'_, '_>,
    inner: &'static Function,
    first: Option<ElementId>,
    arguments: &[Expr<'_>],
) {
    if let (Body::Special(Special::RegexpMatch), Some(Expr::Value(pattern)), Some(first)) =
        (inner.body, arguments.first(), first)
    {
        check_pattern(context, first, pattern);
    }
}

// The `Function` that comes first.
fn inner_function<'s>(
    context: &mut Context<'_, 's>,
    id: ElementId,
    scope: Scope<'_, 's>,
    outer: &'static Function,
) -> Option<(ElementId, &'static Function)> {
    let tree = context.tree;
    let first = tree.children(id).find(|child| tree.element(*child).tag.is_expression());
    let Some(first) = first.filter(|first| tree.element(*first).tag == Tag::Function) else {
        let at = first.map_or_else(|| context.value_at(id, "FunctionId"), |first| context.name_at(first));
        context.report(function_argument::missing(at, outer));
        if let Some(first) = first {
            read_expression(context, first, scope);
        }
        return None;
    };
    let function = find_function(context, first, "FunctionId", takes_values)?;
    let at = context.value_at(first, "FunctionId");
    check_unsupported(context, at, function);
    Some((first, function))
}

const fn given_by_map(inner: &Function) -> Option<Type> {
    match inner.gives {
        Gives::Type(Type::One(data_type)) => Some(Type::Bag(data_type)),
        _ => None,
    }
}

// Values and bags where the kind wants them.
fn check_kinds(
    context: &mut Context<'_, '_>,
    id: ElementId,
    outer: &Function,
    kind: HigherOrder,
    arguments: &[Argument],
) -> bool {
    let count_at = context.value_at(id, "FunctionId");
    let count = match rule(kind) {
        Rule::Exactly(kinds) => arguments.len() == kinds.len(),
        Rule::OneBag | Rule::Mixture => !arguments.is_empty(),
    };
    if !count {
        context.report(argument_count::report(count_at, outer, arguments.len() + 1));
        return false;
    }
    match rule(kind) {
        Rule::Mixture => true,
        Rule::OneBag => check_one_bag(context, id, outer, arguments),
        Rule::Exactly(kinds) => {
            let mut good = true;
            for (place, (argument, bag)) in arguments.iter().zip(kinds).enumerate() {
                let Some(given) = argument.gives else { continue };
                let data_type = words::data_type(given);
                let wanted = if *bag { Type::Bag(data_type) } else { Type::One(data_type) };
                if given != wanted {
                    good = false;
                    report_type(context, outer, place + 2, *argument, wanted);
                }
            }
            good
        }
    }
}

fn check_one_bag(context: &mut Context<'_, '_>, id: ElementId, outer: &Function, arguments: &[Argument]) -> bool {
    if arguments.iter().any(|argument| argument.gives.is_none()) {
        return false;
    }
    let mut bags = arguments.iter().filter(|argument| matches!(argument.gives, Some(Type::Bag(_))));
    let Some(first) = bags.next() else {
        let at = context.value_at(id, "FunctionId");
        context.report(value_for_bag::none(at, outer.short_name()));
        return false;
    };
    let Some(second) = bags.next() else { return true };
    let (first, second) = (context.name_at(first.id), context.name_at(second.id));
    context.report(bag_for_value::second(second, outer.short_name(), first));
    false
}

// The function must take that many single values, and give what the outer one can use.
fn check_inner(context: &mut Context<'_, '_>, at: ElementId, inner: &Function, outer: &Function, given: usize) -> bool {
    let at = context.value_at(at, "FunctionId");
    if !takes_values(inner) {
        context.report(function_argument::takes_bag(at, inner, outer));
        return false;
    }
    let result = match (outer.gives, inner.gives) {
        (Gives::BagOfFunction, Gives::Type(Type::One(_))) => true,
        (Gives::Type(_), Gives::Type(gives)) => gives == Type::One(DataType::Boolean),
        _ => false,
    };
    if !result {
        let needed = if outer.gives == Gives::BagOfFunction { "a single value" } else { "a boolean" };
        context.report(function_argument::result(at, inner, outer, needed));
        return false;
    }
    if !accepts_count(inner, given) {
        context.report(function_argument::arity(at, inner, outer, given));
        return false;
    }
    true
}

// Each value, and each member of a bag, goes to the function in its place.
fn check_members(context: &mut Context<'_, '_>, inner: &Function, outer: &Function, arguments: &[Argument]) -> bool {
    let mut good = true;
    for (place, argument) in arguments.iter().enumerate() {
        let (Some(given), Some(wanted)) = (argument.gives, parameter(inner, place)) else { continue };
        if !same_data_type(given, wanted) {
            good = false;
            let (at, _) = type_at(context, argument.id);
            let outer = outer.short_name();
            context.report(argument_type::member(at, inner, place + 1, wanted, given, outer));
        }
    }
    good
}
