//! `Apply`: the function, and each argument against what it takes.

use super::Tag;
use super::checked::{Apply, Expr};
use super::context::Context;
use super::expression::{Scope, Typed, read as read_expression};
use super::higher_order;
use super::problem::{
    argument_count, argument_type, bad_regex, bag_for_value, unknown_function, unsupported_function, value_for_bag,
};
use super::{suggest, words};
use crate::diagnostic::Span;
use crate::functions::{self, Body, Function, Gives, Parameters, Special, Type};
use crate::read::ElementId;
use crate::read::xml::Extent;
use crate::regex::Pattern;
use crate::value::OwnedValue;

/// An argument that was read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Argument {
    /// The element.
    pub(super) id: ElementId,
    /// What it gives, where that is known.
    pub(super) gives: Option<Type>,
}

/// Reads an `Apply`.
pub(super) fn read<'s>(context: &mut Context<'_, 's>, id: ElementId, scope: Scope<'_, 's>) -> Typed<'s> {
    let Some(attribute) = context.attribute(id, "FunctionId") else {
        read_arguments(context, id, scope, 0);
        return Typed::UNKNOWN;
    };
    let Some(function) = functions::find(&attribute.value) else {
        let (arguments, _) = read_arguments(context, id, scope, 0);
        let meant = suggest::function(&attribute.value, |function| fits(function, &arguments));
        let at = context.span(attribute.value_at);
        context.report(unknown_function::report(at, &attribute.value, meant));
        return Typed::UNKNOWN;
    };
    match function.parameters {
        Parameters::HigherOrder(kind) => higher_order::read(context, id, scope, function, kind),
        _ => first_order(context, id, scope, function),
    }
}

/// Reads the arguments from one on. The expressions are complete, or there are none.
pub(super) fn read_arguments<'s>(
    context: &mut Context<'_, 's>,
    id: ElementId,
    scope: Scope<'_, 's>,
    from: usize,
) -> (Vec<Argument>, Option<Vec<Expr<'s>>>) {
    let tree = context.tree;
    let ids = tree.children(id).filter(|child| tree.element(*child).tag.is_expression()).skip(from);
    let mut arguments = Vec::with_capacity(ids.clone().count());
    let mut expressions = Some(Vec::with_capacity(arguments.capacity()));
    for id in ids {
        let typed = read_expression(context, id, scope);
        arguments.push(Argument { id, gives: typed.gives });
        match (typed.expr, &mut expressions) {
            (Some(expression), Some(expressions)) => expressions.push(expression),
            _ => expressions = None,
        }
    }
    (arguments, expressions)
}

fn first_order<'s>(
    context: &mut Context<'_, 's>,
    id: ElementId,
    scope: Scope<'_, 's>,
    function: &'static Function,
) -> Typed<'s> {
    let Gives::Type(gives) = function.gives else { return Typed::UNKNOWN };
    let (arguments, expressions) = read_arguments(context, id, scope, 0);
    let good = check_count(context, id, function, &arguments) && check_types(context, function, &arguments);
    let expr = expressions.filter(|_| good).map(|arguments| {
        check_special(context, id, function, &arguments);
        Expr::Apply(Box::new(Apply { function, argument: None, arguments, gives, at: context.at(id) }))
    });
    Typed { expr, gives: Some(gives) }
}

fn check_count(context: &mut Context<'_, '_>, id: ElementId, function: &Function, arguments: &[Argument]) -> bool {
    let given = arguments.len();
    let good = accepts_count(function, given);
    if !good {
        let at = context.value_at(id, "FunctionId");
        context.report(argument_count::report(at, function, given));
    }
    good
}

/// Whether a function of values and bags takes this many.
pub(super) fn accepts_count(function: &Function, given: usize) -> bool {
    match function.parameters {
        Parameters::Fixed(types) => given == types.len(),
        Parameters::Many { first, least, .. } => given >= first.len() + least,
        Parameters::HigherOrder(_) => false,
    }
}

/// What a function of values and bags takes in this place.
pub(super) fn parameter(function: &Function, place: usize) -> Option<Type> {
    match function.parameters {
        Parameters::Fixed(types) => types.get(place).copied(),
        Parameters::Many { first, rest, .. } => Some(first.get(place).copied().unwrap_or(rest)),
        Parameters::HigherOrder(_) => None,
    }
}

// Whether a call with these arguments would be right, as far as they are known.
fn fits(function: &Function, arguments: &[Argument]) -> bool {
    accepts_count(function, arguments.len())
        && arguments.iter().enumerate().all(|(place, argument)| match (argument.gives, parameter(function, place)) {
            (Some(given), Some(wanted)) => given == wanted,
            _ => true,
        })
}

fn check_types(context: &mut Context<'_, '_>, function: &Function, arguments: &[Argument]) -> bool {
    let mut good = true;
    for (place, argument) in arguments.iter().enumerate() {
        let (Some(given), Some(wanted)) = (argument.gives, parameter(function, place)) else { continue };
        if given != wanted {
            good = false;
            report_type(context, function, place + 1, *argument, wanted);
        }
    }
    good
}

