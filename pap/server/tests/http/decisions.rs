//! The log of decisions over HTTP: listed, shown and replayed, by whom it may be.

use argus_store::decision::{self, Decision, PolicySet};
use argus_store::{KeyId, setting};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{Installation, noon};
use crate::{Answer, ROOT, get, post, request, send, with_acme};

const ID: &str = "0197f3b0-0000-7000-8000-00000000000";

fn decided(n: i64, organisation: &str) -> Decision {
    let status = json!({"StatusCode": {"Value": "urn:oasis:names:tc:xacml:1.0:status:ok"}});
    Decision {
        id: format!("{ID}{n}"),
        at: noon() + TimeDelta::minutes(n),
        organisation: organisation.into(),
        door: "verify".into(),
        caller_key_id: KeyId::new(noon()),
        key_id: Some(KeyId::new(noon())),
        decision: "Permit".into(),
        reason: None,
        action: Some("read".into()),
        resource: Some(format!("{organisation}/x")),
        address: None,
        microseconds: 211,
        policy_id: "urn:argus:policy:root".into(),
        policy_version: "1.0".into(),
        policy_set: "sha256:then".into(),
        is_evaluated: true,
        request: json!({"Request": {"Category": []}}).to_string(),
        response: json!({"Response": [{"Decision": "Permit", "Status": status}]}).to_string(),
        redacted: r#"["urn:acme:role"]"#.into(),
    }
}

async fn logged() -> Installation {
    let installation = with_acme().await;
    assert_eq!(post(&installation, ROOT, "/v1/organisations", &json!({"name": "globex"})).await.status, 201);
    let refused = Decision {
        decision: "Deny".into(),
        reason: Some("credential_revoked".into()),
        is_evaluated: false,
        ..decided(2, "acme")
    };
    let second = Decision { id: format!("{ID}1/2"), ..decided(1, "acme") };
    let unknown = Decision { policy_set: "sha256:unknown".into(), ..decided(4, "acme") };
    let rows = [decided(1, "acme"), second, refused, decided(3, "globex"), unknown];
    let set = PolicySet { digest: "sha256:then".into(), members: r#"[["root.xml","sha256:cd"]]"#.into() };
    installation.store.write_aside(|conn| decision::add(conn, &rows, &[set])).unwrap();
    installation
}

fn ids(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{answer:?}");
    let items = answer.body["items"].as_array().unwrap().iter();
    items.map(|item| item["id"].as_str().unwrap().strip_prefix(ID).unwrap().to_owned()).collect()
}

async fn get_as(installation: &Installation, authorization: &str, path: &str) -> Answer {
    let asked = request("GET".parse().unwrap(), path).insert_header(("authorization", authorization));
    send(installation, asked).await
}

#[actix_web::test]
async fn decisions_are_listed_from_the_newest_and_narrowed() {
    let installation = logged().await;
    let list = async |query: &str| ids(&get(&installation, &format!("/v1/decisions{query}")).await);
    assert_eq!(list("").await, ["4", "3", "2", "1/2", "1"]);
    assert_eq!(list("?organisation=acme").await, ["4", "2", "1/2", "1"]);
    assert_eq!(list("?decision=Deny").await, ["2"]);
    assert_eq!(list("?reason=credential_revoked").await, ["2"]);
    assert_eq!(list("?from=2027-01-15T08:03:00Z&before=2027-01-15T08:04:00Z").await, ["3"]);
    let shown = get(&installation, &format!("/v1/decisions/{ID}2")).await;
    let key = shown.body["key_id"].as_str().unwrap();
    assert_eq!(list(&format!("?key={key}")).await, ["2"]);

    let mut path = "/v1/decisions?organisation=acme&limit=3".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = get(&installation, &path).await;
        seen.extend(ids(&page));
        let Some(cursor) = page.body["next_cursor"].as_str() else { break };
        path = format!("/v1/decisions?organisation=acme&limit=3&cursor={cursor}");
    }
    assert_eq!(seen, ["4", "2", "1/2", "1"]);
    let refused = get(&installation, "/v1/decisions?colour=green").await;
    assert_eq!((refused.status, refused.code()), (400, "unknown-field"), "{refused:?}");
}

