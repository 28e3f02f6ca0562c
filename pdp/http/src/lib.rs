//! `argus-http`: what both servers read of a request in the same way, whichever door it comes to: who is at the other end,
//! and in what form the answer is wanted. What is answered, and how it is refused, each server says itself.

mod accept;
mod client;

pub use accept::negotiate;
pub use client::{Client, ClientFault, client, client_address};
