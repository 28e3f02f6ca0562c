//! What is sent to charge limits and to take leases of them, and what comes back.

use std::time::Duration;

use smallvec::SmallVec;

use super::answer::{Answer, AnswerError};
use super::leases::Asked;
use super::question::{OwnedCharge, Question};
use super::{MOST, NUMBERS};
use crate::Outcome;

/// Arguments of a bucket, as the script of charges has them.
const WIDTH: usize = 8;

/// What the script of leases is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseQuestion {
    /// The names of the buckets, then those of their leases: `KEYS`.
    pub keys: Vec<Vec<u8>>,
    /// How each counts, and what becomes of its lease: `ARGV`.
    pub arguments: Vec<String>,
}

impl LeaseQuestion {
    /// Asks for all of them at once. `asked` is beside each ([`Leases::ask`](super::Leases::ask)); `node` has the leases,
    /// which hold for so long; `believed` is the time that Redis has, in microseconds since 1970, as far as that is known.
    pub fn new(charges: &[OwnedCharge], asked: &[Asked], (node, holds): (&str, Duration), believed: i64) -> Self {
        let Question { mut keys, arguments } = Question::new(charges, believed);
        let of_leases: Vec<_> = keys
            .iter()
            .map(|key| [b"{argus}:leases:", key.strip_prefix(b"{argus}:").unwrap_or(key)].concat())
            .collect();
        keys.extend(of_leases);
        let each = arguments.chunks(WIDTH).zip(asked);
        let mut arguments: Vec<_> = each
            .flat_map(|(arguments, asked)| {
                let numbers = [u64::from(asked.looks_after), asked.returned.min(MOST), asked.ahead.min(MOST)];
                arguments.iter().cloned().chain(numbers.map(|number| number.to_string()))
            })
            .collect();
        arguments.extend([node.to_owned(), holds.as_millis().to_string()]);
        Self { keys, arguments }
    }
}

/// What the script of leases said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseAnswer {
    /// As of the script of charges.
    pub answer: Answer,
    /// What was taken ahead of each bucket.
    pub granted: SmallVec<[u64; 4]>,
}

impl LeaseAnswer {
    /// Reads the numbers of an answer to what was asked about these.
    pub fn read(charges: &[OwnedCharge], numbers: &[i64]) -> Result<Self, AnswerError> {
        let [at, admitted, standings @ ..] = numbers else {
            return Ok(Self { answer: Answer::read(charges, numbers)?, granted: SmallVec::new() });
        };
        if standings.len() != charges.len() * (NUMBERS + 1) {
            return Err(AnswerError);
        }
        let of_each = || standings.chunks_exact(NUMBERS + 1);
        let plain = of_each().flat_map(|numbers| numbers.iter().take(NUMBERS)).copied();
        let plain: Vec<i64> = [*at, *admitted].into_iter().chain(plain).collect();
        let mut answer = Answer::read(charges, &plain)?;
        let granted: SmallVec<[u64; 4]> =
            of_each().map(|numbers| numbers.last().map_or(0, |granted| granted.unsigned_abs())).collect();
        // What was taken ahead is this node's to let through: nobody else has it.
        if let Some(Outcome(standings)) = &mut answer.outcome {
            for (standing, granted) in standings.iter_mut().zip(&granted) {
                standing.remaining += granted;
            }
        }
        Ok(Self { answer, granted })
    }
}
