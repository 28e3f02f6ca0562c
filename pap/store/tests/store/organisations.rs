//! Organisations, projects and their pages.

use argus_store::{PageSize, Record, StoreError, organisation, project};

use crate::support::{add_organisation, add_project, fixture, minute};

#[test]
fn an_organisation_is_found_by_id_and_by_name() {
    let Some(fixture) = fixture() else { return };
    let by_id = fixture.store.read(|conn| organisation::find(conn, fixture.acme)).unwrap().unwrap();
    assert_eq!((by_id.name.as_str(), by_id.created_at), ("acme", minute(0)));
    assert_eq!(fixture.store.read(|conn| organisation::find_by_name(conn, "acme")).unwrap(), Some(by_id));
    assert_eq!(fixture.store.read(|conn| organisation::find_by_name(conn, "ACME")).unwrap(), None);
}

#[test]
fn a_taken_name_is_said_to_exist() {
    let Some(fixture) = fixture() else { return };
    let taken = add_organisation(&fixture.store, "acme").unwrap_err();
    assert!(matches!(taken, StoreError::AlreadyExists { what: Record::Organisation, ref name } if name == "acme"));

    add_project(&fixture.store, fixture.acme, "atlas").unwrap();
    let taken = add_project(&fixture.store, fixture.acme, "atlas").unwrap_err();
    assert_eq!(taken.to_string(), "project `atlas` already exists");
    let globex = add_organisation(&fixture.store, "globex").unwrap();
    add_project(&fixture.store, globex, "atlas").unwrap();
}

#[test]
fn a_project_is_found_in_its_own_organisation_alone() {
    let Some(fixture) = fixture() else { return };
    let globex = add_organisation(&fixture.store, "globex").unwrap();
    let atlas = add_project(&fixture.store, fixture.acme, "atlas").unwrap();
    let find = |organisation| fixture.store.read(|conn| project::find(conn, organisation, atlas.id)).unwrap();
    assert_eq!((find(fixture.acme).as_ref(), find(globex)), (Some(&atlas), None));
    let find = |organisation| fixture.store.read(|conn| project::find_by_name(conn, organisation, "atlas")).unwrap();
    assert_eq!((find(fixture.acme).as_ref(), find(globex)), (Some(&atlas), None));
    assert!(
        fixture.store.read(|conn| project::list(conn, globex, None, PageSize::default())).unwrap().items.is_empty()
    );
}

#[test]
fn a_project_of_no_organisation_is_refused() {
    let Some(fixture) = fixture() else { return };
    let nobody = argus_store::OrganisationId::new(minute(0));
    let refused = add_project(&fixture.store, nobody, "atlas").unwrap_err();
    assert_eq!(refused.to_string(), format!("there is no organisation `{nobody}`"));
}

#[test]
fn pages_hold_everything_once_in_the_order_of_creation_while_more_is_added() {
    let Some(fixture) = fixture() else { return };
    let names: Vec<_> = (0..7).map(|n| format!("project-{}", 9 - n)).collect();
    for name in &names {
        add_project(&fixture.store, fixture.acme, name).unwrap();
    }
    let (mut seen, mut after) = (Vec::new(), None);
    let size = PageSize::new(3).unwrap();
    loop {
        let page = fixture.store.read(|conn| project::list(conn, fixture.acme, after, size)).unwrap();
        after = page.items.last().map(|last| last.id);
        seen.extend(page.items.into_iter().map(|project| project.name));
        if !page.more {
            break;
        }
        if seen.len() == 3 {
            add_project(&fixture.store, fixture.acme, "added-meanwhile").unwrap();
        }
    }
    assert_eq!(seen, [names, vec!["added-meanwhile".to_owned()]].concat());
}

#[test]
fn a_page_holds_1_to_200_items() {
    assert_eq!(PageSize::new(0), None);
    assert_eq!(PageSize::new(201), None);
    assert_eq!(PageSize::new(u32::MAX), None);
    assert_eq!(PageSize::new(50), Some(PageSize::default()));
    assert!(PageSize::new(200).is_some());
}
