//! `argus audit verify [FILE]`

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use argus_admin::audit::verify::{Known, Report, read_checkpoints, verify};
use clap::Args;
use serde_json::{Value, json};

use crate::client::Client;
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// Check that nothing in the audit was changed, taken out, moved or cut off: of an export on its own, or without a file
/// of the server. Leaves with 1 where it was, and says where the chain breaks.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus audit verify audit.jsonl --checkpoints audit-checkpoints.jsonl")]
pub(super) struct Verify {
    /// An export; `-` is standard input (default: that of the server).
    #[arg(value_name = "FILE")]
    export: Option<PathBuf>,
    /// Checkpoints that were kept apart from the database, as `argus serve` writes them.
    #[arg(long, value_name = "FILE")]
    checkpoints: Option<PathBuf>,
    /// The key that must have signed, as `argus audit keys` shows it (default: the key in the export).
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    key_id: Option<String>,
}

impl Verify {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let checkpoints = match &self.checkpoints {
            Some(path) => read_outside(path)?,
            None => Vec::new(),
        };
        let known = Known { checkpoints, key_id: self.key_id.clone() };
        let report = match &self.export {
            Some(path) if path != Path::new("-") => {
                let file = File::open(path).map_err(|error| Failure::unreadable(path, &error))?;
                read(BufReader::new(file), &known, path)?
            }
            Some(path) => read(io::stdin().lock(), &known, path)?,
            None => read(BufReader::new(download(console)?), &known, Path::new("the server's export"))?,
        };
        let is_whole = report.broken.is_none();
        if output == Output::Json {
            console.print_json(&as_json(&report))?;
        } else {
            console.print(in_words(&report))?;
        }
        Ok(if is_whole { Exit::Done } else { Exit::No })
    }
}

fn read(export: impl BufRead, known: &Known, path: &Path) -> Result<Report, Failure> {
    verify(export, known).map_err(|error| Failure::unreadable(path, &error))
}

fn read_outside(path: &Path) -> Result<Vec<argus_store::audit::Checkpoint>, Failure> {
    let text = fs::read_to_string(path).map_err(|error| Failure::unreadable(path, &error))?;
    read_checkpoints(&text).ok_or_else(|| {
        Failure::new(Exit::NoInput, "unreadable-file", format!("`{}` holds no audit checkpoints", path.display()))
    })
}

/// The server's export, in a file that is gone when the program ends: it may be larger than the memory.
fn download(console: &Console) -> Result<File, Failure> {
    let client = Client::administration(console)?;
    let failed = |error: io::Error| Failure::unwritable("a temporary file", &error);
    let mut file = tempfile::tempfile().map_err(failed)?;
    client.download("/v1/audit/export", &[], |piece| io::Write::write_all(&mut file, piece).map_err(failed))?;
    file.seek(SeekFrom::Start(0)).map_err(failed)?;
    Ok(file)
}

fn as_json(report: &Report) -> Value {
    let mut whole = json!({ "is_whole": report.broken.is_none() });
    if let (Some(members), Ok(Value::Object(found))) = (whole.as_object_mut(), serde_json::to_value(report)) {
        members.extend(found);
    }
    whole
}

fn in_words(report: &Report) -> String {
    if let Some(broken) = &report.broken {
        return format!("broken: {broken}\n");
    }
    let mut text = format!("whole: the entries {} to {}", report.first, report.last);
    if report.hidden > 0 {
        let _ = write!(text, ", {} of them those of others", report.hidden);
    }
    if let Some(at) = report.signed_at {
        let _ = write!(text, ", signed {}", at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true));
    }
    text.push('\n');
    for key in &report.key_ids {
        let _ = writeln!(text, "signed by {key}: compare it with what `argus audit keys` said");
    }
    if report.later_checkpoints > 0 {
        let _ = writeln!(text, "{} checkpoints were signed after the export was made", report.later_checkpoints);
    }
    text
}
