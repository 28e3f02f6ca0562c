//! Progress: on a terminal alone, and gone when the work is done.

#![expect(clippy::print_stdout, reason = "a test that can't run says why")]

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

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

/// What a terminal gets to see of a server until it is ready; `None` where the program that plays one is absent.
fn server_on_a_terminal(variables: &[(&str, &str)]) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let policies = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let (program, data, policies) = (env!("CARGO_BIN_EXE_argus"), folder.path().display(), policies.display());
    // It serves until a line is typed.
    let serve = format!(
        "'{program}' serve --data-dir '{data}' --policies '{policies}' \
         --pdp-listen 127.0.0.1:0 --pap-listen 127.0.0.1:0 <&- & read line; kill $!; wait $!"
    );
    let mut command = Command::new("script");
    command.args(["-qec", &serve, "/dev/null"]).env_clear().env("PATH", std::env::var_os("PATH")?).env("TERM", "xterm");
    let child = command.envs(variables.iter().copied()).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    if child.is_err() {
        assert!(std::env::var_os("CI").is_none(), "`script` (util-linux) is needed");
        println!("skipped: needs `script`");
    }
    let mut child = child.ok()?;
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut seen = String::new();
    while !seen.contains("ready in") {
        assert_ne!(output.read_line(&mut seen).unwrap(), 0, "it ended: {seen}");
    }
    child.stdin.take().unwrap().write_all(b"\n").unwrap();
    output.read_to_string(&mut String::new()).unwrap();
    child.wait().unwrap();
    Some(seen)
}

#[test]
fn a_server_that_starts_shows_which_policies_it_reads_and_clears_that() {
    let Some(seen) = server_on_a_terminal(&[("ARGUS_PROGRESS_DELAY_MS", "0")]) else { return };
    let (_, after) = seen.rsplit_once(" policies (").unwrap_or_else(|| panic!("no progress: {seen:?}"));
    assert!(seen.contains("reading ") && after.contains("\u{1b}[2K"), "{seen:?}");
    let Some(seen) = server_on_a_terminal(&[("ARGUS_PROGRESS_DELAY_MS", "3600000")]) else { return };
    assert!(!seen.contains("reading "), "{seen:?}");
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
