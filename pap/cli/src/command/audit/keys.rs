//! `argus audit keys`

use clap::Args;
use serde_json::Value;

use crate::client::{Client, text};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// Show the public keys that sign the audit. Keep their ids elsewhere, and name one to `argus audit verify --key-id`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus audit keys")]
pub(super) struct Keys {}

impl Keys {
    #[expect(clippy::unused_self, reason = "as all commands")]
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let found = Client::administration(console)?.get("/v1/audit/keys", &[])?;
        if output == Output::Json {
            console.print_json(&found)?;
        } else {
            let keys = found.get("keys").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            let lines: Vec<_> = keys.iter().map(|key| format!("{} Ed25519", text(key, "kid"))).collect();
            console.print(lines.join("\n") + "\n")?;
        }
        Ok(Exit::Done)
    }
}
