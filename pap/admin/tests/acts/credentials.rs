//! The ways to present a key besides its secret.

use std::collections::BTreeSet;

use argus_admin::{AdminError, Call, ChangedCredential};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::{Installation, caller_of};
use crate::{acting, body, create_key, faults, holding, query, reader, root, shown, with, with_acme};

fn jwk() -> Value {
    json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})
}

async fn add(
    installation: &Installation,
    call: &Call,
    key: &str,
    value: &Value,
) -> Result<ChangedCredential, AdminError> {
    installation.admin.add_credential(call, key, body(value)).await
}

/// A certificate as it stands in an `x5c`.
fn certificate() -> String {
    let params = rcgen::CertificateParams::new(["ci.acme.example".to_owned()]).unwrap();
    STANDARD.encode(params.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap().der())
}

async fn with_reader() -> (Installation, String) {
    let installation = with_acme().await;
    let made = create_key(&installation, &root(), &reader()).await.unwrap();
    (installation, made.key.id.to_string())
}

#[tokio::test]
async fn every_kind_of_credential_is_added_listed_and_revoked() {
    let (installation, key) = with_reader().await;
    let pem = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEMKBCTNIcKUSDii11ySs3526iDZ8A\niTo7Tu6KPAqv7D7gS2XpJFbZiItSs3m9+9Ue6GnvHw/GW2ZZaVtszggXIw==\n-----END PUBLIC KEY-----\n";
    let wanted = [
        json!({"kind": "public_key", "jwk": with(jwk(), &json!({"kid": "build", "x5t": "dropped"}))}),
        json!({"kind": "public_key", "pem": pem, "kid": "curve"}),
        json!({"kind": "jwks_url", "url": "https://client.example/jwks.json", "algorithms": ["ES256", "ES256"]}),
        json!({"kind": "jwks_url", "url": "http://127.0.0.1:8080/jwks.json"}),
        json!({"kind": "jwt_subject", "issuer": "https://ci.example", "subject": "acme/build"}),
        json!({"kind": "certificate", "subject_dn": "CN=ci,O=Acme"}),
        json!({"kind": "certificate", "san_dns": "ci.acme.example"}),
        json!({"kind": "certificate", "san_uri": "spiffe://acme.example/ci"}),
        json!({"kind": "certificate", "san_ip": "2001:db8::1"}),
        json!({"kind": "certificate", "san_email": "ci@acme.example"}),
        json!({"kind": "certificate", "thumbprint": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg0"}),
        json!({"kind": "certificate", "jwks": {"keys": [{"kty": "RSA", "x5c": [certificate()]}]}}),
    ];
    let public = [
        json!({"jwk": with(jwk(), &json!({"kid": "build"}))}),
        json!({"jwk": {"kty": "EC", "crv": "P-256", "kid": "curve", "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}}),
        json!({"url": "https://client.example/jwks.json", "algorithms": ["ES256"]}),
        json!({"url": "http://127.0.0.1:8080/jwks.json", "algorithms": ["RS256"]}),
    ];
    let mut ids = Vec::new();
    for (number, value) in wanted.iter().enumerate() {
        let added =
            shown(&add(&installation, &root(), &key, value).await.unwrap_or_else(|error| panic!("{number}: {error}")));
        assert_eq!(
            (&added["kind"], &added["state"], &added["key_id"]),
            (&value["kind"], &json!("active"), &json!(key))
        );
        if let Some(public) = public.get(number) {
            assert_eq!(added["public"], *public);
        }
        ids.push(added["id"].as_str().unwrap().to_owned());
    }
    let first = installation.admin.list_credentials(&root(), &key, query(&[("limit", "10")])).await.unwrap();
    let cursor = first.next_cursor.clone().unwrap();
    let rest = installation.admin.list_credentials(&root(), &key, query(&[("cursor", &cursor)])).await.unwrap();
    assert_eq!((first.items.len(), rest.items.len(), rest.next_cursor), (10, 3, None));
    let listed: BTreeSet<_> = first.items.iter().chain(&rest.items).map(|item| item.id().to_owned()).collect();
    assert!(listed.len() == 13 && ids.iter().all(|id| listed.contains(id)), "{listed:?}");

    let revoke = async || shown(&installation.admin.revoke_credential(&root(), &key, &ids[0]).await.unwrap());
    let revoked = revoke().await;
    assert_eq!(
        (&revoked["state"], revoke().await["revoked_at"].clone()),
        (&json!("revoked"), revoked["revoked_at"].clone())
    );
    let one = installation.admin.show_credential(&root(), &key, &ids[0]).await.unwrap();
    assert_eq!(shown(&one)["state"], "revoked");
    // Its name is free again.
    assert!(add(&installation, &root(), &key, &wanted[0]).await.is_ok());
}

#[tokio::test]
async fn all_that_is_wrong_with_a_credential_is_told_at_once() {
    let (installation, key) = with_reader().await;
    let cases = [
        (json!({}), &["missing-field /kind"][..]),
        (json!({"kind": "password"}), &["invalid-field /kind"]),
        (json!({"kind": "secret"}), &["invalid-field /kind"]),
        (json!({"kind": "public_key"}), &["missing-field /jwk"]),
        (json!({"kind": "public_key", "jwk": "x"}), &["invalid-field /jwk"]),
        (json!({"kind": "public_key", "jwk": {}, "pem": ""}), &["invalid-field /pem"]),
        (
            json!({"kind": "public_key", "pem": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"}),
            &["invalid-field /pem"],
        ),
        (
            json!({"kind": "public_key", "jwk": with(jwk(), &json!({"d": "AAAA", "use": "enc"})), "expires_at": "2020-01-01T00:00:00Z", "url": "x"}),
            &["invalid-field /jwk/d", "invalid-field /jwk/use", "invalid-field /expires_at", "unknown-field /url"],
        ),
        (json!({"kind": "public_key", "jwk": {"kty": "RSA", "n": "AQ", "e": "AQAB"}}), &["invalid-field /jwk/n"]),
        (json!({"kind": "public_key", "jwk": with(jwk(), &json!({"kid": "a\nb"}))}), &["invalid-field /jwk/kid"]),
        (json!({"kind": "jwks_url"}), &["missing-field /url"]),
        (
            json!({"kind": "jwks_url", "url": "http://client.example/jwks", "algorithms": ["none", "HS256"]}),
            &["invalid-field /url", "invalid-field /algorithms/0", "invalid-field /algorithms/1"],
        ),
        (json!({"kind": "jwks_url", "url": "https://user@client.example/"}), &["invalid-field /url"]),
        (json!({"kind": "jwks_url", "url": "http://127.0.0.1.evil.example/"}), &["invalid-field /url"]),
        (json!({"kind": "jwks_url", "url": "file:///etc/passwd"}), &["invalid-field /url"]),
        (json!({"kind": "jwt_subject", "issuer": " "}), &["invalid-field /issuer", "missing-field /subject"]),
        (json!({"kind": "certificate"}), &["missing-field /kind"]),
        (json!({"kind": "certificate", "san_dns": "a.example", "san_ip": "192.0.2.1"}), &["invalid-field /san_ip"]),
        (json!({"kind": "certificate", "san_dns": "*.acme.example"}), &["invalid-field /san_dns"]),
        (json!({"kind": "certificate", "san_ip": "192.0.2.01"}), &["invalid-field /san_ip"]),
        (json!({"kind": "certificate", "thumbprint": "AAAA"}), &["invalid-field /thumbprint"]),
        (json!({"kind": "certificate", "subject_dn": "ci"}), &["invalid-field /subject_dn"]),
        // What decision points couldn't read.
        (json!({"kind": "certificate", "subject_dn": "CN=ci,O=a<b"}), &["invalid-field /subject_dn"]),
        (json!({"kind": "certificate", "subject_dn": "CN=ci=x,=y"}), &["invalid-field /subject_dn"]),
        (json!({"kind": "certificate", "san_dns": format!("{}.example", "a".repeat(64))}), &["invalid-field /san_dns"]),
        (json!({"kind": "certificate", "san_uri": "://acme.example"}), &["invalid-field /san_uri"]),
        (json!({"kind": "certificate", "san_email": "c i@acme.example"}), &["invalid-field /san_email"]),
        (json!({"kind": "certificate", "jwks": {"keys": [{"x5c": ["MAA="]}]}}), &["invalid-field /jwks/keys/0/x5c"]),
        (json!({"kind": "certificate", "jwks": {"keys": []}}), &["invalid-field /jwks"]),
        (json!({"kind": "certificate", "jwks": {"keys": [{"x5c": ["?"]}]}}), &["invalid-field /jwks/keys/0/x5c"]),
    ];
    for (value, expected) in cases {
        let refused = add(&installation, &root(), &key, &value).await.unwrap_err();
        assert_eq!(faults(&refused), expected, "{value}");
    }
}

#[tokio::test]
async fn a_name_means_one_public_key_and_a_subject_one_key() {
    let (installation, key) = with_reader().await;
    let other = create_key(&installation, &root(), &with(reader(), &json!({"name": "other"}))).await.unwrap();
    let other = other.key.id.to_string();
    let public = json!({"kind": "public_key", "jwk": jwk()});
    add(&installation, &root(), &key, &public).await.unwrap();
    let twice = add(&installation, &root(), &key, &public).await.unwrap_err();
    assert_eq!(faults(&twice), ["already-exists /jwk/kid"]);
    // Another key's holder may use the same public key: a token names its key.
    assert!(add(&installation, &root(), &other, &public).await.is_ok());

    let subject = json!({"kind": "jwt_subject", "issuer": "https://ci.example", "subject": "acme/build"});
    add(&installation, &root(), &key, &subject).await.unwrap();
    let taken = add(&installation, &root(), &other, &subject).await.unwrap_err();
    assert_eq!(taken.to_string(), "a credential `acme/build of https://ci.example` already exists");
}

#[tokio::test]
async fn nobody_gets_a_way_to_present_a_key_that_may_do_more_than_his_own() {
    let (installation, key) = with_reader().await;
    let public = json!({"kind": "public_key", "jwk": jwk()});
    let manager = acting("acme", &["acme/argus/keys:write"]);
    let refused = add(&installation, &manager, &key, &public).await.unwrap_err();
    assert!(matches!(refused, AdminError::NotPermitted { .. }), "{refused}");
    let stranger = acting("beta", &["beta:admin"]);
    assert!(matches!(add(&installation, &stranger, &key, &public).await.unwrap_err(), AdminError::NotFound));
    let listed = installation.admin.list_credentials(&stranger, &key, query(&[])).await.unwrap_err();
    assert!(matches!(listed, AdminError::NotFound));

    let owner = acting("acme", &["acme:admin"]);
    let added = add(&installation, &owner, &key, &public).await.unwrap();
    // Whoever may write keys may take a way to present one away.
    let revoked = installation.admin.revoke_credential(&manager, &key, added.credential.id()).await.unwrap();
    assert_eq!(shown(&revoked)["state"], "revoked");

    // The holder may add to his own key, where he may write keys at all.
    let wide = with(reader(), &json!({"name": "wide", "scopes": ["acme/argus/keys:write", "acme/atlas:write"]}));
    let made = create_key(&installation, &root(), &wide).await.unwrap();
    let id = made.key.id.to_string();
    assert!(add(&installation, &holding(&made), &id, &public).await.is_ok());
    let token =
        Call::new(crate::support::narrowed_caller(made.key.id, "acme", &["acme/argus/keys:write"]), "r-6".to_owned());
    let more = json!({"kind": "jwt_subject", "issuer": "https://ci.example", "subject": "x"});
    assert!(matches!(add(&installation, &token, &id, &more).await.unwrap_err(), AdminError::NotPermitted { .. }));
    let held =
        Call::new(caller_of(made.key.id, "acme", &["acme/argus/keys:write", "acme/atlas:write"]), "r-7".to_owned());
    assert!(add(&installation, &held, &id, &more).await.is_ok());
}
