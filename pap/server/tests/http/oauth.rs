//! The endpoints of OAuth over HTTP: RFC 6749 §4.4 and §5, 7009, 7517, 7662, 8414.

use std::sync::Arc;

use actix_web::test::TestRequest;
use argus_admin::ActiveToken;
use argus_engine::scope::Scope;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};
use serde_json::{Value, json};

use crate::support::{Installation, TestCaller, add_host, noon};
use crate::{Answer, ROOT, get, post, reader, send, with_acme};

/// A key, and what its holder presents.
struct Client {
    id: String,
    secret: String,
}

impl Client {
    fn basic(&self) -> String {
        format!("Basic {}", STANDARD.encode(format!("{}:{}", self.id, self.secret)))
    }
}

/// A client that is a key with these scopes.
async fn client(installation: &Installation, name: &str, scopes: &[&str]) -> Client {
    let mut body = reader();
    body["name"] = json!(name);
    let made = post(installation, ROOT, "/v1/keys", &body).await.body;
    let (id, secret) = (made["id"].as_str().unwrap().to_owned(), made["secret"].as_str().unwrap().to_owned());
    let caller = TestCaller {
        key: id.parse().unwrap(),
        organisation: "acme".to_owned(),
        scopes: scopes.iter().map(|scope| Scope::parse(scope).unwrap()).collect(),
        is_narrowed: false,
        expires_at: None,
        unmet: None,
    };
    installation.authority.holders.lock().unwrap().insert(secret.clone(), caller);
    Client { id, secret }
}

async fn with_client() -> (Installation, Client) {
    let installation = with_acme().await;
    add_host(&installation.store);
    let client = client(&installation, "reader", &["acme/atlas/evidence:read"]).await;
    (installation, client)
}

fn form(path: &str, body: &str) -> TestRequest {
    let request = TestRequest::post().uri(path);
    request.insert_header(("content-type", "application/x-www-form-urlencoded")).set_payload(body.to_owned())
}

/// Sends a form with Basic authentication.
async fn ask(installation: &Installation, client: &Client, path: &str, body: &str) -> Answer {
    send(installation, form(path, body).insert_header(("authorization", client.basic()))).await
}

/// `status error` of an answer in the form of RFC 6749 §5.2, which is kept by nobody.
fn refused(answer: &Answer) -> String {
    assert_eq!((answer.header("cache-control"), answer.header("pragma")), ("no-store", "no-cache"), "{answer:?}");
    assert_eq!(answer.header("content-type"), "application/json");
    let description = answer.body["error_description"].as_str().unwrap();
    assert!(description.chars().all(|c| matches!(c, ' '..='~') && c != '"' && c != '\\'), "{description}");
    assert_eq!(answer.header("www-authenticate").is_empty(), answer.status != 401, "{answer:?}");
    format!("{} {}", answer.status, answer.body["error"].as_str().unwrap())
}

#[actix_web::test]
async fn a_client_gets_a_token_by_its_secret_in_the_header_or_in_the_body() {
    let (installation, client) = with_client().await;
    let in_header = ask(&installation, &client, "/oauth/token", "grant_type=client_credentials").await;
    let body = format!("grant_type=client_credentials&client_id={}&client_secret={}", client.id, client.secret);
    let in_body = send(&installation, form("/oauth/token", &body)).await;
    for mut answer in [in_header, in_body] {
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!((answer.header("cache-control"), answer.header("pragma")), ("no-store", "no-cache"));
        let token = answer.body.as_object_mut().unwrap().remove("access_token").unwrap();
        assert_eq!(token.as_str().unwrap().split('.').count(), 3);
        // And no refresh token (§4.4.3).
        assert_eq!(
            answer.body,
            json!({"token_type": "Bearer", "expires_in": 600, "scope": "acme/atlas/evidence:read"})
        );
    }
}

