//! From events to what is read back, over real databases: the sums are those of the events, whoever counted them.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::print_stdout,
    reason = "a test fails by panicking, and its helpers are part of it"
)]

#[path = "../../store/tests/support/postgres.rs"]
mod server;

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use argus_insight::queue::{Tally, queue};
use argus_insight::usage::{
    ACTS, ActEvent, ActQueue, Detail, Exercised, Grouping, LineId, Metered, Metering, Outcome, Part, Parts, Place,
    PlaceOf, Presented, QUEUE, SettledCost, UsageEvent, UsageLine, UsageSender, Word, hash, report,
};
use argus_store::usage::{self, Granularity, UsageCounts, UsageFilter};
use argus_store::{KeyId, Location, NodeId, Store};
use chrono::{DateTime, Utc};
use server::PostgresServer;

/// Nobody acts.
fn no_acts() -> ActQueue {
    queue(1).1
}

/// Longer than anything here takes on a machine that works at all.
const LONG: Duration = Duration::from_mins(1);

/// The beginning of a day.
const DAY: i64 = 1_799_971_200;

fn midnight() -> DateTime<Utc> {
    DateTime::from_timestamp(DAY, 0).unwrap()
}

fn open(url: &str) -> Store {
    Store::open(Location::parse(url).unwrap()).unwrap()
}

fn file(folder: &tempfile::TempDir) -> String {
    format!("sqlite://{}", folder.path().join("argus.db").display())
}

/// Two countries, each with a system of its own.
fn places() -> PlaceOf {
    Arc::new(|address, _| {
        let is_even = matches!(address, IpAddr::V4(address) if address.octets()[3] % 2 == 0);
        let (country, system) = if is_even { ("DE", 64_500) } else { ("FR", 64_501) };
        Place { country: Some(country.to_owned()), system: Some(system), ..Place::default() }
    })
}

/// The n-th of many uses: three keys and none, over two days, every outcome.
fn event(n: u32, keys: &[KeyId; 3]) -> UsageEvent {
    let outcome =
        [Outcome::Permit, Outcome::Permit, Outcome::Denial, Outcome::NotApplicable, Outcome::Error][n as usize % 5];
    UsageEvent {
        at: DAY + i64::from(n) * 17 % (2 * 86_400),
        organisation: if n.is_multiple_of(11) { "globex" } else { "acme" }.into(),
        key: keys.get(n as usize % 4).copied(),
        outcome,
        reason: if outcome == Outcome::Permit {
            None
        } else {
            Some(["scope_missing", "policy_denied"][n as usize % 2])
        },
        nanoseconds: u64::from(n % 1_000 + 1) * 1_000,
        cost: u64::from(n % 3),
        address: Some(IpAddr::V4(Ipv4Addr::from_bits(0x0A00_0000 + n % 700))),
        resource: Some(hash(format!("acme/atlas/evidence/{}", n % 300).as_bytes())),
        action: Word::new(["read", "write"][n as usize % 2]),
        client: None,
        decision: n.into(),
        credential: Presented::Own,
        exercised: None,
    }
}

fn count(event: &UsageEvent) -> UsageCounts {
    let is = |outcome| i64::from(event.outcome == outcome);
    UsageCounts {
        requests: 1,
        permits: is(Outcome::Permit),
        denials: is(Outcome::Denial),
        not_applicable: is(Outcome::NotApplicable),
        errors: is(Outcome::Error),
        cost: is(Outcome::Permit) * i64::try_from(event.cost).unwrap(),
    }
}

fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let since = Instant::now();
    while !holds() {
        assert!(since.elapsed() < LONG, "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Sends without losing any: the queue is given time.
fn send_all(sender: &UsageSender, events: impl Iterator<Item = UsageEvent>) {
    for event in events {
        wait_until("nobody empties the queue", || {
            let tally = sender.tally();
            tally.taken - tally.written < QUEUE as u64 / 2
        });
        sender.send(event.into());
    }
}

fn all(granularity: Granularity) -> UsageFilter {
    UsageFilter { granularity, organisation: None, keys: None, from: 0, before: i64::MAX }
}

fn lines(store: &Store, filter: &UsageFilter, grouping: Grouping, most: usize) -> Vec<UsageLine> {
    let mut all: Vec<UsageLine> = Vec::new();
    loop {
        let after = all.last().map(|line| line.id.clone());
        let (page, more) = store.read(|conn| report(conn, filter, grouping, after.as_ref(), most)).unwrap();
        assert!(page.len() <= most && (!more || page.len() == most));
        all.extend(page);
        if !more {
            return all;
        }
    }
}

type Sums = BTreeMap<(i64, String), UsageCounts>;

fn sums(events: &[UsageEvent], granularity: Granularity, group: impl Fn(&UsageEvent) -> String) -> Sums {
    let mut sums = Sums::new();
    for event in events {
        sums.entry((granularity.start(event.at), group(event))).or_default().add(&count(event));
    }
    sums
}

fn of_lines(lines: &[UsageLine]) -> Sums {
    let name =
        |LineId { group, part, .. }: &LineId| if part.is_empty() { group.clone() } else { format!("{group},{part}") };
    let sums: Sums = lines.iter().map(|line| ((line.id.starts_at, name(&line.id)), line.counts)).collect();
    assert_eq!(sums.len(), lines.len(), "no line stands there twice");
    assert!(lines.is_sorted_by_key(|line| line.id.clone()));
    sums
}

/// Has two nodes count, and compares every grouping of every granularity with what was sent.
fn check_sums(nodes: [Store; 2]) {
    let keys = [(); 3].map(|()| KeyId::new(midnight()));
    let events: Vec<_> = (0..6_000).map(|n| event(n, &keys)).collect();
    thread::scope(|scope| {
        for (half, store) in events.chunks(events.len() / 2).zip(&nodes) {
            scope.spawn(|| {
                let (sender, events) = queue(QUEUE);
                let metering =
                    Metering::begin(store.clone(), NodeId::new(midnight()), (events, no_acts()), places()).unwrap();
                send_all(&sender, half.iter().cloned());
                drop(metering);
                let tally = sender.tally();
                let expected = (half.len() as u64, half.len() as u64, 0, 0);
                assert_eq!((tally.taken, tally.written, tally.dropped_at_queue, tally.dropped_at_rows), expected);
            });
        }
    });
    let [store, _] = nodes;
    let read = |granularity, grouping| of_lines(&lines(&store, &all(granularity), grouping, 333));
    let part = |name: &str| name.parse::<Grouping>().unwrap();
    for granularity in Granularity::ALL {
        assert_eq!(read(granularity, Grouping::default()), sums(&events, granularity, |_| String::new()));
        let by = |event: &UsageEvent| event.organisation.to_string();
        assert_eq!(read(granularity, part("organisation")), sums(&events, granularity, by));
        let key = |event: &UsageEvent| {
            event.key.map_or_else(|| format!("{}/", event.organisation), |key| format!("{}/{key}", event.organisation))
        };
        assert_eq!(read(granularity, part("key")), sums(&events, granularity, key));
        let by = |event: &UsageEvent| event.reason.unwrap_or("none").to_owned();
        assert_eq!(read(granularity, part("reason")), sums(&events, granularity, by));
        let by = |event: &UsageEvent| event.action.as_str().to_owned();
        assert_eq!(read(granularity, part("action")), sums(&events, granularity, by));
        let place = |event: &UsageEvent| places()(event.address.unwrap(), Detail::Network);
        assert_eq!(
            read(granularity, part("country")),
            sums(&events, granularity, |event| place(event).country.unwrap())
        );
        let by = |event: &UsageEvent| place(event).system.unwrap().to_string();
        assert_eq!(read(granularity, part("network")), sums(&events, granularity, by));
        // By both at once: what the keys of each were used for.
        let by = |event: &UsageEvent| format!("{},{}", key(event), place(event).country.unwrap());
        assert_eq!(read(granularity, part("key,country")), sums(&events, granularity, by));
        let by = |event: &UsageEvent| format!("{},{}", event.organisation, event.action.as_str());
        assert_eq!(read(granularity, part("action,organisation")), sums(&events, granularity, by));
    }
    for key in keys {
        check_parts_of(&store, key, &events);
    }
    check_sketches(&store, &events);
}

/// Compares what is told of one key by the minute, divided by each part, with what was sent of it.
fn check_parts_of(store: &Store, key: KeyId, events: &[UsageEvent]) {
    let of_key: Vec<_> = events.iter().filter(|event| event.key == Some(key)).cloned().collect();
    assert!(of_key.len() > 1_000);
    let filter = UsageFilter { keys: Some(vec![key]), ..all(Granularity::Minute) };
    let parts: [(&str, Group); 4] = [
        ("reason", |event| event.reason.unwrap_or("none").to_owned()),
        ("action", |event| event.action.as_str().to_owned()),
        ("country", |event| places()(event.address.unwrap(), Detail::Network).country.unwrap()),
        ("network", |event| places()(event.address.unwrap(), Detail::Network).system.unwrap().to_string()),
    ];
    for (part, group) in parts {
        let found = of_lines(&lines(store, &filter, part.parse().unwrap(), 333));
        assert_eq!(found, sums(&of_key, Granularity::Minute, group), "{part}");
    }
}

fn check_sketches(store: &Store, events: &[UsageEvent]) {
    for line in lines(store, &all(Granularity::Day), Grouping::default(), 10) {
        let of_day: Vec<_> =
            events.iter().filter(|event| Granularity::Day.start(event.at) == line.id.starts_at).collect();
        let near = |found: Option<u64>, exact: usize| {
            let (found, exact) = (found.unwrap() as f64, exact as f64);
            assert!((found - exact).abs() <= exact * 0.02, "{found} for {exact}");
        };
        near(line.addresses, of_day.iter().map(|event| event.address).collect::<BTreeSet<_>>().len());
        near(line.resources, of_day.iter().map(|event| event.resource).collect::<BTreeSet<_>>().len());
        let mut durations: Vec<_> = of_day.iter().map(|event| event.nanoseconds).collect();
        durations.sort_unstable();
        let latency = line.latency.unwrap();
        for (found, share) in [(latency.p50, 50), (latency.p95, 95), (latency.p99, 99)] {
            let exact = durations[(durations.len() - 1) * share / 100] as f64;
            assert!((found - exact).abs() <= exact * 0.01, "{share}: {found} for {exact}");
        }
    }
}

#[test]
fn what_two_nodes_count_adds_up_exactly_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&file(&folder));
    check_sums([store.clone(), store]);
}

