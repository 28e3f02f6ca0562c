//! `argus key credential add KEY`

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Map, Value, json};

use super::in_words;
use crate::client::{Client, find_key, number, text};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// Add a way to present an API key. What is registered is public; the private half stays with the key's holder.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  argus key credential add acme/atlas/reader --public-key reader.pub.pem\n  \
    argus key credential add acme/atlas/reader --issuer https://ci.example --subject acme/build\n  \
    argus key credential add acme/atlas/reader --certificate-dns reader.acme.example")]
pub(super) struct Add {
    /// Its name, such as acme/atlas/reader, or its id.
    #[arg(value_name = "KEY")]
    key: String,
    #[command(flatten)]
    proof: Proof,
    /// What tokens call a public key in PEM (default: its thumbprint by RFC 7638).
    #[arg(long, value_name = "ID", requires = "public_key")]
    kid: Option<String>,
    /// What the keys at --jwks-url sign with: RS256, ES256 or EdDSA; repeat for more (default: RS256).
    #[arg(long, value_name = "NAME", requires = "jwks_url")]
    algorithm: Vec<String>,
    /// The subject of the issuer's tokens.
    #[arg(long, value_name = "SUB", requires = "issuer")]
    subject: Option<String>,
    /// From when it may be used, such as 2027-02-22T12:00:00Z (default: at once).
    #[arg(long, value_name = "TIME")]
    not_before: Option<String>,
    /// Until when it may be used (default: as long as its key).
    #[arg(long, value_name = "TIME")]
    expires: Option<String>,
}

/// What the key is presented by: one of these.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Proof {
    /// A JWT that is signed with the other half of this public key, in PEM or as a JWK.
    #[arg(long, value_name = "FILE")]
    public_key: Option<PathBuf>,
    /// A JWT that is signed with one of the keys at this address.
    #[arg(long, value_name = "URL")]
    jwks_url: Option<String>,
    /// A JWT of this issuer, which the decision points trust by their settings, about --subject.
    #[arg(long, value_name = "ISS", requires = "subject")]
    issuer: Option<String>,
    /// A client certificate whose subject has this distinguished name.
    #[arg(long, value_name = "DN")]
    certificate_subject: Option<String>,
    /// A client certificate with this DNS name.
    #[arg(long, value_name = "NAME")]
    certificate_dns: Option<String>,
    /// A client certificate with this URI.
    #[arg(long, value_name = "URI")]
    certificate_uri: Option<String>,
    /// A client certificate with this IP address.
    #[arg(long, value_name = "ADDRESS")]
    certificate_ip: Option<String>,
    /// A client certificate with this e-mail address.
    #[arg(long, value_name = "ADDRESS")]
    certificate_email: Option<String>,
    /// The client certificate with this SHA-256, in base64url.
    #[arg(long, value_name = "SHA-256")]
    certificate_thumbprint: Option<String>,
    /// One of the certificates in this file: a set of keys with `x5c` (RFC 7517).
    #[arg(long, value_name = "FILE")]
    certificate_jwks: Option<PathBuf>,
}

impl Add {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let client = Client::administration(console)?;
        let key = find_key(&client, &self.key)?;
        let added = client.post(&format!("/v1/keys/{}/credentials", text(&key, "id")), &self.body()?)?;
        match output {
            Output::Json => console.print_json(&added)?,
            _ => console.print(told(&added, text(&key, "path")))?,
        }
        Ok(Exit::Done)
    }

    fn body(&self) -> Result<Value, Failure> {
        let mut body = self.proof.members()?;
        let mut add = |name: &str, value: Option<Value>| body.extend(value.map(|value| (name.to_owned(), value)));
        add("kid", self.kid.as_deref().map(Value::from));
        add("algorithms", (!self.algorithm.is_empty()).then(|| json!(self.algorithm)));
        add("subject", self.subject.as_deref().map(Value::from));
        add("not_before", self.not_before.as_deref().map(Value::from));
        add("expires_at", self.expires.as_deref().map(Value::from));
        Ok(Value::Object(body))
    }
}

impl Proof {
    fn members(&self) -> Result<Map<String, Value>, Failure> {
        let of = |kind: &str, name: &str, value: Value| {
            Map::from_iter([("kind".to_owned(), Value::from(kind)), (name.to_owned(), value)])
        };
        if let Some(file) = &self.public_key {
            let text = read(file)?;
            return Ok(match serde_json::from_str(&text) {
                Ok(jwk @ Value::Object(_)) => of("public_key", "jwk", jwk),
                _ => of("public_key", "pem", text.into()),
            });
        }
        if let Some(file) = &self.certificate_jwks {
            let set: Value = serde_json::from_str(&read(file)?).map_err(|error| {
                Failure::new(Exit::NoInput, "unreadable-file", format!("`{}`: {error}", file.display()))
            })?;
            return Ok(of("certificate", "jwks", set));
        }
        let texts = [
            ("jwks_url", "url", &self.jwks_url),
            ("jwt_subject", "issuer", &self.issuer),
            ("certificate", "subject_dn", &self.certificate_subject),
            ("certificate", "san_dns", &self.certificate_dns),
            ("certificate", "san_uri", &self.certificate_uri),
            ("certificate", "san_ip", &self.certificate_ip),
            ("certificate", "san_email", &self.certificate_email),
            ("certificate", "thumbprint", &self.certificate_thumbprint),
        ];
        let given = texts.into_iter().find_map(|(kind, name, text)| Some(of(kind, name, text.as_deref()?.into())));
        Ok(given.unwrap_or_default())
    }
}

fn read(file: &Path) -> Result<String, Failure> {
    fs::read_to_string(file).map_err(|error| Failure::unreadable(file, &error))
}

fn told(added: &Value, path: &str) -> String {
    let known = format!("{} of {}", number(added, "applied_by"), number(added, "decision_points"));
    let (id, kind) = (text(added, "id"), text(added, "kind"));
    format!("credential {id} presents {path}: {kind} {}\nknown to {known} decision points\n", in_words(added))
}
