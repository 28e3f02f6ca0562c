//! Nodes that let through what they have leased in Redis, against what the limits say: together never more than that, and
//! what was stated for those that use a lease later, or are killed with one.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout, reason = "a panic is a failed test")]

#[path = "support/redis.rs"]
mod redis_server;

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use argus_limits::shared::{
    Asked, LeaseAnswer, LeaseQuestion, Leases, OwnedCharge, Question, SCRIPT_OF_LEASES_WITHOUT_CLOCK,
};
use argus_limits::{Limit, Period, Refill, Strategy};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::Strategy as Generate;
use proptest::test_runner::{Config, TestRunner};
use redis::{Connection, Script};
use redis_server::RedisServer;

const SECOND: i64 = 1_000_000;
const START: i64 = 1_800_000_000 * SECOND;
const WINDOW: i64 = 10 * SECOND;

/// A server, and the script that is told the time.
struct Told {
    connection: Connection,
    script: Script,
    _server: RedisServer,
}

/// A node: its leases, and by what name Redis knows it.
struct Node {
    name: String,
    leases: Leases,
}

fn next() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

impl Node {
    fn new() -> Self {
        Self { name: format!("node-{}", next()), leases: Leases::new(100) }
    }

    /// Whether a use is admitted, and whether Redis was asked for it.
    fn charge(&self, told: &mut Told, charge: &OwnedCharge, at: i64) -> (bool, bool) {
        let charges = [charge.clone()];
        if let Some((outcome, _)) = self.leases.take(&charges, at * 1_000) {
            assert!(outcome.is_admitted());
            return (true, false);
        }
        let asked = self.leases.ask(&charges);
        let answer = told.ask(&charges, &asked, &self.name, at);
        self.leases.answered(&charges, &asked, Some(&answer), at * 1_000);
        (answer.answer.outcome.unwrap().is_admitted(), true)
    }

    /// Gives back the leases that are over, or all.
    fn sweep(&self, told: &mut Told, all: bool, at: i64) {
        for (charge, asked) in self.leases.over((!all).then_some(at * 1_000)) {
            let answer = told.ask(std::slice::from_ref(&charge), &[asked], &self.name, at);
            self.leases.answered(&[charge], &[asked], Some(&answer), at * 1_000);
        }
    }
}

impl Told {
    fn start() -> Option<Self> {
        let server = RedisServer::start()?;
        let connection = redis::Client::open(server.url()).unwrap().get_connection().unwrap();
        Some(Self { connection, script: Script::new(SCRIPT_OF_LEASES_WITHOUT_CLOCK), _server: server })
    }

    fn ask(&mut self, charges: &[OwnedCharge], asked: &[Asked], node: &str, at: i64) -> LeaseAnswer {
        let question = LeaseQuestion::new(charges, asked, (node, Leases::HOLD), at);
        let mut invocation = self.script.prepare_invoke();
        for key in &question.keys {
            invocation.key(key);
        }
        let numbers: Vec<i64> = invocation.arg(&question.arguments).arg(at).invoke(&mut self.connection).unwrap();
        LeaseAnswer::read(charges, &numbers).unwrap()
    }

    /// What is left of a limit for somebody who has no lease.
    fn left(&mut self, charge: &OwnedCharge, at: i64) -> u64 {
        let look = [OwnedCharge { cost: 0, ..charge.clone() }];
        self.ask(&look, &[Asked::default()], "nobody", at).answer.outcome.unwrap().standings()[0].remaining
    }
}

fn limit(kind: usize, many: u64) -> Limit {
    let quota = |refill| Strategy::Quota { period: Period::Day, zone: chrono_tz::UTC, refill };
    let strategy = match kind {
        0 => Strategy::FixedWindow,
        1 => Strategy::SlidingWindow,
        2 => Strategy::TokenBucket { burst: many },
        3 => quota(Refill::Replace),
        _ => quota(Refill::Add { since: START * 1_000, beside: 0 }),
    };
    Limit::new(strategy, many, Duration::from_secs(10)).unwrap()
}

