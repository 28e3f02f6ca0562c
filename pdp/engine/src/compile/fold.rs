//! Constant folding: an Apply whose arguments are all constants is evaluated when the policy is loaded.
//!
//! One that fails is left as it is: it is a fault of the evaluations that reach it, not of the policy. What depends on
//! the implicit time zone is left, too: the zone is known only when a request is evaluated.

use super::build::{Builder, next};
use super::program::Op;
use crate::check::checked::{Apply, Expr};
use crate::functions::{Body, Call};
use crate::limits::Limits;
use crate::types::ZoneOffset;
use crate::value::{Arena, DataType, OwnedValue, Value};

impl Builder {
    pub(super) fn fold(&mut self, apply: &Apply<'_>) -> Option<Op> {
        let value = fold_apply(apply)?;
        Some(match value {
            OwnedValue::String(text) => Op::String(self.own_text(&text)),
            OwnedValue::AnyUri(text) => Op::AnyUri(self.own_text(&text)),
            other => {
                self.program.constants.push(other);
                Op::Constant(next(&self.program.constants) - 1)
            }
        })
    }
}

fn fold_expression(expression: &Expr<'_>) -> Option<OwnedValue> {
    match expression {
        Expr::Value(value) => Some(value.clone()),
        Expr::Apply(apply) => fold_apply(apply),
        _ => None,
    }
}

fn fold_apply(apply: &Apply<'_>) -> Option<OwnedValue> {
    let Body::Values(body) = apply.function.body else { return None };
    if !apply.arguments.iter().all(is_constant) {
        return None;
    }
    let arguments: Vec<OwnedValue> = apply.arguments.iter().map(fold_expression).collect::<Option<_>>()?;
    if arguments.iter().any(|value| depends_on_zone(value.data_type())) {
        return None;
    }
    let arena = Arena::new();
    let call =
        Call { arena: &arena, implicit_zone: ZoneOffset::default(), integer_digits: Limits::default().integer_digits };
    let values: Vec<Value<'_>> = arguments.iter().map(|argument| arena.keep(argument.clone())).collect();
    body(&call, &values).ok().map(|value| value.to_owned_value())
}

fn is_constant(expression: &Expr<'_>) -> bool {
    match expression {
        Expr::Value(_) => true,
        Expr::Apply(apply) => apply.arguments.iter().all(is_constant),
        _ => false,
    }
}

fn depends_on_zone(data_type: DataType) -> bool {
    matches!(data_type, DataType::Time | DataType::Date | DataType::DateTime)
}
