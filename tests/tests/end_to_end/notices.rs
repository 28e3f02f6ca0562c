//! Webhooks: what a killed process was about to deliver is delivered by the next within a minute, and nothing goes to an
//! address inside the network, whatever leads there.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use argus_tests::program::{Server, stdout};
use rcgen::SanType;
use serde_json::Value;

use crate::mail::certified_for;
use crate::postgres::PostgresServer;

/// From the moment that something is known until everybody has been told.
pub(crate) const OBLIGATION: Duration = Duration::from_mins(1);

const NOTICES: usize = 12;

/// A webhook. What it holds it has read, and doesn't answer.
pub(crate) struct Webhook {
    address: SocketAddr,
    heard: Arc<Heard>,
}

#[derive(Default)]
struct Heard {
    is_holding: AtomicBool,
    held: Mutex<Vec<String>>,
    answered: Mutex<Vec<String>>,
}

impl Webhook {
    /// One that answers with these lines.
    pub(crate) fn start(answer: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, heard) = (listener.local_addr().unwrap(), Arc::<Heard>::default());
        let hears = Arc::clone(&heard);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (hears, answer) = (Arc::clone(&hears), answer.clone());
                thread::spawn(move || while hears.take(stream.as_ref().unwrap(), &answer).is_some() {});
            }
        });
        Self { address, heard }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/argus", self.address)
    }

    /// The ids of what it has taken.
    pub(crate) fn answered(&self) -> Vec<String> {
        self.heard.answered.lock().unwrap().clone()
    }
}

impl Heard {
    /// One request of a connection; `None` at its end.
    fn take(&self, mut stream: &TcpStream, answer: &str) -> Option<()> {
        let (mut reader, mut length, mut id) = (BufReader::new(stream), 0, String::new());
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            match line.trim_end().split_once(": ") {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.parse().unwrap(),
                Some((name, value)) if name.eq_ignore_ascii_case("webhook-id") => value.clone_into(&mut id),
                _ => {}
            }
            if line == "\r\n" {
                break;
            }
        }
        reader.read_exact(&mut vec![0; length]).ok()?;
        if self.is_holding.load(Relaxed) {
            self.held.lock().unwrap().push(id);
            // Until whoever asked is gone.
            let _ = reader.read(&mut [0]);
            return None;
        }
        self.answered.lock().unwrap().push(id);
        stream.write_all(answer.as_bytes()).ok()
    }
}

pub(crate) fn asked(server: &Server, arguments: &[&str]) -> Value {
    let answer = stdout(&server.argus(&[arguments, &["--output", "json"]].concat())).unwrap();
    serde_json::from_str(&answer).unwrap()
}

/// Why the one delivery that there is hasn't arrived.
pub(crate) fn fault_of(server: &Server) -> String {
    asked(server, &["delivery", "list", "acme"])["items"][0]["fault"].as_str().unwrap_or_default().to_owned()
}

pub(crate) fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let since = Instant::now();
    while !holds() {
        assert!(since.elapsed() < OBLIGATION, "{what}");
        thread::sleep(Duration::from_millis(100));
    }
}

fn start(data: &Path, settings: &[(&str, &str)]) -> Server {
    Server::start_with(data, |command| {
        command.envs(settings.iter().copied());
    })
    .unwrap()
}

/// A webhook of the organisation, tried so often.
fn try_hook(server: &Server, url: &str, times: usize) {
    let made = asked(server, &["contact", "create", "acme", "--webhook", url]);
    for _ in 0..times {
        asked(server, &["contact", "test", made["id"].as_str().unwrap()]);
    }
}

