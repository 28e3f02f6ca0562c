//! Clients behind a proxy that ends TLS and hands on their certificates, in each of the forms that there are. Whoever is
//! no trusted proxy and sends such a header is refused, whatever it says.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use argus_tests::program::{Server, stdout};
use serde_json::{Value, json};

use crate::certificates::{Authority, Certified, client};
use crate::curl;

/// Where the proxy asks from. All others ask from 127.0.0.1.
const PROXY: &str = "127.0.0.2";

const STRANGER: &str = "127.0.0.1";

const GRANT: &str = "grant_type=client_credentials";

/// Writes a certificate as one form of the header has it.
type Writer = fn(&Certified) -> String;

/// The header that is agreed on, and how the proxy writes a certificate into it.
const FORMS: [(&str, Writer); 3] = [
    ("Client-Cert", |shown| format!(":{}:", shown.x5c())),
    ("X-Forwarded-Client-Cert", |shown| format!("By=spiffe://acme/gate;Hash=00;Cert=\"{}\"", escaped(shown.pem()))),
    ("X-SSL-Client-Cert", |shown| escaped(shown.pem())),
];

/// PEM as nginx writes it (`$ssl_client_escaped_cert`), and Envoy.
fn escaped(pem: &str) -> String {
    pem.bytes().fold(String::new(), |mut text, octet| {
        if octet.is_ascii_alphanumeric() {
            text.push(char::from(octet));
        } else {
            write!(text, "%{octet:02X}").unwrap();
        }
        text
    })
}

#[test]
fn a_certificate_that_a_trusted_proxy_hands_on_gets_a_token_and_a_strangers_header_gets_none() {
    if !cfg!(target_os = "linux") || !curl::is_here() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let clients = Authority::new("clients");
    fs::write(folder.path().join("clients.pem"), &clients.pem).unwrap();
    let (own, other) = (clients.sign(&client("pep.acme.example")), clients.sign(&client("other.acme.example")));
    let forged = Authority::new("strangers").sign(&client("pep.acme.example"));
    let mut keys = None;
    for (header, write) in FORMS {
        let server = serve(folder.path(), header);
        let keys = keys.get_or_insert_with(|| Keys::create(&server));
        let named = format!("client_id={}", keys.client);
        let line = |shown: &Certified| format!("{header}: {}", write(shown));
        let form = |from, path, headers: &[&str], parameters: &[&str]| {
            let data: Vec<_> = parameters.iter().flat_map(|parameter| ["--data", *parameter]).collect();
            ask(&format!("http://{}{path}", server.pap), from, headers, &data)
        };
        let (status, told) = form(PROXY, "/oauth/token", &[&line(&own)], &[GRANT, &named]);
        assert_eq!((status, &told["token_type"]), (200, &json!("Bearer")), "{header} {told}");
        let token = told["access_token"].as_str().unwrap();
        let about = format!("token={token}");
        let (_, worth) = form(PROXY, "/oauth/introspect", &[&line(&own)], &[&named, &about]);
        assert_eq!(worth["cnf"], json!({"x5t#S256": own.thumbprint()}), "{header} {worth}");

        let verify = |from, headers: &[&str]| {
            let authorization = format!("Authorization: Bearer {token}");
            let headers: Vec<_> =
                headers.iter().copied().chain([&*authorization, "Content-Type: application/json"]).collect();
            let asked = json!({"credential": keys.reader, "action": "read", "resource": "acme/atlas/evidence/42"});
            ask(&format!("http://{}/v1/verify", server.pdp), from, &headers, &["--data", &asked.to_string()])
        };
        assert_eq!(verify(PROXY, &[&line(&own)]).1["decision"], "Permit", "{header}");
        assert_eq!(verify(PROXY, &[&line(&other)]).0, 401, "{header}");
        assert_eq!(verify(PROXY, &[]).0, 401, "{header}");
        let (status, problem) = verify(STRANGER, &[&line(&own)]);
        assert_eq!((status, &problem["type"]), (400, &json!("urn:argus:problem:certificate-header")), "{header}");

        // The right client, and yet nobody who may say so.
        for path in ["/oauth/token", "/oauth/introspect", "/oauth/revoke"] {
            let (status, refused) = form(STRANGER, path, &[&line(&own)], &[GRANT, &named, &about]);
            assert_eq!((status, &refused["error"]), (400, &json!("invalid_request")), "{header} {path} {refused}");
        }
        let secret = format!("client_secret={}", keys.secret);
        let (status, refused) = form(STRANGER, "/oauth/token", &[&line(&own)], &[GRANT, &named, &secret]);
        assert_eq!(
            (status, &refused["error"]),
            (400, &json!("invalid_request")),
            "{header} beside a secret: {refused}"
        );

        let twice = [&*line(&own), &*line(&own)];
        for (headers, expected) in [
            (&[&*line(&other)][..], (401, "invalid_client")),
            // The proxy hands on what it is shown; whether an authority vouches for it is judged here.
            (&[&*line(&forged)], (401, "invalid_client")),
            (&[], (401, "invalid_client")),
            (&twice, (400, "invalid_request")),
            (&[&*format!("{header}: nonsense%zz")], (400, "invalid_request")),
        ] {
            let (status, refused) = form(PROXY, "/oauth/token", headers, &[GRANT, &named]);
            assert_eq!((status, &refused["error"]), (expected.0, &json!(expected.1)), "{headers:?} {refused}");
        }
        for (not_agreed, _) in FORMS.iter().filter(|(name, _)| *name != header && !name.starts_with("X-SSL")) {
            let unasked = format!("{not_agreed}: :AA==:");
            let (status, refused) = form(PROXY, "/oauth/token", &[&unasked, &line(&own)], &[GRANT, &named]);
            assert_eq!((status, &refused["error"]), (400, &json!("invalid_request")), "{header}, {not_agreed}");
        }
        assert_eq!(form(PROXY, "/oauth/revoke", &[&line(&own)], &[&named, &about]).0, 200, "{header}");
        assert_eq!(verify(PROXY, &[&line(&own)]).0, 401, "{header}, revoked");
    }
}

