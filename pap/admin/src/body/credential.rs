//! What a credential without a secret is checked against: a public key, a set of them, a subject, a certificate.

use std::net::IpAddr;

use argus_credentials::certificate::{AlternativeName, Certificate, Thumbprint};
use argus_credentials::jwt::{Algorithm, PublicKey, jwk_from_pem};
use argus_engine::types::X500Name;
use argus_store::credential::{CertificateMatch, CredentialKind, PublicMaterial};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::{Fields, web_address};
use crate::FaultCode;

/// Characters of the longest name, address or URL.
const LONGEST: usize = 500;

/// Certificates of one credential.
const MOST_CERTIFICATES: usize = 16;

/// The members of a public key that are kept. Whatever else a JWK says is nobody's business here.
const PUBLIC: [&str; 10] = ["kty", "crv", "x", "y", "n", "e", "kid", "use", "alg", "key_ops"];

/// What a certificate may be known by, each a member.
const KNOWN_BY: [&str; 7] = ["subject_dn", "san_dns", "san_uri", "san_ip", "san_email", "thumbprint", "jwks"];

/// Reads `kind` and its members. Faults are noted; `None` where there is one.
pub(crate) fn public_material(fields: &mut Fields) -> Option<PublicMaterial> {
    let kind = fields.required_text("kind")?;
    match kind.parse() {
        Ok(CredentialKind::PublicKey) => public_key(fields).map(|jwk| PublicMaterial::PublicKey { jwk }),
        Ok(CredentialKind::JwksUrl) => {
            let (url, algorithms) = (url(fields), algorithms(fields));
            Some(PublicMaterial::JwksUrl { url: url?, algorithms })
        }
        Ok(CredentialKind::JwtSubject) => {
            let (issuer, subject) = (line(fields, "issuer"), line(fields, "subject"));
            Some(PublicMaterial::JwtSubject { issuer: issuer?, subject: subject? })
        }
        Ok(CredentialKind::Certificate) => certificate(fields).map(PublicMaterial::Certificate),
        Ok(CredentialKind::Secret) => {
            let help = "`POST /v1/keys/{key}/rotate` gives a key a new secret".to_owned();
            wrong(fields, "kind", "a secret is made here, not registered", Some(help));
            None
        }
        _ => {
            let detail = format!(
                "`{}` is none of `public_key`, `jwks_url`, `jwt_subject` and `certificate`",
                kind.escape_debug()
            );
            wrong(fields, "kind", detail, None);
            None
        }
    }
}

/// The same, its names in the one spelling that stands for all that decision points take for the same: by it, two keys
/// are kept from one caller.
pub(crate) fn in_one_spelling(public: &PublicMaterial) -> PublicMaterial {
    let PublicMaterial::Certificate(known_by) = public else { return public.clone() };
    PublicMaterial::Certificate(match known_by {
        CertificateMatch::SubjectDn(text) => {
            let name = X500Name::parse(text).map(|name| name.to_comparable());
            CertificateMatch::SubjectDn(name.unwrap_or_else(|_| text.clone()))
        }
        CertificateMatch::SanEmail(text) => CertificateMatch::SanEmail(match AlternativeName::email(text) {
            Some(AlternativeName::Email(address)) => address.into(),
            _ => text.clone(),
        }),
        other => other.clone(),
    })
}

fn public_key(fields: &mut Fields) -> Option<Map<String, Value>> {
    let (pem, jwk) = (fields.text("pem"), fields.value("jwk"));
    let (at, jwk) = match (pem, jwk) {
        (Some(pem), None) => ("pem", from_pem(fields, &pem)?),
        (None, Some(Value::Object(jwk))) => ("jwk", jwk),
        (None, Some(_)) => {
            wrong(fields, "jwk", "`jwk` has to be an object (RFC 7517)", None);
            return None;
        }
        (Some(_), Some(_)) => {
            wrong(fields, "pem", "give `jwk` or `pem`, not both", None);
            return None;
        }
        (None, None) => {
            let detail = "`jwk` is required, or `pem` in its place";
            fields.fault("jwk", FaultCode::MissingField, detail, None);
            return None;
        }
    };
    let faults = PublicKey::read(&jwk).err().unwrap_or_default();
    for fault in &faults {
        let at = if at == "jwk" { format!("jwk/{}", fault.member) } else { at.to_owned() };
        wrong(fields, &at, fault.detail.clone(), None);
    }
    if let Some(id) = jwk.get("kid").and_then(Value::as_str).filter(|id| !is_line(id)) {
        let detail = format!("`{}` is no key id: it has 1 to {LONGEST} characters, in one line", id.escape_debug());
        wrong(fields, if at == "jwk" { "jwk/kid" } else { "kid" }, detail, None);
        return None;
    }
    let kept = jwk.into_iter().filter(|(name, _)| PUBLIC.contains(&name.as_str())).collect();
    faults.is_empty().then_some(kept)
}

/// A key in PEM has no id of its own; one may be given beside it.
fn from_pem(fields: &mut Fields, pem: &str) -> Option<Map<String, Value>> {
    let id = fields.text("kid");
    match jwk_from_pem(pem) {
        Ok(mut jwk) => {
            jwk.extend(id.map(|id| ("kid".to_owned(), Value::String(id))));
            Some(jwk)
        }
        Err(fault) => {
            wrong(fields, "pem", fault.to_string(), None);
            None
        }
    }
}