fn is_all_told_after_a_kill(database: impl FnOnce(&Path) -> String) {
    let folder = tempfile::tempdir().unwrap();
    let (data, database) = (folder.path().join("data"), database(folder.path()));
    let settings = [("ARGUS_DATABASE_URL", database.as_str()), ("ARGUS_WEBHOOK_PLAIN_HTTP", "true")];
    let webhook = Webhook::start("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_owned());
    webhook.heard.is_holding.store(true, Relaxed);
    let mut server = start(&data, &settings);
    let key = server.key.clone();
    asked(&server, &["org", "create", "acme"]);
    let known = Instant::now();
    try_hook(&server, &webhook.url(), NOTICES);
    wait_until("nothing is under way", || webhook.heard.held.lock().unwrap().len() >= 4);
    // Long enough that a claim has been renewed.
    thread::sleep(Duration::from_secs(6));
    server.kill().unwrap();
    drop(server);
    webhook.heard.is_holding.store(false, Relaxed);
    let mut server = start(&data, &settings);
    server.key = key;

    wait_until("not all is delivered", || {
        let list = asked(&server, &["delivery", "list", "acme"]);
        list["items"].as_array().unwrap().iter().all(|delivery| delivery["state"] == "delivered")
    });
    let took = known.elapsed();
    println!(
        "{NOTICES} notices, {} under way at the kill: all told after {took:?}",
        webhook.heard.held.lock().unwrap().len()
    );
    let answered = webhook.heard.answered.lock().unwrap().clone();
    assert_eq!((answered.len(), answered.iter().collect::<BTreeSet<_>>().len()), (NOTICES, NOTICES), "{answered:?}");
    assert!(webhook.heard.held.lock().unwrap().iter().all(|id| answered.contains(id)));
    assert!(took < OBLIGATION, "{took:?}");
}

#[test]
fn what_a_killed_process_was_delivering_is_delivered_within_a_minute_once_by_its_id() {
    is_all_told_after_a_kill(|folder| format!("sqlite://{}", folder.join("argus.db").display()));
}

#[test]
fn and_on_postgresql() {
    let Some(postgres) = PostgresServer::shared() else { return };
    is_all_told_after_a_kill(|_| postgres.new_database());
}

/// The faults of all deliveries, when each has one.
fn faults(server: &Server, count: usize) -> Vec<String> {
    let faults = || {
        let list = asked(server, &["delivery", "list", "acme"]);
        let faults =
            list["items"].as_array().unwrap().iter().filter_map(|one| one["fault"].as_str().map(str::to_owned));
        faults.collect::<Vec<_>>()
    };
    wait_until("not all has been tried", || faults().len() == count);
    faults()
}

#[test]
fn no_webhook_is_called_on_a_private_address_unless_that_is_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let inside = Webhook::start(String::new());
    let port = inside.address.port();
    // By its address, and by a name that resolves to one.
    let hooks =
        [format!("https://127.0.0.1:{port}/a"), format!("https://localhost:{port}/a"), "https://10.1.2.3/a".into()];
    let server = start(&folder.path().join("data"), &[]);
    asked(&server, &["org", "create", "acme"]);
    for hook in &hooks {
        try_hook(&server, hook, 1);
    }
    for fault in faults(&server, hooks.len()) {
        assert_eq!(fault, "its address is private, and private addresses are not allowed");
    }
    let list = asked(&server, &["delivery", "list", "acme", "--state", "waiting"]);
    assert_eq!(list["items"].as_array().unwrap().len(), hooks.len(), "it may be allowed later: {list}");
    drop(server);

    // Where the network is allowed it is asked for TLS, which that one doesn't speak.
    let server = start(&folder.path().join("allowing"), &[("ARGUS_WEBHOOK_NETWORKS", "127.0.0.0/8")]);
    asked(&server, &["org", "create", "acme"]);
    try_hook(&server, &hooks[1], 1);
    assert!(faults(&server, 1)[0].starts_with("it can't be reached"));
}

#[test]
fn a_webhook_that_redirects_to_a_private_address_is_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let inside = Webhook::start("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_owned());
    let elsewhere = inside.url();
    let outside = Webhook::start(format!("HTTP/1.1 307 No\r\nlocation: {elsewhere}\r\ncontent-length: 0\r\n\r\n"));
    let server = start(&folder.path().join("data"), &[("ARGUS_WEBHOOK_PLAIN_HTTP", "true")]);
    asked(&server, &["org", "create", "acme"]);
    try_hook(&server, &outside.url(), 1);
    assert_eq!(faults(&server, 1), ["it answers with status 307"]);
    assert!(!outside.heard.answered.lock().unwrap().is_empty() && inside.heard.answered.lock().unwrap().is_empty());
}

/// A server that speaks TLS and nothing else.
fn start_tls(tls: Arc<rustls::ServerConfig>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut tls = rustls::ServerConnection::new(Arc::clone(&tls)).unwrap();
            let _ = tls.complete_io(&mut stream.unwrap());
        }
    });
    address
}

#[test]
fn a_webhook_whose_certificate_is_no_good_is_told_from_one_that_is_away() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let here = || SanType::IpAddress(std::net::Ipv4Addr::LOCALHOST.into());
    let hook = format!("https://{}/argus", start_tls(certified_for(folder, here(), |_| {})));
    let server = start(&folder.join("trusting-nobody"), &[("ARGUS_WEBHOOK_NETWORKS", "127.0.0.0/8")]);
    asked(&server, &["org", "create", "acme"]);
    try_hook(&server, &hook, 1);
    assert_eq!(
        faults(&server, 1),
        ["no TLS with it: its certificate is from no authority that is trusted; add its authority to those of this \
          machine, or name a file of all with SSL_CERT_FILE"]
    );
    drop(server);

    // As it says there; then the certificate is for another name.
    let authorities = folder.join("ca.pem");
    let elsewhere = SanType::DnsName("hooks.acme.example".try_into().unwrap());
    let other = format!("https://{}/argus", start_tls(certified_for(folder, elsewhere, |_| {})));
    let settings = [("ARGUS_WEBHOOK_NETWORKS", "127.0.0.0/8"), ("SSL_CERT_FILE", authorities.to_str().unwrap())];
    let server = start(&folder.join("trusting"), &settings);
    asked(&server, &["org", "create", "acme"]);
    try_hook(&server, &other, 1);
    assert_eq!(
        faults(&server, 1),
        ["no TLS with it: its certificate is for `hooks.acme.example`, and not for the name by which it is asked"]
    );
}
