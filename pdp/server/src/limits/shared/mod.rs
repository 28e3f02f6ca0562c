//! Limits that all nodes count together in Redis: the connection, what is decided while it is away, and how a decision
//! comes to an answer that has to be waited for.
//!
//! A decision can't wait where it is made: nothing there lives across a wait. So a request that Redis has to be asked
//! about is looked at twice. First it is foreseen what its Permits would take ([`Gate::foresee`](super::Gate::foresee)),
//! which has no effect; Redis is asked, once, about all of it ([`Gate::settle`](super::Gate::settle)); then it is decided
//! on the same snapshot, with the answers at hand ([`Settled`]). A request of keys without limits is decided at once.
//!
//! No decision waits for longer than the time-out, and only those wait that are under way when Redis stops answering:
//! from then on the connection counts as lost, until a charge of its own has passed over a new one.

mod leasing;
mod link;
mod settings;
mod settled;

pub(super) use link::Link;
pub(crate) use link::RedisState;
pub use settings::{RedisSettings, RedisUrl, RedisUrlError, WhenAway};
pub(crate) use settled::{Foreseen, Settled};