fn charge(limit: &Limit, cost: u64) -> OwnedCharge {
    OwnedCharge { limit: limit.clone(), bucket: format!("leased-{}", next()).as_bytes().into(), cost }
}

fn check<T: std::fmt::Debug>(generate: impl Generate<Value = T>, mut test: impl FnMut(T)) {
    let test = std::cell::RefCell::new(&mut test);
    let config = Config { cases: 96, failure_persistence: None, ..Config::default() };
    let run = |input: T| {
        (test.borrow_mut())(input);
        Ok(())
    };
    TestRunner::new(config).run(&generate, run).unwrap();
}

/// What was let through in any span, against what the definition of the limit admits and `beside`.
fn assert_within(limit: &Limit, log: &[(i64, u64)], beside: u64) {
    for (first, (from, _)) in log.iter().enumerate() {
        let mut used = 0;
        for (at, cost) in &log[first..] {
            used += cost;
            let most = match limit.strategy() {
                Strategy::FixedWindow if at.div_euclid(WINDOW) != from.div_euclid(WINDOW) => break,
                Strategy::SlidingWindow if at - from >= WINDOW => break,
                Strategy::TokenBucket { burst } => {
                    burst + u64::try_from((at - from) * i64::try_from(limit.limit()).unwrap() / WINDOW).unwrap()
                }
                _ => limit.limit(),
            };
            assert!(used <= most + beside, "{used} of {most} and {beside} in {} µs", at - from);
        }
    }
}

#[test]
fn nodes_with_leases_admit_together_no_more_than_is_stated() {
    let Some(mut told) = Told::start() else { return };
    // With the last part of a step a node may be killed, and another one is there in its place.
    let pause = prop_oneof![6 => 0..20_000_i64, 2 => 0..SECOND, 1 => 0..12 * SECOND];
    let steps = vec((pause, 0..5_usize, 1..6_u64, 0..60_u8), 1..250);
    let mut unasked = 0;
    check((0..5_usize, 100..700_u64, 1..6_usize, steps), |(kind, many, nodes, steps)| {
        let limit = limit(kind, many);
        let of = charge(&limit, 1);
        let mut nodes: Vec<_> = (0..nodes).map(|_| Node::new()).collect();
        let (mut at, mut log, mut killed) = (START, Vec::new(), 0);
        for (pause, node, cost, happens) in steps {
            // By then the leases of all are over, and each gives its own back.
            for node in &nodes {
                node.sweep(&mut told, false, at + pause.min(SECOND));
            }
            at += pause;
            let node = node % nodes.len();
            if happens == 0 {
                nodes[node] = Node::new();
                killed += 1;
            }
            // So many that limits come into play.
            for _ in 0..10 {
                let (admitted, was_asked) = nodes[node].charge(&mut told, &OwnedCharge { cost, ..of.clone() }, at);
                unasked += u64::from(!was_asked);
                if admitted {
                    log.push((at, cost));
                }
            }
        }
        let outstanding = if kind == 1 || kind == 2 { nodes.len() as u64 } else { 0 };
        assert_within(&limit, &log, (outstanding + killed) * Leases::size(&limit));
    });
    assert!(unasked > 1_000, "leases were used: {unasked}");
}

/// Given back, nothing is lost: what was not let through is there for everybody, exactly.
#[test]
fn what_is_left_of_leases_comes_back_whole() {
    let Some(mut told) = Told::start() else { return };
    check((0..5_usize, 100..900_u64, vec((0..5_usize, 1..4_u64), 1..60)), |(kind, many, steps)| {
        let limit = limit(kind, many);
        let of = charge(&limit, 1);
        let nodes: Vec<_> = (0..5).map(|_| Node::new()).collect();
        let mut used = 0;
        for (node, cost) in steps {
            let (admitted, _) = nodes[node].charge(&mut told, &OwnedCharge { cost, ..of.clone() }, START);
            used += if admitted { cost } else { 0 };
        }
        for node in &nodes {
            node.sweep(&mut told, true, START);
            assert_eq!(node.leases.left(), 0);
        }
        assert_eq!(told.left(&of, START), many - used);
    });
}

