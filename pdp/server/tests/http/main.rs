//! The doors of the decision point, in process, over a real store.

#![cfg(test)]

mod callers;
mod home;
mod state;
mod support;
mod suppose;
mod verify;
mod xacml;