#[actix_web::test]
async fn a_decision_is_shown_with_its_request_also_where_it_is_one_of_several() {
    let installation = logged().await;
    let shown = get(&installation, &format!("/v1/decisions/{ID}1")).await;
    assert_eq!(shown.status, 200, "{shown:?}");
    assert_eq!(shown.body["request"], json!({"Request": {"Category": []}}));
    assert_eq!(shown.body["response"]["Response"][0]["Decision"], "Permit");
    let expected = json!({"id": "urn:argus:policy:root", "version": "1.0", "set": "sha256:then"});
    assert_eq!((&shown.body["policy"], &shown.body["redacted"]), (&expected, &json!(["urn:acme:role"])));
    let second = get(&installation, &format!("/v1/decisions/{ID}1%2F2")).await;
    assert_eq!((second.status, second.body["id"].as_str()), (200, Some(format!("{ID}1/2").as_str())), "{second:?}");
    assert_eq!(get(&installation, &format!("/v1/decisions/{ID}9")).await.status, 404);
}

/// The answer of then has a network in the log where policies tell an address.
#[actix_web::test]
async fn what_was_cut_in_the_log_makes_no_difference() {
    let installation = logged().await;
    let advice = json!([{"Id": "urn:acme:told",
                         "AttributeAssignment": [{"AttributeId": "urn:acme:by", "Value": "198.51.100.0"}]}]);
    let mut told = decided(5, "acme");
    told.request = json!({"Request": {"Category": [{"Id": "urn:acme:tell"}]}}).to_string();
    let mut response: Value = serde_json::from_str(&told.response).unwrap();
    response["Response"][0]["AssociatedAdvice"] = advice.clone();
    told.response = response.to_string();
    installation.store.write_aside(|conn| decision::add(conn, &[told], &[])).unwrap();
    let replayed = async || {
        let replayed = get(&installation, &format!("/v1/decisions/{ID}5/replay")).await;
        assert_eq!(replayed.status, 200, "{replayed:?}");
        (replayed.body["is_same"].clone(), replayed.body["after"]["Response"][0]["AssociatedAdvice"].clone())
    };
    assert_eq!(replayed().await.0, json!(false), "policies tell another one now");
    let up_to = |id: &str| {
        installation.store.write_aside(|conn| setting::put(conn, decision::ADDRESSES_CUT_UP_TO, id)).unwrap();
    };
    up_to(&format!("{ID}4"));
    assert_eq!(replayed().await.0, json!(false));
    up_to(&format!("{ID}5"));
    assert_eq!(replayed().await, (json!(true), advice));
}

#[actix_web::test]
async fn a_replay_says_what_differs() {
    let installation = logged().await;
    let then = get(&installation, &format!("/v1/decisions/{ID}1/replay")).await;
    assert_eq!((then.status, &then.body["is_same"], &then.body["policies"]), (200, &json!(true), &json!("then")));
    assert_eq!((&then.body["differences"], &then.body["redacted"]), (&json!([]), &json!(["urn:acme:role"])));
    let now = get(&installation, &format!("/v1/decisions/{ID}1/replay?policies=now")).await;
    let difference = json!({"part": "decision", "before": "Permit", "after": "Deny"});
    assert_eq!((&now.body["is_same"], &now.body["differences"]), (&json!(false), &json!([difference])), "{now:?}");
    assert_eq!(now.body["policy_after"]["set"], "sha256:now");

    let unasked = get(&installation, &format!("/v1/decisions/{ID}2/replay")).await;
    assert_eq!((unasked.status, unasked.code()), (409, "wrong-state"));
    assert!(unasked.body["detail"].as_str().unwrap().contains("credential_revoked"), "{unasked:?}");
    let forgotten = get(&installation, &format!("/v1/decisions/{ID}4/replay")).await;
    assert_eq!((forgotten.status, forgotten.code()), (409, "wrong-state"), "{forgotten:?}");
    let wrong = get(&installation, &format!("/v1/decisions/{ID}1/replay?policies=tomorrow")).await;
    assert_eq!((wrong.status, wrong.code()), (400, "invalid-field"));
}

#[actix_web::test]
async fn an_organisation_reads_its_own_log_and_no_other() {
    let installation = logged().await;
    let reader = "Bearer acme acme/argus/decisions:read";
    assert_eq!(ids(&get_as(&installation, reader, "/v1/decisions").await), ["4", "2", "1/2", "1"]);
    let other = get_as(&installation, reader, "/v1/decisions?organisation=globex").await;
    assert_eq!((other.status, other.code()), (403, "not-permitted"));
    for path in [format!("/v1/decisions/{ID}3"), format!("/v1/decisions/{ID}3/replay")] {
        assert_eq!(get_as(&installation, reader, &path).await.status, 404, "{path}");
        assert_eq!(get_as(&installation, "Bearer acme *:admin", &path).await.status, 404, "{path}");
        assert_eq!(get(&installation, &path).await.status, 200, "{path}");
    }
    let without = get_as(&installation, "Bearer acme acme/argus/usage:read", "/v1/decisions").await;
    assert_eq!((without.status, &without.body["needed_scope"]), (403, &Value::from("acme/argus/decisions:read")));
}
