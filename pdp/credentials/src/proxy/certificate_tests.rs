//! Headers with certificates as proxies and as forgers write them.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertificateParams, KeyPair};

use super::*;

const PROXY: &str = "10.0.0.1";
const STRANGER: &str = "192.0.2.9";

type Headers<'h> = &'h [(&'h str, &'h str)];

fn made() -> rcgen::Certificate {
    CertificateParams::default().self_signed(&KeyPair::generate().unwrap()).unwrap()
}

fn of(header: Option<&str>, peer: &str, headers: Headers<'_>) -> Result<Option<Vec<u8>>, CertificateHeaderFault> {
    let shown = made();
    let shown = CertificateChain::read([&shown.der()[..]]).unwrap();
    let proxies = TrustedProxies::parse(&["10.0.0.0/8"]).unwrap();
    let proxies = match header {
        Some(name) => proxies.with_certificate_header(CertificateHeader::parse(name).unwrap()),
        None => proxies,
    };
    let mut lines: HashMap<&str, Vec<&[u8]>> = HashMap::new();
    for (name, value) in headers {
        lines.entry(name).or_default().push(value.as_bytes());
    }
    let lines = |name: &str| lines.get(name).cloned().unwrap_or_default().into_iter();
    let found = proxies.certificate(Some(peer.parse().unwrap()), Some(&shown), lines)?;
    // Whoever shows a certificate himself is told apart from whom a header names.
    Ok(found.map(|chain| if chain == shown { b"shown".to_vec() } else { chain.leaf().der().to_vec() }))
}

fn escaped(pem: &str) -> String {
    pem.bytes()
        .map(
            |octet| if octet.is_ascii_alphanumeric() { char::from(octet).to_string() } else { format!("%{octet:02X}") },
        )
        .collect()
}

#[test]
fn each_form_of_the_header_is_read_from_a_trusted_proxy() {
    let (leaf, above) = (made(), made());
    let der = leaf.der().to_vec();
    let octets = format!(":{}:", STANDARD.encode(leaf.der()));
    let chain = format!(":{}: , :{}:", STANDARD.encode(above.der()), STANDARD.encode(made().der()));
    let pem = escaped(&leaf.pem());
    let both = escaped(&format!("{}{}", leaf.pem(), above.pem()));
    let envoy =
        format!("By=spiffe://x;Hash=00;Cert=\"{pem}\";Chain=\"{both}\";Subject=\"CN=a, O=\\\"b;c\\\"\";URI=spiffe://y");
    let appended = format!("Hash=1;Cert=\"{}\", {envoy}", escaped(&above.pem()));
    let plain = STANDARD.encode(leaf.der());
    for (name, headers) in [
        ("Client-Cert", &[("client-cert", &*octets)][..]),
        ("client-cert", &[("client-cert", &octets), ("client-cert-chain", &chain)]),
        ("X-Forwarded-Client-Cert", &[("x-forwarded-client-cert", &envoy)]),
        ("X-Forwarded-Client-Cert", &[("x-forwarded-client-cert", &appended)]),
        ("X-SSL-Cert", &[("x-ssl-cert", &pem)]),
        ("X-SSL-Cert", &[("x-ssl-cert", &both)]),
        ("X-SSL-Cert", &[("x-ssl-cert", &plain)]),
    ] {
        assert_eq!(of(Some(name), PROXY, headers), Ok(Some(der.clone())), "{name}");
    }
}

#[test]
fn without_the_header_a_trusted_proxy_has_a_client_without_a_certificate() {
    // Its own certificate is not its client's.
    for header in [Some("Client-Cert"), Some("X-SSL-Cert"), None] {
        assert_eq!(of(header, PROXY, &[]), Ok(None));
    }
    assert_eq!(of(Some("X-SSL-Cert"), PROXY, &[("x-ssl-cert", "")]), Ok(None));
}

#[test]
fn who_is_no_trusted_proxy_shows_his_own_certificate_and_sends_no_header() {
    assert_eq!(of(Some("Client-Cert"), STRANGER, &[]), Ok(Some(b"shown".to_vec())));
    for name in ["client-cert", "client-cert-chain", "x-forwarded-client-cert", "x-ssl-cert"] {
        let forged = of(Some("X-SSL-Cert"), STRANGER, &[(name, "anything")]);
        assert_eq!(forged, Err(CertificateHeaderFault::Untrusted), "{name}");
    }
    // Not the header that was agreed on: the proxy may hand on what its client sent.
    assert_eq!(
        of(Some("Client-Cert"), PROXY, &[("x-forwarded-client-cert", "x")]),
        Err(CertificateHeaderFault::Untrusted)
    );
    assert_eq!(of(None, PROXY, &[("client-cert", ":AA==:")]), Err(CertificateHeaderFault::Untrusted));
}

#[test]
fn what_can_not_be_read_is_refused() {
    let leaf = made();
    let octets = format!(":{}:", STANDARD.encode(leaf.der()));
    let (pem, other) = (escaped(&leaf.pem()), escaped(&made().pem()));
    let twice = format!("Cert=\"{pem}\";Cert=\"{pem}\"");
    let unlike = format!("Cert=\"{pem}\";Chain=\"{other}\"");
    let open = format!("Subject=\"a, Cert={pem}");
    let key = escaped(&KeyPair::generate().unwrap().serialize_pem());
    for (name, headers) in [
        ("Client-Cert", &[("client-cert", "AA==")][..]),
        ("Client-Cert", &[("client-cert", ":AA==:")]),
        ("Client-Cert", &[("client-cert", ":*:")]),
        ("Client-Cert", &[("client-cert", &octets), ("client-cert", &octets)]),
        ("Client-Cert", &[("client-cert", &octets), ("client-cert-chain", "x")]),
        ("Client-Cert", &[("client-cert-chain", &octets)]),
        ("X-Forwarded-Client-Cert", &[("x-forwarded-client-cert", "Hash=00;Subject=\"CN=a\"")]),
        ("X-Forwarded-Client-Cert", &[("x-forwarded-client-cert", &twice)]),
        ("X-Forwarded-Client-Cert", &[("x-forwarded-client-cert", &unlike)]),
        ("X-Forwarded-Client-Cert", &[("x-forwarded-client-cert", &open)]),
        ("X-SSL-Cert", &[("x-ssl-cert", "%zz")]),
        ("X-SSL-Cert", &[("x-ssl-cert", "%")]),
        ("X-SSL-Cert", &[("x-ssl-cert", &key)]),
        ("X-SSL-Cert", &[("x-ssl-cert", "-----BEGIN CERTIFICATE-----")]),
    ] {
        assert_eq!(of(Some(name), PROXY, headers), Err(CertificateHeaderFault::Malformed), "{name}: {headers:?}");
    }
    for name in ["", "a b", "x:y", "ä"] {
        assert!(CertificateHeader::parse(name).is_err(), "{name}");
    }
}
