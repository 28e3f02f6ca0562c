//! Right tokens, and forged ones, each with its exact fault.

mod forged;
mod keys;
mod right;
mod support;
