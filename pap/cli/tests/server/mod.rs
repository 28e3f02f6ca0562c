//! A server in a folder of its own, on free ports, started and stopped as a person would.

use std::fmt;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// How long anything may take on a machine that builds meanwhile.
const PATIENCE: Duration = Duration::from_mins(1);

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A server that is ready. Dropped, it is killed.
pub(crate) struct Server {
    // First, so that the process is gone before its folder.
    child: Running,
    ready: Value,
    folder: TempDir,
}

struct Running {
    child: Child,
    stdout: Option<BufReader<ChildStdout>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program in a folder, with nothing of the surroundings that changes what it does.
pub(crate) fn argus(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_argus"));
    command.current_dir(folder).env_clear().stdin(Stdio::null());
    command
}

/// Runs a command to its end.
pub(crate) fn run(command: &mut Command) -> Run {
    let output = command.output().unwrap();
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Whether a program is on this machine.
pub(crate) fn here(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(program).is_file()))
}

/// What the program says on a terminal until it says `last`, then it is interrupted as by Ctrl-C.
pub(crate) fn on_a_terminal(folder: &Path, arguments: &str, last: &str) -> String {
    let line = format!("exec {} {arguments}", env!("CARGO_BIN_EXE_argus"));
    let mut command = Command::new("script");
    command.args(["-qec", &line, "/dev/null"]).current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.env_remove("ARGUS_BOOTSTRAP_KEY_FILE").spawn().unwrap();
    let mut keyboard = child.stdin.take().unwrap();
    let (stdout, last) = (child.stdout.take().unwrap(), last.to_owned());
    let (done, said) = mpsc::channel();
    thread::spawn(move || {
        let (mut stdout, mut text) = (BufReader::new(stdout), String::new());
        while !text.contains(&last) && stdout.read_line(&mut text).is_ok_and(|octets| octets > 0) {}
        let _ = done.send(text);
        let _ = std::io::copy(&mut stdout, &mut std::io::sink());
    });
    let said = said.recv_timeout(PATIENCE).expect("the program says nothing");
    keyboard.write_all(b"\x03").unwrap();
    let (ended, end) = mpsc::channel();
    thread::spawn(move || ended.send(child.wait().unwrap().success()));
    assert!(end.recv_timeout(PATIENCE).expect("it does not end"), "it ends well");
    said
}

impl Server {
    /// Starts a server on an empty folder, with the policies inside the program.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), arguments)
    }

    /// Starts a server on a folder that another one has left.
    pub(crate) fn start_in(folder: TempDir, arguments: &[&str]) -> Self {
        let mut command = argus(folder.path());
        command.args(["serve", "--output", "json", "--pdp-listen", "127.0.0.1:0", "--pap-listen", "127.0.0.1:0"]);
        command.args(arguments).stdout(Stdio::piped()).stderr(File::create(folder.path().join("log")).unwrap());
        let mut child = command.spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let mut child = Running { child, stdout: None };
        let (ready, stdout) = wait_until_ready(stdout);
        child.stdout = Some(stdout);
        let Ok(ready) = serde_json::from_str(&ready) else {
            panic!("not ready: {ready} {}", fs::read_to_string(folder.path().join("log")).unwrap())
        };
        Self { child, ready, folder }
    }

    /// What it said when it was ready.
    pub(crate) fn ready(&self) -> &Value {
        &self.ready
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.child.id()
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder().join("argus-data")
    }

    pub(crate) fn administration(&self) -> &str {
        self.ready["administration"].as_str().unwrap()
    }

    /// Runs a command with the administrator's key.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.run_with_key("argus-data/bootstrap.key", arguments)
    }

    /// Runs a command with the key in a file.
    pub(crate) fn run_with_key(&self, key_file: &str, arguments: &[&str]) -> Run {
        run(self.client(argus(self.folder()).args(arguments).args(["--key-file", key_file])))
    }

    /// Runs a line of shell with the administrator's key in `ARGUS_KEY`.
    pub(crate) fn shell(&self, line: &str) -> String {
        let line = line.replace("$(cat argus-data/bootstrap.key)", "$ARGUS_KEY");
        let key = fs::read_to_string(self.data().join("bootstrap.key")).unwrap();
        let run = run(Command::new("sh").current_dir(self.folder()).args(["-c", &line]).env("ARGUS_KEY", key.trim()));
        run.stdout
    }

    /// Tells a command where the server is.
    pub(crate) fn client<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command.env("ARGUS_URL", self.administration()).env("ARGUS_PDP_URL", self.ready["decisions"].as_str().unwrap())
    }

    /// Stops it and gives its folder.
    pub(crate) fn stop_and_keep(self) -> TempDir {
        let (run, folder) = self.stop();
        assert_eq!(run.code, 0, "{run:?}");
        folder
    }

    /// Kills it as a loss of power would, and gives its folder.
    pub(crate) fn kill_and_keep(self) -> TempDir {
        let Self { child, folder, .. } = self;
        drop(child);
        folder
    }

    /// Stops it as a service manager does, and gives what it said, and its folder.
    pub(crate) fn stop(self) -> (Run, TempDir) {
        let Self { mut child, ready, folder } = self;
        let told = Command::new("sh").args(["-c", &format!("kill -TERM {}", child.child.id())]).status().unwrap();
        assert!(told.success());
        let since = Instant::now();
        let code = loop {
            if let Some(status) = child.child.try_wait().unwrap() {
                break status.code().unwrap_or(-1);
            }
            assert!(since.elapsed() < PATIENCE, "it doesn't stop");
            thread::yield_now();
        };
        let mut stdout = ready.to_string();
        child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
        let stderr = fs::read_to_string(folder.path().join("log")).unwrap();
        (Run { code, stdout, stderr }, folder)
    }
}

/// Reads the object that a server prints when it is ready, in a thread, so that silence ends too.
fn wait_until_ready(mut stdout: BufReader<ChildStdout>) -> (String, BufReader<ChildStdout>) {
    let (done, ready) = mpsc::channel();
    thread::spawn(move || {
        let mut text = String::new();
        while !text.ends_with("\n}\n") && stdout.read_line(&mut text).is_ok_and(|octets| octets > 0) {}
        let _ = done.send((text, stdout));
    });
    ready.recv_timeout(PATIENCE).expect("the server says nothing")
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("ready", &self.ready).finish_non_exhaustive()
    }
}