#[test]
fn what_two_nodes_count_adds_up_exactly_on_a_server() {
    let Some(server) = PostgresServer::shared() else { return };
    let url = server.new_database();
    check_sums([open(&url), open(&url)]);
}

/// The group that an event belongs to.
type Group = fn(&UsageEvent) -> String;

/// What the n-th use came to, of which more was reserved: every third nothing, which nobody settled in time.
fn settled(n: u32) -> u64 {
    if n.is_multiple_of(3) { 0 } else { u64::from(n % 41) }
}

/// Reserves on two nodes, settles later and in another order, and compares every grouping with what was settled.
fn check_settled(nodes: &[Store; 2]) {
    let keys = [(); 3].map(|()| KeyId::new(midnight()));
    let reserved: Vec<(u32, UsageEvent)> = (0..3_000)
        .map(|n: u32| {
            let key = Some(keys[n as usize % 3]);
            let outcome = if n.is_multiple_of(7) { Outcome::Denial } else { Outcome::Permit };
            let reason = Some("scope_missing").filter(|_| outcome == Outcome::Denial);
            (n, UsageEvent { cost: 0, key, outcome, reason, organisation: "acme".into(), ..event(n, &keys) })
        })
        .collect();
    let permitted = |reserved: &[(u32, UsageEvent)]| -> Vec<(u32, UsageEvent)> {
        reserved.iter().filter(|(_, event)| event.outcome == Outcome::Permit).cloned().collect()
    };
    let [store, _] = nodes;
    thread::scope(|scope| {
        for (half, store) in reserved.chunks(reserved.len() / 2).zip(nodes) {
            scope.spawn(|| {
                let (sender, events) = queue(QUEUE);
                let queues = (events, no_acts());
                let metering = Metering::begin(store.clone(), NodeId::new(midnight()), queues, places()).unwrap();
                send_all(&sender, half.iter().map(|(_, event)| event.clone()));
                wait_until("nothing is written", || sender.tally().written > half.len() as u64 / 2);
                for (n, event) in permitted(half).into_iter().rev().filter(|(n, _)| settled(*n) > 0) {
                    let UsageEvent { at, organisation, key, address, action, .. } = event;
                    let key = key.unwrap();
                    let of = SettledCost { at, organisation, key, address, action, cost: settled(n) };
                    sender.send(Metered::Settled(of));
                }
                drop(metering);
                let tally = sender.tally();
                assert_eq!((tally.taken, tally.dropped_at_queue, tally.dropped_at_rows), (tally.written, 0, 0));
            });
        }
    });
    let came_to = |event: &UsageEvent| {
        let n = u32::try_from(event.decision).unwrap();
        if event.outcome == Outcome::Permit { settled(n) } else { 0 }
    };
    let events: Vec<_> = reserved.into_iter().map(|(_, event)| UsageEvent { cost: came_to(&event), ..event }).collect();
    let total: i64 = events.iter().map(|event| i64::try_from(event.cost).unwrap()).sum();
    let by: [(Option<&str>, Group); 5] = [
        (None, |_| String::new()),
        (Some("key"), |event| format!("acme/{}", event.key.unwrap())),
        (Some("action"), |event| event.action.as_str().to_owned()),
        (Some("reason"), |event| event.reason.unwrap_or("none").to_owned()),
        (Some("country"), |event| places()(event.address.unwrap(), Detail::Network).country.unwrap()),
    ];
    for granularity in Granularity::ALL {
        for (name, of) in &by {
            let grouping = name.map_or_else(Grouping::default, |name| name.parse().unwrap());
            let found = of_lines(&lines(store, &all(granularity), grouping, 333));
            assert_eq!(found, sums(&events, granularity, of), "{granularity} {name:?}");
            assert_eq!(found.values().map(|counts| counts.cost).sum::<i64>(), total);
        }
    }
}

