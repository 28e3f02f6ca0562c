//! Guards: what a request must hold for a child to be anything but NotApplicable, read off targets and conditions.

use ipnet::IpNet;
use smallvec::{SmallVec, smallvec};

use super::table::{equality_hash, point_of, point_of_address, prefix_hash};
use crate::compile::program::{Match, Op, OpId, Range, SlotId, Tables, Test};
use crate::functions::{Function, HigherOrder};
use crate::regex::Shape as PatternShape;
use crate::value::Value;

/// One thing that a bag may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) slot: SlotId,
    pub(crate) needs: Needs,
    pub(crate) kind: Kind,
}

/// What the bag must be like for a missed key to mean False and not Indeterminate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Needs {
    /// Nothing: an empty bag is False, too.
    Nothing,
    /// At least one value: `MustBePresent`.
    Some,
    /// At most one value: two keys of one attribute were taken together.
    AtMostOne,
    /// Exactly one value: `one-and-only`.
    One,
}

/// What a value must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// Equal to a value with this hash.
    Equal(u64),
    /// A text that starts with a prefix of this hash and length in bytes, and this last byte.
    Prefix { hash: u64, length: usize, last: Option<u8> },
    /// Within these ends, both included.
    Interval { low: i128, high: i128 },
}

/// Keys of which one must be hit.
pub(crate) type Guard = SmallVec<[Key; 1]>;

/// Lists of constants beyond this are no key: they would be hit too often to be worth it.
const MOST_CONSTANTS: usize = 256;

/// The guards that a target offers: one for each `AnyOf` in which every `AllOf` has a key.
pub(super) fn of_target(program: &Tables, matches: &[Match]) -> Vec<Vec<Vec<Key>>> {
    let mut any_ofs = Vec::new();
    let (mut all_ofs, mut keys) = (Vec::new(), Vec::new());
    for element in matches {
        keys.extend(of_match(program, element));
        if element.ends_all_of {
            take_together(&mut keys);
            all_ofs.push(std::mem::take(&mut keys));
        }
        if element.ends_any_of {
            let all_ofs = std::mem::take(&mut all_ofs);
            if all_ofs.iter().all(|keys: &Vec<Key>| !keys.is_empty()) {
                any_ofs.push(all_ofs);
            }
        }
    }
    any_ofs
}

fn of_match(program: &Tables, element: &Match) -> Option<Key> {
    let Op::Bag { slot, must_be_present } = program.op(element.attribute) else { return None };
    let needs = if must_be_present { Needs::Some } else { Needs::Nothing };
    let kind = match element.test {
        Test::TextEqual(text) => equal_text(program.text(text)),
        Test::TextPrefix(text) => prefix(program.text(text)),
        Test::Pattern(pattern) => of_pattern(program, pattern)?,
        Test::Ipv4(pattern) => of_network(pattern.network()?.into()),
        Test::Function(function, constant) => {
            of_function(function, program.constant(constant).as_value(), Side::ConstantFirst)?
        }
    };
    Some(Key { slot, needs, kind })
}

/// The guards that a condition offers, each a set of keys of which one must be hit for it not to be False.
pub(super) fn of_condition(program: &Tables, condition: OpId) -> Vec<Guard> {
    match program.op(condition) {
        Op::And(arguments) => {
            let mut guards: Vec<Guard> =
                arguments.of(&program.arguments).iter().flat_map(|argument| of_condition(program, *argument)).collect();
            let mut single: Vec<Key> = guards.iter().filter(|guard| guard.len() == 1).flatten().copied().collect();
            let before = single.len();
            take_together(&mut single);
            guards.extend(single.into_iter().skip(before).map(|key| smallvec![key]));
            guards
        }
        Op::Or(arguments) => {
            let mut union = Guard::new();
            for argument in arguments.of(&program.arguments) {
                match of_condition(program, *argument).into_iter().min_by_key(SmallVec::len) {
                    Some(guard) => union.extend(guard),
                    None => return Vec::new(),
                }
            }
            vec![union]
        }
        applied => of_applied(program, applied).into_iter().collect(),
    }
}

