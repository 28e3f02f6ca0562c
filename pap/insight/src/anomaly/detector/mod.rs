//! The detectors, one a file: its parameters with their defaults, what it remembers, and its sentence.
//!
//! | detector | tells | is silent |
//! |---|---|---|
//! | [`volume`] | far more requests in an hour than at this hour of the week | a weekly batch, growth of some per cent a week |
//! | [`daily_volume`] | a day of far more requests than any before | a busy day of the week, growth of some per cent a week |
//! | [`silence`] | nothing for four hours that are always busy | holidays, as the owner declares them, and the grace of a rotation |
//! | [`error_rate`] | a share of refusals that can't be chance | one burst of ten |
//! | [`new_country`] | the first success from a country | countries that the owner allows |
//! | [`new_network`] | the first success from an autonomous system | a key at home in more than it remembers |
//! | [`impossible_travel`] | two uses too far apart for the time between | fleets, known places, known networks |
//! | [`probing`] | refusals over many resources or actions | one resource, retried |
//! | [`fan_out`] | far more resources in an hour than ever | a job that does so at this hour of the week |
//! | [`dormant`] | a success after a month of silence | the first use of a new key |
//! | [`off_hours`] | successes in an hour of the week that is always empty | keys whose use is spread over the week |
//! | [`new_client`] | a client never seen, beside another sign | a new client alone |
//! | [`shared_key`] | many networks or addresses within an hour | a key that always has many |
//! | [`wrong_secret`] | many wrong secrets from several networks | one program with an old secret |
//! | [`old_credential`] | a replaced secret, after its grace | |
//! | [`powerful_action`] | the first use of an action that can do great harm | a key that has not been used long |

pub mod daily_volume;
pub mod dormant;
pub mod error_rate;
pub mod fan_out;
pub mod impossible_travel;
pub mod new_client;
pub mod new_country;
pub mod new_network;
pub mod off_hours;
pub mod old_credential;
pub mod powerful_action;
pub mod probing;
pub mod shared_key;
pub mod silence;
pub mod volume;
pub mod wrong_secret;
