//! Access tokens: what is in them, and until when.

use argus_admin::{Admin, Form, NewToken, OauthRefused, OauthRequest};
use argus_credentials::Secret;
use argus_engine::scope::Scope;
use chrono::TimeDelta;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{DecodingKey, Validation, decode, decode_header};
use serde_json::{Value, json};

use crate::support::{Installation, TestCaller, add_host, noon};
use crate::{create_key, reader, root, with_acme};

/// A key of acme's that reads evidence, and what its holder presents.
pub(crate) struct Holder {
    pub(crate) id: String,
    pub(crate) secret: String,
}

/// An installation, and the holder of a key in it.
pub(crate) async fn with_holder(change: impl FnOnce(&mut TestCaller)) -> (Installation, Holder) {
    let installation = with_acme().await;
    add_host(&installation.store);
    let made = create_key(&installation, &root(), &reader()).await.unwrap();
    let mut caller = TestCaller {
        key: made.key.id,
        organisation: "acme".to_owned(),
        scopes: vec![Scope::parse("acme/atlas/evidence:read").unwrap()],
        is_narrowed: false,
        expires_at: None,
        unmet: None,
    };
    change(&mut caller);
    let secret = made.secret.expose().to_owned();
    installation.authority.holders.lock().unwrap().insert(secret.clone(), caller);
    (installation, Holder { id: made.key.id.to_string(), secret })
}

pub(crate) fn request(authorization: &[&str], pairs: &[(&str, &str)]) -> OauthRequest {
    let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    OauthRequest {
        authorization: authorization.iter().map(|value| Secret::new((*value).to_owned())).collect(),
        certificate: None,
        form: Form::new(pairs.collect()).unwrap(),
        peer: None,
        request_id: "r-4".to_owned(),
    }
}

pub(crate) async fn ask(admin: &Admin, holder: &Holder, more: &[(&str, &str)]) -> Result<NewToken, OauthRefused> {
    let own = [("grant_type", "client_credentials"), ("client_id", &holder.id), ("client_secret", &holder.secret)];
    admin.issue_token(request(&[], &[&own, more].concat())).await
}

/// The claims of a token that a set of keys verifies.
pub(crate) fn verify(token: &str, set: &str) -> Option<Value> {
    let set: JwkSet = serde_json::from_str(set).unwrap();
    let header = decode_header(token).unwrap();
    assert_eq!(header.typ.as_deref(), Some("at+jwt"));
    let key = DecodingKey::from_jwk(set.find(&header.kid.unwrap())?).unwrap();
    let mut validation = Validation::new(header.alg);
    validation.set_audience(&["http://127.0.0.1:8181"]);
    validation.set_issuer(&["http://127.0.0.1:8181"]);
    validation.validate_exp = false;
    Some(decode::<Value>(token, &key, &validation).unwrap().claims)
}

#[tokio::test]
async fn a_token_says_what_rfc_9068_asks_of_it() {
    let (installation, holder) = with_holder(|_| {}).await;
    let new = ask(&installation.admin, &holder, &[]).await.unwrap();
    let set = installation.admin.show_key_set().await.unwrap();
    let mut claims = verify(new.token.expose(), &set).unwrap();
    assert_eq!(claims.as_object_mut().unwrap().remove("jti").unwrap().as_str().unwrap().len(), 22);
    let (issued, scope) = (noon().timestamp(), "acme/atlas/evidence:read");
    assert_eq!(
        claims,
        json!({"iss": "http://127.0.0.1:8181", "aud": "http://127.0.0.1:8181", "sub": holder.id,
               "client_id": holder.id, "iat": issued, "exp": issued + 600, "scope": scope})
    );
    assert_eq!((new.expires_in, new.scope.as_str()), (600, scope));
}

#[tokio::test]
async fn a_token_ends_with_its_key() {
    let (installation, holder) = with_holder(|caller| caller.expires_at = Some(noon() + TimeDelta::seconds(90))).await;
    assert_eq!(ask(&installation.admin, &holder, &[]).await.unwrap().expires_in, 90);
    let (installation, holder) = with_holder(|caller| caller.expires_at = Some(noon())).await;
    assert_eq!(ask(&installation.admin, &holder, &[]).await.unwrap_err().code.as_str(), "invalid_client");
}

