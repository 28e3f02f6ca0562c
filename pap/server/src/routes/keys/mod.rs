//! `/v1/keys`

mod create;
mod list;
mod preview;
mod revoke;
mod show;

pub(crate) use create::create_key;
pub(crate) use list::list_keys;
pub(crate) use preview::preview_key;
pub(crate) use revoke::revoke_key;
pub(crate) use show::show_key;
