//! Anomalies in the use of a key: one observation after another goes in, alerts come out.
//!
//! A [`Watch`] is what is remembered of one key: at most [`MEMORY_BYTES`] as octets, whatever the key does. Each
//! detector is a file in [`detector`] with its parameters, its own part of the memory, and the sentence that explains
//! what it saw. The [`book`] keeps one open alert for each detector, so that an attack is told once, and learns from
//! people: acknowledged, snoozed, or marked false, which teaches the baseline.
//!
//! What is not here: no store, no clock, no thread, no network. The time comes with each [`Observation`] and with
//! [`Watch::advance`]; the same observations give the same alerts on any machine.
//!
//! ```
//! use argus_insight::anomaly::{Detector, Network, Observation, Settings, Surroundings, Watch};
//!
//! const HOUR: i64 = 3600;
//! let (settings, around) = (Settings::default(), Surroundings::default());
//! let mut watch = Watch::new(0);
//! let alike = |at, count| Observation { count, ..Observation::permitted(at, "reports/today", "read", Network::default()) };
//! for hour in 0..14 * 24 {
//!     watch.observe(&alike(hour * HOUR, 35 + u32::from(hour % 3 == 0)), &around, &settings);
//! }
//! let told = watch.observe(&alike(14 * 24 * HOUR, 420), &around, &settings);
//! assert_eq!(told[0].finding.detector, Detector::Volume);
//! assert!(told[0].finding.explanation.starts_with("420 requests this hour; usual for Thursdays 00:00 is 36 ±"));
//! ```

pub mod alert;
pub mod book;
pub mod detector;
pub mod observation;
pub mod series;
pub mod settings;
pub mod watch;

mod doubled;
mod numbers;
mod profile;
mod recent;
mod week;

pub use alert::{Alert, Detector, Finding, Severity, State, Suggestion};
pub use book::Book;
pub use observation::{Network, NetworkKind, Observation, Outcome, Place, Surroundings};
pub use settings::Settings;
pub use watch::{MEMORY_BYTES, MemoryError, Watch};
