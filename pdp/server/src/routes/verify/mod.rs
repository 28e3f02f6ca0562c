//! `/v1/verify`: a key's use in plain JSON.

pub(super) mod create;
pub(super) mod decode;
mod encode;
mod schema;
mod trace;
