//! The script that counts in Redis against the limiter that counts in memory, which `model.rs` holds against its
//! definitions: the same answers to the same requests, to the microsecond.
//!
//! Where the script is told the time, a nanosecond of the one is a microsecond of the other: both then round alike.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout, reason = "a panic is a failed test")]

#[path = "support/redis.rs"]
mod redis_server;

use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use argus_limits::shared::{
    Answer, GiveBack, OwnedCharge, Question, SCRIPT, SCRIPT_OF_GIVING_BACK_WITHOUT_CLOCK, SCRIPT_WITHOUT_CLOCK,
};
use argus_limits::{Charge, Limit, Limiter, Now, Outcome, Period, Refill, Settings, Standing, Strategy};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::Strategy as Generate;
use proptest::test_runner::{Config, TestRunner};
use redis::{Connection, Script};
use redis_server::RedisServer;

const SECOND: i64 = 1_000_000;
const START: i64 = 1_800_000_000 * SECOND;

/// A bucket that no other test has.
fn fresh() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("bucket-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A server, and the script that is told the time.
struct Told {
    connection: Connection,
    script: Script,
    _server: RedisServer,
}

impl Told {
    fn start() -> Option<Self> {
        let server = RedisServer::start()?;
        let connection = redis::Client::open(server.url()).unwrap().get_connection().unwrap();
        Some(Self { connection, script: Script::new(SCRIPT_WITHOUT_CLOCK), _server: server })
    }

    fn charge(&mut self, charges: &[OwnedCharge], at: i64) -> Outcome {
        let answer = self.ask(charges, at, at);
        assert_eq!(answer.at, at);
        answer.outcome.unwrap()
    }

    fn give_back(&mut self, charges: &[OwnedCharge], taken: i64, at: i64) {
        let GiveBack { keys, arguments } = GiveBack::new(charges, taken);
        let script = Script::new(SCRIPT_OF_GIVING_BACK_WITHOUT_CLOCK);
        let mut invocation = script.prepare_invoke();
        for key in &keys {
            invocation.key(key);
        }
        let _: i64 = invocation.arg(&arguments).arg(at).invoke(&mut self.connection).unwrap();
    }

    fn ask(&mut self, charges: &[OwnedCharge], believed: i64, at: i64) -> Answer {
        let question = Question::new(charges, believed);
        let mut invocation = self.script.prepare_invoke();
        for key in &question.keys {
            invocation.key(key);
        }
        invocation.arg(&question.arguments).arg(at);
        let numbers: Vec<i64> = invocation.invoke(&mut self.connection).unwrap();
        Answer::read(charges, &numbers).unwrap()
    }
}

fn owned(limit: &Limit, bucket: &str, cost: u64) -> OwnedCharge {
    OwnedCharge { limit: limit.clone(), bucket: bucket.as_bytes().into(), cost }
}

/// A limit in a unit of time: of the one it has as many microseconds as of the other nanoseconds.
fn limit(kind: usize, limit: u64, burst: u64, window: i64) -> (Limit, Limit) {
    let strategy = [Strategy::FixedWindow, Strategy::SlidingWindow, Strategy::TokenBucket { burst }][kind];
    let limit_of = |window| Limit::new(strategy, limit, window).unwrap();
    let window = window.unsigned_abs();
    (limit_of(Duration::from_micros(window)), limit_of(Duration::from_nanos(window)))
}

/// Of which each day adds so much.
fn adding(limit: u64) -> Limit {
    let refill = Refill::Add { since: START * 1_000, beside: 0 };
    let quota = Strategy::Quota { period: Period::Day, zone: chrono_tz::UTC, refill };
    Limit::new(quota, limit, Duration::ZERO).unwrap()
}

/// What is longer than the memory can tell.
const ENDLESS: Duration = Duration::from_secs(9_200_000_000_000);

/// What the memory says, in the unit of the script. Where waiting is of no use, nobody is told how long to.
fn scaled(standing: &Standing, by: u32) -> Standing {
    let span = |span: Duration| span.saturating_mul(by).min(ENDLESS);
    let retry_after = standing.retry_after.filter(|_| !standing.can_never).map(span);
    Standing { reset_after: span(standing.reset_after), retry_after, ..*standing }
}

fn assert_alike(told: &Outcome, memory: &Outcome, by: u32, of: &dyn std::fmt::Debug) {
    let scaled = |outcome: &Outcome, by| -> Vec<_> { outcome.standings().iter().map(|one| scaled(one, by)).collect() };
    assert_eq!(scaled(told, 1), scaled(memory, by), "{of:?}");
    assert_eq!(told.is_admitted(), memory.is_admitted(), "{of:?}");
}

fn in_memory() -> Limiter {
    Limiter::new(Settings { buckets: 64, shards: 2, ..Settings::default() })
}

/// Pauses from nothing to more than a window of ten seconds, and such that meet boundaries exactly; and costs.
fn steps() -> impl Generate<Value = Vec<(i64, u64)>> {
    let pause = prop_oneof![
        3 => Just(0), 3 => 0..50_000_i64, 2 => 0..2 * SECOND, 1 => 0..15 * SECOND,
        1 => (0..12_i64).prop_map(|n| n * SECOND), 1 => (1..60_i64).prop_map(|n| n * 169_492),
    ];
    vec((pause, prop_oneof![4 => Just(1_u64), 2 => 0..4_u64, 1 => 0..12_u64]), 1..60)
}

/// Runs a property, of which a counter-example is printed as small as it can be.
fn check<T: std::fmt::Debug>(generate: impl Generate<Value = T>, mut test: impl FnMut(T)) {
    let test = std::cell::RefCell::new(&mut test);
    let config = Config { cases: 128, failure_persistence: None, ..Config::default() };
    let run = |input: T| {
        (test.borrow_mut())(input);
        Ok(())
    };
    TestRunner::new(config).run(&generate, run).unwrap();
}

#[test]
fn the_script_counts_as_the_memory_does() {
    let Some(mut told) = Told::start() else { return };
    let limits = vec((0..3_usize, 1..12_u64, 1..12_u64, 1..20_i64), 1..5);
    check((limits, steps()), |(limits, steps)| {
        let limits: Vec<_> =
            limits.into_iter().map(|(kind, many, burst, seconds)| limit(kind, many, burst, seconds * SECOND)).collect();
        let buckets: Vec<_> = limits.iter().map(|_| fresh()).collect();
        let (memory, mut at) = (in_memory(), START);
        for (pause, cost) in steps {
            at += pause;
            let each = limits.iter().zip(&buckets);
            let asked: Vec<_> = each.clone().map(|((limit, _), bucket)| owned(limit, bucket, cost)).collect();
            let charges: Vec<_> =
                each.map(|((_, limit), bucket)| Charge { limit, bucket: bucket.as_bytes(), cost }).collect();
            let expected = memory.charge(&charges, Now::at_nanos(at));
            assert_alike(&told.charge(&asked, at), &expected, 1_000, &(at - START, cost));
        }
    });
}

/// Each step may take more than it comes to, and give the rest back later. A bucket in Redis gives back whole tokens, so
/// that it may have some less; the others stand as in memory.
#[test]
fn what_is_given_back_there_is_what_is_given_back_in_memory() {
    let Some(mut told) = Told::start() else { return };
    let rests = vec((0..12_u64, 0..4_usize), 60);
    check((0..3_usize, 1..12_u64, steps(), rests), |(kind, many, steps, rests)| {
        let ((limit, same), bucket, memory) = (limit(kind, many, many, 10 * SECOND), fresh(), in_memory());
        let of = |cost| [Charge { limit: &same, bucket: bucket.as_bytes(), cost }];
        let (mut at, mut open) = (START, Vec::new());
        for (number, ((pause, cost), (rest, after))) in steps.into_iter().zip(rests).enumerate() {
            at += pause;
            open.retain(|(until, rest, taken)| {
                if *until <= number {
                    told.give_back(&[owned(&limit, &bucket, *rest)], *taken, at);
                    memory.give_back(&of(*rest), Now::at_nanos(*taken), Now::at_nanos(at));
                }
                *until > number
            });
            let looks = told.charge(&[owned(&limit, &bucket, 0)], at);
            let (there, here) = (looks.standings()[0].remaining, memory.look(&of(0), Now::at_nanos(at)));
            let here = here.standings()[0].remaining;
            let slack = if kind == 2 { 60 } else { 0 };
            assert!(there <= here && there + slack >= here, "{there} there, {here} here");
            if there >= cost + rest && here >= cost + rest {
                let outcome = told.charge(&[owned(&limit, &bucket, cost + rest)], at);
                assert!(outcome.is_admitted() && memory.charge(&of(cost + rest), Now::at_nanos(at)).is_admitted());
                open.push((number + 1 + after, rest, at));
            }
        }
    });
}

#[test]
fn what_is_given_back_there_at_once_was_never_taken() {
    let Some(mut told) = Told::start() else { return };
    let quota = Strategy::Quota { period: Period::Day, zone: chrono_tz::Europe::Berlin, refill: Refill::Replace };
    let quota = Limit::new(quota, 7, Duration::from_secs(1)).unwrap();
    let limits = (0..3).map(|kind| limit(kind, 7, 7, 10 * SECOND).0).chain([quota, adding(7)]);
    for limit in limits {
        let bucket = fresh();
        assert!(told.charge(&[owned(&limit, &bucket, 7)], START).is_admitted());
        told.give_back(&[owned(&limit, &bucket, 4)], START, START);
        let left = told.charge(&[owned(&limit, &bucket, 0)], START + 1).standings()[0].remaining;
        assert_eq!(left, 4, "{limit:?}");
    }
}

/// Numbers of which the products need twice the digits that a double has: nothing is rounded all the same.
#[test]
fn large_numbers_are_counted_exactly() {
    let Some(mut told) = Told::start() else { return };
    let large = || prop_oneof![1..Limit::MOST, 1..100_u64, (1..Limit::MOST).prop_map(|n| n | 1)];
    let windows = prop_oneof![Just(86_400 * SECOND), 1_000_000..366 * 86_400 * SECOND, Just(86_399_999_999)];
    let steps = vec((0..40_u32, 0..100_u64), 1..40);
    check((0..3_usize, large(), large(), windows, steps), |(kind, many, burst, window, steps)| {
        let most = if kind == 1 { many.min(u32::MAX.into()) } else { many };
        let ((limit, same), bucket, memory) = (limit(kind, most, burst, window), fresh(), in_memory());
        let (mut at, most) = (START, limit.most_at_once());
        for (bits, percent) in steps {
            // Pauses of every magnitude, from a microsecond to two weeks.
            at += (1_i64 << bits) * i64::from(bits > 0);
            let cost = u64::try_from(u128::from(most) * u128::from(percent) / 100).unwrap();
            let charge = [Charge { limit: &same, bucket: bucket.as_bytes(), cost }];
            let expected = memory.charge(&charge, Now::at_nanos(at));
            assert_alike(&told.charge(&[owned(&limit, &bucket, cost)], at), &expected, 1_000, &(at - START, cost));
        }
    });
}

#[test]
fn a_period_of_a_calendar_is_counted_as_in_memory_also_where_the_time_was_believed_wrong() {
    let Some(mut told) = Told::start() else { return };
    let periods = prop_oneof![Just(Period::Day), Just(Period::Week), Just(Period::Month)];
    let adding = (-12..12_i64).prop_map(|beside| Refill::Add { since: START * 1_000, beside });
    let refills = prop_oneof![Just(Refill::Replace), adding];
    check((periods, refills, 1..10_u64, steps(), -40..40_i64), |(period, refill, many, steps, wrong_days)| {
        let quota = Strategy::Quota { period, zone: chrono_tz::Europe::Berlin, refill };
        let limit = Limit::new(quota, many, Duration::from_secs(1)).unwrap();
        let (bucket, memory, mut at) = (fresh(), in_memory(), START);
        for (pause, cost) in steps {
            // A pause of a second stands for an hour, so that the steps go over days and a change of the clocks.
            at += pause * 3_600;
            let asked = [owned(&limit, &bucket, cost)];
            let answer = told.ask(&asked, at + wrong_days * 86_400 * SECOND, at);
            let answer = answer.outcome.unwrap_or_else(|| told.charge(&asked, answer.at));
            let expected = memory.charge(&[asked[0].borrow()], Now::at_nanos(at * 1_000));
            assert_alike(&answer, &expected, 1, &(at - START, cost));
        }
    });
}

/// The clock of Redis is set back and forth. In the time that truly went by, never more is admitted than the limit says;
/// and whoever waits for a window and a cell more after a step is admitted.
#[test]
fn a_clock_that_is_set_back_gives_nothing_back_and_holds_nobody_up() {
    let Some(mut told) = Told::start() else { return };
    let step_back = prop_oneof![9 => Just(0_i64), 1 => 0..3_600 * SECOND];
    let steps = steps().prop_flat_map(move |steps| {
        let back = vec(step_back.clone(), steps.len());
        (Just(steps), back)
    });
    check((1..3_usize, 1..10_u64, steps), |(kind, many, (steps, back))| {
        let window = 10 * SECOND;
        let ((limit, _), bucket) = (limit(kind, many, many, window), fresh());
        // True time, and what the clock says.
        let (mut truth, mut clock, mut log) = (0_i64, START, Vec::new());
        for ((pause, cost), back) in steps.into_iter().zip(back) {
            truth += pause;
            clock += pause - back;
            let outcome = told.charge(&[owned(&limit, &bucket, cost)], clock);
            if outcome.is_admitted() {
                log.push((truth, cost));
            }
            for span in [window, window / 2, window / 10] {
                let inside: u64 = log.iter().filter(|(at, _)| *at > truth - span).map(|(_, cost)| cost).sum();
                let gained = many * u64::try_from(span).unwrap() / u64::try_from(window).unwrap();
                let most = if kind == 1 { many } else { many + gained };
                assert!(inside <= most, "{inside} of {most} in {span}: {log:?}");
            }
        }
        // The first look may find that the clock was set back; from then on, time goes by.
        told.charge(&[owned(&limit, &bucket, many)], clock);
        let later = told.charge(&[owned(&limit, &bucket, many)], clock + window + 2 * (window / 59 + 1));
        assert!(later.is_admitted() || limit.most_at_once() < many, "{later:?}");
    });
}

#[test]
fn a_window_that_was_reached_stays_while_the_clock_is_set_back_by_no_more_than_a_day() {
    let Some(mut told) = Told::start() else { return };
    let (limit, bucket) = (Limit::new(Strategy::FixedWindow, 2, Duration::from_secs(10)).unwrap(), fresh());
    let mut take = |at: i64| told.charge(&[owned(&limit, &bucket, 1)], at).is_admitted();
    assert!(take(START) && take(START) && !take(START));
    assert!(!take(START - 3_600 * SECOND), "what is used stays used");
    assert!(take(START + 10 * SECOND));
    // A clock that is set back by more had been wrong, and is followed; what was used of its window stays used.
    assert!(take(START - 3 * 86_400 * SECOND));
    assert!(!take(START - 3 * 86_400 * SECOND));
    assert!(take(START - 3 * 86_400 * SECOND + 10 * SECOND));
}

/// What was used of a quota that adds counts for as long as anybody uses it, and comes back in whichever period.
#[test]
fn what_was_used_of_a_quota_that_adds_stays_for_a_century() {
    let Some(mut told) = Told::start() else { return };
    let (limit, bucket) = (adding(10), fresh());
    let take = |told: &mut Told, cost, at| told.charge(&[owned(&limit, &bucket, cost)], at).standings()[0].remaining;
    let day = 86_400 * SECOND;
    assert_eq!((take(&mut told, 10, START), take(&mut told, 15, START + 2 * day)), (0, 5));
    let key = Question::new(&[owned(&limit, &bucket, 1)], START).keys[0].clone();
    let milliseconds: i64 = redis::cmd("PTTL").arg(&key).query(&mut told.connection).unwrap();
    assert!((36_524..36_526).contains(&(milliseconds / 86_400_000)), "{milliseconds}");
    told.give_back(&[owned(&limit, &bucket, 4)], START, START + 3 * day);
    assert_eq!(take(&mut told, 0, START + 3 * day), 19);
}

#[test]
fn every_bucket_ends_by_itself_and_one_that_is_refused_makes_none() {
    let Some(mut told) = Told::start() else { return };
    for kind in 0..3 {
        let ((limit, _), bucket) = (limit(kind, 5, 5, 10 * SECOND), fresh());
        let key = Question::new(&[owned(&limit, &bucket, 1)], START).keys[0].clone();
        assert!(key.starts_with(b"{argus}:"), "one tag, so that a cluster has all of a request in one place");
        let left = |told: &mut Told| -> i64 { redis::cmd("PTTL").arg(&key).query(&mut told.connection).unwrap() };
        assert!(!told.charge(&[owned(&limit, &bucket, 6)], START).is_admitted());
        assert!(told.charge(&[owned(&limit, &bucket, 0)], START).is_admitted());
        assert_eq!(left(&mut told), -2, "nothing was taken, nothing is kept");
        assert!(told.charge(&[owned(&limit, &bucket, 5)], START).is_admitted());
        let milliseconds = left(&mut told);
        assert!((19_000..=20_400).contains(&milliseconds), "a window and ten seconds: {milliseconds}");
    }
}

/// Whatever is done, in whatever order: a bucket stays for as long as it owes something and ten seconds more, and never for
/// ever. A unit that was mistaken would be off by a thousand.
#[test]
fn nothing_stays_for_ever_and_nothing_ends_before_it_is_paid() {
    let Some(mut told) = Told::start() else { return };
    let quota = Strategy::Quota { period: Period::Day, zone: chrono_tz::UTC, refill: Refill::Replace };
    let windows = prop_oneof![Just(SECOND), Just(60 * SECOND), Just(3_600 * SECOND), Just(400 * 86_400 * SECOND)];
    check((0..4_usize, 1..12_u64, windows, steps()), |(kind, many, window, steps)| {
        let counted = match kind {
            3 => Limit::new(quota, many, Duration::ZERO).unwrap(),
            kind => limit(kind, many, many, window).0,
        };
        // Of a bucket a token that is partly there counts as missing.
        let token = if kind == 2 { window / 1_000 / i64::try_from(many).unwrap() + 1 } else { 0 };
        let (bucket, mut at) = (fresh(), START);
        let key = Question::new(&[owned(&counted, &bucket, 1)], START).keys[0].clone();
        let left = |told: &mut Told| -> i64 { redis::cmd("PTTL").arg(&key).query(&mut told.connection).unwrap() };
        for (pause, cost) in steps {
            at += pause;
            let outcome = told.charge(&[owned(&counted, &bucket, cost)], at);
            let milliseconds = left(&mut told);
            assert_ne!(milliseconds, -1, "it would stay for ever");
            if outcome.is_admitted() && cost > 0 {
                let owes = i64::try_from(outcome.standings()[0].reset_after.as_millis()).unwrap();
                // A moment has gone by since.
                let wanted = owes + 5_000..=owes + token + 10_001;
                assert!(wanted.contains(&milliseconds), "{milliseconds} for {owes}");
            }
            told.give_back(&[owned(&counted, &bucket, 1)], at, at);
            let kept = left(&mut told);
            assert!(kept <= milliseconds && (kept >= 0) == (milliseconds >= 0), "{milliseconds}, then {kept}");
        }
    });
}

/// A cluster refuses a script whose keys are in different slots: those of a request never are.
#[test]
fn all_limits_of_a_request_are_in_one_place_of_a_cluster() {
    let Some(server) = RedisServer::start_as_cluster() else { return };
    let mut connection = redis::Client::open(server.url()).unwrap().get_connection().unwrap();
    let mut slots = redis::cmd("CLUSTER");
    let _: () = slots.arg("ADDSLOTSRANGE").arg(0).arg(16_383).query(&mut connection).unwrap();
    let since = Instant::now();
    while !redis::cmd("CLUSTER").arg("INFO").query::<String>(&mut connection).unwrap().contains("cluster_state:ok") {
        assert!(since.elapsed() < Duration::from_secs(20));
        thread::sleep(Duration::from_millis(10));
    }
    let quota = Strategy::Quota { period: Period::Day, zone: chrono_tz::UTC, refill: Refill::Replace };
    let limits = (0..3).map(|kind| limit(kind, 5, 5, 10 * SECOND).0);
    let limits = limits.chain([Limit::new(quota, 5, Duration::ZERO).unwrap()]);
    let asked: Vec<_> = limits.map(|limit| owned(&limit, &fresh(), 2)).collect();
    let mut told = Told { connection, script: Script::new(SCRIPT_WITHOUT_CLOCK), _server: server };
    assert!(told.charge(&asked, START).is_admitted() && told.charge(&asked, START).is_admitted());
    assert!(!told.charge(&asked, START).is_admitted());
    told.give_back(&asked, START, START);
    assert!(told.charge(&asked, START).is_admitted());
}

#[test]
fn by_the_clock_of_redis_parallel_clients_get_together_what_the_limits_say() {
    let Some(server) = RedisServer::start() else { return };
    let limits: Vec<_> = [
        (Strategy::FixedWindow, 1_000, 3_600),
        (Strategy::SlidingWindow, 300, 3_600),
        (Strategy::TokenBucket { burst: 400 }, 1, 3_600),
        (Strategy::Quota { period: Period::Day, zone: chrono_tz::UTC, refill: Refill::Replace }, 10_000, 1),
    ]
    .into_iter()
    .map(|(strategy, limit, seconds)| Limit::new(strategy, limit, Duration::from_secs(seconds)).unwrap())
    .collect();
    let asked: Vec<_> =
        limits.iter().zip(["a", "b", "c", "d"]).map(|(limit, bucket)| owned(limit, bucket, 1)).collect();
    let believed = i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_micros()).unwrap();
    let admitted = thread::scope(|scope| {
        let clients: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    let mut connection = redis::Client::open(server.url()).unwrap().get_connection().unwrap();
                    let (script, question) = (Script::new(SCRIPT), Question::new(&asked, believed));
                    let mut invocation = script.prepare_invoke();
                    for key in &question.keys {
                        invocation.key(key);
                    }
                    invocation.arg(&question.arguments);
                    let since = Instant::now();
                    let each = (0..200).map(|_| {
                        let numbers: Vec<i64> = invocation.invoke(&mut connection).unwrap();
                        usize::from(Answer::read(&asked, &numbers).unwrap().outcome.unwrap().is_admitted())
                    });
                    (each.sum::<usize>(), since.elapsed() / 200)
                })
            })
            .collect();
        let done: Vec<_> = clients.into_iter().map(|client| client.join().unwrap()).collect();
        println!("four limits in one round trip, eight clients at once: {:?} each", done[0].1);
        done.iter().map(|(admitted, _)| admitted).sum::<usize>()
    });
    assert_eq!(admitted, 300, "the strictest of them, exactly");
}
