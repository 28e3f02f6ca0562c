//! `argus key credential add|list|revoke`

mod add;
mod list;
mod revoke;

use clap::{Args, Subcommand};
use serde_json::Value;

use crate::client::text;
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;

/// Add, list and revoke ways to present an API key: public keys, subjects of trusted issuers, client certificates.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus key credential add acme/atlas/reader --public-key reader.pub.pem")]
pub(super) struct Credential {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Add(Box<add::Add>),
    List(list::List),
    Revoke(revoke::Revoke),
}

impl Credential {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        match self.verb {
            Verb::Add(add) => add.run(console),
            Verb::List(list) => list.run(console),
            Verb::Revoke(revoke) => revoke.run(console),
        }
    }
}

/// What a credential is checked against, in a few words.
fn in_words(credential: &Value) -> String {
    let public = credential.get("public");
    let member = |name: &str| public.and_then(|public| public.get(name)).and_then(Value::as_str);
    match text(credential, "kind") {
        "public_key" => {
            let jwk = public.and_then(|public| public.get("jwk")).unwrap_or(&Value::Null);
            format!("{} {}", text(jwk, "kty"), text(jwk, "kid")).trim_end().to_owned()
        }
        "jwks_url" => member("url").unwrap_or_default().to_owned(),
        "jwt_subject" => {
            format!("{} of {}", member("subject").unwrap_or_default(), member("issuer").unwrap_or_default())
        }
        "certificate" => {
            let known_by = public.and_then(Value::as_object).and_then(|members| members.iter().next());
            known_by.map(|(name, value)| format!("{name} {}", value.as_str().unwrap_or("…"))).unwrap_or_default()
        }
        _ => String::new(),
    }
}
