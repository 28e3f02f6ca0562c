//! The walk that comes before the table: an installation with keys, and all the ways to present them that the table needs.

use std::collections::BTreeMap;
use std::path::Path;

use argus_credentials::MasterKey;
use argus_credentials::jwt::Algorithm;
use argus_credentials::signing::{AccessTokenClaims, Confirmation, IssuedToken, SigningKey};
use argus_store::{Store, signing_key};
use argus_tests::forge::forged;
use argus_tests::http::{get, once, post};
use argus_tests::program::Server;
use argus_tests::walk::{Keys, create, create_key};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::Utc;
use serde_json::{Value, json};

use crate::certificates::SUBJECT;
use crate::fill::fill;
use crate::signing::{public_pem, thumbprint};
use crate::tls::Certificates;

/// What the installation is called in tokens: the same before and behind TLS.
pub(crate) const ISSUER: &str = "https://argus.example";

type Words = BTreeMap<String, String>;

/// What the table puts in. The server is stopped in the end: what it would sign itself is signed over its data.
pub(crate) async fn words(server: Server, certificates: &Certificates, folder: &Path) -> Words {
    let mut words = keys(&server).await;
    public_keys(&server, &mut words).await;
    present_by_certificates(&server, certificates, &mut words).await;
    tokens(&server, &mut words).await;
    server.terminate().unwrap();
    signed_here(folder, certificates, &mut words);
    words
}

/// Keys and their ids.
async fn keys(server: &Server) -> Words {
    let keys = Keys::create(server).await.unwrap();
    create(server, "/v1/organisations", &json!({"name": "beta"})).await.unwrap();
    let key = async |organisation: &str, name: &str, scope: &str, more: Value| {
        let mut body = json!({"organisation": organisation, "name": name, "scopes": [scope]});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let made = create(server, "/v1/keys", &body).await.unwrap();
        (text(&made, "id"), text(&made, "secret"))
    };
    let (beta_id, beta_reader) = key("beta", "reader", "beta/x:read", json!({})).await;
    key("beta", "second", "beta/x:read", json!({})).await;
    let (acme_admin_id, acme_admin) = key("acme", "owner", "acme:admin", json!({})).await;
    let ten = json!({"conditions": {"networks": ["10.0.0.0/8"]}, "project": "atlas"});
    let (_, from_ten) = key("acme", "from-ten", "acme/atlas/evidence:read", ten).await;
    let (lost_id, lost) = key("acme", "lost", "acme/argus/pdp:execute", json!({})).await;
    let (edge_id, _) = key("acme", "edge", "acme/argus/pdp:execute", json!({})).await;
    let (other_edge_id, _) = key("acme", "other-edge", "acme/argus/pdp:execute", json!({})).await;
    let revoked = create_key(server, "revoked", "acme/atlas/evidence:read").await.unwrap();
    let reader_id = listed_id(server, "reader").await;
    revoke(server, &listed_id(server, "revoked").await).await;
    let page = listed(server, "/v1/keys?organisation=beta&limit=1").await;
    let mut miscounted = keys.enforcement_point.clone();
    let last = if miscounted.pop() == Some('a') { 'b' } else { 'a' };
    miscounted.push(last);
    let words = [
        ("forged_pep", forged(&keys.enforcement_point, 1)),
        ("forged_reader", forged(&keys.reader, 1)),
        ("miscounted_pep", miscounted),
        ("loud_pep", keys.enforcement_point.to_uppercase()),
        ("loud_reader_id", reader_id.to_uppercase()),
        ("cursor_of_beta", text(&page, "next_cursor")),
        ("admin", server.key.clone()),
        ("pep", keys.enforcement_point),
        ("pep_id", listed_id(server, "gate").await),
        ("reader", keys.reader),
        ("reader_id", reader_id),
        ("beta_id", beta_id),
        ("beta_reader", beta_reader),
        ("acme_admin", acme_admin),
        ("acme_admin_id", acme_admin_id),
        ("from_ten", from_ten),
        ("lost", lost),
        ("lost_id", lost_id),
        ("edge_id", edge_id),
        ("other_edge_id", other_edge_id),
        ("revoked", revoked),
        ("issuer", ISSUER.to_owned()),
    ];
    words.into_iter().map(|(name, word)| (name.to_owned(), word)).collect()
}