#[tokio::test]
async fn a_condition_that_is_not_met_keeps_its_key_from_tokens() {
    let (installation, holder) = with_holder(|caller| caller.unmet = Some("condition_ip")).await;
    let refused = ask(&installation.admin, &holder, &[]).await.unwrap_err();
    assert_eq!(refused.code.as_str(), "unauthorized_client");
    assert!(refused.description.contains("condition_ip"), "{refused}");
}

#[tokio::test]
async fn a_scope_of_another_organisation_is_in_no_token() {
    let scopes = ["acme/atlas/evidence:read", "beta/x:read", "*/argus/keys:read"];
    let scopes = scopes.map(|scope| Scope::parse(scope).unwrap());
    let (installation, holder) = with_holder(|caller| caller.scopes = scopes.into()).await;
    let new = ask(&installation.admin, &holder, &[]).await.unwrap();
    assert_eq!(new.scope, "acme/atlas/evidence:read acme/argus/keys:read");
    for asked in ["beta/x:read", "beta/argus/keys:read"] {
        let refused = ask(&installation.admin, &holder, &[("scope", asked)]).await.unwrap_err();
        assert_eq!(refused.code.as_str(), "invalid_scope", "{asked}");
    }
    assert_eq!(
        ask(&installation.admin, &holder, &[("scope", "acme/argus/keys:read")]).await.unwrap().scope,
        "acme/argus/keys:read"
    );
}

#[tokio::test]
async fn a_token_is_for_this_installation_alone() {
    let (installation, holder) = with_holder(|_| {}).await;
    let ours = "http://127.0.0.1:8181/";
    assert!(ask(&installation.admin, &holder, &[("resource", ours), ("audience", ours)]).await.is_ok());
    for more in [
        &[("resource", "https://api.example")][..],
        &[("audience", "https://api.example")],
        &[("resource", ours), ("resource", "https://x")],
    ] {
        let refused = ask(&installation.admin, &holder, more).await.unwrap_err();
        assert_eq!(refused.code.as_str(), "invalid_target", "{more:?}");
    }
}

#[tokio::test]
async fn a_secret_is_no_proof_of_another_client() {
    let (installation, holder) = with_holder(|_| {}).await;
    let other = Holder { id: "0197f3c0-0000-7000-8000-000000000001".to_owned(), secret: holder.secret.clone() };
    let unknown = ask(&installation.admin, &other, &[]).await.unwrap_err();
    let wrong = Holder { id: holder.id.clone(), secret: format!("{}x", holder.secret) };
    let wrong = ask(&installation.admin, &wrong, &[]).await.unwrap_err();
    assert_eq!((unknown.code.as_str(), &unknown), ("invalid_client", &wrong), "nobody is told which it was");
}

#[tokio::test]
async fn what_a_bearer_may_be_is_no_client_secret() {
    let (installation, holder) = with_holder(|_| {}).await;
    let token = ask(&installation.admin, &holder, &[]).await.unwrap();
    let caller = installation.authority.holders.lock().unwrap()[&holder.secret].clone();
    installation.authority.holders.lock().unwrap().insert(token.token.expose().to_owned(), caller);
    let with_token = Holder { id: holder.id, secret: token.token.expose().to_owned() };
    let refused = ask(&installation.admin, &with_token, &[]).await.unwrap_err();
    assert_eq!(refused.code.as_str(), "invalid_client", "a token would never end that is good for another");
}

#[tokio::test]
async fn a_client_may_sign_who_it_is() {
    let (installation, holder) = with_holder(|_| {}).await;
    let caller = installation.authority.holders.lock().unwrap()[&holder.secret].clone();
    installation.authority.holders.lock().unwrap().insert("signed".to_owned(), caller);
    let proof = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", "signed"),
    ];
    assert!(installation.admin.issue_token(request(&[], &proof)).await.is_ok());
    let named = [&proof[..], &[("client_id", holder.id.as_str())]].concat();
    assert!(installation.admin.issue_token(request(&[], &named)).await.is_ok());
    let other = [&proof[..], &[("client_id", "0197f3c0-0000-7000-8000-000000000001")]].concat();
    assert_eq!(installation.admin.issue_token(request(&[], &other)).await.unwrap_err().code.as_str(), "invalid_client");
}
