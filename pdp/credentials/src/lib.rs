//! `argus-credentials`.
