//! What is told of one use of Argus's own resources: an administrative act, or that somebody asks for decisions.
//!
//! It is no decision about a key's use of what others own: it counts in a part of its own, and neither among the requests
//! of its key nor in what is usual for it.

use std::sync::Arc;

use argus_store::KeyId;

use super::event::Exercised;

/// Acts that may wait to be counted. Each is small, and somebody waits for the answer to it.
pub const ACTS: usize = 8_192;

/// One use that was permitted.
#[derive(Debug, Clone)]
pub struct ActEvent {
    /// When, in seconds since 1970.
    pub at: i64,
    /// The organisation that the key belongs to, by its name.
    pub organisation: Arc<str>,
    /// The key.
    pub key: KeyId,
    /// Which of its scopes permitted it, and what.
    pub exercised: Exercised,
}
