//! A server over TLS with clients that have certificates, asked by curl.

use std::fs;
use std::path::Path;
use std::process::Command;

use argus_tests::program::Server;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::certificates::{Authority, Certified, client, self_signed};
use crate::installation::Key;

/// A server that lasts as long as this. All clients are enforcement points of `acme`, and none uses its secret.
pub(crate) struct OverTls {
    pub(crate) server: Server,
    /// Known by a name, for which an authority vouches: `signed.pem`.
    pub(crate) signed: Client,
    /// Known by its subject, for which an authority vouches: `subject.pem`.
    pub(crate) subject: Client,
    /// Known by its certificate itself: `self_signed.pem`.
    pub(crate) self_signed: Client,
    /// A key that may read evidence, to be asked about.
    pub(crate) reader: Key,
    folder: TempDir,
}

/// A key, and the certificate that it is presented by.
pub(crate) struct Client {
    pub(crate) key: Key,
    pub(crate) certificate: Certified,
}

/// What a server said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) status: u16,
    /// `WWW-Authenticate`.
    pub(crate) challenge: String,
    pub(crate) body: Value,
}

impl OverTls {
    /// Starts it; `other.pem` is a certificate of the same authority that is registered nowhere.
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (servers, clients) = (Authority::new("servers"), Authority::new("clients"));
        let file = |name: &str| folder.path().join(name);
        fs::write(file("servers.pem"), &servers.pem).unwrap();
        fs::write(file("clients.pem"), &clients.pem).unwrap();
        servers.sign_server().write(folder.path(), "server");
        let (signed, unsigned) = (clients.sign(&client("pep.acme.example")), self_signed(&client("pep.acme.example")));
        signed.write(folder.path(), "signed");
        unsigned.write(folder.path(), "self_signed");
        let subject = clients.sign(&client("subject.acme.example"));
        subject.write(folder.path(), "subject");
        clients.sign(&client("other.acme.example")).write(folder.path(), "other");
        let server = Server::start_with(&file("data"), |command| {
            command.env("ARGUS_TLS_CERTIFICATE", file("server.pem")).env("ARGUS_TLS_KEY", file("server.key"));
            command.env("ARGUS_CLIENT_CA_FILE", file("clients.pem"));
        })
        .unwrap();
        let administration = Administration { server: &server, folder: folder.path() };
        administration.post("/v1/organisations", &json!({"name": "acme"}));
        administration.post("/v1/projects", &json!({"organisation": "acme", "name": "atlas"}));
        let reader = administration.create("reader", Some("atlas"), "acme/atlas/evidence:read");
        let known_by = json!({"san_dns": "pep.acme.example"});
        let signed = administration.client("signed", signed, known_by);
        // Spelled otherwise than in the certificate: names are compared, not texts.
        let known_by = json!({"subject_dn": "2.5.4.3 = Subject.ACME.example"});
        let subject = administration.client("subject", subject, known_by);
        let known_by = json!({"jwks": {"keys": [{"kty": "EC", "x5c": [unsigned.x5c()]}]}});
        let self_signed = administration.client("self-signed", unsigned, known_by);
        Self { server, signed, subject, self_signed, reader, folder }
    }

    /// Every client, with the name of its files and the method that it authenticates by.
    pub(crate) fn clients(&self) -> [(&Client, &'static str, &'static str); 3] {
        [
            (&self.signed, "signed", "tls_client_auth"),
            (&self.subject, "subject", "tls_client_auth"),
            (&self.self_signed, "self_signed", "self_signed_tls_client_auth"),
        ]
    }

    /// Sends a form to an endpoint of OAuth, over this certificate.
    pub(crate) fn form(&self, path: &str, shown: Option<&str>, parameters: &[&str]) -> Said {
        self.form_with(path, shown, parameters, &[])
    }

    /// The same, with further arguments to curl.
    pub(crate) fn form_with(&self, path: &str, shown: Option<&str>, parameters: &[&str], more: &[&str]) -> Said {
        let data = parameters.iter().flat_map(|parameter| ["--data", parameter]);
        let arguments: Vec<_> = data.chain(more.iter().copied()).collect();
        curl(self.folder.path(), &format!("https://{}{path}", self.server.pap), shown, &arguments)
    }

    /// What is found at a path of the administration.
    pub(crate) fn get(&self, path: &str) -> Value {
        curl(self.folder.path(), &format!("https://{}{path}", self.server.pap), None, &[]).body
    }

    /// Asks the decision point about the reader, with the token of an enforcement point, over this certificate.
    pub(crate) fn verify(&self, token: &str, shown: Option<&str>) -> Said {
        let authorization = format!("authorization: Bearer {token}");
        let question =
            json!({"credential": self.reader.secret, "action": "read", "resource": "acme/atlas/evidence/42"});
        let question = question.to_string();
        let arguments =
            ["--header", &authorization, "--header", "content-type: application/json", "--data", question.as_str()];
        curl(self.folder.path(), &format!("https://{}/v1/verify", self.server.pdp), shown, &arguments)
    }

    /// Tells a program of the server, and of a client with its certificate.
    pub(crate) fn tell<'c>(&self, command: &'c mut Command, client: &Client, shown: &str) -> &'c mut Command {
        let file = |name: String| self.folder.path().join(name);
        command
            .env("ARGUS_ISSUER", format!("https://{}", self.server.pap))
            .env("ARGUS_PDP_URL", format!("https://{}", self.server.pdp))
            .env("REQUESTS_CA_BUNDLE", file("servers.pem".to_owned()))
            .env("CLIENT_ID", &client.key.id)
            .env("CLIENT_SECRET", "")
            .env("CLIENT_CERTIFICATE", file(format!("{shown}.pem")))
            .env("CLIENT_KEY", file(format!("{shown}.key")))
            .env("OTHER_CERTIFICATE", file("other.pem".to_owned()))
            .env("OTHER_KEY", file("other.key".to_owned()))
            .env("THUMBPRINT", client.certificate.thumbprint())
            .env("READER_KEY", &self.reader.secret)
            .env("NO_PROXY", "127.0.0.1")
    }
}

