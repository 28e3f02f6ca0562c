//! Random octets, from the operating system's generator and from nowhere else; with the feature `fips`, from the
//! module's DRBG, which the module seeds itself.
//!
//! There is no second source to fall back on: where the system has no randomness, no secret is made.

use thiserror::Error;

/// The operating system gave no random octets. Nothing may be minted, hashed or wrapped then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the operating system's random number generator failed")]
pub struct NoRandomness;

/// Fills a buffer, wholly or with an error.
pub(crate) fn fill(buffer: &mut [u8]) -> Result<(), NoRandomness> {
    #[cfg(feature = "fips")]
    let filled = aws_lc_rs::rand::fill(buffer);
    #[cfg(not(feature = "fips"))]
    let filled = getrandom::fill(buffer);
    filled.map_err(|_| NoRandomness)
}
