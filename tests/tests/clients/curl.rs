//! curl: a token, introspection and revocation, as a person at a terminal has them.

use std::process::Command;

use serde_json::{Value, json};

use crate::installation::Installation;

/// What curl got.
fn curl(installation: &Installation, path: &str, arguments: &[&str]) -> Value {
    let output = Command::new("curl")
        .args(["--silent", "--show-error", "--fail-with-body", "--noproxy", "*", "--max-time", "60"])
        .args(arguments)
        .arg(format!("{}{path}", installation.issuer()))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap_or(Value::Null)
}

/// Whether this machine has curl.
pub(crate) fn is_here() -> bool {
    let is_here = Command::new("curl").arg("--version").output().is_ok_and(|output| output.status.success());
    if !is_here {
        assert!(std::env::var_os("CI").is_none(), "CI runs curl, and finds it nowhere");
        println!("skipped: needs curl");
    }
    is_here
}

#[test]
fn curl_gets_introspects_and_revokes_a_token() {
    if !is_here() {
        return;
    }
    let installation = Installation::start();
    let user = format!("{}:{}", installation.client.id, installation.client.secret);
    let asked = ["--user", &user, "--data", "grant_type=client_credentials"];
    let told = curl(&installation, "/oauth/token", &asked);
    let token = format!("token={}", told["access_token"].as_str().unwrap());
    let about = ["--user", user.as_str(), "--data", token.as_str()];
    assert_eq!(curl(&installation, "/oauth/introspect", &about)["active"], true);
    curl(&installation, "/oauth/revoke", &about);
    assert_eq!(curl(&installation, "/oauth/introspect", &about), json!({"active": false}));
    let keys = curl(&installation, "/.well-known/jwks.json", &[]);
    assert_eq!((&keys["keys"][0]["kty"], &keys["keys"][0]["alg"]), (&json!("RSA"), &json!("RS256")));
}
