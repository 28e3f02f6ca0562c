//! `/v1/keys`

pub(super) mod advise;
pub(super) mod change;
pub(super) mod create;
pub(super) mod credentials;
pub(super) mod list;
pub(super) mod preview;
pub(super) mod revoke;
pub(super) mod revoke_many;
pub(super) mod rotate;
pub(super) mod show;
pub(super) mod suspend;
