//! `argus-engine`.
