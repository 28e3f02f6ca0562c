//! Plans: what each maximum refuses, what a lower plan leaves as it is, and for how long.

use std::sync::Arc;

use argus_admin::{Admin, AdminError, ChangedOrganisation, CreatedKey, LimitView, Rotated, Seen};
use argus_store::organisation;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{Installation, issuer, node, noon};
use crate::{acting, body, create_key, holding, query, reader, root, shown, with, with_acme};

fn id_of(installation: &Installation, name: &str) -> String {
    installation.store.read(|conn| organisation::find_by_name(conn, name)).unwrap().unwrap().id.to_string()
}

async fn change(admin: &Admin, id: &str, patch: &Value) -> Result<ChangedOrganisation, AdminError> {
    admin.change_organisation(&root(), id, &Seen::Any, body(patch)).await
}

async fn lower(installation: &Installation) -> Value {
    let id = id_of(installation, "acme");
    shown(&change(&installation.admin, &id, &json!({"plan": "professional"})).await.unwrap())
}

/// The same installation so many days later.
fn later(installation: &Installation, days: i64) -> Admin {
    node(&installation.store, Arc::new(move || noon() + TimeDelta::days(days)), issuer()).0
}

/// What a plan has no room for.
#[track_caller]
fn maximum<T: std::fmt::Debug>(result: Result<T, AdminError>) -> (&'static str, u64) {
    match result {
        Err(AdminError::PlanLimit(limit)) => {
            assert_eq!(limit.plan, "professional");
            (limit.maximum.as_str(), limit.most)
        }
        other => panic!("{other:?}"),
    }
}

fn limit(limit: u64, window_seconds: u64) -> Value {
    json!({"name": format!("l-{limit}-{window_seconds}"), "strategy": "token_bucket", "limit": limit,
           "window_seconds": window_seconds})
}

async fn change_key(admin: &Admin, made: &CreatedKey, patch: &Value) -> Result<Value, AdminError> {
    let id = made.key.id.to_string();
    admin.change_key(&root(), &id, &Seen::Any, body(patch)).await.map(|key| shown(&key))
}

#[tokio::test]
async fn a_key_of_a_plan_with_a_rate_gets_a_limit_of_it_and_none_that_is_wider() {
    let installation = with_acme().await;
    lower(&installation).await;
    let made = create_key(&installation, &root(), &reader()).await.unwrap();
    let standard = json!([{"name": "standard", "strategy": "token_bucket", "limit": 100, "window_seconds": 1}]);
    assert_eq!(shown(&made.key)["limits"], standard);
    let asked = |limits: &[Value]| with(reader(), &json!({"name": "other", "limits": limits}));
    let refused = create_key(&installation, &root(), &asked(&[limit(101, 1)])).await;
    assert_eq!(maximum(refused), ("max_rate_per_second", 100));
    let four = [limit(1, 1), limit(2, 1), limit(3, 1), limit(4, 1)];
    assert_eq!(maximum(create_key(&installation, &root(), &asked(&four)).await), ("max_limits_per_key", 3));
    create_key(&installation, &root(), &asked(&[limit(101, 1), limit(6_000, 60)])).await.unwrap();
    let wider = change_key(&installation.admin, &made, &json!({"limits": []})).await;
    assert_eq!(maximum(wider), ("max_rate_per_second", 100));

    let third = with(asked(&four), &json!({"name": "third"}));
    let preview = shown(&installation.admin.preview_key(&root(), body(&third)).await.unwrap());
    assert_eq!((&preview["would_be_made"], &preview["faults"][0]["code"]), (&json!(false), &json!("plan-limit")));
}

