//! What a first start makes, and every start needs: the tag keys, and the first administrator.

mod administrator;
mod tag_keys;

pub use administrator::{Administrator, AdministratorError, make_administrator};
pub use tag_keys::{TagKeysError, open_tag_keys};
