//! `argus-pdp`.
