//! `argus key create ORG[/PROJECT]/NAME --scope SCOPE…`

use std::path::PathBuf;

use chrono::Utc;
use clap::Args;
use serde_json::Value;

use super::asked::KeyFlags;
use super::end;
use crate::client::{Client, SecretFile, days_until, keep_secret, text};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// Make an API key. Its secret is shown this once: in a file, or on standard output.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus key create acme/atlas/reader --scope acme/atlas/evidence:read \\\n      \
    --secret-to reader.key")]
pub(super) struct Create {
    #[command(flatten)]
    key: KeyFlags,
    /// Write the secret to this new file, with mode 0600, instead of showing it.
    #[arg(long, value_name = "FILE")]
    secret_to: Option<PathBuf>,
    /// Print a program, too, that makes a call with this key: curl, python, node, go, java or rust; token: how curl asks
    /// for an access token.
    #[arg(long, value_name = "LANGUAGE", value_parser = LANGUAGES, hide_possible_values = true)]
    snippet: Option<String>,
}

const LANGUAGES: [&str; 7] = ["curl", "python", "node", "go", "java", "rust", "token"];

impl Create {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let client = Client::administration(console)?;
        // Before the key is made: a secret that can't be written is lost.
        let file = self.secret_to.as_deref().map(SecretFile::create).transpose()?;
        let mut key = client.post("/v1/keys", &self.key.to_json(&client)?)?;
        let again = format!("argus key rotate {}", text(&key, "path"));
        let file = file.map(|file| keep_secret(file, &mut key, &again)).transpose()?;
        if output == Output::Json {
            console.print_json(&key)?;
        } else {
            console.print(in_words(&key, file.as_ref()))?;
            if let Some(language) = &self.snippet {
                console.print(format!("\n{}", snippet(&key, language)?))?;
            }
        }
        Ok(Exit::Done)
    }
}

/// The program in one language.
fn snippet<'k>(key: &'k Value, language: &str) -> Result<&'k str, Failure> {
    let guidance = key.get("guidance").unwrap_or(&Value::Null);
    let of = if language == "token" { guidance } else { guidance.get("snippets").unwrap_or(&Value::Null) };
    of.get(language).and_then(Value::as_str).ok_or_else(|| {
        let detail = format!("the key is made, and no call is known that it may make to show in {language}");
        Failure::new(Exit::No, "no-example", detail).help("see its scopes with argus key show")
    })
}

fn in_words(key: &Value, file: Option<&SecretFile>) -> String {
    let days = days_until(text(key, "expires_at"), Utc::now());
    let days = days.map_or(String::new(), |days| format!(" ({days} days)"));
    let (path, end, summary) = (text(key, "path"), end(key), text(key, "summary"));
    match file {
        Some(file) => {
            let file = file.path().display();
            format!("key {path}, {end}{days}; secret written to {file} (0600), shown nowhere else\n{summary}\n")
        }
        None => format!("key {path}, {end}{days}; its secret, shown this once:\n{}\n{summary}\n", text(key, "secret")),
    }
}