#[tokio::test]
async fn no_key_is_made_beyond_the_maximum_until_one_has_ended() {
    let installation = with_acme().await;
    lower(&installation).await;
    let mut first = None;
    for n in 0..100 {
        let named = with(reader(), &json!({"name": format!("k-{n}")}));
        first = first.or(Some(create_key(&installation, &root(), &named).await.unwrap()));
    }
    let before = *installation.authority.remembered.lock().unwrap();
    let refused = create_key(&installation, &root(), &reader()).await;
    assert_eq!(
        refused.as_ref().unwrap_err().to_string(),
        "plan `professional` has room for 100 keys that haven't ended, and as many are there"
    );
    assert_eq!(maximum(refused), ("max_keys", 100));
    assert_eq!(*installation.authority.remembered.lock().unwrap(), before);
    let id = first.unwrap().key.id.to_string();
    installation.admin.revoke_key(&root(), &id, body(&json!({}))).await.unwrap();
    create_key(&installation, &root(), &reader()).await.unwrap();
    let elsewhere = json!({"organisation": "beta", "name": "k", "scopes": ["beta/x:read"]});
    assert_eq!(shown(&create_key(&installation, &root(), &elsewhere).await.unwrap().key)["limits"], json!([]));
}

#[tokio::test]
async fn projects_webhooks_certificates_derived_keys_responses_and_reports_are_refused_by_name() {
    let installation = with_acme().await;
    let admin = &installation.admin;
    lower(&installation).await;
    let id = id_of(&installation, "acme");
    for n in 1..10 {
        let project = json!({"organisation": "acme", "name": format!("p-{n}")});
        admin.create_project(&root(), body(&project)).await.unwrap();
    }
    let project = admin.create_project(&root(), body(&json!({"organisation": "acme", "name": "p-10"}))).await;
    assert_eq!(maximum(project), ("max_projects", 10));

    let hook = json!({"organisation": "acme", "kind": "webhook", "address": "https://hooks.acme.example/"});
    assert_eq!(maximum(admin.create_contact(&root(), body(&hook)).await), ("webhooks", 0));
    let email = json!({"organisation": "acme", "kind": "email", "address": "ada@acme.example"});
    admin.create_contact(&root(), body(&email)).await.unwrap();

    let above = create_key(&installation, &root(), &reader()).await.unwrap();
    let below = with(reader(), &json!({"name": "below", "parent_key_id": above.key.id}));
    assert_eq!(maximum(create_key(&installation, &root(), &below).await), ("delegation", 0));
    let certificate = json!({"kind": "certificate", "san_dns": "ci.acme.example"});
    let added = admin.add_credential(&root(), &above.key.id.to_string(), body(&certificate)).await;
    assert_eq!(maximum(added), ("mutual_tls", 0));

    let rule = |response| json!({"policy": {"responses": [{"severity": "high", "response": response}]}});
    assert_eq!(maximum(change(admin, &id, &rule("suspend")).await), ("anomaly_responses", 0));
    change(admin, &id, &rule("notify")).await.unwrap();
    let report = admin.show_compliance(&root(), "soc2", query(&[("organisation", "acme")])).await;
    assert_eq!(maximum(report.map(|_| ())), ("compliance_reports", 0));
    admin.show_compliance(&root(), "soc2", query(&[])).await.unwrap();
}

