//! `argus contact update CONTACT`

use clap::Args;
use serde_json::Value;

use super::path;
use crate::client::{Client, Patch};
use crate::failure::Failure;

/// Change where a contact is reached, what it is told, or whether it is told at all. What isn't named stays as it is.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  argus contact update 01980a3c-… --event key.revoked --unset owner\n  \
    argus contact update 01980a3c-… --address https://hooks.acme.example/argus\n  \
    argus contact update 01980a3c-… --disable")]
pub(super) struct Update {
    /// Its id, from argus contact list.
    #[arg(value_name = "CONTACT")]
    id: String,
    /// Reach it here, by e-mail or by webhook as before. What waits for it goes there, at once. A webhook's secret stays.
    #[arg(long, value_name = "ADDRESS")]
    address: Option<String>,
    /// Only of keys that this person answers for.
    #[arg(long, value_name = "OWNER")]
    owner: Option<String>,
    /// Only of this, such as key.expiry_ahead; repeat for more.
    #[arg(long = "event", value_name = "TYPE")]
    events: Vec<String>,
    /// Tell it nothing any more. What waits for it is given up.
    #[arg(long, conflicts_with = "enable")]
    disable: bool,
    /// Tell it again.
    #[arg(long)]
    enable: bool,
    /// Unset this; repeat for more: it is told of everything then, or of all keys.
    #[arg(long, value_name = "WHAT", value_parser = ["owner", "events"])]
    unset: Vec<String>,
}

impl Update {
    pub(super) fn run(self, client: &Client) -> Result<Value, Failure> {
        let path = path(&self.id)?;
        let state = self.disable.then_some("disabled").or(self.enable.then_some("active"));
        let mut patch = Patch::default();
        patch.set("address", self.address).set("owner", self.owner);
        patch.set_list("events", self.events).set("state", state).unset(&self.unset);
        let patch = patch.finish()?;
        let (_, tag) = client.get_tagged(&path)?;
        client.patch(&path, &tag, &patch)
    }
}
