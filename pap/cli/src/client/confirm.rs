//! Dangerous acts ask first; those upon many things ask for their number. Where nobody can answer they are refused, not
//! done.

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

/// Says what is going to happen to many things, and asks for their number to be typed.
pub(crate) fn confirm_number(console: &Console, act: &str, number: u64, yes: bool) -> Result<bool, Failure> {
    if yes {
        return Ok(true);
    }
    if !io::stdin().is_terminal() {
        return Err(Failure::usage(format!("{act}: that has to be confirmed, and there is nobody to ask"))
            .help("add --yes where it is to be done without asking, --dry-run where it isn't to be done"));
    }
    console.say(&format!("{act}. Type the number of keys to go on: "));
    let mut answer = String::new();
    if io::stdin().lock().read_line(&mut answer).is_err() {
        return Ok(false);
    }
    Ok(answer.trim() == number.to_string())
}
