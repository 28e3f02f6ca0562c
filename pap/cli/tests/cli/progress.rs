//! Progress: on a terminal alone, and gone when the work is done.

#![expect(clippy::print_stdout, reason = "a test that can't run says why")]

use std::path::Path;
use std::process::Command;

use crate::support::{argus, finish, fixture};

/// Every command that may take long, with a folder of work.
fn commands() -> [Vec<String>; 3] {
    let policies = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let path = |below: &str| policies.join(below).display().to_string();
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    [
        words(&["check", &path("")]),
        words(&["test", &path("")]),
        words(&[
            "eval",
            "--policy",
            &path("examples/leave/leave.xml"),
            "--request",
            &path("examples/leave/requests/approve.json"),
            "--now",
            "2026-11-24T09:30:00+01:00",
        ]),
    ]
}

/// What a terminal gets to see of a command; `None` where the program that plays one is absent.
fn on_a_terminal(arguments: &[String], variables: &[(&str, &str)]) -> Option<String> {
    let quoted: Vec<String> = arguments.iter().map(|word| format!("'{word}'")).collect();
    let line = format!("'{}' {}", env!("CARGO_BIN_EXE_argus"), quoted.join(" "));
    let mut command = Command::new("script");
    command.args(["-qec", &line, "/dev/null"]).env_clear().env("PATH", std::env::var_os("PATH")?).env("TERM", "xterm");
    let output = command.envs(variables.iter().copied()).output();
    if output.is_err() {
        assert!(std::env::var_os("CI").is_none(), "`script` (util-linux) is needed");
        println!("skipped: needs `script`");
    }
    let output = output.ok()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn long_work_shows_a_count_and_a_rate_on_a_terminal_and_clears_them() {
    for arguments in commands() {
        let Some(seen) = on_a_terminal(&arguments, &[("ARGUS_PROGRESS_DELAY_MS", "0")]) else { return };
        let (things, verb) = if arguments[0] == "test" { ("test files", "running") } else { ("policies", "reading") };
        let shown = seen.split('\r').any(|line| {
            line.contains(&format!("{verb} ")) && line.contains(&format!(" {things} (")) && line.contains("/s)")
        });
        assert!(shown, "{seen:?}");
        let (_, after) = seen.rsplit_once(&format!("{things} (")).unwrap();
        assert!(after.contains("\u{1b}[2K"), "what was shown is not cleared: {seen:?}");
    }
}

#[test]
fn short_work_shows_nothing_on_a_terminal() {
    let [check, ..] = commands();
    // An hour: nothing is that slow.
    let Some(seen) = on_a_terminal(&check, &[("ARGUS_PROGRESS_DELAY_MS", "3600000")]) else { return };
    assert!(!seen.contains("reading") && seen.contains("no problems"), "{seen:?}");
}

#[test]
fn ci_quiet_and_a_dumb_terminal_see_no_progress() {
    let now = ("ARGUS_PROGRESS_DELAY_MS", "0");
    let [check, ..] = commands();
    let quiet: Vec<String> = check.iter().cloned().chain(["--quiet".to_owned()]).collect();
    for (arguments, variables) in
        [(&check, vec![now, ("CI", "true")]), (&quiet, vec![now]), (&check, vec![now, ("TERM", "dumb")])]
    {
        let Some(seen) = on_a_terminal(arguments, &variables) else { return };
        assert!(!seen.contains("reading"), "{seen:?}");
    }
}

#[test]
fn without_a_terminal_there_is_no_progress() {
    for arguments in commands() {
        let run = finish(argus(&fixture("")).args(&arguments).env("ARGUS_PROGRESS_DELAY_MS", "0"));
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{arguments:?}");
    }
}
