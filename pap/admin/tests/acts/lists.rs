//! Pages, filters and cursors.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{Installation, acting, body, create_key, faults, query, reader, root, shown, with, with_acme};

fn names(page: &impl serde::Serialize) -> Vec<String> {
    let page = shown(page);
    page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

async fn with_keys(number: usize) -> Installation {
    let installation = with_acme().await;
    for n in 0..number {
        let asked = with(reader(), &json!({"name": format!("key-{n}")}));
        create_key(&installation, &root(), &asked).await.unwrap();
    }
    let beta = json!({"organisation": "beta", "name": "own", "scopes": ["beta/x:read"]});
    create_key(&installation, &root(), &beta).await.unwrap();
    installation
}

#[tokio::test]
async fn pages_follow_each_other_without_a_gap_or_a_repetition() {
    let installation = with_keys(5).await;
    let admin = &installation.admin;
    let mut found = Vec::new();
    let mut cursor = String::new();
    loop {
        let mut asked = vec![("organisation", "acme"), ("limit", "2")];
        if !cursor.is_empty() {
            asked.push(("cursor", &cursor));
        }
        let page = admin.list_keys(&root(), query(&asked)).await.unwrap();
        found.extend(names(&page));
        let Some(next) = page.next_cursor else { break };
        cursor = next;
    }
    assert_eq!(found, ["key-0", "key-1", "key-2", "key-3", "key-4"]);
    let whole = admin.list_keys(&root(), query(&[("organisation", "acme"), ("limit", "5")])).await.unwrap();
    assert_eq!(whole.next_cursor, None);
}

#[tokio::test]
async fn a_list_without_an_organisation_is_what_the_caller_may_read() {
    let installation = with_keys(2).await;
    let admin = &installation.admin;
    let everything = names(&admin.list_keys(&root(), query(&[])).await.unwrap());
    assert_eq!(everything.into_iter().collect::<BTreeSet<_>>().len(), 3);
    let own = admin.list_keys(&acting("acme", &["*:admin"]), query(&[])).await.unwrap();
    assert_eq!(names(&own), ["key-0", "key-1"]);
    let one = admin.list_keys(&acting("argus", &["beta/argus/keys:read"]), query(&[("limit", "1")])).await.unwrap();
    assert_eq!(names(&one), ["own"]);
    let none = admin.list_keys(&acting("beta", &["beta/x:read"]), query(&[])).await.unwrap_err();
    assert_eq!(none.to_string(), "this needs the scope `beta/argus/keys:read`");
}

#[tokio::test]
async fn a_key_is_found_by_its_name() {
    let installation = with_keys(2).await;
    let admin = &installation.admin;
    let find =
        |pairs: &'static [(&str, &str)]| async move { names(&admin.list_keys(&root(), query(pairs)).await.unwrap()) };
    assert_eq!(find(&[("organisation", "acme"), ("project", "atlas"), ("name", "key-1")]).await, ["key-1"]);
    assert!(find(&[("organisation", "acme"), ("name", "key-1")]).await.is_empty(), "that one is the project's");
    assert_eq!(find(&[("organisation", "beta"), ("name", "own")]).await, ["own"]);
    assert!(find(&[("organisation", "beta"), ("name", "own"), ("state", "revoked")]).await.is_empty());
    assert_eq!(find(&[("organisation", "acme"), ("project", "atlas"), ("state", "active")]).await.len(), 2);
}

#[tokio::test]
async fn a_wrong_query_is_refused_whole() {
    let installation = with_keys(0).await;
    let admin = &installation.admin;
    let refused = |pairs: &'static [(&str, &str)]| async move {
        faults(&admin.list_keys(&root(), query(pairs)).await.unwrap_err())
    };
    assert_eq!(
        refused(&[("limit", "0"), ("limit", "2"), ("colour", "red"), ("state", "lost"), ("cursor", "x")]).await,
        [
            "invalid-field ?state",
            "invalid-field ?limit",
            "invalid-field ?limit",
            "invalid-field ?cursor",
            "unknown-field ?colour"
        ]
    );
    assert_eq!(refused(&[("organisation", "gamma")]).await, ["not-found ?organisation"]);
    assert_eq!(refused(&[("organisation", "acme"), ("project", "zeus")]).await, ["not-found ?project"]);
    assert_eq!(
        refused(&[("project", "atlas"), ("name", "x")]).await,
        ["invalid-field ?project", "invalid-field ?name"]
    );
    assert_eq!(refused(&[("organisation", "a/b")]).await, ["invalid-field ?organisation"]);
}

#[tokio::test]
async fn a_cursor_is_refused_by_another_list() {
    let installation = with_keys(3).await;
    let admin = &installation.admin;
    let first = admin.list_keys(&root(), query(&[("organisation", "acme"), ("limit", "1")])).await.unwrap();
    let cursor = first.next_cursor.unwrap();
    let other = admin.list_keys(&root(), query(&[("organisation", "beta"), ("cursor", &cursor)])).await.unwrap_err();
    assert_eq!(faults(&other), ["invalid-field ?cursor"]);
    let other = admin.list_organisations(&root(), query(&[("cursor", &cursor)])).await.unwrap_err();
    assert_eq!(faults(&other), ["invalid-field ?cursor"]);
}

#[tokio::test]
async fn organisations_and_projects_are_listed_and_found_by_name() {
    let installation = with_acme().await;
    let admin = &installation.admin;
    let page = admin.list_organisations(&root(), query(&[("limit", "1")])).await.unwrap();
    assert_eq!(names(&page), ["acme"]);
    let next = admin.list_organisations(&root(), query(&[("cursor", &page.next_cursor.unwrap())])).await.unwrap();
    assert_eq!((names(&next), next.next_cursor), (vec!["beta".to_owned()], None));
    assert_eq!(names(&admin.list_organisations(&root(), query(&[("name", "beta")])).await.unwrap()), ["beta"]);
    let refused = admin.list_organisations(&acting("acme", &["acme:admin"]), query(&[])).await.unwrap_err();
    assert_eq!(refused.to_string(), "this needs the scope `argus/argus/organisations:read`");

    let own = acting("acme", &["acme/argus/projects:read"]);
    admin.create_project(&root(), body(&json!({"organisation": "acme", "name": "zeus"}))).await.unwrap();
    assert_eq!(names(&admin.list_projects(&own, query(&[])).await.unwrap()), ["atlas", "zeus"]);
    assert_eq!(names(&admin.list_projects(&own, query(&[("name", "zeus")])).await.unwrap()), ["zeus"]);
    let none: Value = shown(&admin.list_projects(&own, query(&[("name", "hera")])).await.unwrap());
    assert_eq!(none, json!({"items": [], "next_cursor": null}));
    let other = admin.list_projects(&own, query(&[("organisation", "beta")])).await.unwrap_err();
    assert_eq!(other.to_string(), "this needs the scope `beta/argus/projects:read`");
}
