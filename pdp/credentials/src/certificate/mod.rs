//! Client certificates (RFC 8705, RFC 5280): what stands in one, and whether it may be used now.
//!
//! A certificate presents a key in one of two ways. *By a name*: an authority that is trusted signed it, and its subject or
//! one of its alternative names is registered for the key (§2.1). *As itself*: the very certificate is registered, by its
//! thumbprint or in a set of keys (§2.2), and who signed it is nobody's concern. Validity and purpose are looked at either
//! way. Chains and lists of revocations are verified where the authorities are known; here nothing is trusted.
//!
//! # What this defends against
//!
//! **Names that look alike.** Subjects are handed on in the form of RFC 4514 with everything escaped that could end a
//! value, and compared as structures, not as texts. DNS names are compared without case and without wildcards: a
//! certificate for `*.example` presents whoever registered exactly that. URIs are compared octet by octet, addresses as
//! numbers. A `spiffe://` name counts only where the certificate has no other URI, as its specification asks.
//!
//! **A certificate that means two things.** One that can't be read to its last octet is none, and so is one with a name that
//! is no text, or the same extension twice.

mod chain;
mod subject;

use std::fmt;
use std::net::IpAddr;

use sha2::{Digest, Sha256};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer;

pub use crate::jwt::Thumbprint;
pub use chain::CertificateChain;

/// The longest certificate that is read, in octets.
const LONGEST: usize = 32 << 10;

/// Alternative names of one certificate that are looked at. More is nobody's name.
const MOST_NAMES: usize = 64;

/// What stands in a certificate.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    der: Box<[u8]>,
    thumbprint: Thumbprint,
    subject: Box<str>,
    names: Box<[AlternativeName]>,
    not_before: i64,
    not_after: i64,
    is_for_clients: bool,
}

/// An alternative name, in the form in which two of them are compared.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AlternativeName {
    /// A DNS name, in lower case.
    Dns(Box<str>),
    /// A URI, as it is.
    Uri(Box<str>),
    /// An address.
    Ip(IpAddr),
    /// An e-mail address, its domain in lower case.
    Email(Box<str>),
}

/// Why a certificate presents nothing. To strangers, all of them are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateFault {
    /// It can't be read.
    #[error("the certificate can't be read")]
    Malformed,
    /// Its time has not come.
    #[error("the certificate is not valid yet")]
    NotYetValid,
    /// Its time is over.
    #[error("the certificate has expired")]
    Expired,
    /// It is meant for something else than to authenticate clients.
    #[error("the certificate is not meant for clients")]
    Purpose,
    /// No authority that is trusted signed it, and it is not registered itself.
    #[error("no trusted authority signed the certificate")]
    Untrusted,
    /// Its authority revoked it, or nobody knows whether it did.
    #[error("the certificate is revoked, or its list of revocations is missing or out of date")]
    Revoked,
    /// It is registered for no key.
    #[error("the certificate is registered for no key")]
    Unregistered,
    /// It is registered for several keys.
    #[error("the certificate is registered for several keys")]
    Ambiguous,
}

impl Certificate {
    /// Reads a certificate in DER.
    pub fn read(der: &[u8]) -> Result<Self, CertificateFault> {
        if der.len() > LONGEST {
            return Err(CertificateFault::Malformed);
        }
        let (rest, certificate) = X509Certificate::from_der(der).map_err(|_| CertificateFault::Malformed)?;
        if !rest.is_empty() {
            return Err(CertificateFault::Malformed);
        }
        let usage = certificate.extended_key_usage().map_err(|_| CertificateFault::Malformed)?;
        Ok(Self {
            der: der.into(),
            thumbprint: Thumbprint(Sha256::digest(der).into()),
            subject: subject::write(certificate.subject()).ok_or(CertificateFault::Malformed)?.into(),
            names: alternative_names(&certificate)?,
            not_before: certificate.validity().not_before.timestamp(),
            not_after: certificate.validity().not_after.timestamp(),
            is_for_clients: usage.is_none_or(|usage| usage.value.client_auth || usage.value.any),
        })
    }

