//! From a compiled policy and a request to a decision (core 7).
