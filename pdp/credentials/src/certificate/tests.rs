//! Certificates as authorities and clients make them.

use rcgen::{CertificateParams, DnType, DnValue, ExtendedKeyUsagePurpose, KeyPair, SanType, date_time_ymd};

use super::*;

fn params(names: &[(DnType, &str)]) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    for (kind, text) in names {
        params.distinguished_name.push(kind.clone(), *text);
    }
    params.not_before = date_time_ymd(2026, 1, 1);
    params.not_after = date_time_ymd(2027, 1, 1);
    params
}

fn made(params: &CertificateParams) -> Vec<u8> {
    params.self_signed(&KeyPair::generate().unwrap()).unwrap().der().to_vec()
}

fn read(params: &CertificateParams) -> Certificate {
    Certificate::read(&made(params)).unwrap()
}

// 2026-06-01
const SUMMER: i64 = 1_780_272_000;

#[test]
fn the_subject_is_written_the_most_specific_part_first_and_escaped() {
    let plain =
        read(&params(&[(DnType::CountryName, "DE"), (DnType::OrganizationName, "Acme"), (DnType::CommonName, "ci")]));
    assert_eq!(plain.subject(), "CN=ci,O=Acme,C=DE");
    for (value, written) in [
        ("Acme, Inc.", "CN=Acme\\, Inc."),
        ("a+b=c;d<e>f\"g\\h", "CN=a\\+b\\=c\\;d\\<e\\>f\\\"g\\\\h"),
        ("#hash", "CN=\\#hash"),
        (" edges ", "CN=\\ edges\\ "),
        ("line\nbreak", "CN=line\\0abreak"),
        ("Zürich", "CN=Zürich"),
        ("x,O=Evil", "CN=x\\,O\\=Evil"),
    ] {
        assert_eq!(read(&params(&[(DnType::CommonName, value)])).subject(), written);
    }
    assert_eq!(read(&params(&[])).subject(), "");
    let other = DnType::CustomDnType(vec![1, 2, 840, 113_549, 1, 9, 1]);
    assert_eq!(read(&params(&[(other, "ci@acme.example")])).subject(), "1.2.840.113549.1.9.1=ci@acme.example");
}

#[test]
fn text_in_another_encoding_goes_on_as_it_is_encoded() {
    let mut teletex = params(&[]);
    let text = DnValue::TeletexString("ci".try_into().unwrap());
    teletex.distinguished_name.push(DnType::CommonName, text);
    assert_eq!(read(&teletex).subject(), "CN=#14026369");
}

#[test]
fn alternative_names_are_read_in_the_form_in_which_they_are_compared() {
    let mut with_names = params(&[]);
    let ia5 = |text: &str| text.try_into().unwrap();
    with_names.subject_alt_names = vec![
        SanType::DnsName(ia5("CI.Acme.Example")),
        SanType::DnsName(ia5("*.acme.example")),
        SanType::URI(ia5("https://acme.example/CI")),
        SanType::IpAddress("192.0.2.7".parse().unwrap()),
        SanType::IpAddress("2001:db8::7".parse().unwrap()),
        SanType::Rfc822Name(ia5("Ci@Acme.Example")),
    ];
    let expected = [
        AlternativeName::dns("ci.acme.example"),
        AlternativeName::dns("*.ACME.example"),
        AlternativeName::uri("https://acme.example/CI"),
        AlternativeName::ip("192.0.2.7"),
        AlternativeName::ip("2001:db8::7"),
        AlternativeName::email("Ci@acme.example"),
    ];
    let certificate = read(&with_names);
    assert_eq!(certificate.names(), expected.map(Option::unwrap));
    assert_ne!(AlternativeName::uri("https://acme.example/ci"), AlternativeName::uri("https://acme.example/CI"));
    assert_ne!(AlternativeName::email("ci@acme.example"), AlternativeName::email("Ci@acme.example"));
    assert_ne!(AlternativeName::dns("ci.acme.example"), AlternativeName::dns("*.acme.example"));
}