/// An address that keys are fetched from. Over plain HTTP only from this very machine, and only where a decision point is
/// allowed to.
fn url(fields: &mut Fields) -> Option<String> {
    let url = fields.required_text("url")?;
    if !web_address(&url, LONGEST) {
        let detail = format!("`{}` is no address that keys are fetched from", url.escape_debug());
        let help = "write it as `https://client.example/jwks.json`, without name, password or fragment".to_owned();
        wrong(fields, "url", detail, Some(help));
        return None;
    }
    Some(url)
}

/// RS256 where nothing is said.
fn algorithms(fields: &mut Fields) -> Vec<String> {
    let mut algorithms = Vec::new();
    for (at, name) in fields.texts("algorithms") {
        match Algorithm::parse(&name) {
            Some(algorithm) if !algorithms.contains(&algorithm) => algorithms.push(algorithm),
            Some(_) => {}
            None => {
                let offered = Algorithm::ALL.map(|algorithm| format!("`{algorithm}`")).join(", ");
                wrong(fields, &at, format!("`{}` is none of {offered}", name.escape_debug()), None);
            }
        }
    }
    if algorithms.is_empty() {
        algorithms.push(Algorithm::Rs256);
    }
    algorithms.into_iter().map(|algorithm| algorithm.to_string()).collect()
}

fn certificate(fields: &mut Fields) -> Option<CertificateMatch> {
    let given: Vec<&'static str> =
        KNOWN_BY.into_iter().filter(|name| fields.has(name) && !fields.is_null(name)).collect();
    let [member] = given.as_slice() else {
        let names = KNOWN_BY.map(|name| format!("`{name}`")).join(", ");
        let (code, detail) = match given.len() {
            0 => (FaultCode::MissingField, format!("a certificate is known by one of {names}")),
            several => (FaultCode::InvalidField, format!("a certificate is known by one thing, not by {several}")),
        };
        // Taken, so that they aren't told to be unknown besides.
        for name in KNOWN_BY {
            fields.value(name);
        }
        fields.fault(given.get(1).copied().unwrap_or("kind"), code, detail, None);
        return None;
    };
    if *member == "jwks" {
        return certificates(fields);
    }
    let text = line(fields, member)?;
    // Whatever is taken here, decision points can read.
    let (is_right, form) = match *member {
        "san_dns" => (is_host_name(&text), "a host name in lower case, without `*`"),
        "san_uri" => (AlternativeName::uri(&text).is_some(), "a URI"),
        "san_ip" => (text.parse::<IpAddr>().is_ok_and(|ip| ip.to_string() == text), "an address in its usual form"),
        "san_email" => (AlternativeName::email(&text).is_some(), "an e-mail address"),
        "thumbprint" => {
            (Thumbprint::parse(&text).is_some(), "the SHA-256 of the certificate, 43 characters of base64url")
        }
        _ => (X500Name::parse(&text).is_ok(), "a distinguished name (RFC 4514) such as `CN=ci,O=Acme`"),
    };
    if !is_right {
        wrong(fields, member, format!("`{}` is not {form}", text.escape_debug()), None);
        return None;
    }
    Some(match *member {
        "san_dns" => CertificateMatch::SanDns(text),
        "san_uri" => CertificateMatch::SanUri(text),
        "san_ip" => CertificateMatch::SanIp(text),
        "san_email" => CertificateMatch::SanEmail(text),
        "thumbprint" => CertificateMatch::Thumbprint(text),
        _ => CertificateMatch::SubjectDn(text),
    })
}

/// The certificates themselves, each the first of an `x5c` (RFC 7517 §4.7).
fn certificates(fields: &mut Fields) -> Option<CertificateMatch> {
    let set = fields.value("jwks");
    let keys = set.as_ref().and_then(|set| set.get("keys")).and_then(Value::as_array);
    let Some(keys) = keys.filter(|keys| (1..=MOST_CERTIFICATES).contains(&keys.len())) else {
        let detail = format!("`jwks` has to be an object with a list `keys` of 1 to {MOST_CERTIFICATES}");
        wrong(fields, "jwks", detail, None);
        return None;
    };
    let mut kept = Vec::with_capacity(keys.len());
    for (index, key) in keys.iter().enumerate() {
        let leaf = key.get("x5c").and_then(|chain| chain.get(0)).and_then(Value::as_str);
        let is_certificate = |text: &&str| STANDARD.decode(text).is_ok_and(|der| Certificate::read(&der).is_ok());
        if let Some(leaf) = leaf.filter(is_certificate) {
            kept.push(Map::from_iter([("x5c".to_owned(), Value::from(vec![leaf]))]));
        } else {
            let detail = "`x5c` has to be a list of certificates, each the base64 of its DER";
            wrong(fields, &format!("jwks/keys/{index}/x5c"), detail, None);
        }
    }
    (kept.len() == keys.len()).then_some(CertificateMatch::Jwks { keys: kept })
}

fn line(fields: &mut Fields, member: &'static str) -> Option<String> {
    let text = fields.required_text(member)?;
    if !is_line(&text) {
        wrong(fields, member, format!("`{member}` has 1 to {LONGEST} characters, in one line"), None);
        return None;
    }
    Some(text)
}

fn is_line(text: &str) -> bool {
    !text.is_empty() && text.trim().len() == text.len() && text.len() <= LONGEST && !text.chars().any(char::is_control)
}

fn is_host_name(text: &str) -> bool {
    let is_lower = |octet: u8| octet.is_ascii_lowercase() || octet.is_ascii_digit() || b"-.".contains(&octet);
    AlternativeName::dns(text).is_some() && text.bytes().all(is_lower)
}

fn wrong(fields: &mut Fields, at: &str, detail: impl Into<String>, help: Option<String>) {
    fields.fault(at, FaultCode::InvalidField, detail, help);
}
