//! nginx with `examples/nginx/argus.conf` before a service: what its clients get is what RFC 6750 asks of a resource server.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use argus_tests::http::{Answer, PATIENCE, once};
use argus_tests::program::{repository, stdout};

use crate::installation::Installation;

/// nginx before a service of its own, until this is dropped.
struct Nginx {
    child: Child,
    address: SocketAddr,
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

fn is_here() -> bool {
    let is_here = Command::new("nginx").arg("-v").stderr(Stdio::null()).status().is_ok();
    if !is_here {
        assert!(std::env::var_os("CI").is_none(), "CI runs nginx, and finds none");
        println!("skipped: there is no nginx");
    }
    is_here
}

/// An address that nobody listens at. Another program may take it before it is used; then nothing starts there.
fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// The example, with the addresses and the key of this test in the place of its own.
fn configuration(folder: &Path, pdp: SocketAddr, key: &str, [proxy, service]: [SocketAddr; 2]) -> String {
    let mut example = fs::read_to_string(repository().join("examples/nginx/argus.conf")).unwrap();
    let changes = [
        ("127.0.0.1:8443", proxy.to_string()),
        ("127.0.0.1:8180", pdp.to_string()),
        ("127.0.0.1:8080", service.to_string()),
        ("argus_live_the-key-of-this-proxy", key.to_owned()),
    ];
    for (theirs, ours) in changes {
        assert!(example.contains(theirs), "the example lacks {theirs}");
        example = example.replace(theirs, &ours);
    }
    let folder = folder.display();
    // What the service is told comes back, so that it can be looked at.
    let guarded = format!(
        "server {{ listen {service}; location / {{ add_header Told-Key $http_argus_key_id always;
         add_header Told-Authorization $http_authorization always; return 200 \"guarded\"; }} }}"
    );
    let paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(|of| format!("{of}_temp_path {folder}/{of};"));
    format!(
        "daemon off; pid {folder}/pid; error_log {folder}/errors; events {{}}
         http {{ access_log off; {} {guarded} {example} }}",
        paths.concat()
    )
}

async fn start(folder: &Path, installation: &Installation) -> Nginx {
    let [proxy, service] = [free(), free()];
    let file = folder.join("nginx.conf");
    let text = configuration(folder, installation.server.pdp, &installation.enforcement_point.secret, [proxy, service]);
    fs::write(&file, text).unwrap();
    let child = Command::new("nginx").arg("-p").arg(folder).arg("-c").arg(&file).spawn().unwrap();
    let nginx = Nginx { child, address: proxy };
    let begun = Instant::now();
    while tokio::net::TcpStream::connect(proxy).await.is_err() {
        let errors = || fs::read_to_string(folder.join("errors")).unwrap_or_default();
        assert!(begun.elapsed() < PATIENCE, "nginx does not start: {}", errors());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    nginx
}

/// What a client gets that sends these lines.
async fn ask(nginx: &Nginx, line: &str, headers: &[&str]) -> Answer {
    let mut request = format!("{line} HTTP/1.1\r\nHost: guarded\r\nContent-Length: 0\r\n");
    for header in headers {
        request = request + header + "\r\n";
    }
    once(nginx.address, (request + "\r\n").as_bytes()).await.unwrap()
}

#[tokio::test]
async fn nginx_lets_through_what_is_granted_and_challenges_all_else() {
    if !is_here() {
        return;
    }
    let (folder, installation) = (tempfile::tempdir().unwrap(), Installation::start());
    let nginx = start(folder.path(), &installation).await;
    let own = format!("Authorization: Bearer {}", installation.client.secret);

    let through = ask(&nginx, "GET /evidence/42?a=b", &[&own, "Argus-Key-Id: forged"]).await;
    assert_eq!((through.status, through.text().as_str()), (200, "guarded"));
    assert_eq!(through.header("told-key"), Some(&*installation.client.id), "the service is told whose request it is");
    assert_eq!(through.header("told-authorization"), None, "and not by what key");
    let token = format!("Authorization: bearer {}", installation.token(&installation.client).await);
    assert_eq!(ask(&nginx, "POST /evidence/42", &[&token]).await.status, 200, "a token does as well");

    let nobody = ask(&nginx, "GET /evidence/42", &[]).await;
    assert_eq!((nobody.status, nobody.header("www-authenticate")), (401, Some("Bearer realm=\"argus\"")));
    let lacking = ask(&nginx, "DELETE /evidence/42", &[&own]).await;
    let challenge = lacking.header("www-authenticate").unwrap();
    assert_eq!(lacking.status, 403);
    assert!(
        challenge.contains("insufficient_scope") && challenge.contains("acme/atlas/evidence/42:delete"),
        "{challenge}"
    );
    let malformed = ask(&nginx, "GET /evidence/42", &["Authorization: Bearer a b"]).await;
    assert_eq!(malformed.status, 400);
    assert!(malformed.header("www-authenticate").unwrap().contains("invalid_request"), "{malformed:?}");

    // No client has a say in what is asked about it.
    let claims = ["X-Forwarded-Uri: /evidence/42", "X-Forwarded-Method: GET", "X-Forwarded-Authorization: Bearer x"];
    let claimed = ask(&nginx, "DELETE /users/7", &[&[&*own], &claims[..]].concat()).await;
    assert_eq!(claimed.status, 403, "{claimed:?}");
    for path in ["/evidence//42", "/evidence/%2e%2e/users", "/evidence-archive", "/_argus"] {
        let refused = ask(&nginx, &format!("GET {path}"), &[&own]).await;
        assert!([400, 403, 404].contains(&refused.status), "{path}: {refused:?}");
    }

    stdout(&installation.server.argus(&["key", "revoke", "acme/atlas/client", "--yes"])).unwrap();
    let revoked = ask(&nginx, "GET /evidence/42", &[&own]).await;
    assert_eq!(revoked.status, 401);
    assert!(revoked.header("www-authenticate").unwrap().contains("error=\"invalid_token\""), "{revoked:?}");
}
