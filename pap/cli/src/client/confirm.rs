//! Dangerous acts ask first. Where nobody can answer they are refused, not done.

use std::io::{self, BufRead as _, IsTerminal as _};

use crate::console::Console;
use crate::failure::Failure;

/// Asks whether to do what `act` says, such as `Revoke acme/atlas/reader (1 credential)`. The default answer is no;
/// `yes` is the flag that answers beforehand.
pub(crate) fn confirm(console: &Console, act: &str, yes: bool) -> Result<bool, Failure> {
    if yes {
        return Ok(true);
    }
    if !io::stdin().is_terminal() {
        return Err(Failure::usage(format!("`{act}` has to be confirmed, and there is nobody to ask"))
            .help("add --yes where it is to be done without asking"));
    }
    console.say(&format!("{act}? [y/N] "));
    let mut answer = String::new();
    if io::stdin().lock().read_line(&mut answer).is_err() {
        return Ok(false);
    }
    Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}
