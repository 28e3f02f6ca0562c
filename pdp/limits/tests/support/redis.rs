//! A Redis server of a test's own, from the program of this machine, on a free port of 127.0.0.1. It writes down what it
//! is told, so that one that is killed has lost nothing when it is started again.
//!
//! A shell keeps it, and reads from the test: when the test process ends, however it ends, the shell comes to the end of
//! its input, kills the server and removes the folder.

#![allow(dead_code, reason = "each of the tests that include this file uses a part of it")]

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

const KEEPER: &str = r#"
set -eu
server="$1"; shift
folder=$(mktemp -d /tmp/argus-redis.XXXXXX)
cd "$folder"
trap 'kill -9 $pid 2>/dev/null; rm -rf "$folder"' EXIT
if [ -n "${ARGUS_TEST_CERTIFICATE-}" ]; then
    printf '%s' "$ARGUS_TEST_CERTIFICATE" >server.crt
    printf '%s' "$ARGUS_TEST_KEY" >server.key
fi
start() {
    "$server" --bind 127.0.0.1 --save '' --appendonly yes --appendfsync no --loglevel warning "$@" >>log 2>&1 &
    pid=$!
}
start "$@"
while read -r order; do
    case "$order" in
        kill) kill -9 $pid; wait $pid || true ;;
        start) start "$@" ;;
        freeze) kill -STOP $pid ;;
        thaw) kill -CONT $pid ;;
    esac
    echo done
done
"#;

/// A server that runs until this is dropped or the process ends.
pub(crate) struct RedisServer {
    port: u16,
    keeper: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl RedisServer {
    /// A server of its own. `None`, and a line that says so, where this machine has no Redis, which CI must have.
    pub(crate) fn start() -> Option<Self> {
        Self::keep(&|port| vec!["--port".to_owned(), port.to_string()], |_| {})
    }

    /// One that speaks TLS alone, with a certificate and its key in PEM.
    pub(crate) fn start_with_tls(certificate: &str, key: &str) -> Option<Self> {
        let arguments = |port: u16| {
            let port = port.to_string();
            let words = ["--port", "0", "--tls-port", &port, "--tls-cert-file", "server.crt", "--tls-key-file"];
            let more = ["server.key", "--tls-auth-clients", "no"];
            words.iter().chain(&more).map(|word| (*word).to_owned()).collect()
        };
        Self::keep(&arguments, |keeper| {
            keeper.env("ARGUS_TEST_CERTIFICATE", certificate).env("ARGUS_TEST_KEY", key);
        })
    }

    /// One that believes that it is a cluster, of one node that has all slots: it refuses whatever would be in two.
    pub(crate) fn start_as_cluster() -> Option<Self> {
        let bus = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
        let arguments = |port: u16| {
            let port = port.to_string();
            let words = ["--port", &port, "--cluster-enabled", "yes", "--cluster-port", &bus];
            words.iter().map(|word| (*word).to_owned()).collect()
        };
        Self::keep(&arguments, |_| {})
    }

    fn keep(arguments: &dyn Fn(u16) -> Vec<String>, prepare: impl Fn(&mut Command)) -> Option<Self> {
        let Some(program) = find_program() else {
            assert!(env::var("CI").as_deref() != Ok("true"), "CI needs redis-server");
            println!("skipped: needs redis-server");
            return None;
        };
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut keeper = Command::new("sh");
        keeper.args(["-c", KEEPER, "keeper"]).arg(program).args(arguments(port));
        prepare(keeper.stdin(Stdio::piped()).stdout(Stdio::piped()));
        let mut keeper = keeper.spawn().unwrap();
        let (orders, answers) = (keeper.stdin.take(), BufReader::new(keeper.stdout.take().unwrap()));
        let server = Self { port, keeper, orders, answers };
        server.wait_until_it_listens();
        Some(server)
    }

    /// Where it is.
    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Its port of 127.0.0.1.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Kills it.
    pub(crate) fn kill(&mut self) {
        self.order("kill");
    }

    /// Starts it after [`RedisServer::kill`], with what it knew.
    pub(crate) fn start_again(&mut self) {
        self.order("start");
        self.wait_until_it_listens();
    }

    /// Halts it where it is: the kernel accepts connections for it, and it answers nothing.
    pub(crate) fn freeze(&mut self) {
        self.order("freeze");
    }

    /// Lets it go on after [`RedisServer::freeze`].
    pub(crate) fn thaw(&mut self) {
        self.order("thaw");
    }

    fn order(&mut self, order: &str) {
        writeln!(self.orders.as_mut().unwrap(), "{order}").unwrap();
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        assert_eq!(line.trim_end(), "done");
    }

    fn wait_until_it_listens(&self) {
        let since = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(since.elapsed() < Duration::from_secs(20), "redis-server doesn't start");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.orders = None;
        let _ = self.keeper.wait();
    }
}

/// Valkey is the same with another name.
fn find_program() -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    let programs = ["redis-server", "valkey-server"];
    programs.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|file| file.is_file())
}
