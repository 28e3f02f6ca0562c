//! `argus-insight`: what the use and the life of keys tell, and who is told of it.
//!
//! A decision becomes one [`UsageEvent`](usage::UsageEvent) on a bounded [`queue`]: who decides never
//! waits, and what finds the queue full is counted as dropped. [`Metering`](usage::Metering) folds events into rows for
//! each minute, hour and day of each key, and adds them to the store at least once a second. [`report`](usage::report)
//! reads them back. An act upon Argus's own resources is an [`ActEvent`](usage::ActEvent) on a queue of its own, and what
//! a decision came to afterwards a [`SettledCost`](usage::SettledCost). [`decisions`] writes the log of decisions, on a
//! queue of its own. [`anomaly`] watches each key from its first use and says when its use is no longer its own;
//! [`watching`] feeds it and notes what it finds. [`notify`] carries notices to people and programs, by e-mail and by
//! webhook.
//!
//! What is not here: no decision, no HTTP, no settings, no words for people but those of an anomaly and of a notice.
//! Whoever composes brings the client that asks addresses of others, and says by which server e-mail goes. Usage keeps
//! no address, resource or secret: of addresses and resources there are sketches, which tell how many different ones
//! there were and not which. Hashes of them are on their way to the watcher for some seconds, and are deleted then.
//!
//! # Decisions
//!
//! - **Counts are exact, distinct counts and durations are sketches.** Counts of decisions are whole numbers that are
//!   added; a batch that is repeated adds once. Durations are within 1 %, numbers of different things within 2 % for 19
//!   keys of 20 at worst.
//! - **What a crash loses** is what was counted since the last batch: at most a second of decisions on that node, and
//!   what waits while the store is away. Of durable keys it is nothing: [`count_segment`](usage::count_segment) counts what
//!   stands in a journal, once for each segment.
//! - **Sketches of our own.** They outlive the program in a column, so their form must be ours; both are additions of
//!   small whole numbers, and shorter than the conversion of somebody else's would be.

pub mod anomaly;
pub mod decisions;
pub mod notify;
pub mod queue;
pub mod usage;
pub mod watching;
