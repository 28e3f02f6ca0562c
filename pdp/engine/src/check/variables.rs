//! Variables of a policy: who defines them, who needs whom, what each gives (core 5.23, 7.8).

use std::cell::Cell;

use rustc_hash::FxHashMap;

use super::Tag;
use super::checked::{Text, Variable};
use super::context::Context;
use super::expression::{Scope, read_inside};
use super::graph::{Walk, walk};
use super::problem::{circular_variable, duplicate_variable, limit_exceeded, unused_variable};
use crate::diagnostic::Span;
use crate::functions::Type;
use crate::read::ElementId;
use crate::read::xml::Extent;
use crate::xpath::Version;

/// The variables of one policy.
#[derive(Debug, Default)]
pub(super) struct Variables<'s> {
    list: Vec<Definition<'s>>,
    places: FxHashMap<Text<'s>, usize>,
}

#[derive(Debug)]
struct Definition<'s> {
    id: Text<'s>,
    element: ElementId,
    gives: Option<Type>,
    used: Cell<bool>,
}

impl<'s> Variables<'s> {
    /// The place of a variable. Who asks, uses it.
    pub(super) fn find(&self, id: &str) -> Option<usize> {
        let place = self.places.get(id).copied()?;
        if let Some(definition) = self.list.get(place) {
            definition.used.set(true);
        }
        Some(place)
    }

    /// What a variable gives, where that is known.
    pub(super) fn gives(&self, place: usize) -> Option<Type> {
        self.list.get(place).and_then(|definition| definition.gives)
    }

    /// All ids.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|definition| &*definition.id)
    }

    /// Collects the definitions of a policy.
    fn collect(context: &mut Context<'_, 's>, policy: ElementId) -> Self {
        let tree = context.tree;
        let mut variables = Self::default();
        for element in tree.children_of(policy, Tag::VariableDefinition) {
            let Some(id) = context.value(element, "VariableId") else { continue };
            let at = context.value_at(element, "VariableId");
            if let Some(first) = variables.places.get(&id).and_then(|place| variables.list.get(*place)) {
                let first = context.value_at(first.element, "VariableId");
                context.report(duplicate_variable::report(at, &id, first));
                continue;
            }
            variables.places.insert(id.clone(), variables.list.len());
            variables.list.push(Definition { id, element, gives: None, used: Cell::new(false) });
        }
        variables
    }

    // For each variable the references in its definition: the variable meant, and where it is named.
    fn references(&self, context: &Context<'_, 's>) -> Vec<Vec<(usize, Span)>> {
        let tree = context.tree;
        let inside = |definition: &Definition<'s>| {
            tree.inside(definition.element)
                .filter(|id| tree.element(*id).tag == Tag::VariableReference)
                .filter_map(|id| {
                    let attribute = context.attribute(id, "VariableId")?;
                    Some((*self.places.get(&attribute.value)?, context.span(attribute.value_at)))
                })
                .collect()
        };
        self.list.iter().map(inside).collect()
    }

    fn report_circles(&self, context: &mut Context<'_, 's>, references: &[Vec<(usize, Span)>], found: &Walk) {
        let id = |place: usize| self.list.get(place).map_or("", |definition| &*definition.id);
        for circle in &found.circles {
            let steps: Vec<_> = circle
                .iter()
                .filter_map(|(from, edge)| {
                    let (to, at) = references.get(*from)?.get(*edge)?;
                    Some((id(*from), id(*to), *at))
                })
                .collect();
            context.report(circular_variable::report(&steps));
        }
    }

    fn report_depth(context: &mut Context<'_, 's>, references: &[Vec<(usize, Span)>], found: &Walk) {
        let limit = context.options.limits.variable_depth;
        for (place, depth) in found.depth.iter().enumerate().filter(|(_, depth)| **depth == limit + 1) {
            let deepest = references.get(place).into_iter().flatten();
            let at = deepest.filter(|(to, _)| found.depth.get(*to) == Some(&limit)).map(|(_, at)| *at).next();
            context.report(limit_exceeded::variables(at.unwrap_or_default(), *depth, limit));
        }
    }
}

/// Reads the variables of a policy: first what others need.
pub(super) fn read<'s>(
    context: &mut Context<'_, 's>,
    policy: ElementId,
    xpath: Option<Version>,
) -> (Variables<'s>, Vec<Variable<'s>>) {
    if context.tree.child(policy, Tag::VariableDefinition).is_none() {
        return (Variables::default(), Vec::new());
    }
    let mut variables = Variables::collect(context, policy);
    let references = variables.references(context);
    let edges: Vec<Vec<usize>> =
        references.iter().map(|list| list.iter().map(|(target, _)| *target).collect()).collect();
    let found = walk(&edges);
    variables.report_circles(context, &references, &found);
    Variables::report_depth(context, &references, &found);
    let mut read: Vec<(usize, Variable<'s>)> = Vec::with_capacity(found.order.len());
    for place in found.order {
        let Some((id, element)) = variables.list.get(place).map(|one| (one.id.clone(), one.element)) else { continue };
        let typed = read_inside(context, element, Scope { variables: Some(&variables), xpath });
        if let Some(definition) = variables.list.get_mut(place) {
            definition.gives = typed.gives;
        }
        if let Some((expression, gives)) = typed.complete() {
            read.push((place, Variable { id, expression, gives, at: context.at(element) }));
        }
    }
    read.sort_by_key(|(place, _)| *place);
    (variables, read.into_iter().map(|(_, variable)| variable).collect())
}

/// Warns of variables that nothing used. To be called when all of the policy has been read.
pub(super) fn report_unused(context: &mut Context<'_, '_>, variables: &Variables<'_>) {
    for definition in variables.list.iter().filter(|definition| !definition.used.get()) {
        let at = context.value_at(definition.element, "VariableId");
        let whole = with_its_line(context.source, context.tree.element(definition.element).extent);
        let whole = context.span(whole);
        context.report(unused_variable::report(at, &definition.id, whole));
    }
}

// An element together with the white space before it, where it is alone on its lines.
fn with_its_line(source: &str, extent: Extent) -> Extent {
    let before = source.get(..extent.start as usize).unwrap_or("");
    let after = source.get(extent.end as usize..).unwrap_or("");
    let indent = before.trim_end_matches([' ', '\t']);
    let ends_line = after.trim_start_matches([' ', '\t', '\r']).starts_with('\n');
    match indent.strip_suffix('\n') {
        Some(line) if ends_line => Extent::new(line.strip_suffix('\r').unwrap_or(line).len(), extent.end as usize),
        _ => extent,
    }
}
