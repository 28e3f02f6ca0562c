//! `argus key create|preview|list|show|revoke`

mod asked;
mod create;
mod list;
mod preview;
mod revoke;
mod show;

use clap::{Args, Subcommand};
use serde_json::Value;

use crate::client::{date, text};
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;

/// Make, preview, list, show and revoke API keys.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus key create acme/atlas/reader --scope acme/atlas/evidence:read \\\n      \
    --secret-to reader.key")]
pub(crate) struct Key {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Create(Box<create::Create>),
    Preview(Box<preview::Preview>),
    List(list::List),
    Show(show::Show),
    Revoke(revoke::Revoke),
}

impl Key {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        match self.verb {
            Verb::Create(create) => create.run(console),
            Verb::Preview(preview) => preview.run(console),
            Verb::List(list) => list.run(console),
            Verb::Show(show) => show.run(console),
            Verb::Revoke(revoke) => revoke.run(console),
        }
    }
}

/// When a key ends, in a few words: `expires 2027-02-22`, or why it doesn't.
fn end(key: &Value) -> String {
    match date(text(key, "expires_at")) {
        Some(date) => format!("expires {date}"),
        None => format!("never expires: {}", text(key, "expiry_exception")),
    }
}
