//! Limits that keys share, and what uses cost: made, changed and removed with their entry and their line, and counted.

use argus_store::audit;
use argus_store::change::{ChangeKind, list_since};
use argus_store::cost::{self, Cost};
use argus_store::limit::{self, LimitFilter, MOST_SHARED, NewSharedLimit, SharedLimit};
use argus_store::{Conn, Limit, LimitId, LimitStrategy, PageSize, ProjectId, StoreError};
use serde_json::Value;

use crate::support::{Fixture, act, add_organisation, add_project, fixture, minute, sequence};

fn definition(name: &str) -> Limit {
    let actions = vec!["read".into()];
    Limit { cost: Some(0), actions, ..Limit::new(name, LimitStrategy::Quota, 9_007_199_254_740_992, 86_400) }
}

fn new(name: &str, project_id: Option<ProjectId>, owner: Option<&str>) -> NewSharedLimit {
    let owner = owner.map(str::to_owned);
    NewSharedLimit { id: LimitId::new(minute(1)), project_id, owner, definition: definition(name) }
}

fn create(fixture: &Fixture, new: &NewSharedLimit) -> Result<SharedLimit, StoreError> {
    fixture.store.write(|conn| limit::create(conn, &act(fixture.acme, minute(1)), new))
}

/// The last entry of the audit, and what the last line of the feed tells to be read again.
fn last(fixture: &Fixture) -> (Value, ChangeKind, String) {
    let read = |conn: &mut Conn| Ok((audit::list_after(conn, 0, 10_000)?, list_since(conn, 0, 10_000)?));
    let (entries, lines) = fixture.store.read(read).unwrap();
    let line = lines.last().unwrap();
    (serde_json::from_str(&entries.last().unwrap().entry).unwrap(), line.kind, line.id.clone())
}

#[test]
fn a_limit_is_made_changed_and_removed_each_with_its_entry_and_its_line() {
    let Some(fixture) = fixture() else { return };
    let atlas = add_project(&fixture.store, fixture.acme, "atlas").unwrap();
    let made = create(&fixture, &new("daily", Some(atlas.id), None)).unwrap();
    assert_eq!((made.project_name.as_deref(), made.organisation_name.as_str()), (Some("atlas"), "acme"));
    assert_eq!(made.definition, definition("daily"));
    let (entry, kind, id) = last(&fixture);
    assert_eq!(
        (entry["event"].as_str(), kind, id),
        (Some("limit.created"), ChangeKind::Limits, fixture.acme.to_string())
    );

    let write = |n, definition: &Limit, seen| {
        fixture.store.write(|conn| limit::change(conn, &act(fixture.acme, minute(n)), made.id, definition, seen))
    };
    let wider = Limit { limit: 7, ..definition("daily") };
    let changed = write(2, &wider, 1).unwrap().unwrap();
    assert_eq!((changed.definition.limit, changed.generation), (7, 2));
    assert_eq!(last(&fixture).0["after"]["limit"], 7);
    assert!(matches!(write(3, &definition("daily"), 1), Err(StoreError::Stale { found: 2, .. })));
    let before = sequence(&fixture.store);
    assert_eq!(write(3, &wider, 2).unwrap().unwrap().generation, 2);
    assert_eq!(sequence(&fixture.store), before, "a change to what it is already is none");

    let other = add_organisation(&fixture.store, "other").unwrap();
    let remove = |of, n| fixture.store.write(|conn| limit::remove(conn, &act(of, minute(n)), made.id)).unwrap();
    assert_eq!(remove(other, 4), None, "it is another organisation's");
    assert_eq!(remove(fixture.acme, 4).unwrap().id, made.id);
    let (entry, kind, _) = last(&fixture);
    assert_eq!((entry["event"].as_str(), kind), (Some("limit.removed"), ChangeKind::Limits));
    assert_eq!(remove(fixture.acme, 5), None);
}

