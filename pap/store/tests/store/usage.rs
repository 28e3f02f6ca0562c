//! Usage: added once however often a batch comes, by several nodes at once, listed in order, forgotten by its age.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;

use argus_store::usage::{self, DistinctKind, Granularity, Merges, UsageCounts, UsageFilter, UsageOf, UsageRow};
use argus_store::{KeyId, Location, NodeId, Store, StoreError};
use chrono::TimeDelta;

use crate::support::{fixture, minute};

/// Texts that are sets of words: what is merged twice shows in none of them, so the counts have to.
fn merge_words(own: &str, other: &str) -> String {
    let words: BTreeSet<&str> = own.split(' ').chain(other.split(' ')).filter(|word| !word.is_empty()).collect();
    words.into_iter().collect::<Vec<_>>().join(" ")
}

const MERGES: Merges<'_> = Merges { parts: &merge_words, latency: &merge_words, distinct: &merge_words };

type Rows = BTreeMap<UsageOf, UsageRow>;

fn of(organisation: &str, key: Option<KeyId>, starts_at: i64) -> UsageOf {
    UsageOf { granularity: Granularity::Minute, starts_at, organisation: organisation.to_owned(), key }
}

/// So many permits and one denial.
fn row(permits: i64, word: &str) -> UsageRow {
    UsageRow {
        counts: UsageCounts { requests: permits + 1, permits, denials: 1, cost: 3 * permits, ..UsageCounts::default() },
        parts: word.to_owned(),
        latency: word.to_owned(),
        distinct: BTreeMap::from([(DistinctKind::Address, word.to_owned())]),
    }
}

fn add(store: &Store, batch: (NodeId, i64), rows: &Rows) -> bool {
    store.write_aside(|conn| usage::add(conn, batch, minute(1), rows, MERGES)).unwrap()
}

fn all(organisation: Option<&str>, keys: Option<Vec<KeyId>>) -> UsageFilter {
    let organisation = organisation.map(str::to_owned);
    UsageFilter { granularity: Granularity::Minute, organisation, keys, from: 0, before: i64::MAX }
}

fn list(store: &Store, filter: &UsageFilter) -> Vec<(UsageOf, UsageRow)> {
    store.read(|conn| usage::list(conn, filter, None, (1_000, true))).unwrap()
}

#[test]
fn a_batch_counts_once_however_often_it_is_added_and_the_next_one_adds_to_it() {
    let Some(fixture) = fixture() else { return };
    let (store, node, key) = (&fixture.store, NodeId::new(minute(0)), KeyId::new(minute(0)));
    let rows = |permits, word| Rows::from([(of("acme", Some(key), 60), row(permits, word))]);
    assert!(add(store, (node, 1), &rows(4, "a")));
    for _ in 0..3 {
        assert!(!add(store, (node, 1), &rows(4, "again")), "it is there");
    }
    assert!(add(store, (node, 2), &rows(5, "b")));
    assert!(!add(store, (node, 1), &rows(4, "late")), "it is there, and so is a later one");
    assert!(add(store, (NodeId::new(minute(0)), 1), &rows(6, "c")), "another node has numbers of its own");

    let found = list(store, &all(None, None));
    let expected = UsageRow {
        counts: UsageCounts { requests: 18, permits: 15, denials: 3, cost: 45, ..UsageCounts::default() },
        ..row(0, "a b c")
    };
    assert_eq!(found, [(of("acme", Some(key), 60), expected)]);
}

#[test]
fn a_batch_that_fails_in_the_midst_adds_nothing_and_may_come_again() {
    let Some(fixture) = fixture() else { return };
    let (store, node) = (&fixture.store, NodeId::new(minute(0)));
    let rows = Rows::from([(of("acme", None, 60), row(4, "a"))]);
    let failed: Result<bool, _> = store.write_aside(|conn| {
        assert!(usage::add(conn, (node, 1), minute(1), &rows, MERGES)?);
        Err(StoreError::Busy)
    });
    failed.unwrap_err();
    assert_eq!(list(store, &all(None, None)), []);
    assert!(add(store, (node, 1), &rows));
    assert_eq!(list(store, &all(None, None)).len(), 1);
}

#[test]
fn nodes_that_add_to_the_same_rows_at_once_lose_nothing() {
    const BATCHES: i64 = 20;
    let Some(fixture) = fixture() else { return };
    let keys: Vec<KeyId> = (0..5).map(|_| KeyId::new(minute(0))).collect();
    // As a batch has them: many rows, in two stretches.
    let rows = |word: &str| -> Rows {
        let stretches = [60, 120].into_iter();
        stretches.flat_map(|at| keys.iter().map(move |key| (of("acme", Some(*key), at), row(1, word)))).collect()
    };
    thread::scope(|scope| {
        for n in 0..4 {
            // A file is opened by one process alone.
            let store = Store::open(Location::parse(&fixture.url).unwrap()).unwrap_or_else(|_| fixture.store.clone());
            let (node, rows) = (NodeId::new(minute(0)), rows(&format!("n{n}")));
            scope.spawn(move || (1..=BATCHES).for_each(|batch| assert!(add(&store, (node, batch), &rows))));
        }
    });
    let found = list(&fixture.store, &all(None, None));
    assert_eq!(found.len(), 10);
    for (of, row) in found {
        assert_eq!(row.counts.requests, 2 * 4 * BATCHES, "{of:?}");
        assert_eq!((row.parts.as_str(), row.distinct[&DistinctKind::Address].as_str()), ("n0 n1 n2 n3", "n0 n1 n2 n3"));
    }
}