#[test]
fn a_node_that_is_killed_gives_its_lease_back_when_it_holds_no_more() {
    let Some(mut told) = Told::start() else { return };
    for kind in [0, 1, 3, 4] {
        let limit = limit(kind, 1_000);
        let (of, node) = (charge(&limit, 1), Node::new());
        assert_eq!(node.charge(&mut told, &of, START), (true, true));
        assert_eq!(told.left(&of, START), 989, "one and a lease of ten");
        for _ in 0..4 {
            assert_eq!(node.charge(&mut told, &of, START), (true, false));
        }
        drop(node);
        let other = Node::new();
        let held = START + i64::try_from(Leases::HOLD.as_micros()).unwrap();
        assert_eq!(told.left(&of, held - 1), 989);
        // Ten come back, of which four were used: no more than a lease.
        assert_eq!(other.charge(&mut told, &of, held), (true, true));
        assert_eq!(told.left(&of, held), 988);
        let bucket = Question::new(std::slice::from_ref(&of), START).keys[0].clone();
        let leases = [b"{argus}:leases:", bucket.strip_prefix(b"{argus}:").unwrap()].concat();
        let days = if kind == 4 { 36_525 } else { 1 };
        for key in [bucket, leases] {
            let milliseconds: i64 = redis::cmd("PTTL").arg(&key).query(&mut told.connection).unwrap();
            assert!(milliseconds > 2_000 && milliseconds <= days * 86_400_000 + 10_000, "{milliseconds}");
        }
    }
}

#[test]
fn a_lease_is_used_for_a_second_and_ends_with_its_window() {
    let Some(mut told) = Told::start() else { return };
    let limit = limit(0, 1_000);
    let (of, node) = (charge(&limit, 1), Node::new());
    let end = (START.div_euclid(WINDOW) + 1) * WINDOW;
    assert_eq!(node.charge(&mut told, &of, end - SECOND / 2), (true, true));
    assert_eq!(node.charge(&mut told, &of, end - 1), (true, false));
    assert_eq!(node.charge(&mut told, &of, end), (true, true), "it is of the window before");
    assert_eq!(node.charge(&mut told, &of, end + SECOND - 1), (true, false));
    assert_eq!(node.charge(&mut told, &of, end + SECOND), (true, true));
    node.sweep(&mut told, true, end + SECOND);
    assert_eq!(told.left(&of, end + SECOND), 1_000 - 3);
}

#[test]
fn of_a_small_limit_nothing_is_leased_and_a_look_takes_nothing() {
    let Some(mut told) = Told::start() else { return };
    let (small, node) = (limit(2, 99), Node::new());
    let of = charge(&small, 1);
    assert_eq!((node.charge(&mut told, &of, START), node.charge(&mut told, &of, START)), ((true, true), (true, true)));
    let of = charge(&limit(2, 1_000), 0);
    assert_eq!(node.charge(&mut told, &of, START), (true, true));
    assert_eq!((told.left(&of, START), node.leases.left()), (1_000, 0));
}

/// Of several limits all or none: a lease of one is not used where another has no room.
#[test]
fn a_request_takes_from_all_leases_or_asks_about_all() {
    let Some(mut told) = Told::start() else { return };
    let node = Node::new();
    let (large, small) = (charge(&limit(0, 1_000), 1), charge(&limit(1, 3), 1));
    let both = [large.clone(), small.clone()];
    let mut admitted = 0;
    for _ in 0..6 {
        assert!(node.leases.take(&both, START * 1_000).is_none());
        let asked = node.leases.ask(&both);
        let answer = told.ask(&both, &asked, &node.name, START);
        node.leases.answered(&both, &asked, Some(&answer), START * 1_000);
        admitted += u32::from(answer.answer.outcome.unwrap().is_admitted());
    }
    assert_eq!(admitted, 3);
    node.sweep(&mut told, true, START);
    assert_eq!((told.left(&large, START), told.left(&small, START)), (997, 0));
}
