//! The context handler: what a request says of its subject is verified, what a caller may not claim is taken out, and what
//! is known of the key and of the client's address is added, before any policy is asked.

mod answer;
mod arena;
mod enrich;
mod presented;
mod whereabouts;

pub(crate) use answer::{Ask, Root, Step, Subject, Verification, denied};
pub(crate) use arena::with_arena;
pub(crate) use enrich::{key_attributes, subject_attributes};
pub(crate) use presented::read_certificate;
pub(crate) use whereabouts::whereabouts;
