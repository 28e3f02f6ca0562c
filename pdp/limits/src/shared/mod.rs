//! Limits that several processes count together, in Redis or Valkey: what to send there, and what its answer means. The
//! connection is the caller's.
//!
//! One script charges all limits of a request, or none ([`SCRIPT`]); one round trip, and nothing comes in between. It
//! counts as the [`Limiter`](crate::Limiter) does, with two differences that come from there being one clock, that of
//! Redis, which ticks in microseconds:
//!
//! - A window is rounded up to microseconds.
//! - Sliding windows and token buckets have no clock that never steps. Where that of Redis is set back, no time has gone
//!   by for them: nothing is given back, and they go on from there. Where it is set forward, they take the time for gone.
//!
//! The clocks of the processes don't matter, with one exception: they know the calendar, which Redis doesn't. So they send
//! three periods of a quota, around the time that Redis is believed to have. Where that was wrong, the answer is the
//! time alone ([`Answer::outcome`] is then `None`), and the request is made again with it.
//!
//! A process may also take some of a limit ahead, and let it through without asking ([`Leases`], [`SCRIPT_OF_LEASES`]): what
//! that admits is stated there.
//!
//! Buckets are there for as long as they owe something, and ten seconds more. All their names have the same hash tag, so
//! that a cluster has them in one place. Needs Redis 5 or Valkey; one that evicts (`maxmemory-policy`) forgets debts.

mod answer;
mod give_back;
mod lease_question;
mod leases;
mod question;

pub use answer::{Answer, AnswerError};
pub use give_back::GiveBack;
pub use lease_question::{LeaseAnswer, LeaseQuestion};
pub use leases::{Asked, Leases};
pub use question::{OwnedCharge, Question};

/// A script by the clock of Redis.
macro_rules! by_its_clock {
    ($($file:literal),+) => {
        concat!(
            "local time = redis.call('TIME')\nlocal now = tonumber(time[1]) * 1000000 + tonumber(time[2])\n",
            $(include_str!($file)),+
        )
    };
}

/// The same without a clock: it takes the time from its last argument, in microseconds.
macro_rules! by_a_told_clock {
    ($($file:literal),+) => {
        concat!("local now = tonumber(ARGV[#ARGV])\n", $(include_str!($file)),+)
    };
}

/// Charges all limits of a request, or none.
pub const SCRIPT: &str = by_its_clock!("states.lua", "charge.lua");

/// Charges all limits of a request, or none, and takes or gives back leases ([`LeaseQuestion`]).
pub const SCRIPT_OF_LEASES: &str = by_its_clock!("states.lua", "lease.lua");

/// Gives back a part of what was taken ([`GiveBack`]).
pub const SCRIPT_OF_GIVING_BACK: &str = by_its_clock!("give_back.lua");

#[doc(hidden)]
pub const SCRIPT_WITHOUT_CLOCK: &str = by_a_told_clock!("states.lua", "charge.lua");

#[doc(hidden)]
pub const SCRIPT_OF_LEASES_WITHOUT_CLOCK: &str = by_a_told_clock!("states.lua", "lease.lua");

#[doc(hidden)]
pub const SCRIPT_OF_GIVING_BACK_WITHOUT_CLOCK: &str = by_a_told_clock!("give_back.lua");

/// What a double holds exactly.
const MOST: u64 = 1 << 53;

/// Numbers of a bucket in an answer.
const NUMBERS: usize = 3;
