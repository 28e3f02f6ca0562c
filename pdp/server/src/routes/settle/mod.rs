//! `/v1/settle`: what a use came to, of which only the most was known when it was verified.

pub(super) mod create;
mod decode;
mod schema;