/// What the first server made, for those after it.
struct Keys {
    /// The id of an enforcement point that is known by a name in its certificate.
    client: String,
    secret: String,
    /// The secret of a reader.
    reader: String,
}

impl Keys {
    fn create(server: &Server) -> Self {
        let make = |name: &str, scope: &str| -> Value {
            let made = server.argus(&["key", "create", name, "--scope", scope, "--output", "json"]);
            serde_json::from_str(&stdout(&made).unwrap()).unwrap()
        };
        stdout(&server.argus(&["org", "create", "acme"])).unwrap();
        stdout(&server.argus(&["project", "create", "acme/atlas"])).unwrap();
        let (point, reader) =
            (make("acme/pep", "acme/argus/pdp:execute"), make("acme/atlas/reader", "acme/atlas/evidence:read"));
        let known_by = json!({"kind": "certificate", "san_dns": "pep.acme.example"}).to_string();
        let text = |of: &Value, member: &str| of[member].as_str().unwrap().to_owned();
        let (id, authorization) = (text(&point, "id"), format!("Authorization: Bearer {}", server.key));
        let url = format!("http://{}/v1/keys/{id}/credentials", server.pap);
        let headers = [&*authorization, "Content-Type: application/json"];
        let (status, made) = ask(&url, STRANGER, &headers, &["--data", &known_by]);
        assert_eq!(status, 201, "{made}");
        Self { client: id, secret: text(&point, "secret"), reader: text(&reader, "secret") }
    }
}

fn serve(folder: &Path, header: &str) -> Server {
    Server::start_with(&folder.join("data"), |command| {
        command.env("ARGUS_TRUSTED_PROXIES", PROXY).env("ARGUS_CLIENT_CERTIFICATE_HEADER", header);
        command.env("ARGUS_CLIENT_CA_FILE", folder.join("clients.pem"));
    })
    .unwrap()
}

/// Asks from an address of this machine: status and body.
fn ask(url: &str, from: &str, headers: &[&str], arguments: &[&str]) -> (u16, Value) {
    let mut command = Command::new("curl");
    command.args(["--silent", "--show-error", "--noproxy", "*", "--max-time", "60", "--interface", from]);
    command.args(["--write-out", "\n%{http_code}"]).args(headers.iter().flat_map(|header| ["--header", *header]));
    let output = command.args(arguments).arg(url).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let (body, status) = text.rsplit_once('\n').unwrap();
    (status.parse().unwrap(), serde_json::from_str(body).unwrap_or(Value::Null))
}
