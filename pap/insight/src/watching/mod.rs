//! Watching over the use of keys: from decisions, wherever they are made, to alerts in the store.
//!
//! A node that decides sums its uses up as [`Sightings`], twice a second, and puts them into the store. One of the nodes
//! that administer, by a lease, is the [`Watcher`]: it shows them to the [watch](crate::anomaly::Watch) of their key,
//! notes what that finds, tells whoever answers for the key, and does what the organisation's policy says. What the
//! watches remember is saved together with the deletion of what they have seen. A watcher that ends before sees it
//! again, finds the same, and the store knows that it has been told.
//!
//! Of addresses, resources and credentials there are hashes in the store, and those for some seconds alone.

mod declared;
mod respond;
mod sighting;
mod sightings;
mod watcher;

pub use sighting::{Ended, Seen, SightingFault, decode, encode};
pub use sightings::Sightings;
pub use watcher::{Watched, Watcher};
