//! `argus limit create ORG NAME --limit NUMBER --window DURATION`

use clap::Args;
use serde_json::Value;

use super::flags::LimitFlags;
use crate::client::{Client, Patch, read_duration};
use crate::failure::Failure;

/// Make a limit that keys share: all keys of an organisation, those of a project, or those of an owner.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  argus limit create acme all --limit 10000 --window 1m\n  \
    argus limit create acme daily --owner ada@acme.example --strategy quota --limit 50000 --window 1d\n  \
    argus limit create acme credits --strategy quota --limit 100000 --window 30d --refill add\n  \
    argus limit create acme reports --project atlas --limit 20 --window 1h --resource-type report")]
pub(super) struct Create {
    /// The organisation whose keys share it.
    #[arg(value_name = "ORG")]
    organisation: String,
    /// Its name, unlike that of any other limit of the organisation.
    #[arg(value_name = "NAME")]
    name: String,
    /// Only keys of this project.
    #[arg(long, value_name = "PROJECT", conflicts_with = "owner")]
    project: Option<String>,
    /// Only keys of this owner.
    #[arg(long, value_name = "OWNER")]
    owner: Option<String>,
    /// How much is let through in a window.
    #[arg(long, value_name = "NUMBER")]
    limit: u64,
    /// How long a window is, such as 1m; a quota of 1d, 7d, 30d or 365d is one for the day, week, month or year.
    #[arg(long, value_name = "DURATION", value_parser = read_duration)]
    window: u64,
    #[command(flatten)]
    flags: LimitFlags,
}

impl Create {
    pub(super) fn run(self, client: &Client) -> Result<Value, Failure> {
        let mut body = Patch::default();
        body.set("strategy", Some("sliding_window")).set("organisation", Some(self.organisation));
        body.set("name", Some(self.name)).set("project", self.project).set("owner", self.owner);
        self.flags.put(&mut body, Some(self.limit), Some(self.window));
        client.post("/v1/limits", &body.into_value())
    }
}
