//! The administration API in process, over a real database.

#![cfg(test)]
#![expect(clippy::string_slice, reason = "keys are ASCII")]

mod anomalies;
mod compliance;
mod contacts;
mod decisions;
mod description;
mod evidence;
mod granted;
mod keys;
mod limits;
mod oauth;
mod pages;
mod patch;
mod plans;
#[path = "../../../store/tests/support/postgres.rs"]
mod postgres;
mod problems;
mod proxies;
mod repeat;
mod reviews;
#[expect(dead_code, reason = "what the tests of the acts look into, too")]
#[path = "../../../admin/tests/support/mod.rs"]
mod support;
mod usage;
mod widening;

use actix_web::body::to_bytes;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::{App, test};
use serde_json::{Value, json};
use support::{Installation, installation};

/// The key of one who may do everything, as the decision point of these tests reads it.
const ROOT: &str = "Bearer argus *:admin";

/// An answer, read to its end.
#[derive(Debug)]
struct Answer {
    status: u16,
    headers: header::HeaderMap,
    body: Value,
    octets: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn code(&self) -> &str {
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(self.body["status"], self.status);
        self.body["type"].as_str().unwrap().strip_prefix("urn:argus:problem:").unwrap()
    }
}

async fn send(installation: &Installation, request: test::TestRequest) -> Answer {
    let app = test::init_service(App::new().configure(argus_pap::configure(installation.admin.clone()))).await;
    send_to(&app, request.to_request()).await
}

/// The same to a server that is there already: to make one takes longer than most answers.
async fn send_to<R>(app: &impl Service<R, Response = ServiceResponse, Error = actix_web::Error>, request: R) -> Answer {
    let answer = test::call_service(app, request).await;
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    let (method, pattern) = (answer.request().method().to_string(), answer.request().match_pattern());
    let octets = to_bytes(answer.into_body()).await.unwrap().to_vec();
    let answer = Answer { status, headers, body: serde_json::from_slice(&octets).unwrap_or(Value::Null), octets };
    if method != "HEAD" {
        description::check_described(&method, pattern.as_deref(), &answer);
    }
    answer
}

async fn get(installation: &Installation, path: &str) -> Answer {
    send(installation, test::TestRequest::get().uri(path).insert_header((header::AUTHORIZATION, ROOT))).await
}

async fn post(installation: &Installation, authorization: &str, path: &str, body: &Value) -> Answer {
    let request = test::TestRequest::post().uri(path).insert_header((header::AUTHORIZATION, authorization));
    send(installation, request.set_json(body)).await
}

/// A request with a body, as a patch where it is one.
async fn ask(installation: &Installation, method: &str, path: &str, body: &Value) -> Answer {
    let asked = request(method.parse().unwrap(), path).insert_header((header::AUTHORIZATION, ROOT));
    let asked = if method == "PATCH" { asked.insert_header((header::IF_MATCH, "*")) } else { asked };
    send(installation, asked.set_json(body)).await
}

/// An installation with the project `acme/atlas`.
async fn with_acme() -> Installation {
    let installation = installation();
    let acme = post(&installation, ROOT, "/v1/organisations", &json!({"name": "acme"})).await;
    assert_eq!(acme.status, 201, "{acme:?}");
    let atlas = post(&installation, ROOT, "/v1/projects", &json!({"organisation": "acme", "name": "atlas"})).await;
    assert_eq!(atlas.status, 201, "{atlas:?}");
    installation
}

fn reader() -> Value {
    json!({"organisation": "acme", "project": "atlas", "name": "reader", "scopes": ["acme/atlas/evidence:read"]})
}

fn request(method: Method, path: &str) -> test::TestRequest {
    test::TestRequest::default().method(method).uri(path)
}
