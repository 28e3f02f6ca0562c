//! `/v1/keys`

mod create;
mod list;
mod preview;
mod revoke;
mod revoke_many;
mod rotate;
mod show;
mod suspend;

pub(crate) use create::create_key;
pub(crate) use list::list_keys;
pub(crate) use preview::preview_key;
pub(crate) use revoke::revoke_key;
pub(crate) use revoke_many::revoke_keys;
pub(crate) use rotate::{collect_credential, rotate_key};
pub(crate) use show::show_key;
pub(crate) use suspend::{resume_key, suspend_key};
