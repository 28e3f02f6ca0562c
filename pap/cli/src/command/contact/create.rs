//! `argus contact create ORG --email ADDRESS|--webhook URL`

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::one;
use crate::client::{Client, SecretFile, keep_secret, text};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// Make a contact. The secret that a webhook is signed with is shown this once: in a file, or on standard output.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  argus contact create acme --email ada@acme.example --owner ada@acme.example\n  \
    argus contact create acme --webhook https://hooks.acme.example/argus \\\n      \
    --event key.revoked --event key.expiry_ahead --secret-to hook.secret")]
pub(super) struct Create {
    /// The organisation whose keys it is told of.
    #[arg(value_name = "ORG")]
    organisation: String,
    /// Tell it by e-mail to this address.
    #[arg(long, value_name = "ADDRESS", required_unless_present = "webhook", conflicts_with = "webhook")]
    email: Option<String>,
    /// Tell it by signed requests to this URL, which begins with https://.
    #[arg(long, value_name = "URL")]
    webhook: Option<String>,
    /// Only of keys that this person answers for (default: of all keys of the organisation).
    #[arg(long, value_name = "OWNER")]
    owner: Option<String>,
    /// Only of this, such as key.expiry_ahead; repeat for more (default: of everything).
    #[arg(long = "event", value_name = "TYPE")]
    events: Vec<String>,
    /// Write the secret of a webhook to this new file, with mode 0600, instead of showing it.
    #[arg(long, value_name = "FILE", requires = "webhook")]
    secret_to: Option<PathBuf>,
}

impl Create {
    pub(super) fn run(self, console: &Console, output: Output, client: &Client) -> Result<Exit, Failure> {
        // Before the secret is made: one that can't be written is lost.
        let file = self.secret_to.as_deref().map(SecretFile::create).transpose()?;
        let (kind, address) = match (&self.email, &self.webhook) {
            (Some(email), _) => ("email", email),
            (_, Some(url)) => ("webhook", url),
            _ => return Err(Failure::usage("a contact has an address").help("name it with --email or --webhook")),
        };
        let mut body = json!({ "organisation": self.organisation, "kind": kind, "address": address });
        if let Some(members) = body.as_object_mut() {
            members.extend(self.owner.map(|owner| ("owner".to_owned(), owner.into())));
            members.insert("events".to_owned(), self.events.into());
        }
        let mut made = client.post("/v1/contacts", &body)?;
        let again = format!("argus contact rotate {}", text(&made, "id"));
        let file = file.map(|file| keep_secret(file, &mut made, &again)).transpose()?;
        if output == Output::Json {
            console.print_json(&made)?;
        } else {
            let secret = super::rotate::secret_in_words(&made, file.as_ref());
            console.print(format!("{}{secret}", one(&made)))?;
        }
        Ok(Exit::Done)
    }
}
