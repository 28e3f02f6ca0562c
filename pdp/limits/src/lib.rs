//! `argus-limits`: how much a key may be used, counted in memory that doesn't grow.
//!
//! A [`Limit`] says how much in how long, and how it counts: in windows aligned to a clock ([`Strategy::FixedWindow`]),
//! in any window of that length ([`Strategy::SlidingWindow`]), from a bucket that fills steadily
//! ([`Strategy::TokenBucket`]), or by the day or month of a named zone ([`Strategy::Quota`]). A [`Limiter`] counts all
//! limits of a request at once: either each of them has room and each is charged, or nothing is charged at all.
//!
//! ```
//! use argus_limits::{Charge, Limit, Limiter, Now, Settings, Strategy};
//! use std::time::Duration;
//!
//! let limiter = Limiter::new(Settings::default());
//! let limit = Limit::new(Strategy::TokenBucket { burst: 2 }, 60, Duration::from_secs(60))?;
//! let charge = [Charge { limit: &limit, bucket: b"key 1", cost: 1 }];
//! let now = Now::at_nanos(1_800_000_000_000_000_000);
//! assert!(limiter.charge(&charge, now).is_admitted());
//! assert!(limiter.charge(&charge, now).is_admitted());
//! let third = limiter.charge(&charge, now);
//! assert!(!third.is_admitted());
//! assert_eq!(third.standings()[0].retry_after, Some(Duration::from_secs(1)));
//! # Ok::<(), argus_limits::LimitError>(())
//! ```
//!
//! # What exactly is promised
//!
//! | strategy | never more than | never refused what |
//! |---|---|---|
//! | fixed window | `limit` in each window; so `2 × limit` in a span that lies across a boundary | fits into its window |
//! | sliding window | `limit` in **any** span of the window's length | an exact log would still admit one cell later |
//! | token bucket | `burst + rate × t` in any span `t` | fits into the bucket, to the nanosecond |
//! | quota | `limit` in each day, week, month … of its zone, DST days of 23 and 25 hours included | fits into its period |
//! | quota that adds | `limit × periods begun` since it began ([`Refill::Add`]) | fits into what is left of all of them |
//!
//! A boundary belongs to the window that begins there. Requests at one instant are counted one after the other. A limit
//! that refuses a request takes nothing from the others. A cost above what a limit can ever admit is told apart
//! ([`Standing::can_never`]), lest somebody wait for it. A cost of 0 looks and takes nothing.
//!
//! **Clock steps.** Sliding windows and token buckets count by a monotonic clock, which has none. Windows aligned to a
//! clock follow it, and never backwards: until the clock has caught up, the window that was reached stays the current one.
//! Only a clock that is set back by more than a day had been wrong before, and is followed; what was used stays used.
//!
//! **Restarts.** What was used of a window aligned to a clock can be taken out ([`Limiter::keep`]) and counted again by
//! the next process ([`Limiter::restore`]). What was used after it was last taken out is what a crash forgives. In the
//! same way a process learns what others have used.
//!
//! **Giving back.** Where only the most is known before, that is charged, and what the use didn't come to is given back
//! ([`Limiter::give_back`]). Never is more admitted for it than if it had not been charged: a window that is over keeps
//! what it had, a token bucket keeps what it may have gained in the place of what comes back, and a bucket that newcomers
//! share gives nothing back.
//!
//! **Several nodes.** Where each counts by itself, a limit can be divided among them ([`Limit::share`]): all shares together
//! are the limit, whatever the strategy. Of what nodes have told each other of a window aligned to a clock, both holds: a
//! node uses its share by itself, and what it knows of is never above the limit.
//!
//! **Another zone.** A period that has begun ends as it would have ended; the next one is of the new zone.
//!
//! # What this defends against
//!
//! **Memory as a target.** A table that grows with its callers is stopped by making up callers, and a cache that evicts
//! gives a debtor his allowance back as soon as he provokes an eviction. Here the table has its size from the start. At the
//! cap only a bucket that owes nothing gives way; where none is found, newcomers share an overflow bucket of the same
//! limit, so that a flood limits itself and nobody else ([`AtCap`]).
//!
//! **Chosen collisions.** Buckets are told apart by a keyed 64-bit digest that is drawn at start. Two of 100,000 buckets
//! share one with a probability of 3 in 10¹⁰, and nobody can look for such a pair.
//!
//! What is not here: no clock (the caller brings [`Now`]), no store, no socket, and nobody's name.

mod calendar;
mod kept;
mod limit;
mod limiter;
mod now;
mod share;
pub mod shared;
mod standing;
mod strategy;
mod table;

pub use calendar::Period;
pub use kept::{Kept, Restored};
pub use limit::{Limit, LimitError};
pub use limiter::{AtCap, Charge, Counts, Limiter, Outcome, Settings};
pub use now::Now;
pub use share::Share;
pub use standing::Standing;
pub use strategy::{Refill, Strategy};
