//! Mutual TLS over real connections (RFC 8705), asked by `curl`.

mod authorities;
mod server;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use argus_credentials::{CertificateHeader, TrustedProxies};
use argus_pdp::CertificateMethod;
use argus_store::credential::{CertificateMatch, PublicMaterial};
use argus_store::key::{self, Revocation};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{ExtendedKeyUsagePurpose, IsCa, SanType, SerialNumber, date_time_ymd};
use serde_json::{Value, json};

use crate::signing::OURS;
use crate::support::{Installation, TestKey, post, question};
use crate::tokens::{access, publish};
use authorities::{Authority, with_names};
pub(crate) use authorities::{Certified, client, self_signed};
use server::Tls;

const EVIDENCE: &str = "acme/atlas/evidence/42";
const SUBJECT: &str = "CN=ci, O=Acme\\, Inc.";

/// How long a replaced file may take to be noticed on a machine that does other things meanwhile.
const PATIENCE: Duration = Duration::from_mins(1);

fn reading(installation: &Installation) -> Value {
    question(&installation.reader, "read", EVIDENCE)
}

fn by_subject() -> CertificateMatch {
    CertificateMatch::SubjectDn(SUBJECT.to_owned())
}

pub(crate) fn x5c(certificates: &[&Certified]) -> CertificateMatch {
    let key = |certificate: &&Certified| {
        json!({"kty": "EC", "x5c": [STANDARD.encode(&certificate.der)]}).as_object().unwrap().clone()
    };
    CertificateMatch::Jwks { keys: certificates.iter().map(key).collect() }
}

fn chain(certificate: &Certified) -> argus_credentials::certificate::CertificateChain {
    argus_credentials::certificate::CertificateChain::read([certificate.der.as_slice()]).unwrap()
}

fn thumbprint(certificate: &Certified) -> String {
    chain(certificate).thumbprint().to_string()
}

#[actix_web::test]
async fn an_enforcement_point_asks_by_its_certificate_alone_over_either_version_of_http() {
    let Some(tls) = Tls::start() else { return };
    tls.add_presented("edge", by_subject());
    let shown = tls.authority.sign(&client());
    let question = reading(&tls.installation);
    for (argument, version) in [("--http1.1", "1.1"), ("--http2", "2"), ("--tls-max=1.2", "2"), ("--tlsv1.3", "2")] {
        let argument: Vec<_> = argument.split('=').collect();
        let got = tls.ask(Some(&shown), &argument, &question).await;
        assert_eq!((got.status, got.http.as_str()), (200, version), "{got:?}");
        assert_eq!(got.json()["decision"], "Permit", "{got:?}");
    }
    // Those who present a key share the port.
    let authorization = format!("authorization: Bearer {}", tls.installation.pep.token);
    assert_eq!(tls.ask(None, &["--header", &authorization], &question).await.status, 200);
}

#[actix_web::test]
async fn a_certificate_presents_the_key_for_which_one_of_its_names_is_registered() {
    let ia5 = |text: &str| text.try_into().unwrap();
    let names = [
        (CertificateMatch::SanDns("CI.acme.example".to_owned()), SanType::DnsName(ia5("ci.acme.example"))),
        (CertificateMatch::SanUri("spiffe://acme/ci".to_owned()), SanType::URI(ia5("spiffe://acme/ci"))),
        (CertificateMatch::SanIp("192.0.2.7".to_owned()), SanType::IpAddress([192, 0, 2, 7].into())),
        (CertificateMatch::SanEmail("ci@ACME.example".to_owned()), SanType::Rfc822Name(ia5("ci@acme.example"))),
    ];
    let others = [
        SanType::DnsName(ia5("*.acme.example")),
        SanType::URI(ia5("spiffe://acme/ci/x")),
        SanType::IpAddress([192, 0, 2, 8].into()),
        SanType::Rfc822Name(ia5("CI@acme.example")),
    ];
    let Some(tls) = Tls::start() else { return };
    for (number, (known_by, name)) in names.iter().enumerate() {
        tls.add_presented(&format!("edge-{number}"), known_by.clone());
        let right = tls.authority.sign(&with_names(std::slice::from_ref(name)));
        assert_eq!(tls.ask(Some(&right), &[], &reading(&tls.installation)).await.status, 200, "{known_by:?}");
        let wrong = tls.authority.sign(&with_names(std::slice::from_ref(&others[number])));
        assert_eq!(tls.ask(Some(&wrong), &[], &reading(&tls.installation)).await.status, 401, "{known_by:?}");
        // A name that nobody vouches for is none.
        let unsigned = self_signed(&with_names(std::slice::from_ref(name)));
        assert_eq!(tls.ask(Some(&unsigned), &[], &reading(&tls.installation)).await.status, 401, "{known_by:?}");
    }
}

