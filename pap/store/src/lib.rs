//! `argus-store`.