#[actix_web::test]
async fn every_token_stands_in_the_audit_before_its_client_has_it() {
    let (installation, client) = with_client().await;
    let from = |request: TestRequest| request.peer_addr("192.0.2.7:40000".parse().unwrap());
    let grant = form("/oauth/token", "grant_type=client_credentials");
    let in_header = send(&installation, from(grant.insert_header(("authorization", client.basic())))).await;
    let body = format!("grant_type=client_credentials&client_id={}&client_secret={}", client.id, client.secret);
    let in_body = send(&installation, from(form("/oauth/token", &body))).await;
    let refused = ask(&installation, &client, "/oauth/token", "grant_type=client_credentials&scope=acme:read").await;
    assert_eq!(refused.status, 400);
    let told = get(&installation, "/v1/audit?event=token.issued").await.body;
    let told = told["items"].as_array().unwrap();
    assert_eq!(told.len(), 2, "{told:?}");
    for ((answer, method), entry) in
        [(in_header, "client_secret_basic"), (in_body, "client_secret_post")].iter().zip(told)
    {
        let token = answer.body["access_token"].as_str().unwrap();
        let (claims, signature) = (token.split('.').nth(1).unwrap(), token.split('.').nth(2).unwrap());
        let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
        assert_eq!(entry["target"]["path"], "acme/atlas/reader");
        assert_eq!((&entry["target"]["id"], &entry["actor"]["id"]), (&json!(client.id), &json!(client.id)));
        assert_eq!(entry["source"]["name"], "192.0.2.7", "from where it was asked for is told as well");
        let details = &entry["details"];
        assert_eq!((&details["jti"], &details["scope"]), (&claims["jti"], &json!("acme/atlas/evidence:read")));
        assert_eq!((&details["client_authentication"], &details["audience"]), (&json!(method), &claims["aud"]));
        assert!(!entry.to_string().contains(signature), "it holds no token");
    }
}

#[actix_web::test]
async fn nobody_gets_a_token_or_a_key_that_the_audit_can_not_tell_of() {
    let (installation, client) = with_client().await;
    let file = installation.folder.path().join("argus.db");
    let mut database = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    let full = "CREATE TRIGGER full BEFORE INSERT ON audit_entries BEGIN SELECT RAISE(ABORT, 'no room'); END";
    database.batch_execute(full).unwrap();
    let grant = "grant_type=client_credentials";
    let token = ask(&installation, &client, "/oauth/token", grant).await;
    assert_eq!(refused(&token), "503 temporarily_unavailable");
    assert!(token.body["access_token"].is_null() && !String::from_utf8_lossy(&token.octets).contains("eyJ"));
    let mut second = reader();
    second["name"] = json!("second");
    let key = post(&installation, ROOT, "/v1/keys", &second).await;
    assert_eq!((key.status, key.code()), (503, "store-away"), "{key:?}");
    assert!(key.body["secret"].is_null() && !String::from_utf8_lossy(&key.octets).contains("argus_"), "{key:?}");

    database.batch_execute("DROP TRIGGER full").unwrap();
    let listed = get(&installation, "/v1/keys?organisation=acme").await.body;
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "no key stays without its entry: {listed}");
    assert_eq!(ask(&installation, &client, "/oauth/token", grant).await.status, 200);
    assert_eq!(post(&installation, ROOT, "/v1/keys", &second).await.status, 201);
}

