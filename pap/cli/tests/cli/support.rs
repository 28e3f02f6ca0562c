//! Running the program, and what it said as one text for snapshots.

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use tempfile::TempDir;

/// What a run came to.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A folder of `tests/fixtures`.
pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// A copy of a fixture's files, to be changed.
pub(crate) fn copy_of(name: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&fixture(name), folder.path());
    folder
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

/// Replaces a text in a file, which must hold it.
pub(crate) fn replace(file: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(file).unwrap();
    assert!(text.contains(from), "`{from}` is not in {}", file.display());
    std::fs::write(file, text.replace(from, to)).unwrap();
}

/// The program in a folder, with nothing of the surroundings that changes what it says.
pub(crate) fn argus(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_argus"));
    command.current_dir(folder).env_clear();
    command
}

/// Runs the program.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Run {
    finish(argus(folder).args(arguments))
}

/// Runs a command to its end.
pub(crate) fn finish(command: &mut Command) -> Run {
    let output = command.output().unwrap();
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A run as a reader sees it on a terminal, streams told apart, times left out.
pub(crate) fn transcript(folder: &Path, arguments: &[&str]) -> String {
    let run = run(folder, arguments);
    let mut text = without_times(&run.stdout);
    if !run.stderr.is_empty() {
        text.push_str("--- standard error\n");
        text.push_str(&run.stderr);
    }
    text + &format!("--- exit {}\n", run.code)
}

// `(0.02 s)` at the end of a line.
fn without_times(text: &str) -> String {
    let time = |line: &str| match line.rsplit_once(" (") {
        Some((before, time)) if time.ends_with(" s)") => format!("{before} (… s)\n"),
        _ => format!("{line}\n"),
    };
    text.lines().map(time).collect()
}