#[test]
fn what_was_reserved_costs_what_was_settled_where_it_was_decided_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&file(&folder));
    check_settled(&[store.clone(), store]);
}

#[test]
fn what_was_reserved_costs_what_was_settled_where_it_was_decided_on_a_server() {
    let Some(server) = PostgresServer::shared() else { return };
    let url = server.new_database();
    check_settled(&[open(&url), open(&url)]);
}

#[test]
fn acts_count_by_scope_in_their_days_and_among_no_decisions() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&file(&folder));
    let keys = [(); 3].map(|()| KeyId::new(midnight()));
    let ((sender, events), (acts, acts_told)) = (queue(QUEUE), queue(ACTS));
    let metering = Metering::begin(store.clone(), NodeId::new(midnight()), (events, acts_told), places()).unwrap();
    let decisions: Vec<_> = (0..100).map(|n| event(n, &keys)).collect();
    send_all(&sender, decisions.iter().cloned());
    let act = |n: i64, key, narrow: &str| {
        let exercised = Exercised { scope: "acme:admin".to_owned(), narrow: narrow.to_owned() };
        ActEvent { at: DAY + n * 4_000, organisation: "acme".into(), key, exercised }
    };
    // Of a key that does nothing else as well.
    let administrator = KeyId::new(midnight());
    for n in 0..30 {
        let kind = ["keys:read", "keys:write", "audit:read"][usize::try_from(n).unwrap() % 3];
        acts.send(act(n, administrator, &format!("acme/argus/{kind}")));
    }
    acts.send(act(0, keys[0], "acme/argus/keys:read"));
    drop(metering);
    assert_eq!((sender.tally().written, acts.tally().written), (100, 31));
    for granularity in Granularity::ALL {
        let found = of_lines(&lines(&store, &all(granularity), Grouping::default(), 500));
        assert_eq!(found, sums(&decisions, granularity, |_| String::new()), "no line but of decisions");
        let filter = UsageFilter { keys: Some(vec![administrator]), ..all(granularity) };
        let rows = store.read(|conn| usage::list(conn, &filter, None, (100, true))).unwrap();
        let days = if granularity == Granularity::Day { 2 } else { 0 };
        assert_eq!(rows.len(), days);
        assert!(rows.iter().all(|(_, row)| row.counts == UsageCounts::default() && row.distinct.is_empty()));
        let mut parts = Parts::default();
        for (_, row) in &rows {
            parts.merge(&Parts::decode(&row.parts));
        }
        let of = |part| -> Vec<(String, i64)> {
            parts.of(part).map(|(value, counts)| (value.to_owned(), counts.permits)).collect()
        };
        if granularity == Granularity::Day {
            assert_eq!(of(Part::ActScope), [("acme:admin".to_owned(), 30)]);
            let each = ["acme/argus/audit:read", "acme/argus/keys:read", "acme/argus/keys:write"];
            assert_eq!(of(Part::ActExercised), each.map(|kind| (kind.to_owned(), 10)));
        }
    }
    for part in ["scope", "exercised", "act_scope", "act_exercised"] {
        assert!(part.parse::<Grouping>().is_err(), "{part}");
        assert!(format!("key,{part}").parse::<Grouping>().is_err(), "{part}");
    }
}

