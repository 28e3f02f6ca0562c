//! `AttributeDesignator` and `AttributeSelector`: bags of what a request holds.

use std::borrow::Cow;

use super::checked::{Designator, Expr, Selector};
use super::context::Context;
use super::expression::Typed;
use super::literal::data_type;
use super::problem::{bad_attribute_value, unknown_category};
use super::{suggest, xpath};
use crate::functions::Type;
use crate::read::ElementId;
use crate::types::parse_boolean;
use crate::value::DataType;
use crate::xpath::Version;

/// Reads a designator.
pub(super) fn designator<'s>(context: &mut Context<'_, 's>, id: ElementId) -> Typed<'s> {
    let data_type = data_type(context, id);
    check_category(context, id);
    let must_be_present = must_be_present(context, id);
    let expr = read_designator(context, id, data_type, must_be_present);
    Typed { expr: expr.map(|found| Expr::Designator(Box::new(found))), gives: data_type.map(Type::Bag) }
}

fn read_designator<'s>(
    context: &Context<'_, 's>,
    id: ElementId,
    data_type: Option<DataType>,
    must_be_present: Option<bool>,
) -> Option<Designator<'s>> {
    Some(Designator {
        category: context.value(id, "Category")?,
        id: context.value(id, "AttributeId")?,
        data_type: data_type?,
        issuer: context.value(id, "Issuer"),
        must_be_present: must_be_present?,
        at: context.at(id),
    })
}

/// Reads a selector.
pub(super) fn selector<'s>(context: &mut Context<'_, 's>, id: ElementId, version: Option<Version>) -> Typed<'s> {
    let data_type = data_type(context, id);
    check_category(context, id);
    let must_be_present = must_be_present(context, id);
    let expr = read_selector(context, id, version, data_type, must_be_present);
    Typed { expr: expr.map(|found| Expr::Selector(Box::new(found))), gives: data_type.map(Type::Bag) }
}

fn read_selector<'s>(
    context: &mut Context<'_, 's>,
    id: ElementId,
    version: Option<Version>,
    data_type: Option<DataType>,
    must_be_present: Option<bool>,
) -> Option<Selector<'s>> {
    let attribute = context.attribute(id, "Path")?;
    let verbatim = matches!(attribute.value, Cow::Borrowed(_));
    let place = xpath::Place { element: id, at: attribute.value_at, verbatim, what: "selector" };
    let path = xpath::parse(context, &attribute.value, place, version);
    Some(Selector {
        category: context.value(id, "Category")?,
        path,
        path_text: attribute.value.clone(),
        context_selector: context.value(id, "ContextSelectorId"),
        data_type: data_type?,
        must_be_present: must_be_present?,
        at: context.at(id),
    })
}

fn must_be_present(context: &mut Context<'_, '_>, id: ElementId) -> Option<bool> {
    let attribute = context.attribute(id, "MustBePresent")?;
    let parsed = parse_boolean(&attribute.value).ok();
    if parsed.is_none() {
        let at = context.span(attribute.value_at);
        let expected = "`true` or `false`";
        context.report(bad_attribute_value::report(at, "MustBePresent", &attribute.value, expected));
    }
    parsed
}

/// Warns of a category that is nearly one of the standard's.
pub(super) fn check_category(context: &mut Context<'_, '_>, id: ElementId) {
    let Some(attribute) = context.attribute(id, "Category") else { return };
    if let Some(meant) = suggest::category(&attribute.value) {
        let at = context.span(attribute.value_at);
        context.report(unknown_category::report(at, &attribute.value, meant));
    }
}
