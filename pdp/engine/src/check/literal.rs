//! `AttributeValue`: the text against its data type.

use super::checked::Expr;
use super::context::Context;
use super::expression::Typed;
use super::problem::{bad_literal, missing_xpath_category, time_without_zone, unknown_data_type};
use super::xpath;
use crate::functions::Type;
use crate::read::ElementId;
use crate::value::{DataType, OwnedValue, XPathValue};
use crate::xpath::Version;

/// Reads a value as an expression.
pub(super) fn read<'s>(context: &mut Context<'_, 's>, id: ElementId, xpath: Option<Version>) -> Typed<'s> {
    let Some(data_type) = data_type(context, id) else { return Typed::UNKNOWN };
    let value = value(context, id, data_type, xpath);
    Typed { expr: value.map(Expr::Value), gives: Some(Type::One(data_type)) }
}

/// The data type that an element names.
pub(super) fn data_type(context: &mut Context<'_, '_>, id: ElementId) -> Option<DataType> {
    let attribute = context.attribute(id, "DataType")?;
    let found = DataType::from_uri(&attribute.value);
    if found.is_none() {
        let at = context.span(attribute.value_at);
        context.report(unknown_data_type::report(at, &attribute.value));
    }
    found
}

/// The value of an element whose data type is known.
pub(super) fn value(
    context: &mut Context<'_, '_>,
    id: ElementId,
    data_type: DataType,
    xpath: Option<Version>,
) -> Option<OwnedValue> {
    let tree = context.tree;
    let element = tree.element(id);
    if let Some(child) = tree.children(id).next() {
        let child = tree.element(child);
        let at = context.span(child.name_at);
        context.report(bad_literal::element(at, child.name, data_type));
        return None;
    }
    if data_type == DataType::XPathExpression {
        return xpath_value(context, id, xpath);
    }
    match OwnedValue::parse(data_type, &element.text, context.options.limits.integer_digits) {
        Ok(value) => {
            if context.options.time_without_zone && lacks_zone(&value) {
                let at = context.text_at(id);
                context.report(time_without_zone::report(at, &element.text, data_type));
            }
            Some(value)
        }
        Err(error) => {
            let at = context.text_at(id);
            context.report(bad_literal::report(at, &element.text, data_type, error.message()));
            None
        }
    }
}

fn xpath_value(context: &mut Context<'_, '_>, id: ElementId, version: Option<Version>) -> Option<OwnedValue> {
    let Some(category) = context.value(id, "XPathCategory") else {
        let at = context.name_at(id);
        context.report(missing_xpath_category::report(at));
        return None;
    };
    let element = context.tree.element(id);
    let place = xpath::Place {
        element: id,
        at: element.content_at,
        verbatim: element.content_at.slice(context.source) == element.text,
        what: "expression",
    };
    let expression = xpath::parse(context, &element.text, place, version);
    Some(OwnedValue::XPathExpression(Box::new(XPathValue {
        text: element.text.clone().into_owned(),
        category: category.into_owned(),
        namespaces: xpath::namespaces(context, id),
        expression,
    })))
}

fn lacks_zone(value: &OwnedValue) -> bool {
    match value {
        OwnedValue::Time(time) => time.zone().is_none(),
        OwnedValue::Date(date) => date.zone().is_none(),
        OwnedValue::DateTime(date_time) => date_time.zone().is_none(),
        _ => false,
    }
}
