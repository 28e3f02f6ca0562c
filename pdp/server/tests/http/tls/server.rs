//! A decision point behind TLS on loopback, and `curl` in front of it.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer, rt};
use argus_pdp::{ClientTrust, ClientTrustFiles, ServerTls, ServerTlsFiles, Settings, keep_certificate};
use argus_store::credential::{CertificateMatch, PublicMaterial};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;

use super::authorities::{Authority, Certified};
use crate::support::{Installation, TestKey};

/// A server, with the authority that its clients' certificates are signed by.
pub(super) struct Tls {
    pub(super) installation: Installation,
    pub(super) authority: Authority,
    pub(super) tls: ServerTls,
    pub(super) trust: ClientTrust,
    address: SocketAddr,
    handle: ServerHandle,
    // Last, so that it is there for as long as what looks after its files.
    folder: TempDir,
}

/// What `curl` got.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Got {
    pub(super) status: u16,
    pub(super) http: String,
    pub(super) body: String,
}

/// Whether there is a real client; without one, these tests say so and pass.
fn is_curl_there() -> bool {
    let is_there = Command::new("curl").arg("--version").stdout(Stdio::null()).status().is_ok();
    if !is_there {
        assert!(std::env::var_os("CI").is_none(), "curl is missing");
        println!("skipped: needs curl");
    }
    is_there
}

impl Tls {
    /// Starts a server; `None` where there is no `curl` to ask it.
    pub(super) fn start() -> Option<Self> {
        Self::start_with(|_| {}, None)
    }

    /// The same with other settings, and a list of revocations.
    pub(super) fn start_with(change: impl FnOnce(&mut Settings), list: Option<&str>) -> Option<Self> {
        if !is_curl_there() {
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::new("clients");
        let file = |name: &str| folder.path().join(name);
        fs::write(file("clients.pem"), &authority.pem).unwrap();
        let list = list.map(|list| if list.is_empty() { authority.revoke(&[], 2090) } else { list.to_owned() });
        let revocations = list.map(|list| fs::write(file("revoked.pem"), list).map(|()| file("revoked.pem")).unwrap());
        let servers = Authority::new("servers");
        let shown = servers.sign_server();
        fs::write(file("servers.pem"), &servers.pem).unwrap();
        fs::write(file("server.pem"), &shown.pem).unwrap();
        fs::write(file("server.key"), &shown.key).unwrap();
        let tls = ServerTls::open(ServerTlsFiles { certificate: file("server.pem"), key: file("server.key") }).unwrap();
        let files =
            ClientTrustFiles { authorities: Some(file("clients.pem")), revocations: revocations.into_iter().collect() };
        let trust = ClientTrust::open(files).unwrap();
        let installation = Installation::start(|settings, _| {
            settings.client_trust = trust.clone();
            settings.server_tls = vec![tls.clone()];
            change(settings);
        });
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap();
        let pdp = installation.pdp.clone();
        let server = HttpServer::new(move || App::new().configure(|config| pdp.configure(config)));
        let server = server.workers(1).tcp_nodelay(true).disable_signals().on_connect(keep_certificate);
        let server = server.listen_rustls_0_23(socket, tls.config().unwrap()).unwrap().run();
        let handle = server.handle();
        rt::spawn(server);
        Some(Self { installation, authority, tls, trust, address, handle, folder })
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The name of a file with this text.
    pub(super) fn write(&self, name: &str, text: &str) -> String {
        fs::write(self.file(name), text).unwrap();
        self.file(name).display().to_string()
    }

    /// A key of an enforcement point of `acme` that a certificate presents.
    pub(super) fn add_presented(&self, name: &str, known_by: CertificateMatch) -> TestKey {
        let key = self.installation.add_key("acme", name, "acme/argus/pdp:execute", |_, _| {});
        self.installation.add_credential(key.key.id, PublicMaterial::Certificate(known_by));
        key
    }

    /// Asks `POST /v1/verify` by `curl`, with a certificate and further arguments.
    pub(super) async fn ask(&self, shown: Option<&Certified>, arguments: &[&str], question: &Value) -> Got {
        let url = format!("https://{}/v1/verify", self.address);
        let mut command = tokio::process::Command::new("curl");
        command.args(["--silent", "--show-error", "--cacert"]).arg(self.file("servers.pem"));
        if let Some(shown) = shown {
            command.arg("--cert").arg(self.write("shown.pem", &shown.pem));
            command.arg("--key").arg(self.write("shown.key", &shown.key));
        }
        command.args(["--write-out", "\n%{http_code} %{http_version}", "--header", "content-type: application/json"]);
        command.args(arguments).args(["--data-binary", "@-", &url]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // A server that refuses doesn't always read on.
        let _ = child.stdin.take().unwrap().write_all(question.to_string().as_bytes()).await;
        let output = child.wait_with_output().await.unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let (body, last) = text.rsplit_once('\n').unwrap_or_default();
        let (status, http) = last.split_once(' ').unwrap_or_default();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Got { status: status.parse().unwrap(), http: http.to_owned(), body: body.to_owned() }
    }

    /// Puts a file in the place of another.
    pub(super) fn replace(&self, name: &str, text: &str) {
        self.write("new", text);
        fs::rename(self.file("new"), self.file(name)).unwrap();
    }
}

impl Drop for Tls {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

impl Got {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{self:?}"))
    }

    /// The code of a problem.
    pub(super) fn problem(&self) -> String {
        self.json()["type"].as_str().unwrap_or_default().trim_start_matches("urn:argus:problem:").to_owned()
    }
}
