//! Expressions: each with its type, so that whatever stands around it can be checked.

use super::Tag;
use super::apply;
use super::checked::Expr;
use super::context::Context;
use super::problem::misplaced_function;
use super::variables::Variables;
use super::{attribute, literal};
use crate::functions::Type;
use crate::read::ElementId;
use crate::xpath::Version;

/// What an expression may refer to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'v, 's> {
    /// The variables; none outside of a policy.
    pub(super) variables: Option<&'v Variables<'s>>,
    /// The XPath version in force.
    pub(super) xpath: Option<Version>,
}

/// An expression as far as it could be read.
#[derive(Debug)]
pub(super) struct Typed<'s> {
    /// The expression; nothing where it has faults.
    pub(super) expr: Option<Expr<'s>>,
    /// What it gives, where that is known in spite of faults.
    pub(super) gives: Option<Type>,
}

impl<'s> Typed<'s> {
    /// Nothing is known of it.
    pub(super) const UNKNOWN: Self = Self { expr: None, gives: None };

    /// Both, if there are no faults.
    pub(super) fn complete(self) -> Option<(Expr<'s>, Type)> {
        self.expr.zip(self.gives)
    }
}

/// Reads an expression.
pub(super) fn read<'s>(context: &mut Context<'_, 's>, id: ElementId, scope: Scope<'_, 's>) -> Typed<'s> {
    match context.tree.element(id).tag {
        Tag::AttributeValue => literal::read(context, id, scope.xpath),
        Tag::AttributeDesignator => attribute::designator(context, id),
        Tag::AttributeSelector => attribute::selector(context, id, scope.xpath),
        Tag::VariableReference => variable(context, id, scope),
        Tag::Apply => apply::read(context, id, scope),
        Tag::Function => {
            let at = context.name_at(id);
            context.report(misplaced_function::report(at));
            Typed::UNKNOWN
        }
        _ => Typed::UNKNOWN,
    }
}

/// Reads the expression inside an element that holds one.
pub(super) fn read_inside<'s>(context: &mut Context<'_, 's>, parent: ElementId, scope: Scope<'_, 's>) -> Typed<'s> {
    match inside(context, parent) {
        Some(id) => read(context, id, scope),
        None => Typed::UNKNOWN,
    }
}

/// The expression inside an element that holds one.
pub(super) fn inside(context: &Context<'_, '_>, parent: ElementId) -> Option<ElementId> {
    let tree = context.tree;
    tree.children(parent).find(|child| tree.element(*child).tag.is_expression())
}

fn variable<'s>(context: &mut Context<'_, 's>, id: ElementId, scope: Scope<'_, 's>) -> Typed<'s> {
    let Some(attribute) = context.attribute(id, "VariableId") else { return Typed::UNKNOWN };
    let at = context.span(attribute.value_at);
    let Some(place) = scope.variables.and_then(|variables| variables.find(&attribute.value)) else {
        let known = scope.variables.map(Variables::ids);
        context.report(super::problem::undefined_variable::report(at, &attribute.value, known));
        return Typed::UNKNOWN;
    };
    let gives = scope.variables.and_then(|variables| variables.gives(place));
    Typed { expr: Some(Expr::Variable(place)), gives }
}
