//! The names that client certificates present keys by (RFC 8705 §2.1.2, §2.2).

use std::collections::BTreeMap;
use std::sync::Arc;

use argus_credentials::certificate::{AlternativeName, Certificate, Thumbprint};
use argus_engine::types::X500Name;
use argus_store::credential::CertificateMatch;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::record::KeyRecord;

/// What a certificate is known by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum CertificateName {
    /// Its subject, whoever signed it if only he is trusted.
    Subject(X500Name),
    /// One of its alternative names, likewise.
    Alternative(AlternativeName),
    /// It is that very certificate.
    Itself([u8; 32]),
}

/// What presents a key, by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Certificates(BTreeMap<CertificateName, Vec<Arc<KeyRecord>>>);

impl Certificates {
    pub(super) fn add(&mut self, name: &CertificateName, record: &Arc<KeyRecord>) {
        self.0.entry(name.clone()).or_default().push(Arc::clone(record));
    }

    /// Whoever has registered this very certificate.
    pub(crate) fn by_itself(&self, certificate: &Certificate) -> impl Iterator<Item = &Arc<KeyRecord>> {
        let name = CertificateName::Itself(certificate.thumbprint().0);
        self.0.get(&name).into_iter().flatten()
    }

    /// Whoever has registered a name that stands in it. Its authority has to be trusted.
    pub(crate) fn by_name(&self, certificate: &Certificate) -> impl Iterator<Item = &Arc<KeyRecord>> {
        // A certificate without a subject has no name that could be registered.
        let subject = Some(certificate.subject()).filter(|subject| !subject.is_empty());
        let subject = subject.and_then(|subject| X500Name::parse(subject).ok()).map(CertificateName::Subject);
        let others = certificate.presented_names().cloned().map(CertificateName::Alternative);
        subject.into_iter().chain(others).filter_map(|name| self.0.get(&name)).flatten()
    }
}

/// Reads what was registered.
pub(super) fn read_names(known_by: &CertificateMatch) -> Result<Vec<CertificateName>, String> {
    let alternative = |name: Option<AlternativeName>, text: &str| {
        let name = name.map(CertificateName::Alternative);
        name.map(|name| vec![name]).ok_or_else(|| format!("`{}` is no such name", text.escape_debug()))
    };
    match known_by {
        CertificateMatch::SubjectDn(text) => {
            let subject = X500Name::parse(text).map_err(|error| error.to_string())?;
            if text.trim().is_empty() {
                return Err("a subject without parts is everybody's".to_owned());
            }
            Ok(vec![CertificateName::Subject(subject)])
        }
        CertificateMatch::SanDns(text) => alternative(AlternativeName::dns(text), text),
        CertificateMatch::SanUri(text) => alternative(AlternativeName::uri(text), text),
        CertificateMatch::SanIp(text) => alternative(AlternativeName::ip(text), text),
        CertificateMatch::SanEmail(text) => alternative(AlternativeName::email(text), text),
        CertificateMatch::Thumbprint(text) => {
            let thumbprint = Thumbprint::parse(text).ok_or("a thumbprint has 43 characters of base64url")?;
            Ok(vec![CertificateName::Itself(thumbprint.0)])
        }
        CertificateMatch::Jwks { keys } => keys.iter().map(certificate_of).collect(),
    }
}

/// The first of `x5c` is the certificate of the key (RFC 7517 §4.7).
fn certificate_of(key: &Map<String, Value>) -> Result<CertificateName, String> {
    let first = key.get("x5c").and_then(|chain| chain.get(0)).and_then(Value::as_str);
    let der = first.and_then(|text| STANDARD.decode(text).ok()).ok_or("a key of the set has no `x5c` in base64")?;
    let certificate = Certificate::read(&der).map_err(|error| error.to_string())?;
    Ok(CertificateName::Itself(Sha256::digest(certificate.der()).into()))
}
