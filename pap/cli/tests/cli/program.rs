//! What holds for every command: help, exit codes, streams, colours.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use insta::assert_snapshot;

use crate::support::{argus, finish, fixture, run, transcript};

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn help_and_version_are_answers() {
    for arguments in [["--help"], ["-h"], ["--version"], ["help"]] {
        let run = run(here(), &arguments);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{arguments:?}");
        assert!(run.stdout.contains("argus") || run.stdout.contains("Argus"), "{arguments:?}");
    }
}

#[test]
fn a_wrong_command_line_ends_with_64_and_says_what_was_meant() {
    for arguments in [vec![], vec!["chekc"], vec!["eval"], vec!["check", "--output", "xml"], vec!["help", "nothing"]] {
        let run = run(here(), &arguments);
        assert_eq!((run.code, run.stdout.as_str()), (64, ""), "{arguments:?}");
    }
    assert!(run(here(), &["chekc"]).stderr.contains("'check'"));
}

#[test]
fn every_command_shows_an_example() {
    for command in [
        "eval",
        "check",
        "test",
        "functions",
        "serve",
        "verify",
        "status",
        "org",
        "project",
        "key",
        "completions",
        "help",
    ] {
        let help = run(here(), &[command, "--help"]).stdout;
        assert!(help.contains("Example:\n  argus "), "{command}: {help}");
        assert_eq!(run(here(), &["help", command]).stdout, help, "{command}");
    }
}

#[test]
fn the_examples_of_the_help_run() {
    let root = here().join("../..");
    for command in ["eval", "check", "test", "functions", "help"] {
        let help = run(here(), &[command, "--help"]).stdout;
        let example = help.split("Example:\n  argus ").nth(1).unwrap().replace("\\\n", " ");
        let example = example.lines().next().unwrap();
        let words: Vec<&str> = example.split('\'').enumerate().flat_map(quoted).collect();
        let run = run(&root, &words);
        assert_eq!(run.code, 0, "argus {example}: {}{}", run.stdout, run.stderr);
    }
}

// Between single quotes a word holds blanks.
fn quoted((place, part): (usize, &str)) -> Vec<&str> {
    if place % 2 == 1 { vec![part] } else { part.split_whitespace().collect() }
}

#[test]
fn the_help_of_a_command_reads_well() {
    assert_snapshot!("help", transcript(here(), &["--help"]));
    assert_snapshot!("help_eval", transcript(here(), &["eval", "--help"]));
    assert_snapshot!("help_check", transcript(here(), &["check", "--help"]));
    assert_snapshot!("help_test", transcript(here(), &["test", "--help"]));
}

#[test]
fn every_topic_is_explained() {
    for topic in ["environment", "exit-codes", "output", "problems", "reasons", "scopes"] {
        let run = run(here(), &["help", topic]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{topic}");
        assert!(
            run.stdout.lines().count() > 8 && run.stdout.lines().all(|line| line.chars().count() <= 120),
            "{topic}"
        );
    }
}

#[test]
fn every_shell_gets_its_completions() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = run(here(), &["completions", shell]);
        assert_eq!(run.code, 0);
        assert!(run.stdout.contains("argus") && run.stdout.contains("functions"), "{shell}");
    }
}

#[test]
fn the_registry_of_functions_is_listed() {
    let all = run(here(), &["functions", "--output", "json"]);
    let all: serde_json::Value = serde_json::from_str(&all.stdout).unwrap();
    let items = all["items"].as_array().unwrap();
    assert_eq!(items.len(), argus_engine::functions::FUNCTIONS.len());
    assert_snapshot!(transcript(here(), &["functions", "string-equal"]));
    assert_eq!(run(here(), &["functions", "no-such-function"]).code, 1);
}

#[test]
fn a_failure_is_a_problem_object_for_programs() {
    assert_snapshot!(transcript(here(), &["check", "nowhere.xml", "--output", "json"]));
}

#[test]
fn colours_follow_the_variables_and_the_flag() {
    let folder = fixture("broken");
    let is_coloured = |variables: &[(&str, &str)], arguments: &[&str]| {
        let mut command = argus(&folder);
        command.args(["check", "."]).args(arguments).envs(variables.iter().copied());
        finish(&mut command).stdout.contains('\u{1b}')
    };
    assert!(!is_coloured(&[], &[]));
    assert!(is_coloured(&[("CLICOLOR_FORCE", "1")], &[]));
    assert!(!is_coloured(&[("CLICOLOR_FORCE", "0")], &[]));
    assert!(!is_coloured(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], &[]));
    assert!(is_coloured(&[("NO_COLOR", "1")], &["--color", "always"]));
    assert!(!is_coloured(&[("CLICOLOR_FORCE", "1")], &["--color", "never"]));
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_argus"))
        .args(["functions"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap().as_str()), (Some(0), ""));
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_the_program_as_an_interrupt() {
    use std::os::unix::process::ExitStatusExt as _;

    if is_interrupt_ignored() {
        // A shell without job control ignores interrupts in what it puts into the background; children inherit that.
        println!("skipped: needs interrupts that are not ignored");
        return;
    }
    let mut child = Command::new(env!("CARGO_BIN_EXE_argus"))
        .args(["eval", "--policy", "leave.xml", "--request", "-"])
        .current_dir(fixture("leave"))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    // It waits for its input, which never ends.
    child.stdin.as_mut().unwrap().write_all(b"{").unwrap();
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    // A shell shows this as 130.
    assert_eq!(child.wait().unwrap().signal(), Some(2));
}

/// Whether this process ignores SIGINT, the second of the signals.
#[cfg(unix)]
fn is_interrupt_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 0b10 != 0)
}