/// Registers public keys: of the holder with three keys, of a stranger with another organisation's, and one that is revoked.
async fn public_keys(server: &Server, words: &mut Words) {
    let register = async |id: &str, kid: &str, signer: &str| {
        let body = json!({"kind": "public_key", "pem": public_pem(signer), "kid": kid});
        add_credential(server, &words[id], &body).await
    };
    for id in ["reader_id", "pep_id", "acme_admin_id", "lost_id"] {
        register(id, "holder", "holder").await;
    }
    register("beta_id", "stranger", "stranger").await;
    let withdrawn = register("reader_id", "withdrawn", "stranger").await;
    withdraw(server, &words["reader_id"], &withdrawn).await;
    words.insert("public_pem".to_owned(), public_pem("holder"));
    words.insert("public_pem_of_stranger".to_owned(), public_pem("stranger"));
}

/// Registers certificates, each with the key that it presents.
async fn present_by_certificates(server: &Server, certificates: &Certificates, words: &mut Words) {
    let by_subject = |name: &str| json!({"kind": "certificate", "subject_dn": SUBJECT.replace("ci", name)});
    let itself = |name: &str| {
        let thumbprint = thumbprint(&certificates.shown[name].chain[0]);
        json!({"kind": "certificate", "thumbprint": thumbprint})
    };
    for (id, body) in [
        ("edge_id", by_subject("ci")),
        ("edge_id", itself("pinned")),
        ("edge_id", itself("pinned_expired")),
        ("other_edge_id", by_subject("other")),
        ("reader_id", by_subject("subject")),
        ("acme_admin_id", by_subject("owner")),
    ] {
        add_credential(server, &words[id], &body).await;
    }
    let withdrawn = add_credential(server, &words["other_edge_id"], &by_subject("withdrawn")).await;
    withdraw(server, &words["other_edge_id"], &withdrawn).await;
    for (name, shown) in &certificates.shown {
        words.insert(format!("der_{name}"), STANDARD.encode(&shown.chain[0]));
    }
}

/// Gets access tokens, an assertion that is used up, and a set of public keys.
async fn tokens(server: &Server, words: &mut Words) {
    for (name, id, secret, scope) in [
        ("access_reader", "reader_id", "reader", ""),
        ("access_pep", "pep_id", "pep", ""),
        ("access_revoked", "pep_id", "pep", ""),
        ("access_lost", "lost_id", "lost", ""),
        ("access_narrow", "acme_admin_id", "acme_admin", "&scope=acme/atlas:read"),
    ] {
        let body = format!("client_id={}&client_secret={}{scope}", words[id], words[secret]);
        let told = form(server, "/oauth/token", &format!("grant_type=client_credentials&{body}")).await;
        words.insert(name.to_owned(), text(&told.unwrap(), "access_token"));
    }
    let body =
        format!("client_id={}&client_secret={}&token={}", words["pep_id"], words["pep"], words["access_revoked"]);
    form(server, "/oauth/revoke", &body).await;
    revoke(server, &words["lost_id"]).await;

    let assertion = r#"{{rs256:{"alg":"RS256","kid":"holder"}|{"iss":"{{reader_id}}","sub":"{{reader_id}}","aud":"{{issuer}}","jti":"used","exp":{{in:60}}}|holder}}"#;
    let assertion = fill(assertion, words);
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let body = format!("grant_type=client_credentials&client_assertion_type={kind}&client_assertion={assertion}");
    assert!(form(server, "/oauth/token", &body).await.unwrap()["access_token"].is_string());
    words.insert("used_assertion".to_owned(), assertion);

    let published = once(server.pap, &get("/.well-known/jwks.json")).await.unwrap().json().unwrap();
    words.insert("published_kid".to_owned(), text(&published["keys"][0], "kid"));
    words.insert("published_modulus".to_owned(), text(&published["keys"][0], "n"));
}