#[actix_web::test]
async fn every_error_has_its_form() {
    let (installation, client) = with_client().await;
    let own = format!("client_id={}&client_secret={}", client.id, client.secret);
    let grant = "grant_type=client_credentials";
    let assertion = "client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer&client_assertion=x";
    for (body, expected) in [
        (own.clone(), "400 invalid_request"),
        (format!("{own}&grant_type="), "400 invalid_request"),
        (format!("{own}&{grant}&{grant}"), "400 invalid_request"),
        (format!("{own}&{grant}&scope=acme/atlas/evidence:read&scope="), "400 invalid_request"),
        (format!("{own}&{grant}&flavour=sour&flavour=sour"), "400 invalid_request"),
        (format!("{own}&{grant}&{assertion}"), "400 invalid_request"),
        (format!("{own}&grant_type=password&username=a&password=b"), "400 unsupported_grant_type"),
        (format!("{own}&grant_type=CLIENT_CREDENTIALS"), "400 unsupported_grant_type"),
        (format!("{own}&{grant}&scope=acme/atlas/evidence:write"), "400 invalid_scope"),
        (format!("{own}&{grant}&scope=acme/atlas/evidence:read+acme/atlas:read"), "400 invalid_scope"),
        (format!("{own}&{grant}&scope=%22"), "400 invalid_scope"),
        (format!("{own}&{grant}&resource=https://api.example"), "400 invalid_target"),
        (format!("{own}x&{grant}"), "401 invalid_client"),
        (format!("{grant}&{assertion}"), "401 invalid_client"),
        (format!("{grant}&client_id={}", client.id), "401 invalid_client"),
        (grant.to_owned(), "401 invalid_client"),
        ("\u{0}".to_owned(), "400 invalid_request"),
        (String::new(), "400 invalid_request"),
        ("x".repeat(70_000), "400 invalid_request"),
    ] {
        let answer = send(&installation, form("/oauth/token", &body)).await;
        assert_eq!(refused(&answer), expected, "{body}");
    }
    let fine = format!("{own}&{grant}&scope=&flavour=sour");
    assert_eq!(
        send(&installation, form("/oauth/token", &fine)).await.status,
        200,
        "empty is absent, unknown does no harm"
    );
}

#[actix_web::test]
async fn who_uses_basic_wrongly_is_told_of_basic() {
    let (installation, client) = with_client().await;
    let wrong = Client { id: client.id.clone(), secret: format!("{}x", client.secret) };
    let unknown = Client { id: "0197f3c0-0000-7000-8000-000000000001".to_owned(), secret: client.secret.clone() };
    let mut answers = Vec::new();
    for client in [wrong, unknown] {
        let answer = ask(&installation, &client, "/oauth/token", "grant_type=client_credentials").await;
        assert_eq!(refused(&answer), "401 invalid_client");
        assert_eq!(answer.header("www-authenticate"), "Basic realm=\"argus\", charset=\"UTF-8\"");
        answers.push(answer.body);
    }
    assert_eq!(answers[0], answers[1], "whether the id or the secret is wrong is nobody's business");
}

