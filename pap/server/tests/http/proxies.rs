//! Clients behind proxies.

use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::web::Data;
use actix_web::{App, http::header};
use argus_credentials::TrustedProxies;

use crate::{ROOT, with_acme};

/// The status of a request that comes from loopback, with these headers.
async fn status(trusted: &[&str], headers: &[(&'static str, &'static str)]) -> u16 {
    let installation = with_acme().await;
    let trusted = Data::new(TrustedProxies::parse(trusted).unwrap());
    let app = App::new().app_data(trusted).configure(argus_pap::configure(installation.admin.clone()));
    let app = init_service(app).await;
    let asked = TestRequest::get().uri("/v1/keys").peer_addr("127.0.0.1:40000".parse().unwrap());
    let asked = headers.iter().fold(asked, |asked, pair| asked.append_header(*pair));
    call_service(&app, asked.insert_header((header::AUTHORIZATION, ROOT)).to_request()).await.status().as_u16()
}

#[actix_web::test]
async fn what_trusted_proxies_write_has_to_make_sense_and_what_strangers_write_is_passed_over() {
    let agreeing = &[("forwarded", "for=203.0.113.7"), ("x-forwarded-for", "203.0.113.7")];
    let contradicting = &[("forwarded", "for=203.0.113.7"), ("x-forwarded-for", "203.0.113.8")];
    let broken = &[("x-forwarded-for", "nonsense")];
    assert_eq!(status(&["127.0.0.1"], agreeing).await, 200);
    assert_eq!(status(&["127.0.0.1"], contradicting).await, 400);
    assert_eq!(status(&["127.0.0.1"], broken).await, 400);
    assert_eq!(status(&["10.0.0.0/8"], contradicting).await, 200);
    assert_eq!(status(&[], broken).await, 200);
}

#[actix_web::test]
async fn nobody_but_a_trusted_proxy_hands_on_a_certificate() {
    for header in ["client-cert", "client-cert-chain", "x-forwarded-client-cert"] {
        let forged = &[(header, ":AA==:")];
        assert_eq!(status(&[], forged).await, 400, "{header}");
        assert_eq!(status(&["10.0.0.0/8"], forged).await, 400, "{header}");
        // It was not agreed on.
        assert_eq!(status(&["127.0.0.1"], forged).await, 400, "{header}");
    }
}
