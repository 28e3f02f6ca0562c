//! `argus key create|preview|list|advise|show|update|rotate|collect|suspend|resume|revoke|revoke-many|credential`

mod advise;
mod asked;
mod collect;
mod create;
mod credential;
mod limit_flag;
mod list;
mod preview;
mod revoke;
mod revoke_many;
mod rotate;
mod show;
mod suspend;
mod update;

use clap::{Args, Subcommand};
use serde_json::Value;

use crate::client::{date, text};
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;

/// Make, preview, list, advise on, show, update, rotate, suspend and revoke API keys.
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
    Advise(advise::Advise),
    Show(show::Show),
    Update(Box<update::Update>),
    Rotate(rotate::Rotate),
    Collect(collect::Collect),
    Suspend(suspend::Suspend),
    Resume(suspend::Resume),
    Revoke(revoke::Revoke),
    RevokeMany(revoke_many::RevokeMany),
    Credential(credential::Credential),
}

impl Key {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        match self.verb {
            Verb::Create(create) => create.run(console),
            Verb::Preview(preview) => preview.run(console),
            Verb::List(list) => list.run(console),
            Verb::Advise(advise) => advise.run(console),
            Verb::Show(show) => show.run(console),
            Verb::Update(update) => update.run(console),
            Verb::Rotate(rotate) => rotate.run(console),
            Verb::Collect(collect) => collect.run(console),
            Verb::Suspend(suspend) => suspend.run(console),
            Verb::Resume(resume) => resume.run(console),
            Verb::Revoke(revoke) => revoke.run(console),
            Verb::RevokeMany(revoke) => revoke.run(console),
            Verb::Credential(credential) => credential.run(console),
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