#[test]
fn names_are_unlike_in_an_organisation_and_each_place_has_its_most() {
    let Some(fixture) = fixture() else { return };
    let other = add_organisation(&fixture.store, "other").unwrap();
    let foreign = add_project(&fixture.store, other, "atlas").unwrap();
    let refused = create(&fixture, &new("a", Some(foreign.id), None));
    assert!(matches!(refused, Err(StoreError::NotFound { .. })), "{refused:?}");
    for n in 0..MOST_SHARED {
        create(&fixture, &new(&format!("of-ada-{n}"), None, Some("ada"))).unwrap();
    }
    let refused = create(&fixture, &new("one-more", None, Some("ada")));
    assert!(matches!(refused, Err(StoreError::TooMany { most: MOST_SHARED, .. })), "{refused:?}");
    create(&fixture, &new("of-bob", None, Some("bob"))).unwrap();
    let taken = create(&fixture, &new("of-bob", None, None));
    assert!(matches!(taken, Err(StoreError::AlreadyExists { .. })), "{taken:?}");
    let count = |of| fixture.store.read(|conn| limit::count(conn, of)).unwrap();
    assert_eq!((count(fixture.acme), count(other)), (i64::from(MOST_SHARED) + 1, 0));
}

#[test]
fn a_list_is_narrowed_and_paged() {
    let Some(fixture) = fixture() else { return };
    let atlas = add_project(&fixture.store, fixture.acme, "atlas").unwrap();
    let all = [new("all", None, None), new("project", Some(atlas.id), None), new("owner", None, Some("ada"))];
    for new in &all {
        create(&fixture, new).unwrap();
    }
    let names = |filter: &LimitFilter, after, size| {
        let size = PageSize::new(size).unwrap();
        let page = fixture.store.read(|conn| limit::list(conn, fixture.acme, filter, after, size)).unwrap();
        (page.items.into_iter().map(|limit| limit.definition.name).collect::<Vec<_>>(), page.more)
    };
    let any = LimitFilter::default();
    assert_eq!(names(&any, None, 2), (vec!["all".to_owned(), "project".to_owned()], true));
    assert_eq!(names(&any, Some(all[1].id), 2), (vec!["owner".to_owned()], false));
    assert_eq!(names(&LimitFilter { project: Some(atlas.id), ..any.clone() }, None, 9).0, ["project"]);
    assert_eq!(names(&LimitFilter { owner: Some("ada".into()), ..any.clone() }, None, 9).0, ["owner"]);
    assert_eq!(names(&LimitFilter { name: Some("all".into()), ..any }, None, 9).0, ["all"]);
    let (of, everywhere) =
        fixture.store.read(|conn| Ok((limit::list_of(conn, fixture.acme)?, limit::list_all(conn)?))).unwrap();
    assert_eq!((of.len(), everywhere), (3, of));
}

#[test]
fn costs_are_replaced_whole_by_whoever_has_seen_them() {
    let Some(fixture) = fixture() else { return };
    let rows = [Cost { action: Some("read".into()), resource_type: None, cost: 5 }];
    let replace = |rows: &[Cost], seen| {
        fixture.store.write(|conn| cost::replace(conn, &act(fixture.acme, minute(1)), rows, seen))
    };
    assert_eq!(fixture.store.read(cost::list_all).unwrap(), []);
    let made = replace(&rows, 1).unwrap().unwrap();
    assert_eq!((&made.costs[..], made.generation), (&rows[..], 2));
    let (entry, kind, id) = last(&fixture);
    assert_eq!(
        (entry["event"].as_str(), kind, id),
        (Some("costs.changed"), ChangeKind::Limits, fixture.acme.to_string())
    );
    assert!(matches!(replace(&[], 1), Err(StoreError::Stale { found: 2, .. })));
    let before = sequence(&fixture.store);
    replace(&rows, 2).unwrap();
    assert_eq!((sequence(&fixture.store), fixture.store.read(cost::list_all).unwrap()), (before, vec![made]));
    replace(&[], 2).unwrap();
    assert_eq!(last(&fixture).0["after"]["costs"], Value::Null);
}
