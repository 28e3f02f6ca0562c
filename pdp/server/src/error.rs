//! Why a decision point doesn't start.

use argus_credentials::{NoRandomness, SelfTestError, VerifierError};
use argus_store::StoreError;

use crate::journal::JournalFolderFault;
use crate::places::PlaceFault;
use crate::policies::PolicyFault;
use crate::snapshot::TagKeySourceError;

/// Why a decision point doesn't start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The cryptography doesn't compute what it must.
    #[error(transparent)]
    SelfTest(#[from] SelfTestError),
    /// The store can't be read, or the policies can't be kept in it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There are no tag keys to tell Argus' own keys from forged ones.
    #[error(transparent)]
    TagKeys(#[from] TagKeySourceError),
    /// The policies have a fault, and none were in force before.
    #[error("the policies are refused: {0}")]
    Policies(#[from] PolicyFault),
    /// The folder of the journal can't be used.
    #[error(transparent)]
    Journal(#[from] JournalFolderFault),
    /// A database of places can't be used, and none was in use before.
    #[error(transparent)]
    Places(#[from] PlaceFault),
    /// Keys can't be verified.
    #[error(transparent)]
    Verifier(#[from] VerifierError),
    /// Verified tokens can't be remembered.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// A thread that keeps up with what changes can't be started.
    #[error("no thread could be started to keep up with changes: {0}")]
    Thread(#[source] std::io::Error),
}
