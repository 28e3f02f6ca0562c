//! Reports over HTTP: in which form, of whom, and for whom.

use serde_json::json;

use crate::support::Installation;
use crate::{Answer, ROOT, get, post, reader, request, send, with_acme};

async fn get_as(installation: &Installation, authorization: &str, path: &str) -> Answer {
    send(installation, request("GET".parse().unwrap(), path).insert_header(("authorization", authorization))).await
}

async fn accepting(installation: &Installation, media: &str, path: &str) -> Answer {
    let asked = request("GET".parse().unwrap(), path).insert_header(("authorization", ROOT));
    send(installation, asked.insert_header(("accept", media))).await
}

fn evidence<'a>(answer: &'a Answer, control: &str, name: &str) -> Option<&'a str> {
    let controls = answer.body["controls"].as_array().unwrap();
    let control = controls.iter().find(|one| one["id"] == control).unwrap();
    let item = control["evidence"].as_array().unwrap().iter().find(|item| item["name"] == name)?;
    item["value"].as_str()
}

#[actix_web::test]
async fn a_report_comes_in_the_form_that_is_asked_for() {
    let installation = with_acme().await;
    for framework in ["soc2", "iso27001", "pci-dss", "gdpr", "fips"] {
        let path = format!("/v1/compliance/{framework}");
        let json = get(&installation, &path).await;
        assert_eq!((json.status, json.header("content-type")), (200, "application/json"), "{framework}");
        for (media, head) in [("text/html", "<!DOCTYPE html>"), ("text/csv", "framework,control,result,")] {
            let liked = accepting(&installation, media, &path).await;
            let named = get(&installation, &format!("{path}?format={}", media.split('/').next_back().unwrap())).await;
            assert_eq!((liked.status, liked.header("content-type")), (200, format!("{media}; charset=utf-8").as_str()));
            assert!(liked.octets.starts_with(head.as_bytes()) && named.octets == liked.octets, "{framework} {media}");
        }
        assert_eq!(get(&installation, &format!("{path}?format=pdf")).await.status, 400);
        for pack in [
            accepting(&installation, "application/zip", &path).await,
            get(&installation, &format!("{path}?format=pack")).await,
        ] {
            assert_eq!((pack.status, pack.header("content-type")), (200, "application/zip"), "{framework}");
            assert_eq!(
                (argus_admin::verify_pack(&pack.octets, None).broken, &pack.octets[..4]),
                (None, &b"PK\x03\x04"[..])
            );
        }
    }
    assert_eq!(get(&installation, "/v1/compliance/hipaa").await.code(), "not-found");
    assert_eq!(accepting(&installation, "image/png", "/v1/compliance/soc2").await.code(), "not-acceptable");
}

#[actix_web::test]
async fn a_stretch_of_time_bounds_what_is_told_of() {
    let installation = with_acme().await;
    assert_eq!(post(&installation, ROOT, "/v1/keys", &reader()).await.status, 201);
    let made = |answer: &Answer| evidence(answer, "CC6.2", "keys made in this time").unwrap().to_owned();
    assert_eq!(made(&get(&installation, "/v1/compliance/soc2?organisation=acme").await), "1");
    let before = "/v1/compliance/soc2?organisation=acme&from=2026-01-01T00:00:00Z&to=2027-01-15T08:00:00Z";
    let before = get(&installation, before).await;
    assert_eq!(
        (made(&before), &before.body["to"]),
        ("0".to_owned(), &json!("2027-01-15T08:00:00Z")),
        "up to, not with"
    );
    let refused = get(&installation, "/v1/compliance/soc2?from=2027-01-01T00:00:00Z&to=2026-01-01T00:00:00Z").await;
    assert_eq!((refused.status, refused.body["errors"][0]["parameter"].as_str()), (400, Some("from")));
    assert_eq!(get(&installation, "/v1/compliance/soc2?since=yesterday").await.code(), "unknown-field");
}

#[actix_web::test]
async fn an_organisation_gets_its_own_evidence_and_learns_nothing_of_others() {
    let installation = with_acme().await;
    assert_eq!(post(&installation, ROOT, "/v1/organisations", &json!({"name": "globex"})).await.status, 201);
    let other = json!({"organisation": "globex", "name": "hidden", "owner": "eve@globex.example",
        "scopes": ["globex/x:read"]});
    assert_eq!(post(&installation, ROOT, "/v1/keys", &other).await.status, 201);
    let auditor = "Bearer acme acme/argus/audit:read";
    for framework in ["soc2", "iso27001", "pci-dss", "gdpr"] {
        let own = get_as(&installation, auditor, &format!("/v1/compliance/{framework}")).await;
        assert_eq!((own.status, &own.body["organisation"]), (200, &json!("acme")), "{own:?}");
        let text = String::from_utf8(own.octets).unwrap();
        assert!(!text.contains("globex") && !text.contains("secrets by iterations"), "{framework}");
        let whole = get(&installation, &format!("/v1/compliance/{framework}")).await;
        assert_eq!(whole.body["organisation"], json!(null));
    }
    let all = get(&installation, "/v1/compliance/soc2").await;
    assert_eq!(evidence(&all, "CC6.1", "secrets by iterations"), Some("1000: 1"));
    for path in ["/v1/compliance/soc2?organisation=globex", "/v1/compliance/fips?format=html", "/v1/compliance/fips"] {
        assert_eq!(get_as(&installation, auditor, path).await.code(), "not-permitted", "{path}");
    }
    let without = get_as(&installation, "Bearer acme acme/argus/keys:read", "/v1/compliance/soc2").await;
    assert_eq!(without.code(), "not-permitted");
}
