//! `argus-insight`: what the use of keys tells.
//!
//! [`anomaly`] watches each key from its first use and says when its use is no longer its own.

pub mod anomaly;
