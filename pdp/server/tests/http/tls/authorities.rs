//! Authorities, and the certificates and lists that they sign.

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, RevokedCertParams, SanType, SerialNumber, date_time_ymd,
};

/// An authority.
pub(super) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(super) pem: String,
}

/// A certificate with its private key, both in PEM, and the certificate in DER.
pub(crate) struct Certified {
    pub(crate) pem: String,
    pub(crate) key: String,
    pub(crate) der: Vec<u8>,
}

/// A certificate of a client named `ci`, to be changed.
pub(crate) fn client() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, "Acme, Inc.");
    params.distinguished_name.push(DnType::CommonName, "ci");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    params
}

pub(super) fn with_names(names: &[SanType]) -> CertificateParams {
    let mut params = client();
    params.subject_alt_names = names.to_vec();
    params
}

impl Authority {
    pub(super) fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    pub(super) fn sign(&self, params: &CertificateParams) -> Certified {
        let key = KeyPair::generate().unwrap();
        let made = params.signed_by(&key, &self.issuer).unwrap();
        Certified { pem: made.pem(), key: key.serialize_pem(), der: made.der().to_vec() }
    }

    /// For a server on loopback.
    pub(super) fn sign_server(&self) -> Certified {
        let mut params = CertificateParams::default();
        params.subject_alt_names = vec![SanType::IpAddress([127, 0, 0, 1].into())];
        self.sign(&params)
    }

    /// A list that revokes these serial numbers, and is out of date after a year.
    pub(super) fn revoke(&self, serial_numbers: &[u64], until_year: i32) -> String {
        let revoked = |number: &u64| RevokedCertParams {
            serial_number: SerialNumber::from(*number),
            revocation_time: date_time_ymd(2025, 1, 1),
            reason_code: None,
            invalidity_date: None,
        };
        let list = CertificateRevocationListParams {
            this_update: date_time_ymd(2025, 1, 1),
            next_update: date_time_ymd(until_year, 1, 1),
            crl_number: SerialNumber::from(1_u64),
            issuing_distribution_point: None,
            revoked_certs: serial_numbers.iter().map(revoked).collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        list.signed_by(&self.issuer).unwrap().pem().unwrap()
    }
}

/// One that nobody signed but its own key.
pub(crate) fn self_signed(params: &CertificateParams) -> Certified {
    let key = KeyPair::generate().unwrap();
    let made = params.self_signed(&key).unwrap();
    Certified { pem: made.pem(), key: key.serialize_pem(), der: made.der().to_vec() }
}