#[actix_web::test]
async fn id_and_secret_may_be_encoded_as_a_form_encodes_them() {
    let (installation, client) = with_client().await;
    let encoded = |text: &str| text.bytes().fold(String::new(), |text, octet| text + &format!("%{octet:02X}"));
    let basic = STANDARD.encode(format!("{}:{}", encoded(&client.id), encoded(&client.secret)));
    let request = form("/oauth/token", "grant_type=client_credentials");
    let answer = send(&installation, request.insert_header(("authorization", format!("Basic {basic}")))).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[actix_web::test]
async fn only_a_form_in_the_body_is_read() {
    let (installation, client) = with_client().await;
    let body = format!("grant_type=client_credentials&client_id={}&client_secret={}", client.id, client.secret);
    let json = TestRequest::post().uri("/oauth/token").set_json(json!({"grant_type": "client_credentials"}));
    assert_eq!(refused(&send(&installation, json).await), "400 invalid_request");
    let in_query = form(&format!("/oauth/token?{body}"), "");
    assert_eq!(refused(&send(&installation, in_query).await), "400 invalid_request");
    for path in ["/oauth/token?client_id=x", "/oauth/introspect?token=x", "/oauth/revoke?client_secret=x"] {
        assert_eq!(refused(&send(&installation, form(path, &body)).await), "400 invalid_request", "{path}");
    }
    let harmless = form("/oauth/token?tenant=7", &body);
    assert_eq!(send(&installation, harmless).await.status, 200, "the address may have a query (§3.2)");
    let got = get(&installation, "/oauth/token").await;
    assert_eq!((got.status, got.header("allow")), (405, "POST"));
}

#[actix_web::test]
async fn a_token_is_narrowed_to_what_is_asked_for() {
    let (installation, _) = with_client().await;
    let broad = client(&installation, "broad", &["acme/atlas:admin"]).await;
    let body = "grant_type=client_credentials&scope=acme/atlas/evidence:read+acme/atlas/evidence:write";
    let answer = ask(&installation, &broad, "/oauth/token", body).await;
    assert_eq!(answer.body["scope"], "acme/atlas/evidence:read acme/atlas/evidence:write", "{answer:?}");
}

#[actix_web::test]
async fn the_set_of_keys_is_public_and_may_be_kept_for_five_minutes() {
    let (installation, _) = with_client().await;
    let path = "/.well-known/jwks.json";
    let set = send(&installation, TestRequest::get().uri(path)).await;
    assert_eq!((set.status, set.header("content-type")), (200, "application/jwk-set+json"));
    assert_eq!(set.header("cache-control"), "public, max-age=300");
    let [key] = set.body["keys"].as_array().unwrap().as_slice() else { panic!("{set:?}") };
    assert_eq!((&key["use"], &key["alg"]), (&json!("sig"), &json!("ES256")));
    for private in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
        assert_eq!(key.get(private), None);
    }
    let tag = set.header("etag").to_owned();
    assert!(tag.starts_with('"'), "strong: {tag}");
    for (known, status) in [(tag.as_str(), 304), ("\"another\"", 200), ("*", 304)] {
        let again = send(&installation, TestRequest::get().uri(path).insert_header(("if-none-match", known))).await;
        assert_eq!((again.status, again.header("etag")), (status, tag.as_str()), "{known}");
        assert_eq!(again.header("cache-control"), "public, max-age=300");
    }
    let rotated = post(&installation, ROOT, "/v1/signing-keys/rotate", &json!({})).await;
    assert_eq!((rotated.status, &rotated.body["state"]), (200, &json!("published")), "{rotated:?}");
    let changed = send(&installation, TestRequest::get().uri(path)).await;
    assert_eq!(changed.body["keys"].as_array().unwrap().len(), 2);
    assert_ne!(changed.header("etag"), tag);
    let listed = get(&installation, "/v1/signing-keys").await;
    assert_eq!(listed.body["items"].as_array().unwrap().len(), 2, "{listed:?}");
    let again = post(&installation, ROOT, "/v1/signing-keys/rotate", &json!({})).await;
    assert_eq!((again.status, again.code()), (409, "wrong-state"));
}

#[actix_web::test]
async fn clients_find_the_endpoints_by_themselves() {
    let (installation, _) = with_client().await;
    let metadata = send(&installation, TestRequest::get().uri("/.well-known/oauth-authorization-server")).await;
    assert_eq!(metadata.status, 200);
    let issuer = "http://127.0.0.1:8181";
    for (member, expected) in [
        ("issuer", json!(issuer)),
        ("token_endpoint", json!(format!("{issuer}/oauth/token"))),
        ("introspection_endpoint", json!(format!("{issuer}/oauth/introspect"))),
        ("revocation_endpoint", json!(format!("{issuer}/oauth/revoke"))),
        ("jwks_uri", json!(format!("{issuer}/.well-known/jwks.json"))),
        ("response_types_supported", json!(["none"])),
        ("grant_types_supported", json!(["client_credentials"])),
        // Nobody can show a certificate here.
        (
            "token_endpoint_auth_methods_supported",
            json!(["client_secret_basic", "client_secret_post", "private_key_jwt"]),
        ),
        ("tls_client_certificate_bound_access_tokens", json!(false)),
    ] {
        assert_eq!(metadata.body[member], expected, "{member}");
    }
    // RFC 8414 §3.2: what has no elements is left out.
    let empty = |value: &Value| value.as_array().is_some_and(Vec::is_empty) || value.is_null();
    assert!(!metadata.body.as_object().unwrap().values().any(empty), "{metadata:?}");
}

