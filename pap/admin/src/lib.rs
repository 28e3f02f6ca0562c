//! `argus-admin`.