/// Access tokens as the installation itself would sign them, and never does.
fn signed_here(folder: &Path, certificates: &Certificates, words: &mut Words) {
    let master_key = std::fs::read_to_string(folder.join("data/master.key")).unwrap();
    let store = Store::open(&folder.join("data/argus.db")).unwrap();
    let row = store.read(signing_key::find_signing).unwrap().unwrap();
    let (envelope, algorithm) = (row.envelope.unwrap(), Algorithm::parse(&row.algorithm).unwrap());
    let key = SigningKey::unwrap(&envelope, &row.kid, algorithm, &MasterKey::parse(&master_key).unwrap()).unwrap();
    let now = Utc::now().timestamp();
    let bound = |name: &str| thumbprint(&certificates.shown[name].chain[0]);
    for (name, holder, (iss, aud), (iat, exp), cnf) in [
        ("access_expired", "pep_id", (ISSUER, ISSUER), (now - 1_200, now - 600), None),
        ("access_early", "pep_id", (ISSUER, ISSUER), (now + 600, now + 1_200), None),
        ("access_for_others", "pep_id", (ISSUER, "https://bank.example"), (now, now + 600), None),
        ("access_of_others", "pep_id", ("https://bank.example", ISSUER), (now, now + 600), None),
        ("access_of_nobody", "published_kid", (ISSUER, ISSUER), (now, now + 600), None),
        ("bound_pep", "pep_id", (ISSUER, ISSUER), (now, now + 600), Some("fine")),
        ("bound_admin", "acme_admin_id", (ISSUER, ISSUER), (now, now + 600), Some("fine")),
        ("bound_reader", "reader_id", (ISSUER, ISSUER), (now, now + 600), Some("subject")),
        ("bound_to_expired", "pep_id", (ISSUER, ISSUER), (now, now + 600), Some("expired")),
        ("bound_to_revoked", "pep_id", (ISSUER, ISSUER), (now, now + 600), Some("revoked")),
    ] {
        let (id, certificate) = (&words[holder], cnf.map(bound));
        let cnf = certificate.as_deref().map(|certificate| Confirmation { certificate });
        let claims = AccessTokenClaims {
            iss,
            aud,
            sub: id,
            client_id: id,
            iat,
            exp,
            jti: name,
            scope: "acme:admin acme/argus/pdp:execute acme/atlas/evidence:read",
            cnf,
        };
        let token = IssuedToken::sign(&claims, &key).unwrap();
        words.insert(name.to_owned(), token.expose().to_owned());
    }
}

fn text(value: &Value, member: &str) -> String {
    value[member].as_str().unwrap_or_else(|| panic!("no {member}: {value}")).to_owned()
}

/// Adds a way to present a key, and gives its id.
async fn add_credential(server: &Server, key: &str, body: &Value) -> String {
    text(&create(server, &format!("/v1/keys/{key}/credentials"), body).await.unwrap(), "id")
}

async fn withdraw(server: &Server, key: &str, credential: &str) {
    let path = format!("/v1/keys/{key}/credentials/{credential}/revoke");
    let revoking = post(&path, "application/json", Some(&server.key), b"{}");
    assert_eq!(once(server.pap, &revoking).await.unwrap().status, 200);
}

async fn revoke(server: &Server, key: &str) {
    let revoking = post(&format!("/v1/keys/{key}/revoke"), "application/json", Some(&server.key), b"{}");
    assert_eq!(once(server.pap, &revoking).await.unwrap().status, 200);
}

/// Sends a form to an endpoint of OAuth, which takes it; what it answers, where that is JSON.
async fn form(server: &Server, path: &str, body: &str) -> Option<Value> {
    let request = post(path, "application/x-www-form-urlencoded", None, body.as_bytes());
    let answer = once(server.pap, &request).await.unwrap();
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.json().ok()
}

async fn listed(server: &Server, path: &str) -> Value {
    let request = String::from_utf8(get(path)).unwrap();
    let request = request.replace("\r\n\r\n", &format!("\r\nAuthorization: Bearer {}\r\n\r\n", server.key));
    let answer = once(server.pap, request.as_bytes()).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json().unwrap()
}

async fn listed_id(server: &Server, name: &str) -> String {
    let listed = listed(server, "/v1/keys?organisation=acme").await;
    let found = listed["items"].as_array().unwrap().iter().find(|key| key["name"] == name).unwrap().clone();
    text(&found, "id")
}
