//! Countries and autonomous systems of addresses: looked up, never claimed, read again when their file is replaced.

use std::fs;
use std::path::PathBuf;

use argus_pdp::{HiddenBy, PlaceFiles};
use argus_store::Conditions;
use serde_json::{Value, json};

use crate::support::{Installation, TestKey, databases, get, post, question, request};

/// An installation with a database of its own to replace.
fn with_own_database() -> Option<(Installation, PathBuf)> {
    let country = databases()?.country?;
    let installation = Installation::start(|settings, folder| {
        let own = folder.path().join("country.mmdb");
        fs::copy(&country, &own).unwrap();
        settings.places = PlaceFiles { country: Some(own), ..PlaceFiles::default() };
    });
    let file = installation.folder.path().join("country.mmdb");
    Some((installation, file))
}

fn british(installation: &Installation) -> TestKey {
    let countries = Conditions { countries: vec!["GB".to_owned()], ..Conditions::default() };
    installation.add_bound_key("brit", [Conditions::default(), Conditions::default(), countries])
}

async fn reason(installation: &Installation, key: &TestKey, ip: &str) -> Value {
    let mut asked = question(key, "read", "brit/atlas/evidence/42");
    asked["context"] = json!({"ip": ip});
    installation.verify(&installation.boss, &asked).await.json()["reason"].clone()
}

#[actix_web::test]
async fn an_address_that_lies_nowhere_known_is_in_no_country() {
    let Some((installation, _)) = with_own_database() else { return };
    let key = british(&installation);
    for (ip, expected) in [
        ("81.2.69.142", Value::Null),
        ("2.3.3.1", json!("condition_country")),
        ("10.0.0.1", json!("condition_country")),
        ("2a02:d180::1", json!("condition_country")),
    ] {
        assert_eq!(reason(&installation, &key, ip).await, expected, "{ip}");
    }
    let without = crate::support::installation();
    let key = british(&without);
    assert_eq!(reason(&without, &key, "81.2.69.142").await, json!("condition_country"));
}

#[actix_web::test]
async fn nobody_claims_a_country_or_lets_one_address_stand_for_another() {
    let Some((installation, _)) = with_own_database() else { return };
    let key = british(&installation);
    let address = |values: Value| {
        let data_type = "urn:oasis:names:tc:xacml:3.0:data-type:ipAddress-value";
        json!({"AttributeId": "urn:argus:attribute:client-ip", "DataType": data_type, "Value": values})
    };
    let claimed = json!({"AttributeId": "urn:argus:attribute:country", "Value": "GB", "IncludeInResult": true});
    for (attributes, decision) in [
        (json!([claimed]), "Deny"),
        (json!([claimed, address(json!(["2a02:d180::1"]))]), "Deny"),
        (json!([address(json!(["81.2.69.142", "81.2.69.144"]))]), "Permit"),
        (json!([address(json!(["81.2.69.142", "10.0.0.1"]))]), "Deny"),
        (json!([address(json!(["81.2.69.142", "nowhere"]))]), "Deny"),
    ] {
        let mut asked = request(Some(&key.token), "read", "brit/atlas/evidence/42");
        asked["Request"]["Environment"] = json!({"Attribute": attributes});
        let answer = installation.send(post("/domains/brit/pdp", &installation.boss.token).set_json(asked)).await;
        assert_eq!(answer.decision(), decision, "{attributes}: {answer:?}");
        assert!(!answer.text.contains("\"GB\""), "{answer:?}");
    }
}

