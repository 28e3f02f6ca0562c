//! Limits and quotas in force: how much a key may be used, and what is told of it.
//!
//! Only a Permit takes from limits, and it takes from all limits that count it in one step, or from none: those of its key
//! and of the keys above, and those that these share with others of their organisation, project or owner.
//! Each use that ends in another way counts against the attempts of its key, which are looked at before anything is
//! evaluated: a caller who is always denied can't hammer. A key's limits are compiled when its record is made; a use of a
//! key without any costs a look at an empty slice. Counting itself is `argus-limits`; what was used of quotas is kept
//! over a restart.
//!
//! What is not here: the keys of enforcement points and the administration. To ask is not limited.

mod attempts;
mod clock;
mod counted;
mod fields;
mod gate;
mod journaling;
mod keeping;
mod key_limit;
mod key_limits;
mod ledger;
mod limited_use;
mod price_list;
mod reservations;
mod settings;
mod settle;
mod shared;
mod tally;
#[cfg(test)]
mod tests;
mod words;

pub(crate) use attempts::Attempts;
pub(crate) use clock::Elapsed;
pub(crate) use counted::{Counted, Standing};
pub(crate) use fields::LimitFields;
pub(crate) use gate::{Counting, Gate, GateCounts, SharedCounts};
pub(crate) use journaling::JournaledQuotas;
pub(crate) use keeping::{Keeping, KeepingCounts};
pub(crate) use key_limit::{Kind, Level, Source};
pub(crate) use key_limits::KeyLimits;
pub(crate) use limited_use::LimitedUse;
pub(crate) use price_list::PriceList;
pub(crate) use reservations::{ReservationCounts, SettleFault};
pub use settings::{AtCap, LimitMode, LimitSettings};
pub(crate) use settle::{Reserve, Settlement};
pub(crate) use shared::{Foreseen, Settled};
pub use shared::{RedisSettings, RedisUrl, RedisUrlError, WhenAway};
pub(crate) use tally::Tally;
