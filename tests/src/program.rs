//! The real program: where its binary is, and a running `argus serve` with a data folder of its own.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

/// How long a server may take until it says that it is ready; a debug build on a busy machine needs seconds.
const START: Duration = Duration::from_mins(1);

/// The address of what a node doesn't serve.
const NOWHERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

/// The repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The binary: `ARGUS_BIN`, else the one beside these tests, built where it is not there yet.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        if let Some(path) = std::env::var_os("ARGUS_BIN") {
            return path.into();
        }
        // target/debug/deps/a_test-0123 or target/debug/load
        let this = std::env::current_exe().unwrap();
        let folder = this.ancestors().skip(1).find(|folder| !folder.ends_with("deps")).unwrap();
        let binary = folder.join("argus");
        if !binary.exists() {
            build(folder.ends_with("release"));
        }
        assert!(binary.exists(), "{} was not built", binary.display());
        binary
    })
}

fn build(release: bool) {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--package", "argus", "--bin", "argus"]).current_dir(repository());
    if release {
        command.arg("--release");
    }
    assert!(command.status().unwrap().success(), "`cargo build --package argus` failed");
}

/// Whether the binary is a release build: what it takes is judged only then.
pub fn is_release() -> bool {
    binary().parent().is_some_and(|folder| folder.ends_with("release"))
}

/// How long something may take that is promised within a span. The release build holds the promise, one test at a time; a
/// debug build beside other tests shares its cores, and has three times as long.
pub fn promised(span: Duration) -> Duration {
    if is_release() { span } else { span * 3 }
}

/// A running server. It is killed when this is dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Where decisions are asked for.
    pub pdp: SocketAddr,
    /// Where keys and policies are administered.
    pub pap: SocketAddr,
    /// The first administrator's key; empty for a node that joined an installation.
    pub key: String,
    /// How long it took until the server said that it was ready.
    pub started_in: Duration,
    printed: Arc<Mutex<String>>,
}

impl Server {
    /// Starts `argus serve` over a data folder, with the shipped policies, on ports that the system chooses.
    pub fn start(data: &Path) -> Result<Self> {
        Self::start_with(data, |_| {})
    }

    /// A node on a shared database, in a role. All nodes of an installation share one master key.
    pub fn start_node(data: &Path, role: &str, database: &str, settings: impl FnOnce(&mut Command)) -> Result<Self> {
        Self::start_with(data, |command| {
            let master_key = data.with_file_name("master.key");
            command.env("ARGUS_ROLE", role).env("ARGUS_DATABASE_URL", database);
            settings(command.env("ARGUS_MASTER_KEY_FILE", master_key));
        })
    }

    /// The same, with further settings.
    pub fn start_with(data: &Path, settings: impl FnOnce(&mut Command)) -> Result<Self> {
        let key_file = data.with_extension("bootstrap");
        let mut command = Command::new(binary());
        command
            .arg("serve")
            .env_clear()
            .envs(std::env::vars().filter(|(name, _)| !name.starts_with("ARGUS_")))
            .env("ARGUS_DATA_DIR", data)
            .env("ARGUS_PDP_LISTEN", "127.0.0.1:0")
            .env("ARGUS_PAP_LISTEN", "127.0.0.1:0")
            .env("ARGUS_POLICIES", repository().join("policies"))
            .env("ARGUS_BOOTSTRAP_KEY_FILE", &key_file)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        settings(&mut command);
        let begun = Instant::now();
        let mut child = command.spawn().with_context(|| format!("cannot run {}", binary().display()))?;
        let printed = Arc::new(Mutex::new(String::new()));
        let (lines, told) = mpsc::channel();
        collect(child.stdout.take().unwrap(), Arc::clone(&printed), Some(lines));
        collect(child.stderr.take().unwrap(), Arc::clone(&printed), None);
        let started = wait_until_ready(&told, begun);
        let (pdp, pap) = match started {
            Ok(addresses) => addresses,
            Err(error) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(error.context(format!("argus serve printed:\n{}", printed.lock().unwrap())));
            }
        };
        let started_in = begun.elapsed();
        // Only the first node of an installation makes a key.
        let key = std::fs::read_to_string(&key_file).unwrap_or_default().trim().to_owned();
        Ok(Self { child, pdp, pap, key, started_in, printed })
    }

    /// The process's id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// All that the server has printed so far.
    pub fn printed(&self) -> String {
        self.printed.lock().unwrap().clone()
    }

    /// Ends the process at once, as `kill -9` does.
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Stops the process as a service manager does, and waits until it has ended well.
    pub fn terminate(mut self) -> Result<()> {
        ensure!(Command::new("kill").args(["-TERM", &self.pid().to_string()]).status()?.success(), "no such process");
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                ensure!(status.success(), "it ended with {status}");
                return Ok(());
            }
            ensure!(begun.elapsed() < START, "it does not end");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Whether the process still runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Runs a command of the program against this server, with the administrator's key.
    pub fn argus(&self, arguments: &[&str]) -> Output {
        self.argus_in(&std::env::temp_dir(), arguments)
    }

    /// The same, in a folder.
    pub fn argus_in(&self, folder: &Path, arguments: &[&str]) -> Output {
        Command::new(binary())
            .args(arguments)
            .current_dir(folder)
            .env("ARGUS_URL", format!("http://{}", self.pap))
            .env("ARGUS_PDP_URL", format!("http://{}", self.pdp))
            .env("ARGUS_KEY", &self.key)
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            eprintln!("argus serve printed:\n{}", self.printed());
        }
    }
}

/// What a command printed, where it succeeded.
pub fn stdout(output: &Output) -> Result<String> {
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    ensure!(output.status.success(), "{}\n{stdout}{stderr}", output.status);
    Ok(stdout.into_owned())
}

fn collect(from: impl Read + Send + 'static, printed: Arc<Mutex<String>>, lines: Option<mpsc::Sender<String>>) {
    thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            printed.lock().unwrap().push_str(&format!("{line}\n"));
            if let Some(lines) = &lines {
                let _ = lines.send(line);
            }
        }
    });
}

/// Reads both addresses from what is printed up to `ready in …`.
fn wait_until_ready(told: &mpsc::Receiver<String>, begun: Instant) -> Result<(SocketAddr, SocketAddr)> {
    let (mut pdp, mut pap) = (None, None);
    loop {
        let left = START.checked_sub(begun.elapsed()).context("the server was not ready in time")?;
        let line = match told.recv_timeout(left) {
            Ok(line) => line,
            Err(mpsc::RecvTimeoutError::Timeout) => bail!("the server was not ready in time"),
            Err(mpsc::RecvTimeoutError::Disconnected) => bail!("the server ended before it was ready"),
        };
        let line = line.trim();
        if line.starts_with("ready in") {
            ensure!(pdp.or(pap).is_some(), "no address");
            return Ok((pdp.unwrap_or(NOWHERE), pap.unwrap_or(NOWHERE)));
        }
        for (word, place) in [("decisions", &mut pdp), ("administration", &mut pap)] {
            if let Some(rest) = line.strip_prefix(word) {
                *place = address(rest);
            }
        }
    }
}

fn address(text: &str) -> Option<SocketAddr> {
    let (_, rest) = text.split_once("://")?;
    rest.split(['/', ' ']).next()?.parse().ok()
}
