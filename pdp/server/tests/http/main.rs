//! The doors of the decision point, in process, over a real store.

#![cfg(test)]

mod callers;
mod conditions;
mod description;
mod fetched;
mod forward_auth;
mod home;
mod limits;
mod obligations;
mod places;
mod proxies;
mod settle;
mod signing;
mod slow;
mod state;
mod strengthen;
mod support;
mod suppose;
mod tls;
mod tokens;
mod verify;
mod xacml;
