//! `/oauth` and what clients find beneath `/.well-known`

pub(crate) mod introspect;
pub(crate) mod keys;
pub(crate) mod metadata;
pub(crate) mod revoke;
pub(crate) mod token;
