//! Designators: from a slot to a bag (core 5.29, 7.3.5).

use super::environment::AttributeQuery;
use super::{Evaluated, Evaluation};
use crate::compile::program::{Clock, SlotId};
use crate::explain::Tracer;
use crate::request::RawValue;
use crate::status::{Fault, MissingAttribute};
use crate::value::{DataType, Value};

impl<'a, T: Tracer> Evaluation<'a, T> {
    /// The bag of a designator.
    pub(super) fn bag(&mut self, slot: SlotId, must_be_present: bool) -> Evaluated<'a, &'a [Value<'a>]> {
        let bag = self.values(slot)?;
        if bag.is_empty() && must_be_present { self.missing(slot) } else { Ok(bag) }
    }

    fn values(&mut self, slot: SlotId) -> Evaluated<'a, &'a [Value<'a>]> {
        let clock = self.program.slot(slot).clock;
        if let Some(entry) = self.bound.find(slot)
            // A value that somebody vouches for does not stand for the PDP's own clock.
            && (clock.is_none() || entry.has_plain)
        {
            if let Some(bag) = entry.bag.get() {
                return bag;
            }
            let bag = self.parse(slot);
            if let Some(entry) = self.bound.find(slot) {
                entry.bag.set(Some(bag));
            }
            return bag;
        }
        match clock {
            Some(clock) => Ok(self.clock(clock)),
            None if self.environment.source.is_some() => self.supplied(slot),
            None => Ok(&[]),
        }
    }

    fn parse(&mut self, slot: SlotId) -> Evaluated<'a, &'a [Value<'a>]> {
        let data_type = self.program.slot(slot).data_type;
        let Some(entry) = self.bound.find(slot) else { return Ok(&[]) };
        let bump = self.call.arena.bump();
        if entry.count == 1
            && let Some(raw) = self.bound.values(entry).next()
        {
            let value = self.read(data_type, raw)?;
            return Ok(std::slice::from_ref(bump.alloc(value)));
        }
        let mut bag = bumpalo::collections::Vec::with_capacity_in(entry.count as usize, bump);
        for raw in self.bound.values(entry) {
            bag.push(self.read(data_type, raw)?);
        }
        Ok(bag.into_bump_slice())
    }

    // Text that is not in the lexical space is a fault of the request, met when it is first used (core 7.3.1).
    fn read(&self, data_type: DataType, raw: &'a RawValue<'a>) -> Evaluated<'a, Value<'a>> {
        if data_type == DataType::XPathExpression {
            return Ok(self.request_xpath(raw));
        }
        Value::parse(data_type, raw.text, self.call.arena, self.call.integer_digits).or_else(|error| {
            let shown: String = raw.text.chars().take(64).collect();
            self.fail(Fault::syntax(format!(
                "`{shown}` in the request is not of type {}: {}",
                data_type.short_name(),
                error.message()
            )))
        })
    }

    fn clock(&self, clock: Clock) -> &'a [Value<'a>] {
        let now = self.environment.now;
        let value = match clock {
            Clock::Time => Value::Time(now.time()),
            Clock::Date => match now.date() {
                Some(date) => Value::Date(date),
                None => return &[],
            },
            Clock::DateTime => Value::DateTime(now),
        };
        std::slice::from_ref(self.call.arena.bump().alloc(value))
    }

    // Asked once for each slot: what the source said holds for the whole evaluation.
    fn supplied(&mut self, slot: SlotId) -> Evaluated<'a, &'a [Value<'a>]> {
        if let Some((_, bag)) = self.supplied.iter().find(|(known, _)| *known == slot) {
            return *bag;
        }
        let bag = self.ask(slot);
        self.supplied.push((slot, bag));
        bag
    }

    fn ask(&self, slot: SlotId) -> Evaluated<'a, &'a [Value<'a>]> {
        let Some(source) = self.environment.source else { return Ok(&[]) };
        let wanted = self.program.slot(slot);
        let (category, id) = self.program.names.texts(wanted.name);
        let query =
            AttributeQuery { category, id, data_type: wanted.data_type, issuer: self.program.maybe(wanted.issuer) };
        let values = source.find(&query).or_else(|fault| self.fail(fault))?;
        let arena = self.call.arena;
        let values = values.into_iter().filter(|value| value.data_type() == wanted.data_type);
        let kept: Vec<Value<'a>> = values.map(|value| arena.keep(value)).collect();
        Ok(arena.bag(&kept))
    }

    fn missing<R>(&self, slot: SlotId) -> Evaluated<'a, R> {
        let wanted = self.program.slot(slot);
        let (category, id) = self.program.names.texts(wanted.name);
        self.fail(Fault::missing(MissingAttribute {
            category: category.to_owned(),
            id: id.to_owned(),
            data_type: wanted.data_type.uri(),
            issuer: self.program.maybe(wanted.issuer).map(str::to_owned),
        }))
    }
}
