//! Usage: counted where decisions are made, summed up by time, read back.

mod distinct;
mod event;
mod fold;
mod latency;
mod parts;
mod queue;
mod report;
mod telling;
mod writer;

pub use distinct::{Distinct, hash};
pub use event::{Exercised, Outcome, Presented, UsageEvent, Word};
pub use latency::{Latency, Quantiles};
pub use parts::{Part, Parts};
pub use queue::{QUEUE, Tally, UsageQueue, UsageSender, queue};
pub use report::{Grouping, LineId, UsageLine, report};
pub use writer::{Detail, FLUSH, Metering, Place, PlaceOf};
