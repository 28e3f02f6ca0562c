//! Obligation and advice expressions (core 5.39 to 5.41, 7.18).

use super::{Evaluated, Evaluation};
use crate::compile::program::{DutyExpression, Range};
use crate::decision::Effect;
use crate::explain::Tracer;
use crate::response::{Assignment, Duty};
use crate::value::{Operand, Value};

impl<'a, T: Tracer> Evaluation<'a, T> {
    /// Evaluates those that go with an effect, and keeps them. The others are not evaluated: their errors are no one's.
    pub(super) fn duties(&mut self, duties: Range, effect: Effect) -> Evaluated<'a, ()> {
        let program = self.program;
        for expression in duties.of(&program.duties).iter().filter(|duty| duty.on == effect) {
            let duty = self.duty(expression)?;
            match (effect, expression.is_advice) {
                (Effect::Permit, false) => self.on_permit.push(duty),
                (Effect::Permit, true) => self.permit_advice.push(duty),
                (Effect::Deny, false) => self.on_deny.push(duty),
                (Effect::Deny, true) => self.deny_advice.push(duty),
            }
        }
        Ok(())
    }

    fn duty(&mut self, expression: &'a DutyExpression) -> Evaluated<'a, Duty<'a>> {
        let program = self.program;
        let mut assignments = Vec::with_capacity(expression.assignments.len as usize);
        for assignment in expression.assignments.of(&program.assignments) {
            let of = |value: Value<'a>| Assignment {
                id: program.text(assignment.id),
                category: program.maybe(assignment.category),
                issuer: program.maybe(assignment.issuer),
                value,
            };
            match self.operand(assignment.value)? {
                Operand::One(value) => assignments.push(of(value)),
                Operand::Bag(values) => assignments.extend(values.iter().map(|value| of(*value))),
            }
        }
        Ok(Duty { id: program.text(expression.id), assignments })
    }
}
