//! `/`: what is served here.

pub(super) mod show;
