//! Usage: counted where decisions are made, summed up by time, read back.

mod act;
mod counted;
mod distinct;
mod event;
mod fold;
mod journaled;
mod latency;
mod metered;
mod parts;
mod report;
mod telling;
mod writer;

pub use act::{ACTS, ActEvent};
pub use distinct::{Distinct, hash};
pub use event::{Exercised, Outcome, Presented, UsageEvent, Word};
pub use journaled::{JournaledUse, count_segment};
pub use latency::{Latency, Quantiles};
pub use metered::{Metered, SettledCost};
pub use parts::{Part, Parts};
pub use report::{Grouping, LineId, UsageLine, Whose, report};
pub use writer::{Detail, FLUSH, Metering, Place, PlaceOf};

use crate::queue::{Queue, Sender};

/// Events that may wait to be counted: half a second of decisions on a large machine.
pub const QUEUE: usize = 65_536;

/// Where decisions tell of themselves.
pub type UsageSender = Sender<Metered>;

/// The other end.
pub type UsageQueue = Queue<Metered>;

/// Where acts tell of themselves. A way of their own: a flood of decisions leaves them their room.
pub type ActSender = Sender<ActEvent>;

/// The other end.
pub type ActQueue = Queue<ActEvent>;
