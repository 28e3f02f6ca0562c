//! Plans over HTTP: what is listed, what is refused and how, and that a lower one stops nothing.

use actix_web::http::{Method, header};
use serde_json::{Value, json};

use crate::support::Installation;
use crate::{ROOT, ask, get, post, reader, request, send, with_acme};

async fn acme(installation: &Installation) -> String {
    let found = get(installation, "/v1/organisations?name=acme").await;
    format!("/v1/organisations/{}", found.body["items"][0]["id"].as_str().unwrap())
}

fn lower() -> Value {
    json!({"plan": "professional"})
}

#[actix_web::test]
async fn what_a_plan_has_no_room_for_is_a_problem_that_names_the_maximum() {
    let installation = with_acme().await;
    let path = acme(&installation).await;
    assert_eq!(ask(&installation, "PATCH", &path, &lower()).await.status, 200);
    let hook = json!({"organisation": "acme", "kind": "webhook", "address": "https://hooks.acme.example/"});
    let refused = post(&installation, ROOT, "/v1/contacts", &hook).await;
    let expected = json!({
        "type": "urn:argus:problem:plan-limit",
        "title": "the plan of the organisation has no room for this",
        "status": 403,
        "detail": "plan `professional` has no webhooks",
        "instance": refused.header("x-request-id"),
        "help": "name an address of e-mail, or ask whoever runs Argus for another plan",
        "plan": "professional",
        "maximum": "webhooks",
        "most": 0,
    });
    assert_eq!((refused.status, &refused.body), (403, &expected));
    assert_eq!(refused.code(), "plan-limit");

    let mut key = reader();
    key["limits"] = json!([{"name": "wide", "strategy": "fixed_window", "limit": 101, "window_seconds": 1}]);
    let refused = post(&installation, ROOT, "/v1/keys", &key).await;
    assert_eq!((refused.status, refused.code()), (403, "plan-limit"));
    assert_eq!((&refused.body["maximum"], &refused.body["most"]), (&json!("max_rate_per_second"), &json!(100)));
    assert_eq!(
        refused.body["help"],
        "give the key a limit of at most 100 in 1 second, or 6000 in 60, or ask whoever runs Argus for another plan"
    );
    let preview = post(&installation, ROOT, "/v1/keys/preview", &key).await;
    assert_eq!((preview.status, &preview.body["faults"][0]["code"]), (200, &json!("plan-limit")));
}

#[actix_web::test]
async fn a_lower_plan_is_given_by_who_has_seen_the_organisation_and_lists_what_is_over() {
    let installation = with_acme().await;
    let made = post(&installation, ROOT, "/v1/keys", &reader()).await;
    let (key, path) = (made.header("location").to_owned(), acme(&installation).await);
    let would = get(&installation, &format!("{path}/plan?plan=professional")).await;
    assert_eq!((would.status, &would.body["has"]), (200, &json!("enterprise")));
    assert_eq!(would.body["over"][0]["maximum"], "max_rate_per_second");

    let unseen = request(Method::PATCH, &path).insert_header((header::AUTHORIZATION, ROOT)).set_json(lower());
    assert_eq!(send(&installation, unseen).await.code(), "if-match-required");
    let seen = get(&installation, &path).await;
    assert_eq!((&seen.body["plan"], &seen.body["plan_grace_until"]), (&json!("enterprise"), &Value::Null));
    let patch = |tag: &str| {
        let asked = request(Method::PATCH, &path).insert_header((header::AUTHORIZATION, ROOT));
        asked.insert_header((header::IF_MATCH, tag.to_owned())).set_json(lower())
    };
    let lowered = send(&installation, patch(seen.header("etag"))).await;
    assert_eq!((lowered.status, &lowered.body["over"]), (200, &would.body["over"]));
    assert_eq!(lowered.body["plan_grace_until"], "2027-02-14T08:00:00Z");
    assert_eq!(lowered.header("etag"), get(&installation, &path).await.header("etag"));
    assert_eq!(send(&installation, patch(seen.header("etag"))).await.code(), "stale");

    let standing = get(&installation, &format!("{path}/plan")).await;
    assert_eq!(
        (&standing.body["grace_until"], &standing.body["over"]),
        (&json!("2027-02-14T08:00:00Z"), &would.body["over"])
    );
    assert_eq!(get(&installation, &key).await.body["state"], "active");
    let told = get(&installation, "/v1/outbox?organisation=acme").await;
    assert_eq!(told.body["items"][0]["type"], "plan.lowered", "{told:?}");
    let unknown = ask(&installation, "PATCH", &path, &json!({"plan": "gold"})).await;
    assert_eq!((unknown.status, unknown.code()), (400, "invalid-field"));
    assert_eq!(unknown.body["errors"][0]["help"], "the plans are `enterprise`, `professional`");
}

#[actix_web::test]
async fn plans_are_listed_and_shown() {
    let installation = with_acme().await;
    let listed = get(&installation, "/v1/plans").await;
    let names: Vec<_> = listed.body["items"].as_array().unwrap().iter().map(|plan| &plan["name"]).collect();
    assert_eq!((listed.status, names), (200, vec![&json!("enterprise"), &json!("professional")]));
    let shown = get(&installation, "/v1/plans/professional").await;
    let maxima = json!({"max_keys": 100, "max_projects": 10, "max_limits_per_key": 3, "max_shared_limits": 10,
        "max_rate_per_second": 100,
                        "usage_days": 90, "decision_days": 7});
    assert_eq!((&shown.body["maxima"], &shown.body["features"]), (&maxima, &json!(["decision_log"])));
    assert_eq!(shown.body, listed.body["items"][1]);
    assert_eq!(get(&installation, "/v1/plans/gold").await.code(), "not-found");
}
