//! Conditions of access: each denies alone, at each level, at each door, and says which it was.

use std::fs;

use argus_store::Conditions;
use chrono::{Datelike, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::support::{Installation, TestKey, databases, policy_folder, post, question};

/// Denies what calls itself curl.
const NO_CURL: &str = r#"
    <Policy xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" PolicyId="urn:example:no-curl" Version="1.0"
        RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
      <Target><AnyOf><AllOf><Match MatchId="urn:oasis:names:tc:xacml:3.0:function:string-starts-with">
        <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">curl/</AttributeValue>
        <AttributeDesignator Category="urn:oasis:names:tc:xacml:3.0:attribute-category:environment"
          AttributeId="urn:argus:attribute:user-agent" DataType="http://www.w3.org/2001/XMLSchema#string"
          MustBePresent="false"/>
      </Match></AllOf></AnyOf></Target>
      <Rule RuleId="no-curl" Effect="Deny"/>
    </Policy>"#;

/// A condition, what meets it, and what doesn't.
struct Case {
    reason: &'static str,
    conditions: Conditions,
    met: Value,
    unmet: Value,
    /// What nobody is to be told.
    allowed: &'static str,
    needs_country: bool,
}

fn case(reason: &'static str, allowed: &'static str, met: Value, unmet: Value) -> Case {
    Case { reason, conditions: Conditions::default(), met, unmet, allowed, needs_country: false }
}

fn cases() -> Vec<Case> {
    let one = |text: &str| vec![text.to_owned()];
    let mut network = case("condition_ip", "81.2.69", json!({"ip": "81.2.69.142"}), json!({"ip": "192.0.2.1"}));
    network.conditions.networks = one("81.2.69.0/24");
    let mut country =
        case("condition_country", "GB", json!({"ip": "::ffff:81.2.69.142"}), json!({"ip": "2a02:d180::1"}));
    country.conditions.countries = one("GB");
    country.needs_country = true;
    let mut kind =
        case("condition_network", "corporate", json!({"network": "corporate"}), json!({"network": "mobile"}));
    kind.conditions.network_types = one("corporate");
    let compliant = |is: bool| json!({"device": {"compliant": is}});
    let mut device = case("condition_device", "compliant", compliant(true), compliant(false));
    device.conditions.device = Some(true);
    vec![network, country, kind, device]
}

/// With the condition at one of the three levels.
fn at_level(level: usize, conditions: &Conditions) -> [Conditions; 3] {
    let mut levels = [Conditions::default(), Conditions::default(), Conditions::default()];
    levels[level] = conditions.clone();
    levels
}

async fn ask(installation: &Installation, key: &TestKey, organisation: &str, context: &Value) -> Value {
    let mut asked = question(key, "read", &format!("{organisation}/atlas/evidence/42"));
    asked["context"] = context.clone();
    installation.verify(&installation.boss, &asked).await.json()
}

/// Asks by a request in JSON, the context as attributes of the environment.
async fn decide(installation: &Installation, key: &TestKey, organisation: &str, context: &Value) -> Value {
    let address = "urn:oasis:names:tc:xacml:3.0:data-type:ipAddress-value";
    let attributes = [
        ("client-ip", address, &context["ip"]),
        ("network-type", "string", &context["network"]),
        ("device-compliant", "boolean", &context["device"]["compliant"]),
        ("user-agent", "string", &context["user_agent"]),
    ];
    let attributes = attributes.iter().filter(|(_, _, value)| !value.is_null()).map(|(name, data_type, value)| {
        json!({"AttributeId": format!("urn:argus:attribute:{name}"), "DataType": data_type, "Value": value})
    });
    let resource = format!("{organisation}/atlas/evidence/42");
    let mut request = crate::support::request(Some(&key.token), "read", &resource);
    request["Request"]["Environment"] = json!({"Attribute": attributes.collect::<Vec<_>>()});
    let path = format!("/domains/{organisation}/pdp");
    let answer = installation.send(post(&path, &installation.boss.token).set_json(request)).await;
    let reason = if answer.decision() == "Permit" { Value::Null } else { answer.advised_reason() };
    json!({"decision": answer.decision(), "reason": reason, "text": answer.text})
}

#[actix_web::test]
async fn each_condition_denies_alone_at_each_level_and_tells_no_allowed_value() {
    let places = databases();
    let installation = Installation::start(|settings, _| settings.places = places.clone().unwrap_or_default());
    for (number, case) in cases().iter().enumerate().filter(|(_, case)| places.is_some() || !case.needs_country) {
        for (level, name) in ["organisation", "project", "key"].into_iter().enumerate() {
            let organisation = format!("o{number}{level}");
            let key = installation.add_bound_key(&organisation, at_level(level, &case.conditions));
            let met = ask(&installation, &key, &organisation, &case.met).await;
            assert_eq!(met["decision"], "Permit", "{name}: {met}");
            assert_eq!(decide(&installation, &key, &organisation, &case.met).await["decision"], "Permit", "{name}");
            for context in [&case.unmet, &json!({})] {
                let denied = ask(&installation, &key, &organisation, context).await;
                assert_eq!((&denied["decision"], &denied["reason"]), (&json!("Deny"), &json!(case.reason)), "{denied}");
                let told = json!([denied["advice"], denied["obligations"]]).to_string();
                assert!(told.contains(case.reason) && !told.contains(case.allowed), "{told}");
                let denied = decide(&installation, &key, &organisation, context).await;
                assert_eq!((&denied["decision"], &denied["reason"]), (&json!("Deny"), &json!(case.reason)), "{denied}");
            }
        }
    }
}

#[actix_web::test]
async fn a_window_that_is_not_open_denies_at_each_level() {
    let installation = crate::support::installation();
    // Three days ahead in every zone.
    let closed = (Utc::now() + TimeDelta::days(3)).weekday().to_string();
    for (level, name) in ["organisation", "project", "key"].into_iter().enumerate() {
        for (window, reason) in
            [("daily 00:00-24:00 UTC", Value::Null), (&*format!("{closed} 00:00-24:00 UTC"), json!("condition_time"))]
        {
            let organisation = format!("w{level}{}", u8::from(reason.is_null()));
            let conditions = Conditions { windows: vec![window.to_owned()], ..Conditions::default() };
            let key = installation.add_bound_key(&organisation, at_level(level, &conditions));
            let answer = ask(&installation, &key, &organisation, &json!({})).await;
            assert_eq!(answer["reason"], reason, "{name}: {answer}");
            assert!(!answer["advice"].to_string().contains("00:00"), "{answer}");
        }
    }
}

#[actix_web::test]
async fn every_level_and_every_condition_has_to_be_met() {
    let installation = crate::support::installation();
    let networks = |networks: &[&str]| Conditions {
        networks: networks.iter().map(ToString::to_string).collect(),
        ..Conditions::default()
    };
    let mut of_key = networks(&["10.1.0.0/16", "10.1.2.0/24"]);
    of_key.device = Some(true);
    let mut of_project = networks(&["10.0.0.0/8", "[2001:db8::]/32"]);
    of_project.network_types = vec!["vpn".to_owned()];
    let key = installation.add_bound_key("all", [networks(&["0.0.0.0/0"]), of_project, of_key]);
    let right = json!({"ip": "10.1.2.3", "network": "vpn", "device": {"compliant": true}});
    assert_eq!(ask(&installation, &key, "all", &right).await["decision"], "Permit");
    for (member, value, reason) in [
        ("ip", json!("10.2.0.1"), "condition_ip"),
        ("ip", json!("2001:db8::1"), "condition_ip"),
        ("ip", json!("11.1.2.3"), "condition_ip"),
        ("network", json!("corporate"), "condition_network"),
        ("device", json!({"compliant": false}), "condition_device"),
        ("device", json!({}), "condition_device"),
    ] {
        let mut context = right.clone();
        context[member] = value;
        assert_eq!(ask(&installation, &key, "all", &context).await["reason"], reason, "{context}");
    }
}

#[actix_web::test]
async fn an_address_with_a_zone_is_no_address_of_a_client() {
    let installation = crate::support::installation();
    let anywhere = Conditions { networks: vec!["[::]/0".to_owned()], ..Conditions::default() };
    let key = installation.add_bound_key("zone", at_level(2, &anywhere));
    for context in [json!({"ip": "fe80::1%eth0"}), json!({"ip": "10.0.0.1/8"}), json!({"ip": "10.0.0.1:80"})] {
        let mut asked = question(&key, "read", "zone/atlas/evidence/42");
        asked["context"] = context;
        let refused = installation.verify(&installation.boss, &asked).await;
        assert_eq!((refused.status, &refused.json()["errors"][0]["pointer"]), (400, &json!("/context/ip")));
    }
    assert_eq!(ask(&installation, &key, "zone", &json!({"ip": "fe80::1"})).await["decision"], "Permit");
    let denied = decide(&installation, &key, "zone", &json!({"ip": "fe80::1%eth0"})).await;
    assert_eq!(denied["decision"], "Deny");
}

#[actix_web::test]
async fn a_policy_reads_what_a_client_calls_itself_at_each_door() {
    let installation = Installation::start(|settings, folder| {
        let policies = policy_folder(folder);
        fs::create_dir_all(policies.join("organisations/agents")).unwrap();
        fs::write(policies.join("organisations/agents/no-curl.xml"), NO_CURL).unwrap();
        settings.policies = Some(policies);
    });
    let key = installation.add_bound_key("agents", [(); 3].map(|()| Conditions::default()));
    for (context, decision) in [
        (json!({"user_agent": "curl/8.5.0"}), "Deny"),
        (json!({"user_agent": "gate/1 (curl/8.5.0)"}), "Permit"),
        (json!({}), "Permit"),
    ] {
        assert_eq!(ask(&installation, &key, "agents", &context).await["decision"], decision, "{context}");
        assert_eq!(decide(&installation, &key, "agents", &context).await["decision"], decision, "{context}");
    }
}
