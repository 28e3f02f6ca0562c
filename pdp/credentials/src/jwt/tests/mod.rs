//! Right tokens, and forged ones, each with its exact fault.

mod forged;
mod keys;
mod peers;
mod right;
mod support;
