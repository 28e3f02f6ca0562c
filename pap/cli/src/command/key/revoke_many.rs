//! `argus key revoke-many ORG[/PROJECT]`

use clap::Args;
use serde_json::{Value, json};

use crate::client::{Client, Path, Wait, confirm_number, in_force, number};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// Revoke many API keys at once, for good: those of a project, of an owner, with a tag, or made in a window of time.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  argus key revoke-many acme --tag ci --dry-run\n  \
    argus key revoke-many acme/atlas --created-before 2027-02-22T12:00:00Z --reason 'the project ends' --yes")]
pub(super) struct RevokeMany {
    /// The organisation whose keys they are, or one of its projects.
    #[arg(value_name = "ORG[/PROJECT]")]
    place: Path,
    /// Those that this one answers for.
    #[arg(long, value_name = "WHO")]
    owner: Option<String>,
    /// Those with this tag.
    #[arg(long, value_name = "WORD")]
    tag: Option<String>,
    /// Those made at this time or later, such as 2027-02-22T12:00:00Z.
    #[arg(long, value_name = "TIME")]
    created_from: Option<String>,
    /// Those made before this time.
    #[arg(long, value_name = "TIME")]
    created_before: Option<String>,
    /// Why; kept with each key (default: manual).
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// What makes it necessary: manual, threat or leak (default: manual).
    #[arg(long, value_name = "CAUSE", value_parser = ["manual", "threat", "leak"], hide_possible_values = true)]
    cause: Option<String>,
    #[command(flatten)]
    wait: Wait,
    /// Only say how many keys that would be.
    #[arg(long)]
    dry_run: bool,
    /// Don't ask.
    #[arg(long, conflicts_with = "dry_run")]
    yes: bool,
}

impl RevokeMany {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let client = Client::administration(console)?;
        let mut revoked = client.post("/v1/keys/revoke", &self.to_json(true))?;
        if !self.dry_run {
            let keys = number(&revoked, "revoked");
            if keys > 0 && !confirm_number(console, &in_words(&revoked), keys, self.yes)? {
                console.say("nothing was changed\n");
                return Ok(Exit::No);
            }
            revoked = client.post("/v1/keys/revoke", &self.to_json(false))?;
        }
        match output {
            Output::Json => console.print_json(&revoked)?,
            _ if self.dry_run => console.print(format!("{}\n", in_words(&revoked)))?,
            _ => console.print(done_in_words(&revoked))?,
        }
        Ok(self.wait.exit(&revoked))
    }

    fn to_json(&self, dry_run: bool) -> Value {
        json!({
            "organisation": self.place.organisation,
            "project": self.place.project,
            "owner": self.owner,
            "tag": self.tag,
            "created_from": self.created_from,
            "created_before": self.created_before,
            "reason": self.reason,
            "cause": self.cause,
            "dry_run": dry_run,
            "wait_seconds": self.wait.seconds,
        })
    }
}

/// What a dry run found.
fn in_words(found: &Value) -> String {
    let (keys, below) = both(found);
    format!("this revokes {keys}, and with them {below} below")
}

fn done_in_words(revoked: &Value) -> String {
    let (keys, below) = both(revoked);
    format!("revoked {keys}, and with them {below} below; {}", in_force(revoked))
}

fn both(told: &Value) -> (String, String) {
    (counted(number(told, "revoked"), "key"), counted(number(told, "revoked_delegated_keys"), "key"))
}

fn counted(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
