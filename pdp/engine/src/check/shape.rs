//! Every element against the grammar: which attributes, which children, in which order, how often.

use super::Tag;
use super::context::Context;
use super::grammar::{EXPRESSIONS, Shape, Slot, shape_of};
use super::problem::{
    element_order, missing_attribute, missing_element, missing_must_be_present, policy_issuer, repeated_element,
    unexpected_attribute, unexpected_element, unexpected_text,
};
use super::words;
use crate::read::ElementId;
use crate::read::xml::{Attribute, Space};

/// Checks an element and all that is inside it, parts excepted.
pub(super) fn check(context: &mut Context<'_, '_>, id: ElementId) {
    let tree = context.tree;
    let element = tree.element(id);
    let Some(shape) = shape_of(element.tag) else {
        if element.tag == Tag::PolicyIssuer {
            context.report(policy_issuer::report(context.span(element.name_at)));
        }
        return;
    };
    check_attributes(context, id, shape);
    if let Some(text) = element.stray_text {
        context.report(unexpected_text::report(context.span(text), element.name));
    }
    if element.tag.is_opaque() {
        return;
    }
    check_children(context, id, shape);
    // Parts were checked when they ended.
    for child in tree.children(id).filter(|child| !tree.element(*child).is_apart) {
        check(context, child);
    }
}

fn check_attributes(context: &mut Context<'_, '_>, id: ElementId, shape: &'static Shape) {
    let tree = context.tree;
    let mut found = 0_u32;
    for attribute in tree.attributes(id) {
        match shape.attributes.iter().position(|(name, _)| is(attribute, name)) {
            Some(place) => found |= 1 << place,
            None if shape.open || matches!(attribute.name.space, Space::Xsi | Space::Xml) => {}
            None => {
                let allowed: Vec<&str> = shape.attributes.iter().map(|(name, _)| *name).collect();
                let at = context.span(attribute.name_at);
                let written = attribute.name_at.slice(context.source);
                let name = tree.element(id).name;
                context.report(unexpected_attribute::report(at, written, name, &allowed));
            }
        }
    }
    for (place, (name, required)) in shape.attributes.iter().enumerate() {
        if *required && found & (1 << place) == 0 {
            let element = tree.element(id);
            let at = context.span(element.name_at);
            context.report(match *name {
                "MustBePresent" => missing_must_be_present::report(at, element.name),
                name => missing_attribute::report(at, element.name, name),
            });
        }
    }
}

fn is(attribute: &Attribute<'_>, name: &str) -> bool {
    attribute.name.local == name && attribute.name.space == Space::None
}

fn check_children(context: &mut Context<'_, '_>, id: ElementId, shape: &'static Shape) {
    let tree = context.tree;
    // The first child in each slot. No element has more than seven.
    let mut firsts: [Option<ElementId>; 8] = [None; 8];
    for child in tree.children(id) {
        let tag = tree.element(child).tag;
        let Some(place) = shape.children.iter().position(|slot| slot.tags.contains(&tag)) else {
            report_unexpected(context, id, child, shape);
            continue;
        };
        let later = firsts.iter().skip(place + 1).flatten().next().copied();
        let first = firsts.get(place).copied().flatten();
        match (first, shape.children.get(place)) {
            (Some(first), Some(slot)) if !slot.many => {
                let (child, first) = (tree.element(child), context.span(tree.element(first).name_at));
                let at = context.span(child.name_at);
                context.report(repeated_element::report(at, child.name, tree.element(id).name, first));
            }
            _ => {
                if let Some(later) = later {
                    report_order(context, id, child, later);
                }
            }
        }
        if let Some(entry) = firsts.get_mut(place)
            && entry.is_none()
        {
            *entry = Some(child);
        }
    }
    for (slot, first) in shape.children.iter().zip(firsts) {
        if slot.least > 0 && first.is_none() {
            let element = tree.element(id);
            let at = context.span(element.name_at);
            context.report(missing_element::report(at, element.name, &kind(slot)));
        }
    }
}

fn report_order(context: &mut Context<'_, '_>, parent: ElementId, child: ElementId, later: ElementId) {
    let tree = context.tree;
    let (child, later) = (tree.element(child), tree.element(later));
    let (at, later_at) = (context.span(child.name_at), context.span(later.name_at));
    context.report(element_order::report(at, child.name, later.name, later_at, tree.element(parent).name));
}

fn report_unexpected(context: &mut Context<'_, '_>, parent: ElementId, child: ElementId, shape: &Shape) {
    let tree = context.tree;
    let allowed: Vec<&str> = shape.children.iter().flat_map(|slot| slot.tags).map(|tag| tag.name()).collect();
    let at = context.span(tree.element(child).name_at);
    let name = tree.element(child).name;
    context.report(unexpected_element::report(at, name, tree.element(parent).name, &allowed));
}

fn kind(slot: &Slot) -> String {
    if slot.tags == EXPRESSIONS {
        return "an expression".to_owned();
    }
    words::one_of(slot.tags.iter().map(|tag| tag.name()))
}