#[test]
fn rows_are_listed_by_time_organisation_and_key_page_by_page_and_of_those_asked_for_alone() {
    let Some(fixture) = fixture() else { return };
    let store = &fixture.store;
    let mut keys = [KeyId::new(minute(0)), KeyId::new(minute(1))];
    keys.sort_by_key(KeyId::to_string);
    let mut rows = Rows::new();
    for at in [60, 120, 180] {
        for organisation in ["acme", "Acme-2", "globex"] {
            for key in [None, Some(keys[0]), Some(keys[1])] {
                rows.insert(of(organisation, key, at), row(1, "a"));
            }
        }
    }
    assert!(add(store, (NodeId::new(minute(0)), 1), &rows));

    let filter = all(None, None);
    let mut seen: Vec<UsageOf> = Vec::new();
    loop {
        let page = store.read(|conn| usage::list(conn, &filter, seen.last(), (4, false))).unwrap();
        assert!(page.iter().all(|(_, row)| row.distinct.is_empty()));
        seen.extend(page.iter().map(|(of, _)| of.clone()));
        if page.len() < 4 {
            break;
        }
    }
    assert!(seen.is_sorted_by_key(|of| of.starts_at));
    assert_eq!(seen.iter().collect::<BTreeSet<_>>(), rows.keys().collect(), "each once");
    assert_eq!(seen.len(), rows.len());

    let only = list(store, &all(Some("acme"), None));
    assert!(only.len() == 9 && only.iter().all(|(of, _)| of.organisation == "acme"), "{only:?}");
    let only = list(store, &all(None, Some(vec![keys[1]])));
    assert!(only.len() == 9 && only.iter().all(|(of, _)| of.key == Some(keys[1])), "{only:?}");
    assert_eq!(list(store, &all(None, Some(Vec::new()))), [], "of no key");
    let only = list(store, &UsageFilter { from: 120, before: 180, ..filter.clone() });
    assert!(only.len() == 9 && only.iter().all(|(of, _)| of.starts_at == 120), "{only:?}");
    assert_eq!(list(store, &UsageFilter { granularity: Granularity::Hour, ..filter }), []);
}

#[test]
fn what_is_old_is_forgotten_with_its_sketches_and_the_rest_is_kept() {
    let Some(fixture) = fixture() else { return };
    let (store, node) = (&fixture.store, NodeId::new(minute(0)));
    let mut rows: Rows = (0..10).map(|n| (of("acme", None, 60 * n), row(1, "a"))).collect();
    let hour = UsageOf { granularity: Granularity::Hour, ..of("acme", None, 0) };
    rows.insert(hour.clone(), row(1, "a"));
    assert!(add(store, (node, 1), &rows));
    let forget = |most| store.write_aside(|conn| usage::forget(conn, Granularity::Minute, 300, most)).unwrap();
    assert_eq!([forget(3), forget(3), forget(3)], [3, 2, 0]);
    let left: Vec<_> = list(store, &all(None, None)).into_iter().map(|(of, _)| of.starts_at).collect();
    assert_eq!(left, [300, 360, 420, 480, 540]);
    let hours = UsageFilter { granularity: Granularity::Hour, ..all(None, None) };
    let hours = store.read(|conn| usage::list(conn, &hours, None, (10, true))).unwrap();
    assert_eq!(hours, [(hour, row(1, "a"))]);
    // A later row of the same minute begins with no sketch of the one that was forgotten.
    let again = Rows::from([(of("acme", None, 0), row(1, "b"))]);
    assert!(add(store, (node, 2), &again));
    assert_eq!(list(store, &all(None, None))[0].1, row(1, "b"));
}

#[test]
fn numbers_of_nodes_that_are_gone_are_forgotten() {
    let Some(fixture) = fixture() else { return };
    let (store, node) = (&fixture.store, NodeId::new(minute(0)));
    let rows = Rows::from([(of("acme", None, 60), row(1, "a"))]);
    assert!(add(store, (node, 1), &rows));
    let forget = |at| store.write_aside(|conn| usage::forget_writers(conn, at)).unwrap();
    assert_eq!(forget(minute(1)), 0, "it wrote then");
    assert!(!add(store, (node, 1), &rows));
    assert_eq!(forget(minute(1) + TimeDelta::seconds(1)), 1);
}

#[test]
fn what_is_old_of_some_organisations_is_forgotten_and_that_of_others_is_kept() {
    let Some(fixture) = fixture() else { return };
    let store = &fixture.store;
    let rows: Rows =
        (0..5).flat_map(|n| ["acme", "globex"].map(|name| (of(name, None, 60 * n), row(1, "a")))).collect();
    assert!(add(store, (NodeId::new(minute(0)), 1), &rows));
    let acme = ["acme".to_owned()];
    let forget = || store.write_aside(|conn| usage::forget_of(conn, &acme, Granularity::Minute, 120, 10)).unwrap();
    assert_eq!([forget(), forget()], [2, 0]);
    let left = |name| list(store, &all(Some(name), None)).into_iter().map(|(_, row)| row).collect::<Vec<_>>();
    assert_eq!((left("acme").len(), left("globex")), (3, vec![row(1, "a"); 5]));
    let again = Rows::from([(of("acme", None, 0), row(1, "b"))]);
    assert!(add(store, (NodeId::new(minute(0)), 1), &again));
    assert_eq!(left("acme")[0], row(1, "b"), "with no sketch of the one that was forgotten");
}