#[actix_web::test]
async fn a_certificate_that_nobody_signed_presents_the_key_for_which_it_is_registered_itself() {
    let Some(tls) = Tls::start() else { return };
    let (first, second) = (self_signed(&client()), self_signed(&client()));
    tls.add_presented("pair", x5c(&[&first, &second]));
    let mut own_authority = client();
    own_authority.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let pinned = self_signed(&own_authority);
    tls.add_presented("pinned", CertificateMatch::Thumbprint(thumbprint(&pinned)));
    for shown in [&first, &second, &pinned] {
        assert_eq!(tls.ask(Some(shown), &[], &reading(&tls.installation)).await.status, 200);
    }
    // The same names, and another key.
    let twin = self_signed(&client());
    assert_eq!(tls.ask(Some(&twin), &[], &reading(&tls.installation)).await.problem(), "credential-refused");
    let mut old = client();
    old.not_after = date_time_ymd(2026, 1, 1);
    let old = self_signed(&old);
    tls.add_presented("old", x5c(&[&old]));
    assert_eq!(tls.ask(Some(&old), &[], &reading(&tls.installation)).await.status, 401);
}

#[actix_web::test]
async fn whatever_is_wrong_with_a_certificate_is_refused_in_the_same_words() {
    let revoked = 7_u64;
    let Some(tls) = Tls::start_with(|_| {}, Some("")) else { return };
    tls.add_presented("edge", by_subject());
    let with_serial = |number: u64| {
        let mut params = client();
        params.serial_number = Some(SerialNumber::from(number));
        params
    };
    let fine = tls.authority.sign(&with_serial(8));
    let caught = tls.authority.sign(&with_serial(revoked));
    for shown in [&fine, &caught] {
        assert_eq!(tls.ask(Some(shown), &[], &reading(&tls.installation)).await.status, 200);
    }
    tls.replace("revoked.pem", &tls.authority.revoke(&[revoked], 2090));
    tls.trust.reread().unwrap();
    assert_eq!(tls.ask(Some(&fine), &[], &reading(&tls.installation)).await.status, 200);

    let change = |change: fn(&mut rcgen::CertificateParams)| {
        let mut params = client();
        change(&mut params);
        tls.authority.sign(&params)
    };
    let wrong = [
        ("unknown authority", Authority::new("clients").sign(&client())),
        ("expired", change(|params| params.not_after = date_time_ymd(2026, 1, 1))),
        ("not yet valid", change(|params| params.not_before = date_time_ymd(2090, 1, 1))),
        ("for servers", change(|params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth])),
        ("revoked", caught),
        ("signed by nobody", self_signed(&client())),
        ("registered nowhere", change(|params| params.distinguished_name.push(rcgen::DnType::CountryName, "DE"))),
        ("without a subject", change(|params| params.distinguished_name = rcgen::DistinguishedName::new())),
    ];
    let mut answers = BTreeSet::new();
    for (what, shown) in &wrong {
        let got = tls.ask(Some(shown), &["--header", "x-request-id: r"], &reading(&tls.installation)).await;
        assert_eq!((got.status, got.problem().as_str()), (401, "credential-refused"), "{what}");
        answers.insert(got.body);
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
    let none = tls.ask(None, &[], &reading(&tls.installation)).await;
    assert_eq!((none.status, none.problem().as_str()), (401, "credential-missing"));
    // Beside a key that is right, a wrong certificate is nobody's concern.
    let authorization = format!("authorization: Bearer {}", tls.installation.pep.token);
    let ignored = tls.ask(Some(&wrong[0].1), &["--header", &authorization], &reading(&tls.installation)).await;
    assert_eq!(ignored.status, 200);
    // Nor does a right one help a key that is wrong.
    let question = reading(&tls.installation);
    let refused = tls.ask(Some(&fine), &["--header", "authorization: Bearer argus_test_x"], &question).await;
    assert_eq!(refused.problem(), "credential-refused");
}

