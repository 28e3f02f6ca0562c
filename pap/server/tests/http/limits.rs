//! Limits that keys share, and what uses cost, over HTTP: who may, what is refused, and what a change is based on.

use actix_web::http::{Method, header};
use serde_json::{Value, json};

use crate::support::Installation;
use crate::{Answer, ROOT, ask, get, post, request, send, with_acme};

const READER: &str = "Bearer acme acme/argus/limits:read";
const WRITER: &str = "Bearer acme acme/argus/limits:write";
const OTHER: &str = "Bearer acme acme/argus/keys:write";
const STRANGER: &str = "Bearer beta beta:admin";

fn limit(name: &str) -> Value {
    json!({"organisation": "acme", "name": name, "strategy": "quota", "limit": 100, "window_seconds": 86_400})
}

async fn get_as(installation: &Installation, caller: &str, path: &str) -> Answer {
    send(installation, request(Method::GET, path).insert_header((header::AUTHORIZATION, caller.to_owned()))).await
}

#[actix_web::test]
async fn a_limit_is_made_seen_changed_and_removed_by_those_who_may() {
    let installation = with_acme().await;
    post(&installation, ROOT, "/v1/projects", &json!({"organisation": "acme", "name": "atlas"})).await;
    let mut of_project = limit("daily");
    of_project["project"] = json!("atlas");
    of_project["actions"] = json!(["read", "read"]);
    let made = post(&installation, WRITER, "/v1/limits", &of_project).await;
    assert_eq!((made.status, &made.body["project"], &made.body["actions"]), (201, &json!("atlas"), &json!(["read"])));
    let path = made.header("location").to_owned();
    let seen = get_as(&installation, READER, &path).await;
    assert_eq!((seen.status, seen.header("etag")), (200, made.header("etag")));

    let changed = ask(&installation, "PATCH", &path, &json!({"limit": 7, "actions": null})).await;
    assert_eq!((changed.status, &changed.body["limit"], &changed.body["actions"]), (200, &json!(7), &json!([])));
    let stale = request(Method::PATCH, &path)
        .insert_header((header::AUTHORIZATION, WRITER))
        .insert_header((header::IF_MATCH, made.header("etag").to_owned()))
        .insert_header((header::CONTENT_TYPE, "application/merge-patch+json"))
        .set_payload(r#"{"limit": 8}"#);
    assert_eq!(send(&installation, stale).await.code(), "stale");
    let moved = ask(&installation, "PATCH", &path, &json!({"project": "other", "strategy": "never"})).await;
    assert_eq!((moved.status, moved.body["errors"].as_array().unwrap().len()), (400, 2), "{moved:?}");

    let of_owner = json!({"owner": "ada@acme.example", "cost": 0});
    let mut of_ada = limit("of-ada");
    of_ada.as_object_mut().unwrap().extend(of_owner.as_object().unwrap().clone());
    assert_eq!(post(&installation, WRITER, "/v1/limits", &of_ada).await.status, 201);
    assert_eq!(post(&installation, WRITER, "/v1/limits", &limit("daily")).await.code(), "already-exists");
    for (query, names) in [
        ("", &["daily", "of-ada"][..]),
        ("?project=atlas", &["daily"]),
        ("?owner=ada@acme.example", &["of-ada"]),
        ("?name=daily&organisation=acme", &["daily"]),
    ] {
        let listed = get_as(&installation, READER, &format!("/v1/limits{query}")).await;
        let found: Vec<_> = listed.body["items"].as_array().unwrap().iter().map(|item| &item["name"]).collect();
        assert_eq!(found, names, "{query}");
    }
    for (caller, status) in [(READER, 403), (OTHER, 404), (STRANGER, 404)] {
        let refused = post(&installation, caller, &format!("{path}/remove"), &json!({})).await;
        assert_eq!(refused.status, status, "{caller}");
        assert_eq!(post(&installation, caller, "/v1/limits", &limit("x")).await.status, 403, "{caller}");
    }
    assert_eq!(get_as(&installation, OTHER, "/v1/limits").await.status, 403);
    assert_eq!(post(&installation, WRITER, &format!("{path}/remove"), &json!({})).await.status, 200);
    assert_eq!(get(&installation, &path).await.status, 404);
}

#[actix_web::test]
async fn all_that_is_wrong_with_a_limit_is_told() {
    let installation = with_acme().await;
    let wrong = json!({
        "organisation": "acme", "project": "none", "owner": "ada", "name": "Daily", "strategy": "quota", "limit": 0,
        "window_seconds": 0, "burst": 3, "actions": [""], "resource_types": ["a/b", "ä"],
    });
    let refused = post(&installation, WRITER, "/v1/limits", &wrong).await;
    let mut pointers: Vec<_> =
        refused.body["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect();
    pointers.sort_unstable();
    let expected = [
        "/actions/0",
        "/burst",
        "/limit",
        "/name",
        "/owner",
        "/project",
        "/resource_types/0",
        "/resource_types/1",
        "/window_seconds",
    ];
    assert_eq!((refused.status, &pointers[..]), (400, &expected[..]), "{refused:?}");
}

#[actix_web::test]
async fn a_quota_of_a_calendars_period_may_add_and_says_so() {
    let installation = with_acme().await;
    let mut adding = limit("adding");
    adding["refill"] = json!("add");
    let made = post(&installation, WRITER, "/v1/limits", &adding).await;
    assert_eq!((made.status, &made.body["refill"]), (201, &json!("add")), "{made:?}");
    assert_eq!(made.body.get("account"), None, "what it adds up to is told by answers");
    let path = made.header("location").to_owned();
    let changed = ask(&installation, "PATCH", &path, &json!({"limit": 7})).await;
    assert_eq!((&changed.body["refill"], &changed.body["limit"]), (&json!("add"), &json!(7)), "{changed:?}");
    let changed = ask(&installation, "PATCH", &path, &json!({"refill": null})).await;
    assert_eq!(changed.body["refill"], "replace", "{changed:?}");
    let changed = ask(&installation, "PATCH", &path, &json!({"strategy": "fixed_window"})).await;
    assert_eq!((changed.status, &changed.body["refill"]), (200, &Value::Null), "{changed:?}");
    for (member, value) in [
        ("refill", json!("more")),
        ("strategy", json!("token_bucket")),
        ("window_seconds", json!(2 * 86_400)),
        ("window_seconds", json!(60)),
    ] {
        let mut wrong = adding.clone();
        wrong["name"] = json!("wrong");
        wrong[member] = value;
        let refused = post(&installation, WRITER, "/v1/limits", &wrong).await;
        assert_eq!((refused.status, &refused.body["errors"][0]["pointer"]), (400, &json!("/refill")), "{refused:?}");
    }
}

#[actix_web::test]
async fn what_is_derived_from_a_quota_that_replaces_does_not_add() {
    let installation = with_acme().await;
    let quota = |refill: &str| {
        json!({"name": "daily", "strategy": "quota", "limit": 9, "window_seconds": 86_400,
                                      "refill": refill})
    };
    let key = |name: &str, refill: &str, parent: &Value| {
        json!({"organisation": "acme", "name": name, "scopes": ["acme/x:read"], "limits": [quota(refill)],
               "parent_key_id": parent})
    };
    for (parent, fits) in [("replace", ["replace"].as_slice()), ("add", &["replace", "add"])] {
        let above = post(&installation, ROOT, "/v1/keys", &key(&format!("above-{parent}"), parent, &Value::Null)).await;
        assert_eq!(above.status, 201);
        let refill = above.body["limits"][0].get("refill").cloned();
        assert_eq!(refill, (parent == "add").then(|| json!("add")));
        for below in ["replace", "add"] {
            let name = format!("{parent}-{below}");
            let made = post(&installation, ROOT, "/v1/keys", &key(&name, below, &above.body["id"])).await;
            assert_eq!(made.status == 201, fits.contains(&below), "{name}: {}", made.status);
        }
        // What was there is there after a change of something else.
        let path = format!("/v1/keys/{}", above.body["id"].as_str().unwrap());
        let changed = ask(&installation, "PATCH", &path, &json!({"tags": ["billing"]})).await;
        assert_eq!((changed.status, &changed.body["limits"]), (200, &above.body["limits"]));
    }
}

#[actix_web::test]
async fn what_uses_cost_is_set_whole_by_whoever_has_seen_it() {
    let installation = with_acme().await;
    let path = "/v1/organisations/acme/costs";
    let seen = get_as(&installation, READER, path).await;
    assert_eq!((seen.status, &seen.body["costs"]), (200, &json!([])), "{seen:?}");
    let rows = json!([{"action": "read", "resource_type": "report", "cost": 5}, {"action": "delete", "cost": 20}]);
    let set = ask(&installation, "PATCH", path, &json!({ "costs": rows })).await;
    assert_eq!((set.status, &set.body["costs"]), (200, &rows), "{set:?}");
    let again = get_as(&installation, READER, path).await;
    assert_eq!(again.header("etag"), set.header("etag"));
    assert_ne!(again.header("etag"), seen.header("etag"));
    let wrong = ask(&installation, "PATCH", path, &json!({"costs": [{"cost": 1}]})).await;
    assert_eq!(wrong.body["errors"][0]["pointer"], "/costs/0/action", "{wrong:?}");
    for (caller, status) in [(READER, 403), (STRANGER, 404)] {
        let change = request(Method::PATCH, path)
            .insert_header((header::AUTHORIZATION, caller))
            .insert_header((header::IF_MATCH, "*"))
            .insert_header((header::CONTENT_TYPE, "application/merge-patch+json"))
            .set_payload(r#"{"costs": []}"#);
        assert_eq!(send(&installation, change).await.status, status, "{caller}");
    }
    assert_eq!(get_as(&installation, STRANGER, path).await.status, 404);
    assert_eq!(get_as(&installation, ROOT, "/v1/organisations/none/costs").await.status, 404);
}