fn of_applied(program: &Tables, op: Op) -> Option<Guard> {
    match op {
        Op::Only { slot, .. } => {
            let kind = Kind::Equal(equality_hash(&Value::Boolean(true))?);
            Some(smallvec![Key { slot, needs: Needs::One, kind }])
        }
        Op::Matches { pattern, text } => {
            let Op::Only { slot, .. } = program.op(text) else { return None };
            Some(smallvec![Key { slot, needs: Needs::One, kind: of_pattern(program, pattern)? }])
        }
        Op::Values { function, start, len } => of_two(program, function, None, arguments(program, start, len)),
        Op::HigherOrder { applied, start, len } => {
            let applied = program.applied.get(applied as usize)?;
            match applied.kind {
                HigherOrder::AnyOf | HigherOrder::AnyOfOld | HigherOrder::AnyOfAny => {
                    of_two(program, applied.function, applied.pattern, arguments(program, start, len))
                }
                _ => None,
            }
        }
        Op::Operands { function, start, len } => of_membership(program, function, arguments(program, start, len)),
        _ => None,
    }
}

fn arguments(program: &Tables, start: u32, len: u16) -> &[OpId] {
    Range { start, len: u32::from(len) }.of(&program.arguments)
}

// A function of a constant and an attribute, in either order.
fn of_two(program: &Tables, function: &'static Function, pattern: Option<u32>, arguments: &[OpId]) -> Option<Guard> {
    let [first, second] = arguments else { return None };
    let (constant, attribute, side) = match (constant(program, *first), constant(program, *second)) {
        (Some(constant), None) => (constant, program.op(*second), Side::ConstantFirst),
        (None, Some(constant)) => (constant, program.op(*first), Side::ConstantSecond),
        _ => return None,
    };
    let (slot, needs) = attribute_of(attribute)?;
    let kind = match pattern {
        Some(pattern) if side == Side::ConstantFirst => of_pattern(program, pattern)?,
        Some(_) => return None,
        None => of_function(function, constant, side)?,
    };
    Some(smallvec![Key { slot, needs, kind }])
}

fn attribute_of(op: Op) -> Option<(SlotId, Needs)> {
    match op {
        Op::Only { slot, .. } => Some((slot, Needs::One)),
        Op::Bag { slot, must_be_present: true } => Some((slot, Needs::Some)),
        Op::Bag { slot, must_be_present: false } => Some((slot, Needs::Nothing)),
        _ => None,
    }
}

// `is-in` and `at-least-one-member-of`: the constants, each of them a key.
fn of_membership(program: &Tables, function: &'static Function, arguments: &[OpId]) -> Option<Guard> {
    let [first, second] = arguments else { return None };
    let name = function.short_name();
    if !name.ends_with("-is-in") && !name.ends_with("-at-least-one-member-of") {
        return None;
    }
    let (attribute, constants) = match (constants(program, *first), constants(program, *second)) {
        (Some(constants), None) => (program.op(*second), constants),
        (None, Some(constants)) => (program.op(*first), constants),
        _ => return None,
    };
    let (slot, needs) = attribute_of(attribute)?;
    // No constant, no key: nothing would stand for the bag that makes it Indeterminate.
    if constants.is_empty() {
        return None;
    }
    constants
        .into_iter()
        .map(|constant| Some(Key { slot, needs, kind: Kind::Equal(equality_hash(&constant)?) }))
        .collect()
}

fn constants(program: &Tables, op: OpId) -> Option<Vec<Value<'_>>> {
    if let Some(constant) = constant(program, op) {
        return Some(vec![constant]);
    }
    let Op::Operands { function, start, len } = program.op(op) else { return None };
    if !function.short_name().ends_with("-bag") || usize::from(len) > MOST_CONSTANTS {
        return None;
    }
    arguments(program, start, len).iter().map(|argument| constant(program, *argument)).collect()
}