#[actix_web::test]
async fn a_list_that_is_out_of_date_vouches_for_nobody() {
    let Some(tls) = Tls::start_with(|_| {}, Some("")) else { return };
    tls.add_presented("edge", by_subject());
    let shown = tls.authority.sign(&client());
    assert_eq!(tls.ask(Some(&shown), &[], &reading(&tls.installation)).await.status, 200);
    for list in [tls.authority.revoke(&[], 2026), Authority::new("others").revoke(&[], 2090)] {
        tls.replace("revoked.pem", &list);
        tls.trust.reread().unwrap();
        assert_eq!(tls.ask(Some(&shown), &[], &reading(&tls.installation)).await.status, 401);
    }
}

#[actix_web::test]
async fn a_key_that_is_revoked_or_shared_is_presented_by_no_certificate() {
    let Some(tls) = Tls::start() else { return };
    let edge = tls.add_presented("edge", by_subject());
    let shown = tls.authority.sign(&client());
    let ask = || async { tls.ask(Some(&shown), &[], &reading(&tls.installation)).await.status };
    assert_eq!(ask().await, 200);
    // The same name in another spelling, for another key.
    let other = tls.add_presented("other", CertificateMatch::SubjectDn("cn=CI,o=acme\\, inc.".to_owned()));
    assert_eq!(ask().await, 401);
    let revoke = |key: &TestKey| {
        tls.installation.act(|conn, act| key::revoke(conn, act, key.key.id, &Revocation::manual("manual")).unwrap());
    };
    revoke(&other);
    assert_eq!(ask().await, 200);
    revoke(&edge);
    assert_eq!(ask().await, 401);
}

#[actix_web::test]
async fn a_bound_token_is_good_over_its_certificate_alone() {
    let Some(tls) = Tls::start() else { return };
    publish(&tls.installation, &OURS);
    let own = tls.authority.sign(&client());
    let unsigned = self_signed(&client());
    let pep = tls.installation.pep.key.id;
    for bound_to in [&own, &unsigned] {
        let token = access(pep, &json!({"cnf": {"x5t#S256": thumbprint(bound_to)}}));
        let authorization = format!("authorization: Bearer {token}");
        let other = tls.authority.sign(&client());
        for (shown, status) in [(Some(bound_to), 200), (Some(&other), 401), (None, 401)] {
            let got = tls.ask(shown, &["--header", &authorization], &reading(&tls.installation)).await;
            assert_eq!(got.status, status, "{got:?}");
        }
    }
    let unbound = format!("authorization: Bearer {}", access(pep, &json!({})));
    assert_eq!(tls.ask(Some(&own), &["--header", &unbound], &reading(&tls.installation)).await.status, 200);
}

#[actix_web::test]
async fn a_subject_is_known_by_the_certificate_that_the_enforcement_point_saw() {
    let Some(tls) = Tls::start() else { return };
    let installation = &tls.installation;
    let known_by = PublicMaterial::Certificate(by_subject());
    installation.add_credential(installation.reader.key.id, known_by);
    let shown = tls.authority.sign(&client());
    let wrong = Authority::new("others").sign(&client());
    let verify = |context: Value, credential: Option<&str>| {
        let mut question = json!({"action": "read", "resource": EVIDENCE, "context": context});
        if let Some(credential) = credential {
            question["credential"] = json!(credential);
        }
        async move { installation.verify(&installation.pep, &question).await }
    };
    let der = |certificate: &Certified| STANDARD.encode(&certificate.der);
    let permitted = verify(json!({"client_certificate": der(&shown)}), None).await.json();
    assert_eq!(
        (&permitted["decision"], &permitted["key"]["name"]),
        (&json!("Permit"), &json!("reader")),
        "{permitted}"
    );
    assert!(!permitted.to_string().contains(&der(&shown)));
    assert_eq!(verify(json!({"client_certificate": der(&wrong)}), None).await.json()["reason"], "credential_unknown");
    // Beside a key it is passed over.
    let token = installation.reader.token.as_str();
    assert_eq!(verify(json!({"client_certificate": der(&wrong)}), Some(token)).await.json()["decision"], "Permit");
    publish(installation, &OURS);
    let bound = access(installation.reader.key.id, &json!({"cnf": {"x5t#S256": thumbprint(&shown)}}));
    assert_eq!(verify(json!({"client_certificate": der(&shown)}), Some(&bound)).await.json()["decision"], "Permit");
    assert_eq!(verify(json!({"client_certificate": der(&wrong)}), Some(&bound)).await.json()["decision"], "Deny");
    assert_eq!(verify(json!({}), Some(&bound)).await.json()["reason"], "credential_unknown");
    for malformed in ["", "x", "AA==", &format!("{}AA", der(&shown))] {
        let refused = verify(json!({"client_certificate": malformed}), None).await;
        assert_eq!(
            (refused.status, &refused.json()["errors"][0]["pointer"]),
            (400, &json!("/context/client_certificate"))
        );
    }
}

