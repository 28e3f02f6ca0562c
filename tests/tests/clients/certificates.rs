//! Authorities, and the certificates that they sign, or that nobody signs.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SanType,
};
use sha2::{Digest as _, Sha256};

/// An authority.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(crate) pem: String,
}

/// A certificate with its private key.
pub(crate) struct Certified {
    pem: String,
    key: String,
    der: Vec<u8>,
}

/// A certificate of a client that has a DNS name.
pub(crate) fn client(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.subject_alt_names = vec![SanType::DnsName(name.try_into().unwrap())];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    params
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    pub(crate) fn sign(&self, params: &CertificateParams) -> Certified {
        let key = KeyPair::generate().unwrap();
        Certified::new(&params.signed_by(&key, &self.issuer).unwrap(), &key)
    }

    /// For a server on loopback.
    pub(crate) fn sign_server(&self) -> Certified {
        let mut params = CertificateParams::default();
        params.subject_alt_names = vec![SanType::IpAddress([127, 0, 0, 1].into())];
        // Python asks for what RFC 5280 §4.2.1.1 does.
        params.use_authority_key_identifier_extension = true;
        self.sign(&params)
    }
}

/// One that nobody signed but its own key.
pub(crate) fn self_signed(params: &CertificateParams) -> Certified {
    let key = KeyPair::generate().unwrap();
    Certified::new(&params.self_signed(&key).unwrap(), &key)
}

impl Certified {
    fn new(made: &rcgen::Certificate, key: &KeyPair) -> Self {
        Self { pem: made.pem(), key: key.serialize_pem(), der: made.der().to_vec() }
    }

    /// Writes `name.pem` and `name.key`.
    pub(crate) fn write(&self, folder: &Path, name: &str) {
        fs::write(folder.join(name).with_extension("pem"), &self.pem).unwrap();
        fs::write(folder.join(name).with_extension("key"), &self.key).unwrap();
    }

    /// In PEM.
    pub(crate) fn pem(&self) -> &str {
        &self.pem
    }

    /// An element of `x5c` (RFC 7517 §4.7).
    pub(crate) fn x5c(&self) -> String {
        STANDARD.encode(&self.der)
    }

    /// `x5t#S256` (RFC 8705 §3.1).
    pub(crate) fn thumbprint(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(&self.der))
    }
}
