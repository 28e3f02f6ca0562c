//! Gateways before a service, each set up as its example says: what their clients get is what RFC 6750 asks of a resource
//! server.

mod caddy;
mod haproxy;
mod nginx;

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use argus_tests::http::{Answer, PATIENCE, once};
use argus_tests::program::{repository, stdout};

use crate::installation::Installation;

/// Who listens where, and the key of the gateway.
struct Addresses {
    gateway: SocketAddr,
    pdp: SocketAddr,
    service: SocketAddr,
    key: String,
}

/// A gateway before a service of its own, until this is dropped.
struct Gateway {
    child: Child,
    address: SocketAddr,
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

fn is_here(program: &str, version: &str) -> bool {
    let mut command = Command::new(program);
    let is_here = command.arg(version).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    if !is_here {
        assert!(std::env::var_os("CI").is_none(), "CI runs {program}, and finds none");
        println!("skipped: there is no {program}");
    }
    is_here
}

/// An address that nobody listens at. Another program may take it before it is used; then nothing starts there.
fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// A file of the examples, with the addresses and the key of this test in the place of its own.
fn example(file: &str, addresses: &Addresses) -> String {
    let mut example = fs::read_to_string(repository().join("examples").join(file)).unwrap();
    let changes = [
        ("127.0.0.1:8443", addresses.gateway.to_string()),
        ("http://:8443", format!("http://:{}", addresses.gateway.port())),
        ("127.0.0.1:8180", addresses.pdp.to_string()),
        ("127.0.0.1:8080", addresses.service.to_string()),
        ("argus_live_the-key-of-this-proxy", addresses.key.clone()),
    ];
    for (theirs, ours) in changes {
        example = example.replace(theirs, &ours);
    }
    example
}

async fn start(mut command: Command, address: SocketAddr, folder: &Path) -> Gateway {
    let complaints = fs::File::create(folder.join("complaints")).unwrap();
    let child = command.stdout(complaints.try_clone().unwrap()).stderr(complaints).spawn().unwrap();
    let gateway = Gateway { child, address };
    let begun = Instant::now();
    while tokio::net::TcpStream::connect(address).await.is_err() {
        let complaints = || fs::read_to_string(folder.join("complaints")).unwrap_or_default();
        assert!(begun.elapsed() < PATIENCE, "it does not start: {}", complaints());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    gateway
}

/// What a client gets that sends these lines.
async fn ask(gateway: &Gateway, line: &str, headers: &[&str]) -> Answer {
    let mut request = format!("{line} HTTP/1.1\r\nHost: guarded\r\nContent-Length: 0\r\n");
    for header in headers {
        request = request + header + "\r\n";
    }
    once(gateway.address, (request + "\r\n").as_bytes()).await.unwrap()
}

/// Sets a gateway up, asks it for all sorts of things, and looks at what comes of them.
async fn guards(program: &str, version: &str, configure: fn(&Path, &Addresses) -> Command) {
    if !is_here(program, version) {
        return;
    }
    let (folder, installation) = (tempfile::tempdir().unwrap(), Installation::start());
    let (pdp, key) = (installation.server.pdp, installation.enforcement_point.secret.clone());
    let addresses = Addresses { gateway: free(), service: free(), pdp, key };
    let command = configure(folder.path(), &addresses);
    let gateway = start(command, addresses.gateway, folder.path()).await;
    let own = format!("Authorization: Bearer {}", installation.client.secret);

    let through = ask(&gateway, "GET /evidence/42?a=b", &[&own, "Argus-Key-Id: forged"]).await;
    assert_eq!((through.status, through.text().as_str()), (200, "guarded"));
    assert_eq!(through.header("told-key"), Some(&*installation.client.id), "the service is told whose request it is");
    assert_eq!(through.header("told-authorization").unwrap_or_default(), "", "and not by what key");
    let token = format!("Authorization: bearer {}", installation.token(&installation.client).await);
    assert_eq!(ask(&gateway, "POST /evidence/42", &[&token]).await.status, 200, "a token does as well");

    let nobody = ask(&gateway, "GET /evidence/42", &[]).await;
    assert_eq!((nobody.status, nobody.header("www-authenticate")), (401, Some("Bearer realm=\"argus\"")));
    let lacking = ask(&gateway, "DELETE /evidence/42", &[&own]).await;
    let challenge = lacking.header("www-authenticate").unwrap();
    assert_eq!(lacking.status, 403);
    assert!(
        challenge.contains("insufficient_scope") && challenge.contains("acme/atlas/evidence/42:delete"),
        "{challenge}"
    );
    let malformed = ask(&gateway, "GET /evidence/42", &["Authorization: Bearer a b"]).await;
    assert_eq!(malformed.status, 400);
    assert!(malformed.header("www-authenticate").unwrap().contains("invalid_request"), "{malformed:?}");

    // No client has a say in what is asked about it.
    let claims = ["X-Forwarded-Uri: /evidence/42", "X-Forwarded-Method: GET", "X-Forwarded-Authorization: Bearer x"];
    let claimed = ask(&gateway, "DELETE /users/7", &[&[&*own], &claims[..]].concat()).await;
    assert_eq!(claimed.status, 403, "{claimed:?}");
    for path in ["/evidence//42", "/evidence/%2e%2e/users", "/evidence-archive", "/_argus"] {
        let refused = ask(&gateway, &format!("GET {path}"), &[&own]).await;
        assert!([400, 403, 404].contains(&refused.status), "{path}: {refused:?}");
    }

    stdout(&installation.server.argus(&["key", "revoke", "acme/atlas/client", "--yes"])).unwrap();
    let revoked = ask(&gateway, "GET /evidence/42", &[&own]).await;
    assert_eq!(revoked.status, 401);
    assert!(revoked.header("www-authenticate").unwrap().contains("error=\"invalid_token\""), "{revoked:?}");
}
