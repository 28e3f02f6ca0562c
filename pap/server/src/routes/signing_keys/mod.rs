//! `/v1/signing-keys`

pub(crate) mod list;
pub(crate) mod rotate;