#[tokio::test]
async fn a_lower_plan_lists_what_is_over_it_and_leaves_it_as_it_was_for_thirty_days() {
    let installation = with_acme().await;
    let four = [limit(1, 1), limit(2, 1), limit(3, 1), limit(4, 1)];
    let many = with(reader(), &json!({"name": "many", "limits": four}));
    let many = create_key(&installation, &root(), &many).await.unwrap();
    let open = create_key(&installation, &root(), &reader()).await.unwrap();
    let id = id_of(&installation, "acme");
    let standing = |plan| query(&[("plan", plan)]);
    let would = installation.admin.show_organisation_plan(&root(), &id, standing("professional")).await.unwrap();
    let would = shown(&would);
    assert_eq!((&would["has"], &would["plan"]["name"]), (&json!("enterprise"), &json!("professional")));

    let lowered = lower(&installation).await;
    assert_eq!(lowered["plan_grace_until"], "2027-02-14T08:00:00Z");
    let expected = json!([
        {"maximum": "max_limits_per_key", "most": 3, "found": 4, "keys": 1, "key_ids": [many.key.id],
         "detail": "1 key with up to 4 limits; the plan lets a key have 3",
         "afterwards": "they go on; they can't be changed but to fit"},
        {"maximum": "max_rate_per_second", "most": 100, "found": null, "keys": 1, "key_ids": [open.key.id],
         "detail": "1 key without a limit of at most 100 in a second",
         "afterwards": "they go on; they can't be changed but to fit"},
    ]);
    assert_eq!(lowered["over"], expected);
    assert_eq!(would["over"], expected, "a preview says the same");

    // In the grace whatever was there can be changed as before, but not to something else beyond the plan.
    change_key(&installation.admin, &open, &json!({"tags": ["ci"]})).await.unwrap();
    let wider = change_key(&installation.admin, &many, &json!({"limits": [limit(500, 1)]})).await;
    assert_eq!(maximum(wider), ("max_rate_per_second", 100));
    let almost = later(&installation, 29);
    change_key(&almost, &open, &json!({"tags": ["cd"]})).await.unwrap();

    // After it a key is changed to fit, or not at all; it is never stopped.
    let after = later(&installation, 30);
    assert_eq!(maximum(change_key(&after, &open, &json!({"tags": ["x"]})).await), ("max_rate_per_second", 100));
    assert_eq!(maximum(change_key(&after, &many, &json!({"tags": ["x"]})).await), ("max_limits_per_key", 3));
    for key in [&many, &open] {
        let shown = shown(&after.show_key(&root(), &key.key.id.to_string()).await.unwrap());
        assert_eq!(shown["state"], "active");
    }
    let rotated = after.rotate_key(&root(), &open.key.id.to_string(), body(&json!({}))).await.unwrap();
    assert!(matches!(rotated, Rotated::Done(_)), "a secret changes whatever the plan");
    let fitting = change_key(&after, &open, &json!({"limits": [limit(100, 1)], "tags": ["x"]})).await.unwrap();
    assert_eq!(fitting["tags"], json!(["x"]));
    let left = shown(&after.show_organisation_plan(&root(), &id, query(&[])).await.unwrap());
    assert_eq!((left["over"].as_array().unwrap().len(), &left["over"][0]), (1, &expected[0]));

    let raised = shown(&change(&after, &id, &json!({"plan": null})).await.unwrap());
    assert_eq!(
        (&raised["plan"], &raised["plan_grace_until"], &raised["over"]),
        (&json!("enterprise"), &Value::Null, &json!([]))
    );
    change_key(&after, &many, &json!({"tags": ["x"]})).await.unwrap();
}

async fn share(admin: &Admin, name: &str, of: &Value) -> Result<LimitView, AdminError> {
    let asked =
        json!({"organisation": "acme", "name": name, "strategy": "quota", "limit": 7, "window_seconds": 86_400});
    admin.create_limit(&root(), body(&with(asked, of))).await
}

#[tokio::test]
async fn limits_that_keys_share_are_counted_together_whosever_they_are() {
    let installation = with_acme().await;
    let admin = &installation.admin;
    lower(&installation).await;
    let project = json!({"organisation": "acme", "name": "titan"});
    admin.create_project(&root(), body(&project)).await.unwrap();
    let of = |n: u32| match n % 3 {
        0 => json!({}),
        1 => json!({"project": "titan"}),
        _ => json!({"owner": "ada"}),
    };
    let first = share(admin, "l-0", &of(0)).await.unwrap();
    for n in 1..10 {
        share(admin, &format!("l-{n}"), &of(n)).await.unwrap();
    }
    for n in 0..3 {
        let refused = share(admin, "beyond", &of(n)).await;
        assert_eq!(
            refused.as_ref().unwrap_err().to_string(),
            "plan `professional` has room for 10 limits that keys share, and as many are there"
        );
        assert_eq!(maximum(refused), ("max_shared_limits", 10));
    }
    // One that is there is another limit by a change, and by none more.
    let id = first.id.to_string();
    admin.change_limit(&root(), &id, &Seen::Any, body(&json!({"limit": 8}))).await.unwrap();
    admin.remove_limit(&root(), &id).await.unwrap();
    share(admin, "instead", &of(0)).await.unwrap();
}

