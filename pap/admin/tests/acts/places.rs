//! Organisations and projects.

use argus_admin::AdminError;
use serde_json::json;

use crate::{acting, body, faults, installation, query, root, shown, with_acme};

#[tokio::test]
async fn an_organisation_is_made_and_shown_by_those_who_may() {
    let installation = installation();
    let admin = &installation.admin;
    let asked = json!({"name": "acme", "display_name": "ACME Ltd", "conditions": {"networks": ["10.1.2.3/8"]}});
    let refused = admin.create_organisation(&acting("acme", &["*:admin"]), body(&asked)).await.unwrap_err();
    assert_eq!(refused.to_string(), "this needs the scope `argus/argus/organisations:write`");

    let made = admin.create_organisation(&root(), body(&asked)).await.unwrap();
    let view = shown(&made);
    assert_eq!((&view["name"], &view["display_name"]), (&json!("acme"), &json!("ACME Ltd")));
    assert_eq!(view["conditions"]["networks"], json!(["10.0.0.0/8"]), "in canonical form");
    assert_eq!(view["created_at"], "2027-01-15T08:00:00Z");
    assert_eq!(*installation.authority.settled.lock().unwrap(), [3], "behind the two keys of the audit");

    let id = made.id.to_string();
    assert_eq!(shown(&admin.show_organisation(&root(), &id).await.unwrap()), view);
    let unseen = admin.show_organisation(&acting("acme", &["acme:admin"]), &id).await.unwrap_err();
    let absent = admin.show_organisation(&root(), "0199aaaa-0000-7000-8000-000000000000").await.unwrap_err();
    assert!(matches!((&unseen, &absent), (AdminError::NotFound, AdminError::NotFound)));
    let again = admin.create_organisation(&root(), body(&asked)).await.unwrap_err();
    assert_eq!(again.to_string(), "organisation `acme` already exists");
}

#[tokio::test]
async fn every_fault_of_an_organisation_is_named() {
    let asked = json!({
        "name": "Acme", "nickname": "x", "display_name": "",
        "conditions": {"networks": ["10.0.0.0/8", "ten", "10.0.0.0/8:80"], "countries": ["DE", "de", "UK"],
                       "windows": ["always"], "network_types": ["Corp Net"], "device_compliant": 1, "asn": [1]},
    });
    let error = installation().admin.create_organisation(&root(), body(&asked)).await.unwrap_err();
    assert_eq!(
        faults(&error),
        [
            "invalid-field /name",
            "invalid-field /display_name",
            "invalid-field /conditions/networks/1",
            "invalid-field /conditions/networks/2",
            "invalid-field /conditions/countries/1",
            "invalid-field /conditions/countries/2",
            "invalid-field /conditions/windows/0",
            "invalid-field /conditions/network_types/0",
            "invalid-field /conditions/device_compliant",
            "unknown-field /conditions/asn",
            "unknown-field /nickname",
        ]
    );
    let AdminError::Refused(faults) = error else { panic!() };
    assert!(faults[0].help.as_deref().unwrap().starts_with("write `acme`: "));
    assert_eq!(faults[5].help.as_deref(), Some("write `GB`"));
}

#[tokio::test]
async fn a_project_belongs_to_an_organisation_that_exists_and_is_not_named_argus() {
    let installation = with_acme().await;
    let admin = &installation.admin;
    let owner = acting("acme", &["acme:admin"]);
    let create = |organisation: &str, name: &str| {
        admin.create_project(&owner, body(&json!({"organisation": organisation, "name": name})))
    };
    assert_eq!(shown(&create("acme", "zeus").await.unwrap())["path"], "acme/zeus");
    assert_eq!(create("acme", "zeus").await.unwrap_err().to_string(), "project `zeus` already exists");
    assert_eq!(faults(&create("acme", "argus").await.unwrap_err()), ["invalid-field /name"]);

    let (there, nowhere) = (create("beta", "x").await.unwrap_err(), create("gamma", "x").await.unwrap_err());
    assert_eq!(there.to_string(), "this needs the scope `beta/argus/projects:write`");
    assert_eq!(nowhere.to_string(), "this needs the scope `gamma/argus/projects:write`", "no word of what exists");
    let asked = body(&json!({"organisation": "gamma", "name": "x"}));
    assert_eq!(faults(&admin.create_project(&root(), asked).await.unwrap_err()), ["not-found /organisation"]);
    assert_eq!(
        faults(&admin.create_project(&root(), body(&json!({}))).await.unwrap_err()),
        ["missing-field /organisation", "missing-field /name"]
    );
}

#[tokio::test]
async fn a_project_is_shown_to_those_who_may_read_the_projects_of_its_organisation() {
    let installation = with_acme().await;
    let admin = &installation.admin;
    let page = admin.list_projects(&root(), query(&[("organisation", "acme"), ("name", "atlas")])).await.unwrap();
    let id = page.items[0].id.to_string();
    let reader = acting("acme", &["acme/argus/projects:read"]);
    assert_eq!(shown(&admin.show_project(&reader, &id).await.unwrap())["path"], "acme/atlas");
    for stranger in [acting("beta", &["*:admin"]), acting("acme", &["acme/argus/keys:read"])] {
        assert!(matches!(admin.show_project(&stranger, &id).await, Err(AdminError::NotFound)));
    }
}
