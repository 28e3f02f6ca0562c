//! Obligations that Argus carries out itself, and what is noted of uses while a key is rotated.

use std::fs;
use std::time::Instant;

use argus_store::key::{self, KeyState, RevocationCause};
use serde_json::{Value, json};

use crate::support::{Installation, PATIENCE, TestKey, get, policy_folder, question, request};

/// Denies whatever touches a trap, and demands that a key be revoked.
fn policy(key: Option<&str>) -> String {
    let key = key.map_or(String::new(), |key| assignment("urn:argus:obligation:revoke-key:key", key));
    format!(
        r#"<Policy xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" PolicyId="urn:example:trap" Version="1.0"
            RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
          <Target><AnyOf><AllOf><Match MatchId="urn:oasis:names:tc:xacml:1.0:function:string-equal">
            <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">acme/atlas/evidence/trap</AttributeValue>
            <AttributeDesignator Category="urn:oasis:names:tc:xacml:3.0:attribute-category:resource"
              AttributeId="urn:oasis:names:tc:xacml:1.0:resource:resource-id"
              DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="false"/>
          </Match></AllOf></AnyOf></Target>
          <Rule RuleId="trap" Effect="Deny"/>
          <ObligationExpressions>
            <ObligationExpression ObligationId="urn:argus:obligation:revoke-key" FulfillOn="Deny">
              {}{key}
            </ObligationExpression>
          </ObligationExpressions>
        </Policy>"#,
        assignment("urn:argus:obligation:revoke-key:reason", "it went into the trap")
    )
}

fn assignment(id: &str, text: &str) -> String {
    format!(
        r#"<AttributeAssignmentExpression AttributeId="{id}"><AttributeValue
            DataType="http://www.w3.org/2001/XMLSchema#string">{text}</AttributeValue></AttributeAssignmentExpression>"#
    )
}

/// An installation in which `acme` has laid a trap.
fn with_trap(text: &str) -> Installation {
    Installation::start(|settings, folder| {
        let policies = policy_folder(folder);
        let own = policies.join("organisations/acme");
        fs::create_dir_all(&own).unwrap();
        fs::write(own.join("trap.xml"), text).unwrap();
        settings.policies = Some(policies);
    })
}

/// Waits until a key is in a state.
fn wait_for(installation: &Installation, key: &TestKey, state: KeyState) {
    let since = Instant::now();
    while installation.find_key(key.key.id).state != state {
        assert!(since.elapsed() < PATIENCE, "it doesn't become {state}");
        std::thread::yield_now();
    }
}

/// A counter of `/metrics`.
async fn counted(installation: &Installation, line: &str) -> u64 {
    let shown = installation.send(get("/metrics")).await.text;
    let value = shown.lines().find_map(|found| found.strip_prefix(line));
    value.unwrap_or_else(|| panic!("no {line} in {shown}")).trim().parse().unwrap()
}

#[actix_web::test]
async fn a_key_that_a_policy_demands_to_be_revoked_is_revoked_and_the_answer_says_that_argus_does_it() {
    let installation = with_trap(&policy(None));
    let trapped = question(&installation.reader, "read", "acme/atlas/evidence/trap");
    let answer = installation.verify(&installation.pep, &trapped).await.json();
    assert_eq!(answer["decision"], "Deny");
    let expected = json!([
        {"AttributeId": "urn:argus:obligation:revoke-key:reason", "Value": "it went into the trap"},
        {"AttributeId": "urn:argus:attribute:carried-out-by", "Value": "argus"},
    ]);
    assert_eq!(answer["obligations"][0]["Id"], "urn:argus:obligation:revoke-key");
    assert_eq!(answer["obligations"][0]["AttributeAssignment"], expected);

    wait_for(&installation, &installation.reader, KeyState::Revoked);
    let revoked = installation.find_key(installation.reader.key.id);
    assert_eq!(revoked.revoked_cause, Some(RevocationCause::Policy));
    assert_eq!(revoked.revoked_reason.as_deref(), Some("it went into the trap"));
    installation.pdp.apply_changes().unwrap();
    let asked = question(&installation.reader, "read", "acme/atlas/evidence/1");
    let refused = installation.verify(&installation.pep, &asked).await;
    assert_eq!(refused.json()["reason"], "credential_revoked");
    assert_eq!(counted(&installation, "argus_obligations_total{outcome=\"carried_out\"} ").await, 1);
}