#[actix_web::test]
async fn at_the_doors_of_xacml_a_subjects_certificate_is_consumed() {
    let Some(tls) = Tls::start() else { return };
    let installation = &tls.installation;
    installation.add_credential(installation.reader.key.id, PublicMaterial::Certificate(by_subject()));
    let shown = STANDARD.encode(&tls.authority.sign(&client()).der);
    let ask = |value: Value, data_type: &'static str| async move {
        let mut request = crate::support::request(None, "read", EVIDENCE);
        let id = "urn:argus:attribute:client-certificate";
        let attribute = json!({"AttributeId": id, "Value": value, "DataType": data_type, "IncludeInResult": true});
        request["Request"]["AccessSubject"] = json!({"Attribute": [attribute]});
        installation.decide(&installation.pep, &request).await
    };
    for data_type in ["string", "base64Binary"] {
        let permitted = ask(json!(shown), data_type).await;
        assert_eq!(permitted.decision(), "Permit", "{permitted:?}");
        assert!(!permitted.text.contains(&shown), "{permitted:?}");
    }
    let stranger = STANDARD.encode(&self_signed(&client()).der);
    assert_eq!(ask(json!(stranger), "string").await.advised_reason(), "credential_unknown");
    for value in [json!("x"), json!([shown, shown])] {
        assert_eq!(ask(value, "string").await.decision(), "Indeterminate");
    }
}

#[actix_web::test]
async fn a_certificate_in_a_header_is_believed_of_trusted_proxies_alone() {
    let header = "Client-Cert";
    let trusting = |networks: &'static str| {
        move |settings: &mut argus_pdp::Settings| {
            let proxies = TrustedProxies::parse(&[networks]).unwrap();
            settings.trusted_proxies = proxies.with_certificate_header(CertificateHeader::parse(header).unwrap());
        }
    };
    let Some(behind) = Tls::start_with(trusting("127.0.0.0/8"), None) else { return };
    behind.add_presented("edge", by_subject());
    let shown = behind.authority.sign(&client());
    let named = |certificate: &Certified| format!("{header}: :{}:", STANDARD.encode(&certificate.der));
    let ask = |text: String| {
        let question = reading(&behind.installation);
        let behind = &behind;
        async move { behind.ask(None, &["--header", &text], &question).await }
    };
    assert_eq!(ask(named(&shown)).await.status, 200);
    // The chain is verified here, whatever the proxy thought of it.
    assert_eq!(ask(named(&Authority::new("others").sign(&client()))).await.status, 401);
    assert_eq!(ask(format!("{header}: nonsense")).await.problem(), "certificate-header");
    // A proxy speaks for its clients, never for itself.
    assert_eq!(behind.ask(Some(&shown), &[], &reading(&behind.installation)).await.status, 401);

    let Some(facing) = Tls::start_with(trusting("192.0.2.0/24"), None) else { return };
    facing.add_presented("edge", by_subject());
    let shown = facing.authority.sign(&client());
    let forged = [named(&shown), "x-forwarded-client-cert: Hash=1".to_owned(), "client-cert-chain: :AA==:".to_owned()];
    for forged in &forged {
        let got = facing.ask(Some(&shown), &["--header", forged], &reading(&facing.installation)).await;
        assert_eq!((got.status, got.problem().as_str()), (400, "certificate-header"), "{forged}");
    }
    assert_eq!(facing.ask(Some(&shown), &[], &reading(&facing.installation)).await.status, 200);
}

