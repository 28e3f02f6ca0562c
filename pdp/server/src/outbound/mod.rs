//! Requests to addresses that other people have named: sets of keys, and whatever else is fetched or sent.
//!
//! Whoever may name an address may try to make this process ask one that only it can reach (SSRF). So nothing private is
//! reached unless it is allowed, and that is judged by the very address that is connected to: after its name was
//! resolved, by the resolver that the connection uses, so that a name that changes its mind in between gains nothing.
//! No redirect is followed, no proxy asked, an answer ends at its bound in size and in time.

mod client;
mod guard;

pub use client::{Fetched, Outbound, OutboundFault};
pub use guard::{Lookup, Reach, SystemLookup};
