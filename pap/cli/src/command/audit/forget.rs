//! `argus audit forget ORG OWNER`

use clap::Args;
use serde_json::json;

use crate::client::{Client, confirm, number, text};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// Forget an owner of keys: nobody can read any more, in the audit of an organisation, who it was and from where. The
/// entries stay, and the chain holds. Contacts of the owner and what they were told are removed; a reason that somebody
/// typed stays in its entry as it was typed.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus audit forget acme ada@acme.example --yes")]
pub(super) struct Forget {
    /// The organisation.
    #[arg(value_name = "ORG")]
    organisation: String,
    /// The owner, as keys name him.
    #[arg(value_name = "OWNER")]
    owner: String,
    /// Don't ask.
    #[arg(long)]
    yes: bool,
}

impl Forget {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let client = Client::administration(console)?;
        let act = format!("Forget {} in the audit of {}, which nobody can undo", self.owner, self.organisation);
        if !confirm(console, &act, self.yes)? {
            console.say("nothing was changed\n");
            return Ok(Exit::No);
        }
        let body = json!({ "organisation": self.organisation, "owner": self.owner });
        let done = client.post("/v1/audit/forget", &body)?;
        let is_unknown = text(&done, "person").is_empty();
        if output == Output::Json {
            console.print_json(&done)?;
        } else if is_unknown {
            console.print(format!("the audit of {} knows nobody of this name\n", self.organisation))?;
        } else {
            let count = |member| number(&done, member);
            console.print(format!(
                "forgotten; the entries say person {}\n\
                written over in {} ended keys, {} reasons and {} places of reviews; {} contacts and {} limits removed, {} notices erased\n",
                text(&done, "person"),
                count("keys_written_over"),
                count("reasons_written_over"),
                count("reviews_written_over"),
                count("contacts_removed"),
                count("limits_removed"),
                count("notices_erased")
            ))?;
        }
        Ok(if is_unknown { Exit::No } else { Exit::Done })
    }
}