#[actix_web::test]
async fn policies_see_the_autonomous_system_of_an_address() {
    let Some(places) = databases() else { return };
    let rule = |system: u32| {
        format!(
            r#"<PolicySet xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" PolicySetId="urn:argus:policy:organisation"
             Version="1.0" PolicyCombiningAlgId="urn:oasis:names:tc:xacml:3.0:policy-combining-algorithm:deny-overrides"><Target/>
             <Policy PolicyId="urn:example:systems" Version="1.0"
             RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides"><Target/>
             <Rule RuleId="r" Effect="Deny"><Target><AnyOf><AllOf>
             <Match MatchId="urn:oasis:names:tc:xacml:1.0:function:integer-equal">
             <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#integer">{system}</AttributeValue>
             <AttributeDesignator Category="urn:oasis:names:tc:xacml:3.0:attribute-category:environment" MustBePresent="false"
             AttributeId="urn:argus:attribute:asn" DataType="http://www.w3.org/2001/XMLSchema#integer"/></Match>
             </AllOf></AnyOf></Target></Rule></Policy></PolicySet>"#
        )
    };
    let installation = Installation::start(|settings, folder| {
        settings.places = places;
        let own = crate::support::policy_folder(folder).join("organisations/acme");
        fs::create_dir_all(&own).unwrap();
        fs::write(own.join("systems.xml"), rule(1221)).unwrap();
        settings.policies = Some(folder.path().join("policies"));
    });
    for (ip, decision) in [("1.128.0.1", "Deny"), ("1.0.0.1", "Permit"), ("10.0.0.1", "Permit")] {
        let mut asked = question(&installation.reader, "read", "acme/atlas/evidence/42");
        asked["context"] = json!({"ip": ip});
        assert_eq!(installation.verify(&installation.pep, &asked).await.json()["decision"], decision, "{ip}");
    }
}

#[actix_web::test]
async fn a_replaced_database_is_used_and_a_damaged_one_is_refused_and_told() {
    let Some((installation, file)) = with_own_database() else { return };
    let key = british(&installation);
    assert_eq!(reason(&installation, &key, "81.2.69.142").await, Value::Null);
    let good = fs::read(&file).unwrap();
    let broken = databases().unwrap().country.unwrap().with_file_name("GeoIP2-City-Test-Invalid-Node-Count.mmdb");
    for damaged in [fs::read(broken).unwrap(), good[..good.len() / 2].to_vec(), Vec::new()] {
        fs::write(&file, damaged).unwrap();
        assert!(installation.pdp.reload_places().is_err());
        let ready = installation.send(get("/readyz")).await;
        assert_eq!((ready.status, ready.json()["status"].as_str()), (200, Some("degraded")), "{ready:?}");
        let problem = ready.json()["geoip"]["problems"][0].as_str().unwrap().to_owned();
        assert!(problem.contains("country.mmdb` is refused"), "{problem}");
        assert!(installation.send(get("/metrics")).await.text.contains("argus_geoip_faulty 1"));
        // The old one goes on.
        assert_eq!(reason(&installation, &key, "81.2.69.142").await, Value::Null);
    }
    fs::write(&file, good).unwrap();
    installation.pdp.reload_places().unwrap();
    let ready = installation.send(get("/readyz")).await;
    assert_eq!(ready.json()["status"], "ready");
    assert_eq!(ready.json()["geoip"]["databases"][0]["kind"], "GeoIP2-City", "{ready:?}");
    assert!(installation.send(get("/metrics")).await.text.contains("argus_geoip_faulty 0"));
}

#[actix_web::test]
async fn a_database_of_anonymisers_is_read_again_when_it_is_replaced() {
    let Some(places) = databases() else { return };
    let anonymous = places.anonymous.unwrap();
    let installation = Installation::start(|settings, folder| {
        let own = folder.path().join("anonymous.mmdb");
        fs::copy(&anonymous, &own).unwrap();
        settings.places = PlaceFiles { anonymous: Some(own), ..PlaceFiles::default() };
    });
    let file = installation.folder.path().join("anonymous.mmdb");
    let hidden_by = |ip: &str| installation.pdp.hidden_by(ip.parse().unwrap());
    assert_eq!(hidden_by("81.2.69.142"), Some(HiddenBy::Anonymiser));
    assert_eq!((hidden_by("71.160.223.1"), hidden_by("10.0.0.1")), (Some(HiddenBy::Hosting), None));
    let ready = installation.send(get("/readyz")).await;
    assert_eq!(ready.json()["geoip"]["databases"][0]["kind"], "GeoIP2-Anonymous-IP", "{ready:?}");
    // One that tells none: the old one goes on.
    fs::copy(anonymous.with_file_name("GeoLite2-ASN-Test.mmdb"), &file).unwrap();
    assert!(installation.pdp.reload_places().is_err());
    assert_eq!(hidden_by("81.2.69.142"), Some(HiddenBy::Anonymiser));
    fs::copy(&anonymous, &file).unwrap();
    installation.pdp.reload_places().unwrap();
    assert_eq!(hidden_by("81.2.69.142"), Some(HiddenBy::Anonymiser));
}
