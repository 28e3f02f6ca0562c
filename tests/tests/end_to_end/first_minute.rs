//! What a newcomer does in the first minute, command by command.

use argus_tests::program::{Server, stdout};

#[test]
fn a_key_is_permitted_then_lacks_a_scope_then_is_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder.path().join("data")).unwrap();
    let argus = |arguments: &[&str]| stdout(&server.argus_in(folder.path(), arguments)).unwrap();

    argus(&["org", "create", "acme"]);
    argus(&["project", "create", "acme/atlas"]);
    let scope = ["--scope", "acme/atlas/evidence:read", "--secret-to", "reader.key"];
    let created = argus(&[&["key", "create", "acme/atlas/reader"], &scope[..]].concat());
    let secret = std::fs::read_to_string(folder.path().join("reader.key")).unwrap();
    assert!(!created.contains(secret.trim()), "a secret that is written to a file is shown nowhere else");

    let verify = |action| {
        let resource = ["--resource", "acme/atlas/evidence/42"];
        argus(&[&["verify", "--credential-file", "reader.key", "--action", action], &resource[..]].concat())
    };
    let permitted = verify("read");
    assert!(permitted.starts_with("Permit"), "{permitted}");
    let denied = verify("delete");
    assert!(denied.starts_with("Deny") && denied.contains("scope_missing"), "{denied}");

    let unasked = server.argus_in(folder.path(), &["key", "revoke", "acme/atlas/reader"]);
    assert_eq!(unasked.status.code(), Some(64), "without a terminal, revoking takes `--yes`");
    assert!(String::from_utf8_lossy(&unasked.stderr).contains("--yes"));
    argus(&["key", "revoke", "acme/atlas/reader", "--yes"]);
    let revoked = verify("read");
    assert!(revoked.starts_with("Deny") && revoked.contains("credential_revoked"), "{revoked}");
    assert!(!server.printed().contains(secret.trim()), "no log holds a secret");
}

#[tokio::test]
async fn programs_get_the_decision_as_json() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder.path().join("data")).unwrap();
    let keys = argus_tests::walk::Keys::create(&server).await.unwrap();
    std::fs::write(folder.path().join("key"), &keys.reader).unwrap();
    let verify = |action| {
        let arguments =
            ["verify", "--credential-file", "key", "--action", action, "--resource", "acme/atlas/evidence/1"];
        let output =
            stdout(&server.argus_in(folder.path(), &[&arguments[..], &["--output", "json"]].concat())).unwrap();
        let answer: serde_json::Value = serde_json::from_str(&output).unwrap();
        (answer["decision"].as_str().unwrap().to_owned(), answer["reason"].as_str().map(str::to_owned))
    };
    assert_eq!(verify("read"), ("Permit".to_owned(), None));
    assert_eq!(verify("write"), ("Deny".to_owned(), Some("scope_missing".to_owned())));
}
