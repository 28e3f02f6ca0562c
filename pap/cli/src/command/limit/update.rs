//! `argus limit update LIMIT`

use clap::Args;
use serde_json::Value;

use super::flags::LimitFlags;
use super::{find, path};
use crate::client::{Client, Patch, read_duration};
use crate::failure::Failure;

/// Change how much a limit lets through, how it counts, or which uses. What isn't named stays as it is.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  argus limit update acme/writes --limit 1200\n  \
    argus limit update acme/reports --unset resource_types")]
pub(super) struct Update {
    /// Its organisation and name, such as acme/writes, or its id.
    #[arg(value_name = "LIMIT")]
    named: String,
    /// Another name.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// How much is let through in a window.
    #[arg(long, value_name = "NUMBER")]
    limit: Option<u64>,
    /// How long a window is, such as 1m.
    #[arg(long, value_name = "DURATION", value_parser = read_duration)]
    window: Option<u64>,
    #[command(flatten)]
    flags: LimitFlags,
    /// Unset this; repeat for more.
    #[arg(long, value_name = "WHAT", value_parser = ["burst", "refill", "cost", "actions", "resource_types"])]
    unset: Vec<String>,
}

impl Update {
    pub(super) fn run(self, client: &Client) -> Result<Value, Failure> {
        let mut patch = Patch::default();
        patch.set("name", self.name);
        self.flags.put(&mut patch, self.limit, self.window);
        patch.unset(&self.unset);
        let patch = patch.finish()?;
        let path = path(&find(client, &self.named)?);
        let (_, tag) = client.get_tagged(&path)?;
        client.patch(&path, &tag, &patch)
    }
}
