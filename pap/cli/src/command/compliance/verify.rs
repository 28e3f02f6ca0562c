//! `argus compliance verify FILE`

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use argus_admin::{PackReport, verify_pack};
use chrono::SecondsFormat;
use clap::Args;
use serde_json::{Value, json};

use crate::client::text;
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// Check that a pack is what was signed, octet for octet, and the audit in it whole, without a server. Leaves with 1 where
/// it isn't, and says what was found first.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  argus compliance verify soc2.zip --key-id yHIuIJ9U1vEFpjsiR_uVhXlmeh10VcP_9lOm4SN4q7M\n\n\
    The signature vouches for the key that is named in the end: compare it with what argus audit keys said, or name it."
)]
pub(super) struct Verify {
    /// A pack, as --format pack writes it.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The key that must have signed, as `argus audit keys` shows it (default: the key in the pack).
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    key_id: Option<String>,
}

impl Verify {
    pub(super) fn run(&self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let archive = fs::read(&self.file).map_err(|error| Failure::unreadable(&self.file, &error))?;
        let found = verify_pack(&archive, self.key_id.as_deref());
        match output {
            Output::Json => console.print_json(&as_json(&found))?,
            _ => console.print(in_words(&found))?,
        }
        Ok(if found.broken.is_none() { Exit::Done } else { Exit::No })
    }
}

fn as_json(found: &PackReport) -> Value {
    let mut whole = json!({ "is_whole": found.broken.is_none() });
    if let (Some(members), Ok(Value::Object(rest))) = (whole.as_object_mut(), serde_json::to_value(found)) {
        members.extend(rest);
    }
    whole
}

fn in_words(found: &PackReport) -> String {
    if let Some(broken) = &found.broken {
        return format!("broken: {broken}\n");
    }
    let asked = |member| text(&found.query, member);
    let of = match (asked("key"), asked("organisation")) {
        ("", "") => "the whole installation",
        ("", name) | (name, _) => name,
    };
    let mut words = format!("whole: {} of {of}, from {} to {}\n", asked("framework"), asked("from"), asked("to"));
    if let Some(at) = found.made_at {
        let _ = writeln!(words, "made {} by argus {}", at.to_rfc3339_opts(SecondsFormat::Secs, true), found.argus);
    }
    let _ = writeln!(words, "files as they were signed: {}", found.files.join(", "));
    if let Some(audit) = &found.audit {
        let _ = write!(words, "the audit is whole: the entries {} to {}", audit.first, audit.last);
        let _ = match audit.hidden {
            0 => writeln!(words),
            hidden => writeln!(words, ", {hidden} of them those of others"),
        };
    }
    let _ = writeln!(words, "entries that the report shows, all of them found in it: {}", found.excerpts);
    if let Some(key) = &found.signed_by {
        let _ = writeln!(words, "signed by {key}: compare it with what `argus audit keys` said");
    }
    words
}
