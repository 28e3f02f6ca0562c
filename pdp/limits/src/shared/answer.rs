//! What comes back, read: as the limiter in memory would have told it.

use std::time::Duration;

use smallvec::SmallVec;
use thiserror::Error;

use super::NUMBERS;
use super::question::{OwnedCharge, microseconds, nanos, reduced};
use crate::calendar::window_of;
use crate::strategy::{Stands, aligned_standing};
use crate::{Outcome, Standing, Strategy};

/// What the script said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The time that Redis has, in microseconds since 1970.
    pub at: i64,
    /// How the limits stand, which were all charged, or none; `None` where it is another time than was believed.
    pub outcome: Option<Outcome>,
}

/// An answer that the script doesn't give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("what Redis answered is not what the script of limits gives")]
pub struct AnswerError;

impl Answer {
    /// Reads the numbers of an answer to what was asked about these.
    pub fn read(charges: &[OwnedCharge], numbers: &[i64]) -> Result<Self, AnswerError> {
        let (at, admitted, standings) = match numbers {
            &[at] => return Ok(Self { at, outcome: None }),
            [at, admitted, standings @ ..] => (*at, *admitted != 0, standings),
            [] => return Err(AnswerError),
        };
        if standings.len() != charges.len() * NUMBERS {
            return Err(AnswerError);
        }
        let each = charges.iter().zip(standings.chunks_exact(NUMBERS));
        let standings: Option<SmallVec<[Standing; 4]>> = each
            .map(|(charge, numbers)| match numbers {
                &[first, second, third] => Some(standing(charge, (at, admitted), (first, second, third))),
                _ => None,
            })
            .collect();
        let outcome = Outcome(standings.ok_or(AnswerError)?);
        if outcome.is_admitted() == admitted { Ok(Self { at, outcome: Some(outcome) }) } else { Err(AnswerError) }
    }
}

fn standing(charge: &OwnedCharge, (at, admitted): (i64, bool), (first, second, third): (i64, i64, i64)) -> Standing {
    let limit = &charge.limit;
    // What was admitted is told of as it stands afterwards.
    let (cost, most) = (if admitted { 0 } else { charge.cost }, limit.most_at_once());
    let stands = |remaining: u64, reset_after, retry_after| Standing {
        limit: most,
        remaining,
        reset_after,
        retry_after,
        can_never: cost > most,
        lacks_share: false,
        is_shared: false,
    };
    let left = most.saturating_sub(first.unsigned_abs());
    match limit.strategy {
        Strategy::FixedWindow | Strategy::Quota { .. } => {
            let (now, until_end) = (nanos(at), span(second.into()));
            // The calendar is looked at for what it alone tells.
            let number = if limit.adds_since().is_some() { window_of(limit, now).number } else { 0 };
            let left = limit.granted(number).saturating_sub(first.unsigned_abs());
            let stands = Stands { number, is_used: first > 0, left, of_whole: left, until_end };
            aligned_standing(limit, &stands, cost, now)
        }
        Strategy::SlidingWindow => stands(left, span(second.into()), (cost > left).then(|| span(third.into()))),
        Strategy::TokenBucket { .. } => {
            let (gains, parts) = reduced(limit.limit, microseconds(limit.window));
            let (gains, parts) = (i128::from(gains), i128::from(parts));
            let missing = i128::from(first) * parts + i128::from(second);
            let room = i128::from(most) * parts - missing;
            let lacks = i128::from(cost) * parts - room;
            let until = |tokens: i128| span((tokens + gains - 1).div_euclid(gains));
            let remaining = u64::try_from(room.max(0) / parts).unwrap_or(u64::MAX);
            stands(remaining, until(missing), (lacks > 0).then(|| until(lacks)))
        }
    }
}

fn span(microseconds: i128) -> Duration {
    u64::try_from(microseconds.max(0)).map_or(Duration::MAX, Duration::from_micros)
}