/// Says what is wrong with the type of an argument.
pub(super) fn report_type(
    context: &mut Context<'_, '_>,
    function: &Function,
    number: usize,
    argument: Argument,
    wanted: Type,
) {
    let Some(given) = argument.gives else { return };
    let name = function.short_name();
    let at = context.name_at(argument.id);
    context.report(match (wanted, given) {
        (Type::One(one), Type::Bag(other)) if one == other => {
            bag_for_value::report(at, name, number, one, giver(context, argument.id))
        }
        (Type::Bag(one), Type::One(other)) if one == other => value_for_bag::report(at, name, number, one),
        _ => {
            let (at, literal) = type_at(context, argument.id);
            let same_kind = matches!((wanted, given), (Type::One(_), Type::One(_)) | (Type::Bag(_), Type::Bag(_)));
            argument_type::report(at, function, number, wanted, given, literal && same_kind)
        }
    });
}

/// What gives the bag, for a message that ends in `a bag of …`.
fn giver(context: &Context<'_, '_>, id: ElementId) -> &'static str {
    match context.tree.element(id).tag {
        Tag::AttributeDesignator => "a designator always gives",
        Tag::AttributeSelector => "a selector always gives",
        Tag::VariableReference => "the variable gives",
        _ => "the function gives",
    }
}

/// Where the type of an argument shows: its data type where it names one, and whether that can be rewritten.
pub(super) fn type_at(context: &Context<'_, '_>, id: ElementId) -> (Span, bool) {
    match context.tree.element(id).tag {
        Tag::AttributeValue | Tag::AttributeDesignator | Tag::AttributeSelector => {
            (context.value_at(id, "DataType"), true)
        }
        Tag::Apply => (context.value_at(id, "FunctionId"), false),
        Tag::VariableReference => (context.value_at(id, "VariableId"), false),
        _ => (context.name_at(id), false),
    }
}

// What is known of particular functions without a request.
fn check_special(context: &mut Context<'_, '_>, id: ElementId, function: &'static Function, arguments: &[Expr<'_>]) {
    check_unsupported(context, context.value_at(id, "FunctionId"), function);
    let tree = context.tree;
    if let (Body::Special(Special::RegexpMatch), Some(Expr::Value(pattern))) = (function.body, arguments.first()) {
        let literal = tree.children(id).find(|child| tree.element(*child).tag.is_expression());
        if let Some(literal) = literal {
            check_pattern(context, literal, pattern);
        }
    }
}

/// Notes a function that always fails.
pub(super) fn check_unsupported(context: &mut Context<'_, '_>, at: Span, function: &'static Function) {
    if matches!(function.body, Body::Special(Special::Unsupported)) {
        context.report_answered(unsupported_function::report(at, function.short_name()));
    }
}

/// Notes a literal that is no regular expression.
pub(super) fn check_pattern(context: &mut Context<'_, '_>, literal: ElementId, pattern: &OwnedValue) {
    let OwnedValue::String(pattern) = pattern else { return };
    let Err(error) = Pattern::parse(pattern) else { return };
    let element = context.tree.element(literal);
    let all = element.content_at;
    let start = all.start as usize + error.offset;
    // Offsets count in the source only where nothing was replaced.
    let verbatim = context.source.get(all.start as usize..all.end as usize) == Some(&element.text);
    let width = context.source.get(start..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    let end = (start + width).min(all.end as usize);
    let at = if verbatim && start < end { Extent::new(start, end) } else { all };
    let at = context.span(at);
    context.report_answered(bad_regex::report(at, pattern, error.offset, &error.message));
}

/// The function that an attribute names; an unknown one is noted.
pub(super) fn find_function(
    context: &mut Context<'_, '_>,
    id: ElementId,
    attribute: &str,
    fits: impl Fn(&Function) -> bool,
) -> Option<&'static Function> {
    let attribute = context.attribute(id, attribute)?;
    let found = functions::find(&attribute.value);
    if found.is_none() {
        let meant = suggest::function(&attribute.value, fits);
        let at = context.span(attribute.value_at);
        context.report(unknown_function::report(at, &attribute.value, meant));
    }
    found
}

/// Whether a function takes single values only.
pub(super) fn takes_values(function: &Function) -> bool {
    let one = |given: &Type| matches!(given, Type::One(_));
    match function.parameters {
        Parameters::Fixed(types) => types.iter().all(one),
        Parameters::Many { first, rest, .. } => first.iter().all(one) && one(&rest),
        Parameters::HigherOrder(_) => false,
    }
}

/// Whether both have one data type, be they single or in a bag.
pub(super) fn same_data_type(a: Type, b: Type) -> bool {
    words::data_type(a) == words::data_type(b)
}
