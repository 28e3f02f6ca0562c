//! `GET /`, and what is asked where nothing answers.

use actix_web::http::{Method, header::ACCEPT};

use crate::support::{get, installation};

const RELATION: &str = "http://docs.oasis-open.org/ns/xacml/relation/pdp";

#[actix_web::test]
async fn the_home_document_names_the_address_that_decides() {
    let installation = installation();
    let xml = installation.send(get("/")).await;
    assert_eq!((xml.status, xml.header("content-type")), (200, "application/xml"));
    assert!(xml.text.contains(RELATION) && xml.text.contains(r#"href="/pdp""#), "{xml:?}");

    for media in ["application/json", "application/json-home"] {
        let json = installation.send(get("/").insert_header((ACCEPT, media))).await;
        assert_eq!((json.status, json.header("content-type")), (200, media));
        assert_eq!(json.json()["resources"][RELATION]["href"], "/pdp");
    }
    let refused = installation.send(get("/").insert_header((ACCEPT, "image/png"))).await;
    assert_eq!((refused.status, refused.problem().as_str()), (406, "not-acceptable"));
}

#[actix_web::test]
async fn a_wrong_method_is_told_the_right_one() {
    let installation = installation();
    for (path, allow) in [("/pdp", "POST"), ("/v1/verify", "POST"), ("/domains/acme/pdp", "POST")] {
        let refused = installation.send(get(path)).await;
        assert_eq!((refused.status, refused.header("allow")), (405, allow), "{path}");
        assert_eq!(refused.problem(), "method-not-allowed");
    }
    for path in ["/", "/healthz", "/readyz", "/metrics"] {
        let refused = installation.send(get(path).method(Method::DELETE)).await;
        assert_eq!((refused.status, refused.header("allow")), (405, "GET, HEAD"), "{path}");
    }
    assert_eq!(installation.send(get("/").method(Method::HEAD)).await.status, 200);
}

#[actix_web::test]
async fn elsewhere_there_is_nothing() {
    let installation = installation();
    let lost = installation.send(get("/nowhere").insert_header(("x-request-id", "r-1"))).await;
    assert_eq!((lost.status, lost.problem().as_str()), (404, "not-found"));
    assert_eq!(lost.header("x-request-id"), "r-1");
}

#[actix_web::test]
async fn a_key_in_the_url_is_refused_wherever_it_stands() {
    let installation = installation();
    let key = &installation.reader.token;
    for url in [format!("/?key={key}"), format!("/{key}"), format!("/v1/verify?credential={key}")] {
        let refused = installation.send(get(&url)).await;
        assert_eq!((refused.status, refused.problem().as_str()), (400, "credential-in-url"), "{url}");
        assert!(!refused.text.contains(key.as_str()));
    }
}
