//! Bodies that come in one piece with their head, behind it, in parts, or never.

use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer, rt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Installation, PATIENCE, request};

/// How long the server waits for a body.
const TIMEOUT: Duration = Duration::from_millis(400);

/// A server over TCP: in process nothing comes late.
struct Served {
    installation: Installation,
    address: SocketAddr,
    handle: ServerHandle,
}

impl Served {
    fn start() -> Self {
        let installation = Installation::start(|settings, _| settings.body_timeout = TIMEOUT);
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap();
        let pdp = installation.pdp.clone();
        let server = HttpServer::new(move || App::new().configure(|config| pdp.configure(config)));
        let server = server.workers(1).disable_signals().listen(socket).unwrap().run();
        let handle = server.handle();
        rt::spawn(server);
        Self { installation, address, handle }
    }

    /// A question as its head and its body.
    fn question(&self) -> (String, String) {
        let body = request(Some(&self.installation.reader.token), "read", "acme/atlas/evidence/42").to_string();
        let head = format!(
            "POST /pdp HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\ncontent-type: application/xacml+json\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n",
            self.address,
            self.installation.pep.token,
            body.len()
        );
        (head, body)
    }

    /// Sends parts, each so long behind the one before, and reads the answer.
    async fn send(&self, parts: &[&str], between: Duration) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        for part in parts {
            stream.write_all(part.as_bytes()).await.unwrap();
            rt::time::sleep(between).await;
        }
        let mut answer = String::new();
        rt::time::timeout(PATIENCE, stream.read_to_string(&mut answer)).await.unwrap().unwrap();
        answer
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

#[actix_web::test]
async fn a_body_is_read_however_it_comes_in_time() {
    let served = Served::start();
    let (head, body) = served.question();
    let (first, second) = body.split_at(body.len() / 2);
    let whole = format!("{head}{body}");
    let begun = format!("{head}{first}");
    let soon = Duration::from_millis(30);
    for parts in [&[whole.as_str()][..], &[&head, &body], &[&begun, second], &[&head, first, second]] {
        let answer = served.send(parts, soon).await;
        assert!(
            answer.starts_with("HTTP/1.1 200 ") && answer.contains("\"Permit\""),
            "{} parts: {answer}",
            parts.len()
        );
    }
}

#[actix_web::test]
async fn a_body_that_does_not_come_is_waited_for_once() {
    // The first time the caller's key is cold: the body is waited for by a handler that has waited before.
    let served = Served::start();
    let (head, body) = served.question();
    let (first, _) = body.split_at(body.len() / 2);
    let begun = format!("{head}{first}");
    for sent in [&head, &begun, &head] {
        let since = Instant::now();
        let answer = served.send(&[sent], Duration::ZERO).await;
        assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("waited for in vain"), "{answer}");
        assert!(since.elapsed() >= TIMEOUT, "it was not waited for");
    }
}
