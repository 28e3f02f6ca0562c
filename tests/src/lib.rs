//! `argus-tests`.