#[actix_web::test]
async fn certificates_authorities_and_lists_are_replaced_without_a_restart() {
    let Some(tls) = Tls::start_with(|_| {}, Some("")) else { return };
    tls.add_presented("edge", by_subject());
    let (old, new) = (tls.authority.sign(&client()), Authority::new("newer"));
    let newer = new.sign(&client());
    let tls = &tls;
    let status = |shown| async move { tls.ask(Some(shown), &[], &reading(&tls.installation)).await.status };
    assert_eq!((status(&old).await, status(&newer).await), (200, 401));
    tls.write("clients.pem", &new.pem);
    tls.write("revoked.pem", &new.revoke(&[], 2090));
    tls.trust.reread().unwrap();
    assert_eq!((status(&old).await, status(&newer).await), (401, 200));

    for (file, damaged) in
        [("clients.pem", "no certificate"), ("revoked.pem", "no list"), ("server.pem", ""), ("server.key", "no key")]
    {
        let good = std::fs::read_to_string(tls.file(file)).unwrap();
        tls.write(file, damaged);
        let refused = if file.starts_with("server") { tls.tls.reread() } else { tls.trust.reread() };
        assert!(refused.unwrap_err().to_string().contains(file));
        assert_eq!(status(&newer).await, 200, "the old {file} stays in use");
        let ready = tls.installation.send(crate::support::get("/readyz")).await.json();
        assert_eq!(ready["status"], "degraded", "{ready}");
        assert!(ready["tls"]["problems"][0].as_str().unwrap().contains(file), "{ready}");
        tls.write(file, &good);
        let mended = if file.starts_with("server") { tls.tls.reread() } else { tls.trust.reread() };
        mended.unwrap();
    }
    let ready = tls.installation.send(crate::support::get("/readyz")).await.json();
    assert_eq!((&ready["status"], &ready["tls"]["problems"]), (&json!("ready"), &json!([])));
    // The key of another certificate.
    let servers = Authority::new("newer servers");
    let shown = servers.sign_server();
    tls.write("server.key", &shown.key);
    assert!(tls.tls.reread().is_err());
    tls.write("server.pem", &shown.pem);
    tls.tls.reread().unwrap();
    tls.write("servers.pem", &servers.pem);
    assert_eq!(status(&newer).await, 200);
}

#[actix_web::test]
async fn a_replaced_file_is_noticed_by_itself() {
    let Some(tls) = Tls::start() else { return };
    tls.add_presented("edge", by_subject());
    let new = Authority::new("newer");
    let newer = new.sign(&client());
    assert_eq!(tls.ask(Some(&newer), &[], &reading(&tls.installation)).await.status, 401);
    tls.replace("clients.pem", &new.pem);
    let since = Instant::now();
    while tls.ask(Some(&newer), &[], &reading(&tls.installation)).await.status != 200 {
        assert!(since.elapsed() < PATIENCE, "the replaced file was not noticed");
    }
}

#[actix_web::test]
async fn a_client_that_names_itself_shows_a_certificate_in_the_way_that_it_registered() {
    let Some(tls) = Tls::start() else { return };
    let pdp = &tls.installation.pdp;
    let signed = tls.authority.sign(&client());
    let unsigned = self_signed(&client());
    let by_name = tls.add_presented("by-name", by_subject()).key.id;
    let itself = tls.add_presented("itself", x5c(&[&unsigned])).key.id;
    let is_let_in = |id, method, shown: &Certified| {
        pdp.authenticate_certificate(id, method, &chain(shown)).is_ok_and(|record| record.key.id == id)
    };
    assert!(is_let_in(by_name, CertificateMethod::Signed, &signed));
    assert!(is_let_in(itself, CertificateMethod::Itself, &unsigned));
    assert!(!is_let_in(by_name, CertificateMethod::Itself, &signed));
    assert!(!is_let_in(itself, CertificateMethod::Signed, &unsigned));
    assert!(!is_let_in(itself, CertificateMethod::Signed, &signed));
    assert!(!is_let_in(by_name, CertificateMethod::Signed, &unsigned));
    assert!(!is_let_in(tls.installation.pep.key.id, CertificateMethod::Signed, &signed));
}

#[actix_web::test]
async fn a_header_is_refused_in_the_clear_as_well() {
    let installation = crate::support::installation();
    let asked = post("/v1/verify", &installation.pep.token).insert_header(("client-cert", ":AA==:"));
    let refused = installation.send(asked.set_json(reading(&installation))).await;
    assert_eq!((refused.status, refused.problem().as_str()), (400, "certificate-header"));
}
