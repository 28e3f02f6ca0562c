//! The audit beyond its entries: the keys of it, checkpoints, exports, and the proof that nothing in it was changed.
//!
//! Two keys are drawn when an installation first needs them and kept wrapped under its master key: one signs
//! checkpoints (Ed25519), one makes the digests by which people are found. Each person has a key besides, see
//! [`argus_store::audit::Veil`].

mod export;
mod keys;
mod tend;
mod veil;
pub mod verify;

pub use export::AuditExport;
pub use keys::{AuditKeyError, AuditKeys, PublicKey};
pub use tend::{AuditTender, Tended};
