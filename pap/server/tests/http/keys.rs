//! The life of a key over HTTP.

use serde_json::json;

use crate::{ROOT, get, post, reader, with_acme};

#[actix_web::test]
async fn a_key_is_made_shown_and_revoked() {
    let installation = with_acme().await;
    let made = post(&installation, ROOT, "/v1/keys", &reader()).await;
    assert_eq!((made.status, made.header("cache-control")), (201, "no-store"));
    let location = made.header("location").to_owned();
    assert_eq!(location, format!("/v1/keys/{}", made.body["id"].as_str().unwrap()));
    let secret = made.body["secret"].as_str().unwrap();
    assert_eq!((secret.len(), &secret[..11]), (81, "argus_live_"));

    let shown = get(&installation, &location).await;
    assert_eq!(shown.status, 200);
    let mut expected = made.body.clone();
    expected.as_object_mut().unwrap().remove("secret");
    expected.as_object_mut().unwrap().remove("guidance");
    assert_eq!(shown.body, expected, "everything but the secret and how to use it");

    let listed = get(&installation, "/v1/keys?organisation=acme&project=atlas&name=reader").await;
    assert_eq!(listed.body, json!({"items": [expected], "next_cursor": null}));
    assert!(!String::from_utf8(listed.octets).unwrap().contains(&secret[23..66]));

    let revoked = post(&installation, ROOT, &format!("{location}/revoke"), &json!({"reason": "unused"})).await;
    assert_eq!((revoked.status, &revoked.body["state"]), (200, &json!("revoked")));
    assert_eq!((&revoked.body["applied_by"], &revoked.body["revoked_credentials"]), (&json!(1), &json!(1)));
}

#[actix_web::test]
async fn a_key_is_revoked_without_a_body() {
    let installation = with_acme().await;
    let made = post(&installation, ROOT, "/v1/keys", &reader()).await;
    let path = format!("{}/revoke", made.header("location"));
    let request = actix_web::test::TestRequest::post().uri(&path).insert_header(("authorization", ROOT));
    let revoked = crate::send(&installation, request).await;
    assert_eq!((revoked.status, &revoked.body["revoked_reason"]), (200, &json!("manual")));
}

#[actix_web::test]
async fn organisations_and_projects_are_found_where_they_were_made() {
    let installation = with_acme().await;
    let beta = post(&installation, ROOT, "/v1/organisations", &json!({"name": "beta", "display_name": "β"})).await;
    assert_eq!(get(&installation, beta.header("location")).await.body, beta.body);
    let body = json!({"organisation": "beta", "name": "x", "conditions": {"countries": ["DE"]}});
    let project = post(&installation, ROOT, "/v1/projects", &body).await;
    assert_eq!(get(&installation, project.header("location")).await.body, project.body);
    assert_eq!(project.body["conditions"]["countries"], json!(["DE"]));
}

#[actix_web::test]
async fn a_name_in_certificates_presents_one_key_however_it_is_spelled() {
    let installation = with_acme().await;
    let mut ids = Vec::new();
    for name in ["one", "other"] {
        let mut body = reader();
        body["name"] = json!(name);
        let made = post(&installation, ROOT, "/v1/keys", &body).await;
        ids.push(made.body["id"].as_str().unwrap().to_owned());
    }
    let add = async |key: usize, member: &str, name: &str| {
        let path = format!("/v1/keys/{}/credentials", ids[key]);
        post(&installation, ROOT, &path, &json!({"kind": "certificate", member: name})).await
    };
    for (member, first, again, another) in [
        ("subject_dn", "CN=ci, O=Acme", "cn=CI,2.5.4.10 = acme", "O=Acme, CN=ci"),
        ("san_email", "ci@acme.example", "ci@ACME.example", "CI@acme.example"),
    ] {
        let made = add(0, member, first).await;
        assert_eq!((made.status, &made.body["public"][member]), (201, &json!(first)), "{made:?}");
        let taken = add(1, member, again).await;
        assert_eq!((taken.status, taken.code()), (409, "already-exists"), "{taken:?}");
        assert_eq!(add(1, member, another).await.status, 201);
    }
}
