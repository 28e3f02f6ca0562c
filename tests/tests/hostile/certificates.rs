//! Authorities, and what clients show: certificates that are fine, and those that are not.

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, RevokedCertParams, SanType, SerialNumber, date_time_ymd,
};

/// The serial number of what its authority has revoked.
const REVOKED: u64 = 7;

/// The subject of every certificate here but one.
pub(crate) const SUBJECT: &str = "CN=ci, O=Acme";

/// An authority.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(crate) pem: String,
    pub(crate) der: Vec<u8>,
}

/// What is shown: a certificate, first, with those above it, in DER, and its private key in PKCS #8.
pub(crate) struct Shown {
    pub(crate) chain: Vec<Vec<u8>>,
    pub(crate) pem: String,
    pub(crate) key: KeyPair,
}

/// A certificate of a client that is fine but for what is changed.
fn client(change: impl FnOnce(&mut CertificateParams)) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, "Acme");
    params.distinguished_name.push(DnType::CommonName, "ci");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    change(&mut params);
    params
}

/// All that a case may show, by its name. What is `fine` is not the only one that is: `other` is as well, for another key.
pub(crate) fn shown(clients: &Authority) -> Vec<(&'static str, Shown)> {
    let strangers = Authority::new("strangers");
    let unsigned = |params: &CertificateParams| {
        let key = KeyPair::generate().unwrap();
        let made = params.self_signed(&key).unwrap();
        Shown { chain: vec![made.der().to_vec()], pem: made.pem(), key }
    };
    let expired = |params: &mut CertificateParams| params.not_after = date_time_ymd(2026, 1, 1);
    let named = |name: &'static str| {
        move |params: &mut CertificateParams| params.distinguished_name.push(DnType::CommonName, name)
    };
    vec![
        ("fine", clients.sign(&client(|_| {}))),
        ("other", clients.sign(&client(named("other")))),
        ("subject", clients.sign(&client(named("subject")))),
        ("withdrawn", clients.sign(&client(named("withdrawn")))),
        ("of_strangers", strangers.sign(&client(|_| {}))),
        ("expired", clients.sign(&client(expired))),
        ("early", clients.sign(&client(|params| params.not_before = date_time_ymd(2090, 1, 1)))),
        ("revoked", clients.sign(&client(|params| params.serial_number = Some(SerialNumber::from(REVOKED))))),
        ("of_nobody", clients.sign(&client(named("nobody")))),
        (
            "of_a_server",
            clients.sign(&client(|params| {
                params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
            })),
        ),
        ("of_a_client", of_a_client(clients)),
        ("unsigned", unsigned(&client(|_| {}))),
        ("pinned", unsigned(&client(named("pinned")))),
        ("pinned_expired", unsigned(&client(expired))),
    ]
}

/// Signed by a client, which is no authority, whatever its own certificate is signed by.
fn of_a_client(clients: &Authority) -> Shown {
    let (params, own) = (client(|_| {}), KeyPair::generate().unwrap());
    let between = params.signed_by(&own, &clients.issuer).unwrap();
    let key = KeyPair::generate().unwrap();
    let made = client(|_| {}).signed_by(&key, &Issuer::new(params, own)).unwrap();
    Shown { chain: vec![made.der().to_vec(), between.der().to_vec()], pem: made.pem(), key }
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().unwrap();
        let made = params.self_signed(&key).unwrap();
        Self { pem: made.pem(), der: made.der().to_vec(), issuer: Issuer::new(params, key) }
    }

    fn sign(&self, params: &CertificateParams) -> Shown {
        let key = KeyPair::generate().unwrap();
        let made = params.signed_by(&key, &self.issuer).unwrap();
        Shown { chain: vec![made.der().to_vec()], pem: made.pem(), key }
    }

    /// For a server on loopback.
    pub(crate) fn sign_server(&self) -> Shown {
        let mut params = CertificateParams::default();
        params.subject_alt_names = vec![SanType::IpAddress([127, 0, 0, 1].into())];
        self.sign(&params)
    }

    /// The list of what it has revoked.
    pub(crate) fn revocations(&self) -> String {
        let revoked = RevokedCertParams {
            serial_number: SerialNumber::from(REVOKED),
            revocation_time: date_time_ymd(2025, 1, 1),
            reason_code: None,
            invalidity_date: None,
        };
        let list = CertificateRevocationListParams {
            this_update: date_time_ymd(2025, 1, 1),
            next_update: date_time_ymd(2090, 1, 1),
            crl_number: SerialNumber::from(1_u64),
            issuing_distribution_point: None,
            revoked_certs: vec![revoked],
            key_identifier_method: KeyIdMethod::Sha256,
        };
        list.signed_by(&self.issuer).unwrap().pem().unwrap()
    }
}