#[tokio::test]
async fn limits_that_keys_share_beyond_a_lower_plan_go_on_and_can_be_changed_after_the_grace() {
    let installation = with_acme().await;
    let mut last = None;
    for n in 0..11 {
        last = Some(share(&installation.admin, &format!("l-{n}"), &json!({})).await.unwrap());
    }
    let lowered = lower(&installation).await;
    let expected = json!([
        {"maximum": "max_shared_limits", "most": 10, "found": 11, "keys": 0, "key_ids": [],
         "detail": "11 limits that keys share; the plan has room for 10",
         "afterwards": "they go on; no limit is attached to the organisation, a project or an owner"},
    ]);
    assert_eq!((&lowered["over"], &lowered["plan_grace_until"]), (&expected, &json!("2027-02-14T08:00:00Z")));
    let (after, id) = (later(&installation, 31), last.unwrap().id.to_string());
    assert_eq!(maximum(share(&after, "new", &json!({})).await), ("max_shared_limits", 10));
    let changed = after.change_limit(&root(), &id, &Seen::Any, body(&json!({"limit": 9}))).await.unwrap();
    assert_eq!(shown(&changed)["limit"], 9);
}

#[tokio::test]
async fn only_who_runs_the_installation_gives_plans_and_an_owner_sees_his_own() {
    let installation = with_acme().await;
    let admin = &installation.admin;
    let id = id_of(&installation, "acme");
    let owner = acting("acme", &["acme:admin"]);
    let patch = json!({"plan": "professional"});
    let refused = admin.change_organisation(&owner, &id, &Seen::Any, body(&patch)).await.unwrap_err();
    assert!(matches!(refused, AdminError::NotFound), "{refused}");
    let unknown = change(admin, &id, &json!({"plan": "gold"})).await.unwrap_err();
    assert_eq!(crate::faults(&unknown), ["not-found /plan"]);
    let standing = admin.show_organisation_plan(&owner, &id, query(&[])).await.unwrap();
    assert_eq!((standing.organisation.as_str(), standing.has.as_str()), ("acme", "enterprise"));
    let other = admin.show_organisation_plan(&acting("beta", &["beta:admin"]), &id, query(&[])).await.unwrap_err();
    assert!(matches!(other, AdminError::NotFound), "{other}");
    let asked = admin.show_organisation_plan(&owner, &id, query(&[("plan", "gold")])).await.unwrap_err();
    assert_eq!(crate::faults(&asked), ["not-found ?plan"]);

    let plans = admin.list_plans(&owner, query(&[("limit", "1")])).await.unwrap();
    assert_eq!(plans.items[0].name, "enterprise");
    let next = admin.list_plans(&owner, query(&[("cursor", &plans.next_cursor.unwrap())])).await.unwrap();
    assert_eq!((next.items.len(), next.items[0].maxima.max_keys, next.next_cursor), (1, Some(100), None));
    assert_eq!(admin.show_plan(&owner, "professional").await.unwrap(), next.items[0]);
    assert!(matches!(admin.show_plan(&owner, "gold").await, Err(AdminError::NotFound)));
    let key = create_key(&installation, &root(), &reader()).await.unwrap();
    let refused = admin.list_plans(&holding(&key), query(&[])).await.unwrap_err();
    assert_eq!(refused.to_string(), "this needs the scope `acme/argus/organisation:read`");
}

#[tokio::test]
async fn what_a_lower_plan_changes_is_in_the_audit_and_responses_that_stay_are_no_change() {
    let installation = with_acme().await;
    let admin = &installation.admin;
    let id = id_of(&installation, "acme");
    let rule = json!({"policy": {"responses": [{"severity": "high", "response": "suspend"}]}});
    change(admin, &id, &rule).await.unwrap();
    let lowered = lower(&installation).await;
    assert_eq!(lowered["over"][0]["detail"], "1 response to anomalies; the plan has none");
    change(admin, &id, &json!({"display_name": "ACME"})).await.unwrap();
    let entries =
        admin.list_audit(&root(), query(&[("organisation", "acme"), ("event", "organisation.changed")])).await;
    let entries = shown(&entries.unwrap());
    let changed = &entries["items"][1];
    assert_eq!(changed["before"], json!({"plan": "enterprise", "plan_grace_until": null}), "{entries:#}");
    assert_eq!(changed["after"], json!({"plan": "professional", "plan_grace_until": "2027-02-14T08:00:00Z"}));
}
