//! What was used of quotas: added once however often a batch comes, by several nodes at once, listed in order, forgotten
//! when it is over.

use std::thread;

use argus_store::quota::{self, QuotaPeriod};
use argus_store::{Location, NodeId, Store, StoreError};

use crate::support::{fixture, minute};

fn period(bucket: &str, window_seconds: i64, ends_at: i64) -> QuotaPeriod {
    QuotaPeriod { bucket: bucket.to_owned(), window_seconds, ends_at }
}

fn add(store: &Store, batch: (NodeId, i64), uses: &[(QuotaPeriod, i64)]) -> Vec<i64> {
    store.write_aside(|conn| quota::add(conn, batch, minute(1), uses)).unwrap()
}

fn list(store: &Store, end_after: i64) -> Vec<(QuotaPeriod, i64)> {
    store.read(|conn| quota::list(conn, end_after, None, 100)).unwrap()
}

#[test]
fn a_batch_counts_once_and_tells_what_all_have_used() {
    let Some(fixture) = fixture() else { return };
    let (store, one, other) = (&fixture.store, NodeId::new(minute(0)), NodeId::new(minute(0)));
    let uses = |used| [(period("key:a:daily", 90_000, 600), used), (period("key:b:daily", 90_000, 600), 1)];
    assert_eq!(add(store, (one, 1), &uses(4)), [4, 1]);
    assert_eq!(add(store, (one, 1), &uses(4)), [4, 1], "its fate was unknown");
    assert_eq!(add(store, (other, 1), &uses(10)), [14, 2]);
    assert_eq!(add(store, (one, 2), &uses(5)), [19, 3]);
    // Of another period nothing was used.
    assert_eq!(add(store, (one, 3), &[(period("key:a:daily", 90_000, 1_200), 2)]), [2]);
    let failed: Result<(), _> = store.write_aside(|conn| {
        quota::add(conn, (one, 4), minute(1), &uses(100))?;
        Err(StoreError::Busy)
    });
    failed.unwrap_err();
    assert_eq!(add(store, (one, 4), &uses(1)), [20, 4]);
}

#[test]
fn nodes_that_add_to_the_same_quotas_at_once_lose_nothing() {
    const BATCHES: i64 = 20;
    let Some(fixture) = fixture() else { return };
    let uses: Vec<_> = (0..5).map(|n| (period(&format!("key:{n}:daily"), 90_000, 600), 2)).collect();
    thread::scope(|scope| {
        for _ in 0..4 {
            // A file is opened by one process alone.
            let store = Store::open(Location::parse(&fixture.url).unwrap()).unwrap_or_else(|_| fixture.store.clone());
            let (node, uses) = (NodeId::new(minute(0)), &uses);
            scope.spawn(move || (1..=BATCHES).for_each(|batch| drop(add(&store, (node, batch), uses))));
        }
    });
    assert!(list(&fixture.store, 0).iter().all(|(_, used)| *used == 2 * 4 * BATCHES));
}

#[test]
fn what_is_not_over_is_listed_page_by_page_and_the_rest_is_forgotten() {
    let Some(fixture) = fixture() else { return };
    let store = &fixture.store;
    let mut uses = Vec::new();
    for bucket in ["key:a:daily", "key:a:monthly", "key:b:daily"] {
        for (window, ends_at) in [(90_000, 600), (90_000, 1_200), (100_000, 600)] {
            uses.push((period(bucket, window, ends_at), 1));
        }
    }
    add(store, (NodeId::new(minute(0)), 1), &uses);
    let mut seen: Vec<QuotaPeriod> = Vec::new();
    loop {
        let page = store.read(|conn| quota::list(conn, 0, seen.last(), 2)).unwrap();
        seen.extend(page.into_iter().map(|(period, _)| period));
        if seen.len() % 2 == 1 {
            break;
        }
    }
    assert_eq!(seen, uses.iter().map(|(period, _)| period.clone()).collect::<Vec<_>>());
    assert_eq!(list(store, 600).len(), 3, "a period is over with the second that it ends at");
    let forget = |before| store.write_aside(|conn| quota::forget(conn, before, 3)).unwrap();
    assert_eq!([forget(600), forget(601), forget(601)], [0, 6, 0]);
    assert_eq!(list(store, 0).len(), 3);
}