#[test]
fn what_is_no_name_can_not_be_registered() {
    for text in ["", "a..b", "ci acme", "a.b.", "http://a", "ä.example"] {
        assert_eq!(AlternativeName::dns(text), None, "{text}");
    }
    for text in ["", "acme", "://x", "1a:b", "spiffe:", "a b:c", "urn:ü"] {
        assert_eq!(AlternativeName::uri(text), None, "{text}");
    }
    for text in ["", "10.0.0.0/8", "host"] {
        assert_eq!(AlternativeName::ip(text), None, "{text}");
    }
    for text in ["", "ci", "@acme", "ci@", "c i@acme"] {
        assert_eq!(AlternativeName::email(text), None, "{text}");
    }
}

#[test]
fn of_several_uris_none_is_a_spiffe_id() {
    let with = |uris: &[&str]| {
        let mut params = params(&[]);
        params.subject_alt_names = uris.iter().map(|uri| SanType::URI((*uri).try_into().unwrap())).collect();
        let certificate = read(&params);
        certificate.presented_names().cloned().collect::<Vec<_>>()
    };
    let id = AlternativeName::uri("spiffe://acme/ci").unwrap();
    assert_eq!(with(&["spiffe://acme/ci"]), [id]);
    assert_eq!(with(&["spiffe://acme/ci", "spiffe://acme/cd"]), []);
    assert_eq!(with(&["SPIFFE://acme/ci", "https://a.example"]), [AlternativeName::uri("https://a.example").unwrap()]);
}

#[test]
fn a_certificate_is_good_from_its_first_second_to_its_last() {
    let certificate = read(&params(&[]));
    let (first, last) = (1_767_225_600, 1_798_761_600);
    assert_eq!(certificate.judge(first - 1), Err(CertificateFault::NotYetValid));
    assert_eq!(certificate.judge(first), Ok(()));
    assert_eq!(certificate.judge(last), Ok(()));
    assert_eq!(certificate.judge(last + 1), Err(CertificateFault::Expired));
}

#[test]
fn a_certificate_for_something_else_authenticates_no_client() {
    for (usages, outcome) in [
        (vec![], Ok(())),
        (vec![ExtendedKeyUsagePurpose::ClientAuth], Ok(())),
        (vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth], Ok(())),
        (vec![ExtendedKeyUsagePurpose::Any], Ok(())),
        (vec![ExtendedKeyUsagePurpose::ServerAuth], Err(CertificateFault::Purpose)),
        (vec![ExtendedKeyUsagePurpose::CodeSigning], Err(CertificateFault::Purpose)),
    ] {
        let mut with_usages = params(&[]);
        with_usages.extended_key_usages.clone_from(&usages);
        assert_eq!(read(&with_usages).judge(SUMMER), outcome, "{usages:?}");
    }
}

#[test]
fn what_can_not_be_read_to_its_last_octet_is_no_certificate() {
    let good = made(&params(&[]));
    let mut longer = good.clone();
    longer.push(0);
    for der in [&[][..], &[0x30], &longer, &good[..good.len() - 1], &vec![0x30; LONGEST + 1]] {
        assert_eq!(Certificate::read(der).map(drop), Err(CertificateFault::Malformed));
    }
    assert_eq!(CertificateChain::read([]).map(drop), Err(CertificateFault::Malformed));
    let many = vec![&good[..]; 32];
    assert_eq!(CertificateChain::read(many).map(drop), Err(CertificateFault::Malformed));
}

#[test]
fn the_thumbprint_is_the_sha_256_of_the_der_in_43_characters() {
    let der = made(&params(&[]));
    let certificate = Certificate::read(&der).unwrap();
    let text = certificate.thumbprint().to_string();
    assert_eq!(text.len(), 43);
    assert_eq!(Thumbprint::parse(&text), Some(Thumbprint(Sha256::digest(&der).into())));
}
