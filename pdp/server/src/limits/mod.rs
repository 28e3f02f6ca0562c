//! Limits and quotas in force: how much a key may be used, and what is told of it.
//!
//! Only a Permit takes from limits, and it takes from all limits of its key and of the keys above in one step, or from none.
//! Each use that ends in another way counts against the attempts of its key, which are looked at before anything is
//! evaluated: a caller who is always denied can't hammer. A key's limits are compiled when its record is made; a use of a
//! key without any costs a look at an empty slice. Counting itself is `argus-limits`.
//!
//! What is not here: the keys of enforcement points and the administration. To ask is not limited.

mod attempts;
mod clock;
mod counted;
mod fields;
mod gate;
mod key_limit;
mod settings;
mod shared;

pub(crate) use attempts::Attempts;
pub(crate) use counted::{Counted, Standing};
pub(crate) use fields::LimitFields;
pub(crate) use gate::{Gate, GateCounts, SharedCounts, Tally};
pub(crate) use key_limit::{KeyLimit, KeyLimits, Kind, Level, compile};
pub use settings::{AtCap, LimitSettings};
pub(crate) use shared::{Foreseen, Settled};
pub use shared::{RedisSettings, RedisUrl, RedisUrlError, WhenAway};