#[test]
fn acts_beyond_their_queue_are_dropped_with_a_count_and_leave_decisions_their_room() {
    let ((sender, _events), (acts, _acts)) = (queue::<Metered>(10), queue(3));
    let keys = [(); 3].map(|()| KeyId::new(midnight()));
    for _ in 0..5 {
        let exercised = Exercised { scope: "acme:admin".to_owned(), narrow: "acme/argus/keys:read".to_owned() };
        acts.send(ActEvent { at: DAY, organisation: "acme".into(), key: keys[0], exercised });
        sender.send(event(0, &keys).into());
    }
    let told = |tally: Tally| (tally.taken, tally.dropped_at_queue);
    assert_eq!((told(acts.tally()), told(sender.tally())), ((3, 2), (5, 0)));
}

#[test]
fn a_full_queue_takes_no_time_and_what_it_drops_is_counted() {
    let keys = [(); 3].map(|()| KeyId::new(midnight()));
    let (sender, _events) = queue::<Metered>(100);
    (0..250).for_each(|n| sender.send(event(n, &keys).into()));
    let tally = sender.tally();
    assert_eq!((tally.taken, tally.dropped_at_queue, tally.written), (100, 150, 0));
}

#[test]
fn nothing_is_lost_and_nothing_counts_twice_while_the_store_is_away() {
    let Some(mut server) = PostgresServer::start() else { return };
    let url = server.new_database();
    let keys = [(); 3].map(|()| KeyId::new(midnight()));
    let (sender, events) = queue(QUEUE);
    let metering = Metering::begin(open(&url), NodeId::new(midnight()), (events, no_acts()), places()).unwrap();
    send_all(&sender, (0..1_000).map(|n| event(n, &keys)));
    server.stop();
    (1_000..2_000).for_each(|n| sender.send(event(n, &keys).into()));
    wait_until("no attempt fails", || sender.tally().failures > 0);
    server.start_again();
    wait_until("not all is written", || sender.tally().written == 2_000);
    drop(metering);
    let store = open(&url);
    let requests = |granularity| -> i64 {
        lines(&store, &all(granularity), Grouping::default(), 500).iter().map(|line| line.counts.requests).sum()
    };
    assert_eq!(Granularity::ALL.map(requests), [2_000; 3]);
}

#[test]
fn a_use_stands_in_the_store_within_a_second() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&file(&folder));
    let keys = [(); 3].map(|()| KeyId::new(midnight()));
    let (sender, events) = queue(QUEUE);
    let _metering = Metering::begin(store.clone(), NodeId::new(midnight()), (events, no_acts()), places()).unwrap();
    for n in 0..3 {
        let since = Instant::now();
        sender.send(event(n, &keys).into());
        wait_until("it is not written", || sender.tally().written == u64::from(n) + 1);
        let took = since.elapsed();
        assert!(took < Duration::from_secs(1), "{took:?}");
    }
    let line: LineId = lines(&store, &all(Granularity::Day), Grouping::default(), 1)[0].id.clone();
    assert_eq!(line.to_string().parse(), Ok(line));
    for (group, part) in [("acme/Ada Lovelace", "read more"), ("", ""), ("é 3", "ü 4 x")] {
        let line = LineId { starts_at: -7, group: group.to_owned(), part: part.to_owned() };
        assert_eq!(line.to_string().parse(), Ok(line));
    }
}
