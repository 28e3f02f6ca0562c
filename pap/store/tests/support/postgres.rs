//! A PostgreSQL server of a test's own, from the programs of this machine: in a folder of its own, on a socket in it.
//!
//! A shell keeps it, and reads from the test: when the test process ends, however it ends, the shell comes to the end of
//! its input, stops the server and removes the folder.

#![allow(dead_code, reason = "each of the tests that include this file uses a part of it")]

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// PostgreSQL refuses to run as root.
const USER: &str = "postgres";

/// The order of the text that a database gets by default is unlike that of its bytes: what relies on the latter has to
/// say so.
const KEEPER: &str = r#"
set -eu
bin="$1"
folder=$(mktemp -d /tmp/argus-postgres.XXXXXX)
cd "$folder"
trap 'rm -rf "$folder"' EXIT
if ! "$bin/initdb" -D data -A trust -U postgres -E UTF8 --locale=C.UTF-8 --locale-provider=icu --icu-locale=en-US \
    -N >log 2>&1; then cat log >&2; exit 1; fi
shift
{ echo "unix_socket_directories = '$folder'"; echo "max_connections = 200"; } >>data/postgresql.conf
if [ -n "${ARGUS_TEST_CERTIFICATE-}" ]; then
    printf '%s' "$ARGUS_TEST_CERTIFICATE" >data/server.crt
    (umask 077 && printf '%s' "$ARGUS_TEST_KEY" >data/server.key)
fi
for line in "$@"; do echo "$line" >>data/postgresql.conf; done
start() { if ! "$bin/pg_ctl" -D data -w -s -l log start; then cat log >&2; exit 1; fi }
start
echo "$folder"
while read -r order; do
    case "$order" in
        stop) "$bin/pg_ctl" -D data -w -s -m fast stop ;;
        start) start ;;
    esac
    echo done
done
if [ -f data/postmaster.pid ]; then
    "$bin/pg_ctl" -D data -w -s -m immediate stop
fi
"#;

/// A server that runs until this is dropped or the process ends.
pub(crate) struct PostgresServer {
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
    databases: AtomicU32,
    keeper: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl PostgresServer {
    /// The one that all tests of this process share. `None`, and a line that says so, where this machine has no
    /// PostgreSQL, which CI must have.
    pub(crate) fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<PostgresServer>> = OnceLock::new();
        let shared = SHARED.get_or_init(Self::start).as_ref();
        if shared.is_none() {
            println!("skipped: needs PostgreSQL");
        }
        shared
    }

    /// A server that may be stopped and frozen. `None` as for [`PostgresServer::shared`].
    pub(crate) fn start() -> Option<Self> {
        let port = 5432;
        Self::keep(port, &["listen_addresses = ''"], |_| {})
    }

    /// A server that listens on a free port of 127.0.0.1 as well, with a certificate and its key in PEM.
    pub(crate) fn start_with_tls(certificate: &str, key: &str) -> Option<Self> {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let lines = ["listen_addresses = '127.0.0.1'", &format!("port = {port}"), "ssl = on"];
        Self::keep(port, &lines, |keeper| {
            keeper.env("ARGUS_TEST_CERTIFICATE", certificate).env("ARGUS_TEST_KEY", key);
        })
    }

    fn keep(port: u16, configuration: &[&str], prepare: impl Fn(&mut Command)) -> Option<Self> {
        let Some(programs) = find_programs() else {
            assert!(env::var("CI").as_deref() != Ok("true"), "CI needs PostgreSQL");
            println!("skipped: needs PostgreSQL");
            return None;
        };
        let mut keeper = command(&["sh", "-c", KEEPER, "keeper"]);
        keeper.arg(&programs).args(configuration).stdin(Stdio::piped()).stdout(Stdio::piped());
        prepare(&mut keeper);
        let mut keeper = keeper.spawn().unwrap();
        let orders = keeper.stdin.take();
        let mut answers = BufReader::new(keeper.stdout.take().unwrap());
        let folder = PathBuf::from(line(&mut answers));
        assert!(folder.is_dir(), "the server doesn't start");
        Some(Self { programs, folder, port, databases: AtomicU32::new(0), keeper, orders, answers })
    }

