//! Clients that authenticate by a certificate (RFC 8705), and what is bound to it.

use std::process::Command;

use argus_tests::program::repository;
use serde_json::json;

use crate::over_tls::{Client, OverTls};
use crate::{clients, curl, node_programs, said_well};

const GRANT: &str = "grant_type=client_credentials";

#[test]
fn curl_gets_a_token_by_every_sort_of_certificate_and_it_is_good_over_that_one_alone() {
    if !curl::is_here() {
        return;
    }
    let installation = OverTls::start();
    for (client, own, _) in installation.clients() {
        let named = format!("client_id={}", client.key.id);
        let told = installation.form("/oauth/token", Some(own), &[GRANT, &named]);
        assert_eq!((told.status, &told.body["token_type"]), (200, &json!("Bearer")), "{told:?}");
        let token = told.body["access_token"].as_str().unwrap();

        let permitted = installation.verify(token, Some(own));
        assert_eq!((permitted.status, &permitted.body["decision"]), (200, &json!("Permit")), "{permitted:?}");
        for shown in [Some("other"), None] {
            let refused = installation.verify(token, shown);
            assert_eq!(refused.status, 401, "{shown:?} {refused:?}");
            assert!(refused.challenge.contains("error=\"invalid_token\""), "{refused:?}");
        }

        let about = format!("token={token}");
        let worth = installation.form("/oauth/introspect", Some(own), &[&named, &about]);
        assert_eq!(worth.body["cnf"], json!({"x5t#S256": client.certificate.thumbprint()}), "{worth:?}");
        for (path, shown) in
            [("/oauth/introspect", Some("other")), ("/oauth/revoke", Some("other")), ("/oauth/revoke", None)]
        {
            let refused = installation.form(path, shown, &[&named, &about]);
            assert_eq!((refused.status, &refused.body["error"]), (401, &json!("invalid_client")), "{path} {refused:?}");
        }
        assert_eq!(installation.form("/oauth/revoke", Some(own), &[&named, &about]).status, 200);
        let worth = installation.form("/oauth/introspect", Some(own), &[&named, &about]);
        assert_eq!(worth.body, json!({"active": false}));
        assert_eq!(installation.verify(token, Some(own)).status, 401);
    }
}

#[test]
fn a_certificate_proves_one_client_and_no_other_and_beside_a_secret_it_binds() {
    if !curl::is_here() {
        return;
    }
    let installation = OverTls::start();
    let named = |client: &Client| format!("client_id={}", client.key.id);
    let (signed, itself) = (named(&installation.signed), named(&installation.self_signed));
    let subject = named(&installation.subject);
    for (shown, client_id, expected) in [
        (Some("signed"), Some(subject.as_str()), (401, "invalid_client")),
        (Some("subject"), Some(signed.as_str()), (401, "invalid_client")),
        (Some("signed"), Some(itself.as_str()), (401, "invalid_client")),
        (Some("self_signed"), Some(signed.as_str()), (401, "invalid_client")),
        (Some("other"), Some(signed.as_str()), (401, "invalid_client")),
        (Some("signed"), Some("client_id=nobody"), (401, "invalid_client")),
        (None, Some(signed.as_str()), (401, "invalid_client")),
        (Some("signed"), None, (400, "invalid_request")),
    ] {
        let parameters: Vec<_> = [GRANT].into_iter().chain(client_id).collect();
        let refused = installation.form("/oauth/token", shown, &parameters);
        assert_eq!((refused.status, &refused.body["error"]), (expected.0, &json!(expected.1)), "{shown:?} {refused:?}");
    }

    let client = &installation.signed;
    let secret = format!("client_secret={}", client.key.secret);
    let token = |shown| {
        let told = installation.form("/oauth/token", shown, &[GRANT, &signed, &secret]);
        told.body["access_token"].as_str().unwrap_or_else(|| panic!("{told:?}")).to_owned()
    };
    let (bound, unbound) = (token(Some("signed")), token(None));
    let over = |token: &str, shown| installation.verify(token, shown).status;
    assert_eq!((over(&bound, Some("signed")), over(&bound, Some("other")), over(&bound, None)), (200, 401, 401));
    assert_eq!((over(&unbound, Some("signed")), over(&unbound, None)), (200, 200));
    // Whoever asks by a bound token shows its certificate there, too.
    let about = format!("token={unbound}");
    let bearer = format!("authorization: Bearer {bound}");
    let asked = |shown| installation.form_with("/oauth/introspect", shown, &[&about], &["--header", &bearer]).status;
    assert_eq!((asked(Some("signed")), asked(Some("other")), asked(None)), (200, 401, 401));

    let metadata = installation.get("/.well-known/oauth-authorization-server");
    assert_eq!(metadata["tls_client_certificate_bound_access_tokens"], true);
    let methods = ["client_secret_basic", "client_secret_post", "private_key_jwt", "tls_client_auth"];
    let methods: Vec<_> = methods.into_iter().chain(["self_signed_tls_client_auth"]).collect();
    for endpoint in ["token", "revocation"] {
        assert_eq!(metadata[format!("{endpoint}_endpoint_auth_methods_supported")], json!(methods));
    }
}

#[test]
fn authlib_gets_bound_tokens_over_mutual_tls() {
    let Some(folder) = clients("bin/python") else { return };
    let program = repository().join("tests/clients/python/mutual_tls_client.py");
    for_each_client(|| {
        let mut command = Command::new(folder.join("bin/python"));
        command.arg("-B").arg(&program);
        command
    });
}

#[test]
fn oauth4webapi_and_openid_client_get_bound_tokens_over_mutual_tls() {
    let Some(programs) = node_programs() else { return };
    for_each_client(|| {
        let mut command = Command::new("node");
        command.arg(programs.path().join("mutual_tls_client.mjs"));
        command
    });
}

/// Runs a program for each client, told of the method that it authenticates by.
fn for_each_client(program: impl Fn() -> Command) {
    if !curl::is_here() {
        return;
    }
    let installation = OverTls::start();
    for (client, own, method) in installation.clients() {
        said_well(installation.tell(program().arg(method), client, own));
    }
}