/// The administrator.
struct Administration<'s> {
    server: &'s Server,
    folder: &'s Path,
}

impl Administration<'_> {
    fn post(&self, path: &str, body: &Value) -> Value {
        let (authorization, body) = (format!("authorization: Bearer {}", self.server.key), body.to_string());
        let arguments =
            ["--header", &authorization, "--header", "content-type: application/json", "--data", body.as_str()];
        let said = curl(self.folder, &format!("https://{}{path}", self.server.pap), None, &arguments);
        assert_eq!(said.status, 201, "{said:?}");
        said.body
    }

    fn create(&self, name: &str, project: Option<&str>, scope: &str) -> Key {
        let body = json!({"organisation": "acme", "project": project, "name": name, "scopes": [scope]});
        let made = self.post("/v1/keys", &body);
        let text = |member: &str| made[member].as_str().unwrap().to_owned();
        Key { id: text("id"), secret: text("secret") }
    }

    fn client(&self, name: &str, certificate: Certified, known_by: Value) -> Client {
        let key = self.create(name, None, "acme/argus/pdp:execute");
        let mut body = known_by;
        body["kind"] = json!("certificate");
        self.post(&format!("/v1/keys/{}/credentials", key.id), &body);
        Client { key, certificate }
    }
}

fn curl(folder: &Path, url: &str, shown: Option<&str>, arguments: &[&str]) -> Said {
    let mut command = Command::new("curl");
    command.args(["--silent", "--show-error", "--include", "--http1.1", "--noproxy", "*", "--max-time", "60"]);
    command.arg("--cacert").arg(folder.join("servers.pem"));
    if let Some(shown) = shown {
        command.arg("--cert").arg(folder.join(format!("{shown}.pem")));
        command.arg("--key").arg(folder.join(format!("{shown}.key")));
    }
    let output = command.args(arguments).arg(url).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let challenge = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("www-authenticate").then(|| value.to_owned())
    });
    let body = serde_json::from_str(body).unwrap_or(Value::Null);
    Said { status, challenge: challenge.unwrap_or_default(), body }
}