    /// The certificate in DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// `x5t#S256`: the SHA-256 of it (RFC 8705 §3.1).
    pub fn thumbprint(&self) -> Thumbprint {
        self.thumbprint
    }

    /// Its subject in the form of RFC 4514; empty where it has none.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Its alternative names.
    pub fn names(&self) -> &[AlternativeName] {
        &self.names
    }

    /// The names that it presents a key by. Of several URIs none is a SPIFFE ID.
    pub fn presented_names(&self) -> impl Iterator<Item = &AlternativeName> {
        let uris = self.names.iter().filter(|name| matches!(name, AlternativeName::Uri(_))).count();
        self.names.iter().filter(move |name| uris == 1 || !name.is_spiffe())
    }

    /// Whether it may be used at a time, in Unix seconds, as far as it says so itself.
    pub fn judge(&self, now: i64) -> Result<(), CertificateFault> {
        if now < self.not_before {
            return Err(CertificateFault::NotYetValid);
        }
        // The last second is the certificate's own (RFC 5280 §4.1.2.5).
        if now > self.not_after {
            return Err(CertificateFault::Expired);
        }
        if self.is_for_clients { Ok(()) } else { Err(CertificateFault::Purpose) }
    }
}

impl AlternativeName {
    /// Reads a DNS name; `None` for what is none.
    pub fn dns(text: &str) -> Option<Self> {
        let is_label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_' | b'*'))
        };
        let is_name = text.len() <= 253 && text.split('.').all(is_label);
        is_name.then(|| Self::Dns(text.to_ascii_lowercase().into()))
    }

    /// Reads a URI with a scheme; `None` for what is none.
    pub fn uri(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once(':')?;
        let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"+-.".contains(&octet));
        let is_uri = is_scheme && !rest.is_empty() && text.bytes().all(|octet| octet.is_ascii_graphic());
        is_uri.then(|| Self::Uri(text.into()))
    }

    /// Reads an address; `None` for what is none.
    pub fn ip(text: &str) -> Option<Self> {
        text.parse().ok().map(Self::Ip)
    }

    /// Reads an e-mail address; `None` for what is none.
    pub fn email(text: &str) -> Option<Self> {
        let (local, domain) = text.rsplit_once('@')?;
        let is_plain = |part: &str| !part.is_empty() && part.bytes().all(|octet| octet.is_ascii_graphic());
        let is_address = is_plain(local) && is_plain(domain);
        is_address.then(|| Self::Email(format!("{local}@{}", domain.to_ascii_lowercase()).into()))
    }

    fn is_spiffe(&self) -> bool {
        matches!(self, Self::Uri(uri) if uri.get(..9).is_some_and(|scheme| scheme.eq_ignore_ascii_case("spiffe://")))
    }
}

fn alternative_names(certificate: &X509Certificate<'_>) -> Result<Box<[AlternativeName]>, CertificateFault> {
    let extension = certificate.subject_alternative_name().map_err(|_| CertificateFault::Malformed)?;
    let all = extension.map(|extension| extension.value.general_names.as_slice()).unwrap_or_default();
    if all.len() > MOST_NAMES {
        return Err(CertificateFault::Malformed);
    }
    let read = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(text) => Ok(AlternativeName::dns(text)),
        GeneralName::URI(text) => Ok(AlternativeName::uri(text)),
        GeneralName::RFC822Name(text) => Ok(AlternativeName::email(text)),
        GeneralName::IPAddress(octets) => Ok(address(octets).map(AlternativeName::Ip)),
        GeneralName::Invalid(..) => Err(CertificateFault::Malformed),
        _ => Ok(None),
    };
    // What is no name of its kind can be registered by nobody.
    all.iter().filter_map(|name| read(name).transpose()).collect()
}

fn address(octets: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(octets).map(IpAddr::from);
    v4.or_else(|_| <[u8; 16]>::try_from(octets).map(IpAddr::from)).ok()
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("subject", &self.subject)
            .field("thumbprint", &self.thumbprint)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