#[actix_web::test]
async fn the_xacml_door_carries_it_out_too_with_every_key_below() {
    let installation = with_trap(&policy(None));
    let below = installation.add_key_below(&installation.reader, "below", "acme/atlas/evidence:read");
    let asked = request(Some(&installation.reader.token), "read", "acme/atlas/evidence/trap");
    let answer = installation.decide(&installation.pep, &asked).await;
    assert_eq!(answer.decision(), "Deny");
    let obligation = &answer.json()["Response"][0]["Obligations"][0];
    assert_eq!(obligation["AttributeAssignment"][1]["Value"], "argus", "{}", answer.text);
    wait_for(&installation, &installation.reader, KeyState::Revoked);
    installation.pdp.apply_changes().unwrap();
    let refused = installation.verify(&installation.pep, &question(&below, "read", "acme/atlas/evidence/1")).await;
    assert_eq!(refused.json()["reason"], "credential_revoked");
}

#[actix_web::test]
async fn a_policy_names_another_key_of_its_organisation_and_none_of_anothers() {
    let plain = with_trap(&policy(None));
    let stranger = plain.add_key("beta", "stranger", "beta/x:read", |_, _| {});
    let other = plain.add_key("acme", "other", "acme/atlas/evidence:read", |_, _| {});
    let trap = plain.folder.path().join("policies/organisations/acme/trap.xml");
    let trapped = question(&plain.reader, "read", "acme/atlas/evidence/trap");
    for (named, outcome) in [(&stranger, "refused"), (&other, "carried_out")] {
        fs::write(&trap, policy(Some(&named.key.id.to_string()))).unwrap();
        plain.pdp.reload_policies().unwrap();
        plain.verify(&plain.pep, &trapped).await;
        let line = format!("argus_obligations_total{{outcome=\"{outcome}\"}} ");
        let since = Instant::now();
        while counted(&plain, &line).await == 0 {
            assert!(since.elapsed() < PATIENCE, "not {outcome}");
        }
    }
    let states = [&stranger, &other, &plain.reader].map(|key| plain.find_key(key.key.id).state);
    assert_eq!(states, [KeyState::Active, KeyState::Revoked, KeyState::Active]);
}

#[actix_web::test]
async fn while_a_key_is_rotated_it_is_noted_which_secret_is_used_and_by_whom_the_older_one() {
    let installation = crate::support::installation();
    let newer = installation.rotate(&installation.reader);
    let old = installation.reader.token.clone();
    for (token, ip) in [(&old, Some("203.0.113.7")), (&newer, Some("203.0.113.8")), (&old, None)] {
        let context = ip.map_or(json!({}), |ip| json!({"ip": ip, "user_agent": "curl/8.5.0"}));
        let asked =
            json!({"credential": token, "action": "read", "resource": "acme/atlas/evidence/1", "context": context});
        assert_eq!(installation.verify(&installation.pep, &asked).await.json()["decision"], "Permit");
    }
    let mut asked = request(Some(&old), "read", "acme/atlas/evidence/1");
    asked["Request"]["Environment"] = json!({"Attribute": [
        {"AttributeId": "urn:argus:attribute:client-ip",
            "DataType": "urn:oasis:names:tc:xacml:3.0:data-type:ipAddress-value", "Value": "2001:db8::7"},
        {"AttributeId": "urn:argus:attribute:user-agent", "Value": "gate/1"},
    ]});
    assert_eq!(installation.decide(&installation.pep, &asked).await.decision(), "Permit");
    assert_eq!(counted(&installation, "argus_uses_while_rotated_total{secret=\"older\"} ").await, 3);
    assert_eq!(counted(&installation, "argus_uses_while_rotated_total{secret=\"newer\"} ").await, 1);

    let (used, callers) = installation.stop_and_read_uses();
    let used: Vec<Value> = used.into_iter().map(Value::from).collect();
    assert_eq!(used, [true, true], "both secrets know that they were used");
    let callers: Vec<_> = callers.iter().map(|(address, agent)| (&**address, &**agent)).collect();
    assert_eq!(callers, [("", ""), ("2001:db8::7", "gate/1"), ("203.0.113.7", "curl/8.5.0")]);
}

#[actix_web::test]
async fn a_use_that_was_noted_survives_a_change_of_the_key() {
    let installation = crate::support::installation();
    let asked = question(&installation.reader, "read", "acme/atlas/evidence/1");
    installation.verify(&installation.pep, &asked).await;
    let id = installation.reader.key.id;
    let renamed = key::KeyChange { tags: Some(vec!["renamed".into()]), ..key::KeyChange::default() };
    installation.act(|conn, act| key::change(conn, act, id, &renamed, None)).unwrap();
    assert_eq!(installation.stop_and_read_uses().0, [true]);
}