/// Makes a token known as good to the decision point.
fn know(installation: &Installation, token: &str, client: &Client) {
    let active = ActiveToken {
        key: client.id.parse().unwrap(),
        organisation: "acme".to_owned(),
        scopes: vec![Scope::parse("acme/atlas/evidence:read").unwrap()],
        jti: "an-id".to_owned(),
        audiences: vec!["http://127.0.0.1:8181".to_owned()],
        issued_at: noon().timestamp(),
        not_before: None,
        expires_at: noon().timestamp() + 600,
        certificate: None,
    };
    installation.authority.tokens.lock().unwrap().insert(token.to_owned(), active);
}

#[actix_web::test]
async fn a_token_is_introspected_by_whoever_may_and_worth_nothing_to_all_others() {
    let (installation, own) = with_client().await;
    know(&installation, "good", &own);
    let active = json!({
        "active": true, "scope": "acme/atlas/evidence:read", "client_id": own.id, "token_type": "Bearer",
        "exp": noon().timestamp() + 600, "iat": noon().timestamp(), "sub": own.id, "aud": ["http://127.0.0.1:8181"],
        "iss": "http://127.0.0.1:8181", "jti": "an-id",
    });
    let inactive = json!({"active": false});
    assert_eq!(ask(&installation, &own, "/oauth/introspect", "token=good").await.body, active, "its own");
    assert_eq!(ask(&installation, &own, "/oauth/introspect", "token=bad").await.body, inactive);
    let bearers = [
        ("Bearer acme acme/argus/pdp:execute", &active),
        ("Bearer argus *:admin", &active),
        ("Bearer acme acme/atlas:admin", &inactive),
        ("Bearer beta *:admin", &inactive),
    ];
    for (bearer, expected) in bearers {
        let request = form("/oauth/introspect", "token=good&token_type_hint=access_token");
        let answer = send(&installation, request.insert_header(("authorization", bearer))).await;
        assert_eq!((answer.status, &answer.body), (200, expected), "{bearer}");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    let missing = ask(&installation, &own, "/oauth/introspect", "").await;
    assert_eq!(refused(&missing), "400 invalid_request");
    assert_eq!(refused(&send(&installation, form("/oauth/introspect", "token=good")).await), "401 invalid_client");
    let wrong = form("/oauth/introspect", "token=good").insert_header(("authorization", "Bearer refused"));
    let wrong = send(&installation, wrong).await;
    assert_eq!(refused(&wrong), "401 invalid_token");
    assert_eq!(wrong.header("www-authenticate"), "Bearer realm=\"argus\", error=\"invalid_token\"");
}

#[actix_web::test]
async fn a_token_is_revoked_by_its_own_client_and_an_unknown_one_by_anybody() {
    let (installation, own) = with_client().await;
    let other = client(&installation, "other", &["acme/atlas:read"]).await;
    know(&installation, "good", &own);
    let revoked = || installation.store.read(|conn| argus_store::revoked_token::find(conn, "an-id")).unwrap();

    let foreign = ask(&installation, &other, "/oauth/revoke", "token=good").await;
    assert_eq!((refused(&foreign).as_str(), revoked()), ("400 unauthorized_client", None));
    assert_eq!(refused(&send(&installation, form("/oauth/revoke", "token=good")).await), "401 invalid_client");
    assert_eq!(refused(&ask(&installation, &own, "/oauth/revoke", "").await), "400 invalid_request");
    let key = format!("token={}", own.secret);
    assert_eq!(refused(&ask(&installation, &own, "/oauth/revoke", &key).await), "400 unsupported_token_type");
    let unknown = ask(&installation, &own, "/oauth/revoke", "token=bad&token_type_hint=refresh_token").await;
    assert_eq!((unknown.status, unknown.octets.len(), revoked()), (200, 0, None));

    let settled = Arc::clone(&installation.authority);
    let before = settled.settled.lock().unwrap().len();
    let done = ask(&installation, &own, "/oauth/revoke", "token=good").await;
    assert_eq!((done.status, done.octets.len(), done.header("cache-control")), (200, 0, "no-store"), "{done:?}");
    assert_eq!(revoked().unwrap().key_id.to_string(), own.id);
    assert_eq!(settled.settled.lock().unwrap().len(), before + 1, "it is over when the decision points know");
    let again = ask(&installation, &own, "/oauth/revoke", "token=good").await;
    assert_eq!(again.status, 200);
}

#[actix_web::test]
async fn too_much_at_once_is_told_with_the_time_to_ask_again() {
    let (installation, _) = with_client().await;
    let busy = form("/oauth/introspect", "token=x").insert_header(("authorization", "Bearer busy"));
    let answer = send(&installation, busy).await;
    assert_eq!(refused(&answer), "503 temporarily_unavailable");
    assert_eq!(answer.header("retry-after"), "2");
}

#[actix_web::test]
async fn a_key_in_the_address_is_refused_in_the_form_of_the_door() {
    let (installation, client) = with_client().await;
    let answer = send(&installation, form(&format!("/oauth/revoke?x={}", client.secret), "")).await;
    assert_eq!(refused(&answer), "400 invalid_request");
    let answer = get(&installation, &format!("/v1/keys?name={}", client.secret)).await;
    assert_eq!(answer.code(), "credential-in-url");
}

#[actix_web::test]
async fn tokens_are_counted_by_what_became_of_them_and_refusals_by_their_error() {
    let (installation, own) = with_client().await;
    know(&installation, "good", &own);
    let wrong = Client { id: own.id.clone(), secret: format!("{}x", own.secret) };
    let grant = "grant_type=client_credentials";
    for (client, path, body) in [
        (&own, "/oauth/token", grant),
        (&own, "/oauth/token", grant),
        (&wrong, "/oauth/token", grant),
        (&wrong, "/oauth/token", grant),
        (&own, "/oauth/token", "grant_type=password"),
        (&own, "/oauth/token?client_secret=x", grant),
        (&own, "/oauth/introspect", "token=good"),
        (&own, "/oauth/introspect", "token=bad"),
        (&own, "/oauth/introspect", "token=bad"),
        (&own, "/oauth/introspect", ""),
        (&own, "/oauth/revoke", "token=good"),
        (&own, "/oauth/revoke", "token=good"),
        (&own, "/oauth/revoke", "token=bad"),
        (&wrong, "/oauth/revoke", "token=good"),
        (&own, &format!("/oauth/revoke?x={}", own.secret), ""),
    ] {
        ask(&installation, client, path, body).await;
    }
    let shown = send(&installation, TestRequest::get().uri("/metrics")).await;
    assert_eq!((shown.status, shown.header("cache-control")), (200, "no-store"));
    let text = String::from_utf8(shown.octets).unwrap();
    let lines: Vec<_> = text.lines().filter(|line| line.starts_with("argus_tokens_")).collect();
    assert_eq!(
        lines,
        [
            "argus_tokens_issued_total 2",
            "argus_tokens_introspected_total{active=\"true\"} 1",
            "argus_tokens_introspected_total{active=\"false\"} 2",
            "argus_tokens_revoked_total 1",
            "argus_tokens_refused_total{endpoint=\"token\",error=\"invalid_request\"} 1",
            "argus_tokens_refused_total{endpoint=\"token\",error=\"invalid_client\"} 2",
            "argus_tokens_refused_total{endpoint=\"token\",error=\"unsupported_grant_type\"} 1",
            "argus_tokens_refused_total{endpoint=\"introspect\",error=\"invalid_request\"} 1",
            "argus_tokens_refused_total{endpoint=\"revoke\",error=\"invalid_request\"} 1",
            "argus_tokens_refused_total{endpoint=\"revoke\",error=\"invalid_client\"} 1",
        ]
    );
}
