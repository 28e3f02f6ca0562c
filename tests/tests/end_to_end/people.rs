//! A person gets all that is kept of him, and when he is forgotten, nothing that names him is left.

use argus_tests::program::{Server, stdout};
use argus_tests::walk::create;
use serde_json::{Value, json};

use super::compliance::{Sql, act};

const ADA: &str = "ada@acme.example";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_of_a_person_is_handed_out_and_erased() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(&data).unwrap();
    create(&server, "/v1/organisations", &json!({"name": "acme"})).await.unwrap();
    for (name, owner) in [("hers", ADA), ("too", ADA), ("his", "bob@acme.example")] {
        let body = json!({"organisation": "acme", "name": name, "owner": owner, "scopes": ["acme/x:read"]});
        create(&server, "/v1/keys", &body).await.unwrap();
    }
    let contact = json!({"organisation": "acme", "kind": "email", "address": ADA, "owner": ADA});
    create(&server, "/v1/contacts", &contact).await.unwrap();
    let mut sql = Sql::open(&data);
    let ids = sql.texts("SELECT id AS text FROM keys WHERE owner = 'ada@acme.example' ORDER BY id");
    act(&server, &format!("/v1/keys/{}/rotate", ids[0]), &json!({})).await;
    let started = create(&server, "/v1/reviews", &json!({"organisation": "acme"})).await.unwrap();
    let review = format!("/v1/reviews/{}", started["id"].as_str().unwrap());
    let said = json!({"key": ids[0], "verdict": "revoke", "reason": format!("{ADA} leaves")});
    act(&server, &format!("{review}/decide"), &said).await;
    act(&server, &format!("{review}/decide"), &json!({"rest": true, "verdict": "keep", "reason": "x"})).await;
    act(&server, &format!("{review}/sign"), &json!({"statement": format!("{ADA} was asked")})).await;
    act(&server, &format!("/v1/keys/{}/revoke", ids[1]), &json!({"reason": "done"})).await;

    let export = |owner: &str| server.argus(&["person", "export", "acme", owner]);
    let data: Value = serde_json::from_str(&stdout(&export(ADA)).unwrap()).unwrap();
    let count = |member: &str| data[member].as_array().unwrap().len().to_string();
    let recipient = format!("outbox WHERE recipient = '{ADA}'");
    assert_eq!((count("keys"), count("notices")), ("2".to_owned(), sql.count(&recipient)));
    assert_eq!(count("contacts"), sql.count(&format!("contacts WHERE owner = '{ADA}'")));
    assert_eq!(count("contacts"), "1");
    assert_eq!(count("reviews"), sql.count(&format!("review_items WHERE owner = '{ADA}'")));
    assert_eq!(count("reviews"), "2");
    let person = data["person"].as_str().unwrap();
    // But for the entry that tells of this export, which came after.
    let entries = format!("audit_entries WHERE entry LIKE '%{person}%' AND event <> 'person.exported'");
    assert_eq!(count("audit"), sql.count(&entries));
    let text = data.to_string();
    assert!(text.contains(ADA) && !text.contains("bob@") && !text.contains("secret\":\"argus_"), "{data:#}");
    assert_eq!(sql.count("audit_entries WHERE event = 'person.exported'"), "1");

    act(&server, &format!("/v1/keys/{}/revoke", ids[0]), &json!({})).await;
    stdout(&server.argus(&["audit", "forget", "acme", ADA, "--yes"])).unwrap();
    for (table, column) in [
        ("keys", "owner"),
        ("contacts", "owner"),
        ("outbox", "recipient"),
        ("outbox", "payload"),
        ("deliveries", "recipient"),
        ("deliveries", "payload"),
        ("review_items", "owner"),
        ("review_items", "reason"),
        ("reviews", "statement"),
        ("audit_entries", "entry"),
    ] {
        assert_eq!(sql.count(&format!("{table} WHERE {column} LIKE '%{ADA}%'")), "0", "{table}.{column}");
    }
    assert_eq!(sql.count("keys WHERE owner = 'bob@acme.example'"), "1", "nobody else is touched");
    let after = export(ADA);
    assert_eq!(after.status.code(), Some(1), "{after:?}");
    assert!(stdout(&server.argus(&["audit", "verify"])).unwrap().contains("whole"));
}
