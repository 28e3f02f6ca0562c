//! `argus-pap`.