fn constant(program: &Tables, op: OpId) -> Option<Value<'_>> {
    match program.op(op) {
        Op::String(text) => Some(Value::String(program.text(text))),
        Op::AnyUri(text) => Some(Value::AnyUri(program.text(text))),
        Op::Constant(constant) => Some(program.constant(constant).as_value()),
        _ => None,
    }
}

/// Which argument of a function is the constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    ConstantFirst,
    ConstantSecond,
}

fn of_function(function: &'static Function, constant: Value<'_>, side: Side) -> Option<Kind> {
    match (function.short_name(), constant, side) {
        ("string-equal" | "anyURI-equal" | "integer-equal" | "boolean-equal", constant, _) => {
            equality_hash(&constant).map(Kind::Equal)
        }
        ("string-starts-with" | "anyURI-starts-with", Value::String(text), Side::ConstantFirst) => Some(prefix(text)),
        ("ipAddress-match" | "ipAddress-endpoint-match", Value::IpAddressPattern(pattern), Side::ConstantFirst) => {
            pattern.networks().map(of_network)
        }
        (name, constant @ (Value::Integer(_) | Value::Double(_)), side) => {
            let (_, comparison) = name.split_once('-')?;
            let point = point_of(&constant)?;
            let above = Kind::Interval { low: point, high: i128::MAX };
            let below = Kind::Interval { low: i128::MIN, high: point };
            // The ends are included whether or not the comparison is strict: one candidate more, no decision less.
            match (comparison, side) {
                ("greater-than" | "greater-than-or-equal", Side::ConstantFirst)
                | ("less-than" | "less-than-or-equal", Side::ConstantSecond) => Some(below),
                ("less-than" | "less-than-or-equal", Side::ConstantFirst)
                | ("greater-than" | "greater-than-or-equal", Side::ConstantSecond) => Some(above),
                ("equal", _) => Some(Kind::Interval { low: point, high: point }),
                _ => None,
            }
        }
        _ => None,
    }
}

fn of_pattern(program: &Tables, pattern: u32) -> Option<Kind> {
    let pattern = program.patterns.get(pattern as usize)?;
    match pattern.shape() {
        PatternShape::Equals(text) => Some(equal_text(text)),
        PatternShape::StartsWith(text) => Some(prefix(text)),
        _ => pattern.required_prefix().map(prefix),
    }
}

fn of_network(network: IpNet) -> Kind {
    Kind::Interval { low: point_of_address(network.network()), high: point_of_address(network.broadcast()) }
}

fn equal_text(text: &str) -> Kind {
    Kind::Equal(prefix_hash(text.as_bytes()))
}

pub(super) fn prefix(text: &str) -> Kind {
    let bytes = text.as_bytes();
    Kind::Prefix { hash: prefix_hash(bytes), length: bytes.len(), last: bytes.last().copied() }
}

/// Adds, for intervals of one attribute that must all be hit, the one interval that is left of them.
///
/// Two values may hit one interval each, so what is left holds for a bag of one value only.
fn take_together(keys: &mut Vec<Key>) {
    for place in 0..keys.len() {
        let Some(key) = keys.get(place).copied() else { continue };
        let Kind::Interval { mut low, mut high } = key.kind else { continue };
        let mut joined = false;
        for other in keys.iter().skip(place + 1).filter(|other| other.slot == key.slot) {
            if let Kind::Interval { low: other_low, high: other_high } = other.kind {
                (low, high, joined) = (low.max(other_low), high.min(other_high), true);
            }
        }
        if joined {
            let needs = match key.needs {
                Needs::Nothing | Needs::AtMostOne => Needs::AtMostOne,
                Needs::Some | Needs::One => Needs::One,
            };
            keys.push(Key { slot: key.slot, needs, kind: Kind::Interval { low, high } });
        }
    }
}