    /// Makes an empty database, and gives its URL.
    pub(crate) fn new_database(&self) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.sql(&self.url("postgres"), &format!("CREATE DATABASE {name}"));
        self.url(&name)
    }

    /// A program of PostgreSQL, such as `pg_dump`.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.programs.join(name)
    }

    /// What the server answers, a line for each row.
    pub(crate) fn sql(&self, url: &str, query: &str) -> String {
        let mut psql = Command::new(self.programs.join("psql"));
        let output = psql.args(["-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", query, url]).output().unwrap();
        assert!(output.status.success(), "{query}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    /// A connection that is kept, for a thread that asks again and again.
    pub(crate) fn session(&self, url: &str) -> Session {
        let mut psql = Command::new(self.programs.join("psql"));
        let psql = psql.args(["-X", "-A", "-t", "-q", url]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut psql = psql.spawn().unwrap();
        let (orders, answers) = (psql.stdin.take(), BufReader::new(psql.stdout.take().unwrap()));
        Session { psql, orders, answers }
    }

    /// Where it listens, beside its socket.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The folder of its socket, its data (`data`) and its log (`log`).
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Stops it, ending all connections.
    pub(crate) fn stop(&mut self) {
        self.order("stop");
    }

    /// Starts it after [`PostgresServer::stop`].
    pub(crate) fn start_again(&mut self) {
        self.order("start");
    }

    /// Halts all its processes where they are: it accepts connections, or the kernel for it, and answers nothing.
    pub(crate) fn freeze(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on after [`PostgresServer::freeze`].
    pub(crate) fn thaw(&self) {
        self.signal("-CONT");
    }

    fn url(&self, database: &str) -> String {
        let folder = self.folder.to_str().unwrap().replace('/', "%2F");
        format!("postgres://postgres@{folder}:{}/{database}", self.port)
    }

    fn order(&mut self, order: &str) {
        writeln!(self.orders.as_mut().unwrap(), "{order}").unwrap();
        assert_eq!(line(&mut self.answers), "done");
    }

    fn signal(&self, signal: &str) {
        let file = fs::read_to_string(self.folder.join("data/postmaster.pid")).unwrap();
        let server = file.lines().next().unwrap().to_owned();
        let mut processes = children(&server);
        processes.push(server);
        assert!(Command::new("kill").arg(signal).args(processes).status().unwrap().success());
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        self.orders = None;
        let _ = self.keeper.wait();
    }
}

/// A connection of `psql`, until it is dropped.
pub(crate) struct Session {
    psql: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Session {
    /// The one line that a query answers.
    pub(crate) fn sql(&mut self, query: &str) -> String {
        writeln!(self.orders.as_mut().unwrap(), "{query};").unwrap();
        line(&mut self.answers)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.orders = None;
        let _ = self.psql.wait();
    }
}

/// A command that runs as somebody else than root.
fn command(words: &[&str]) -> Command {
    let root = fs::metadata("/proc/self").is_ok_and(|meta| std::os::unix::fs::MetadataExt::uid(&meta) == 0);
    let user = ["setpriv", "--reuid", USER, "--regid", USER, "--clear-groups"];
    let mut words: Vec<_> = if root { [&user, words].concat() } else { words.to_vec() };
    let mut command = Command::new(words.remove(0));
    command.args(words);
    command
}

/// The folder of the newest version's programs: Debian keeps them apart and out of the PATH.
fn find_programs() -> Option<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|version| {
            let version = version.ok()?;
            let number = version.file_name().to_str()?.parse().ok()?;
            Some((number, version.path().join("bin")))
        })
        .filter(|(_, programs)| programs.join("initdb").exists())
        .collect();
    found.sort();
    found.pop().map(|(_, programs)| programs)
}

fn children(parent: &str) -> Vec<String> {
    let processes = fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let is_child = |process: &String| {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        // Behind the name, which is in parentheses and may hold anything: the state, then the parent.
        let behind = stat.rsplit_once(')').map_or("", |(_, behind)| behind);
        behind.split_whitespace().nth(1) == Some(parent)
    };
    processes.filter(is_child).collect()
}

fn line(answers: &mut impl BufRead) -> String {
    let mut line = String::new();
    answers.read_line(&mut line).unwrap();
    line.trim_end().to_owned()
}
