//! A token in every place of a key: of a subject, of an enforcement point, of an administrator; and gone with its key.

use std::time::Instant;

use argus_tests::http::{once, post};
use argus_tests::program::stdout;
use serde_json::json;

use crate::installation::Installation;

/// A request of the JSON Profile, whose subject presents a credential.
fn xacml(credential: &str) -> String {
    let attribute = |id: &str, value: &str| json!({"AttributeId": id, "Value": value});
    json!({"Request": {
        "AccessSubject": {"Attribute": [attribute("urn:argus:attribute:credential", credential)]},
        "Resource": {"Attribute": [attribute("urn:oasis:names:tc:xacml:1.0:resource:resource-id", "acme/atlas/evidence/42")]},
        "Action": {"Attribute": [attribute("urn:oasis:names:tc:xacml:1.0:action:action-id", "read")]}
    }})
    .to_string()
}

#[tokio::test]
async fn a_token_stands_for_its_key_wherever_a_key_may_stand_and_ends_with_it() {
    let installation = Installation::start();
    let owner = installation.create("acme/owner", &["acme/argus/keys:read"]);
    let (subject, point, administrator) = (
        installation.token(&installation.client).await,
        installation.token(&installation.enforcement_point).await,
        installation.token(&owner).await,
    );
    let (status, told) = installation.verify(&point, &subject).await;
    assert_eq!((status, &told["decision"]), (200, &json!("Permit")), "{told}");

    let server = &installation.server;
    let request = post("/pdp", "application/xacml+json", Some(&point), xacml(&subject).as_bytes());
    let answer = once(server.pdp, &request).await.unwrap();
    assert_eq!(answer.json().unwrap()["Response"][0]["Decision"], "Permit", "{}", answer.text());

    let list = |token: &str| {
        format!("GET /v1/keys?organisation=acme HTTP/1.1\r\nHost: argus\r\nAuthorization: Bearer {token}\r\n\r\n")
    };
    let listed = once(server.pap, list(&administrator).as_bytes()).await.unwrap();
    assert_eq!(listed.status, 200, "{}", listed.text());

    let other = installation.create("acme/pep-2", &["acme/argus/pdp:execute"]);
    for name in ["acme/atlas/client", "acme/pep", "acme/owner"] {
        stdout(&server.argus(&["key", "revoke", name, "--yes"])).unwrap();
    }
    // The first request after the acknowledgement is refused already: nothing is waited for.
    let since = Instant::now();
    let (_, told) = installation.verify(&other.secret, &subject).await;
    assert_eq!((&told["decision"], &told["reason"]), (&json!("Deny"), &json!("credential_revoked")), "{told}");
    assert_eq!(installation.verify(&point, &subject).await.0, 401);
    assert_eq!(once(server.pap, list(&administrator).as_bytes()).await.unwrap().status, 401);
    println!("refused in every place within {:?} of the last revocation", since.elapsed());

    let printed = server.printed();
    assert!([&subject, &point, &administrator].iter().all(|token| !printed.contains(*token)), "no log holds a token");
}
