//! What a read and an act promise, whatever they do.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Barrier;

use argus_store::organisation::{NewOrganisation, OrganisationPolicy};
use argus_store::{Conditions, OrganisationId, PageSize, StoreError, organisation, setting};

use crate::support::{act, add_key, add_organisation, fixture, minute, sequence};

#[test]
fn an_act_that_fails_leaves_nothing() {
    let Some(fixture) = fixture() else { return };
    let before = sequence(&fixture.store);
    let failed: Result<(), _> = fixture.store.write(|conn| {
        setting::put(conn, "colour", "green")?;
        let id = OrganisationId::new(minute(1));
        let globex = NewOrganisation {
            id,
            name: "globex".into(),
            display_name: None,
            conditions: Conditions::default(),
            policy: OrganisationPolicy::default(),
            time_zone: "UTC".into(),
        };
        organisation::create(conn, &act(id, minute(1)), &globex)?;
        Err(StoreError::Busy)
    });
    assert!(matches!(failed, Err(StoreError::Busy)));
    assert_eq!(fixture.store.read(|conn| setting::find(conn, "colour")).unwrap(), None);
    assert!(fixture.store.read(|conn| organisation::find_by_name(conn, "globex")).unwrap().is_none());
    assert_eq!(sequence(&fixture.store), before);
}

#[test]
fn a_part_that_fails_leaves_the_rest_of_its_act() {
    let Some(fixture) = fixture() else { return };
    let taken = fixture.store.write(|conn| {
        setting::put(conn, "colour", "green")?;
        let id = OrganisationId::new(minute(1));
        let again = NewOrganisation {
            id,
            name: "acme".into(),
            display_name: None,
            conditions: Conditions::default(),
            policy: OrganisationPolicy::default(),
            time_zone: "UTC".into(),
        };
        Ok(organisation::create(conn, &act(id, minute(1)), &again).unwrap_err().to_string())
    });
    assert_eq!(taken.unwrap(), "organisation `acme` already exists");
    assert_eq!(fixture.store.read(|conn| setting::find(conn, "colour")).unwrap().as_deref(), Some("green"));
}

#[test]
fn an_act_that_panics_leaves_nothing_and_the_store_goes_on() {
    let Some(fixture) = fixture() else { return };
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        fixture.store.write(|conn| -> Result<(), StoreError> {
            setting::put(conn, "colour", "green")?;
            panic!("in the middle of an act")
        })
    }));
    assert!(panicked.is_err());
    assert_eq!(fixture.store.read(|conn| setting::find(conn, "colour")).unwrap(), None);
    add_organisation(&fixture.store, "globex").unwrap();
}

#[test]
fn a_read_cannot_write() {
    let Some(fixture) = fixture() else { return };
    let refused = fixture.store.read(|conn| setting::put(conn, "colour", "green")).unwrap_err();
    assert!(["readonly", "read-only"].iter().any(|word| refused.to_string().contains(word)), "{refused}");
}

#[test]
fn a_read_sees_one_moment() {
    let Some(fixture) = fixture() else { return };
    let store = &fixture.store;
    let (before, after) = store
        .read(|conn| {
            let before = organisation::list(conn, None, PageSize::default())?.items.len();
            add_organisation(store, "globex")?;
            Ok((before, organisation::list(conn, None, PageSize::default())?.items.len()))
        })
        .unwrap();
    assert_eq!((before, after), (1, 1));
    assert_eq!(store.read(|conn| organisation::list(conn, None, PageSize::default())).unwrap().items.len(), 2);
}

#[test]
fn of_many_who_make_one_name_at_once_one_succeeds() {
    let Some(fixture) = fixture() else { return };
    let start = Barrier::new(8);
    let made = std::thread::scope(|scope| {
        let makers: Vec<_> = (0..8)
            .map(|n| {
                let (start, fixture) = (&start, &fixture);
                scope.spawn(move || {
                    start.wait();
                    add_key(fixture, None, "deploy", n)
                })
            })
            .collect();
        makers.into_iter().flat_map(|maker| maker.join().unwrap()).count()
    });
    assert_eq!(made, 1);
}

#[test]
fn of_many_who_name_a_setting_all_get_one_value() {
    let Some(fixture) = fixture() else { return };
    let name = |value| fixture.store.write(|conn| setting::find_or_put(conn, "installation_id", value)).unwrap();
    assert_eq!([name("first"), name("second")], ["first", "first"]);
    fixture.store.write(|conn| setting::put(conn, "installation_id", "third")).unwrap();
    assert_eq!(name("fourth"), "third");
}
