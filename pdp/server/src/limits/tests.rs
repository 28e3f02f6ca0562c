//! Several limits of one use, as the gate counts them: of its key and shared with others, for some uses and for all.

use std::sync::Arc;

use argus_engine::decision::Decision;
use argus_limits::Share;
use argus_store::cost::Cost;
use argus_store::{Account, Conditions, KeyId, Limit, LimitId, LimitStrategy, Refill};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::key_limit::{Level, Source};
use super::ledger::Period;
use super::{AtCap, Elapsed, Gate, KeyLimits, LimitSettings, LimitedUse, PriceList, Reserve, SettleFault};
use crate::fleet::Fleet;
use crate::moment::Moment;
use crate::reason::Reason;
use crate::snapshot::{KeyView, SupposedKey};

const DAY: u64 = 86_400;

fn gate() -> Gate {
    gate_of(Fleet::alone())
}

fn gate_of(fleet: Fleet) -> Gate {
    let settings = LimitSettings { buckets: 100, at_cap: AtCap::Share, attempts_per_second: 0, mode: None };
    Gate::begin(settings, None, (Arc::new(fleet), None)).unwrap()
}

fn limit(name: &str, strategy: LimitStrategy, limit: u64) -> Limit {
    Limit::new(name, strategy, limit, 3_600)
}

fn bucket(name: &str, most: u64) -> Limit {
    limit(name, LimitStrategy::TokenBucket, most)
}

fn key(limits: &[(Level, Limit)], zone: Tz, costs: &[Cost]) -> KeyView {
    let supposed = SupposedKey {
        name: "reader".into(),
        organisation: "acme".into(),
        project: None,
        owner: "ada".into(),
        scopes: Vec::new(),
        chain: Vec::new(),
        conditions: Conditions::default(),
        inherited: Vec::new(),
        project_conditions: Conditions::default(),
        organisation_conditions: Conditions::default(),
    };
    let sources: Vec<_> = limits.iter().map(|(level, stored)| Source { stored, level: *level, zone }).collect();
    let mut view = supposed.view(DateTime::UNIX_EPOCH);
    view.limits = KeyLimits::compile(&sources, Arc::new(PriceList::new(costs)));
    view
}

fn own() -> Level {
    Level::Key { key: KeyId::new(DateTime::UNIX_EPOCH), above: 0 }
}

fn shared() -> Level {
    Level::Organisation(LimitId::new(DateTime::UNIX_EPOCH))
}

const NOON: Moment = Moment { seconds: 1_800_000_000, nanoseconds: 0 };

fn at(text: &str) -> Moment {
    Moment { seconds: text.parse::<DateTime<Utc>>().unwrap().timestamp(), nanoseconds: 0 }
}

/// Why a use is refused, and what is left of each limit that counts it.
fn count(gate: &Gate, key: &KeyView, of: LimitedUse<'_>, now: Moment) -> (Option<Reason>, Vec<(String, u64)>) {
    let counted = gate.count(key, Decision::Permit, (&of, None), now);
    let left = counted.standings.iter().map(|standing| (standing.name.to_owned(), standing.remaining)).collect();
    (counted.refused, left)
}

fn left(of: &[(&str, u64)]) -> Vec<(String, u64)> {
    of.iter().map(|(name, left)| ((*name).to_owned(), *left)).collect()
}

fn read(kind: &str) -> LimitedUse<'_> {
    LimitedUse { action: Some("read"), resource_type: Some(kind), ..LimitedUse::default() }
}

#[test]
fn several_limits_hold_at_once_the_strictest_refuses_and_a_refusal_takes_nothing_from_the_others() {
    let (gate, everybodys) = (gate(), shared());
    let all = (everybodys, bucket("all", 3));
    let one = key(&[(own(), bucket("own", 2)), all.clone()], Tz::UTC, &[]);
    let other = key(&[(own(), bucket("own", 9)), all], Tz::UTC, &[]);
    let use_of = |key| count(&gate, key, LimitedUse::default(), NOON);
    assert_eq!(use_of(&one), (None, left(&[("own", 1), ("organisation:all", 2)])));
    assert_eq!(use_of(&one), (None, left(&[("own", 0), ("organisation:all", 1)])));
    let refused = (Some(Reason::RateLimited), left(&[("own", 0), ("organisation:all", 1)]));
    assert_eq!([use_of(&one), use_of(&one)], [refused.clone(), refused], "what all share is as it was");
    assert_eq!(use_of(&other), (None, left(&[("own", 8), ("organisation:all", 0)])));
    assert_eq!(use_of(&other), (Some(Reason::RateLimited), left(&[("own", 8), ("organisation:all", 0)])));
}

#[test]
fn of_limits_that_refuse_the_one_that_is_waited_for_longest_is_the_reason() {
    let gate = gate();
    let quota = Limit { window_seconds: 366 * DAY, ..limit("yearly", LimitStrategy::Quota, 1) };
    let key = key(&[(own(), bucket("own", 1)), (shared(), quota)], Tz::UTC, &[]);
    let cost = |cost| LimitedUse { cost: Some(cost), ..LimitedUse::default() };
    assert_eq!(count(&gate, &key, cost(2), NOON).0, Some(Reason::CostExceedsLimit));
    assert_eq!(count(&gate, &key, cost(1), NOON).0, None);
    assert_eq!(count(&gate, &key, cost(1), NOON).0, Some(Reason::QuotaExhausted));
}

#[test]
fn a_limit_counts_the_uses_that_it_selects_and_no_others() {
    let gate = gate();
    let of = |name: &str, actions: &[&str], types: &[&str]| Limit {
        actions: actions.iter().map(|word| (*word).to_owned()).collect(),
        resource_types: types.iter().map(|word| (*word).to_owned()).collect(),
        ..bucket(name, 9)
    };
    let limits = [
        (own(), of("writes", &["write", "delete"], &[])),
        (shared(), of("reports", &[], &["report"])),
        (shared(), of("both", &["read"], &["report", "evidence"])),
    ];
    let key = key(&limits, Tz::UTC, &[]);
    let names = |action, resource_type| {
        let counted =
            count(&gate, &key, LimitedUse { action, resource_type, cost: Some(0), is_reserved: false }, NOON).1;
        counted.into_iter().map(|(name, _)| name).collect::<Vec<_>>()
    };
    assert_eq!(names(Some("read"), Some("report")), ["organisation:reports", "organisation:both"]);
    assert_eq!(names(Some("delete"), Some("evidence")), ["writes"]);
    assert_eq!(names(Some("write"), Some("report")), ["writes", "organisation:reports"]);
    assert_eq!(names(Some("read"), Some("evidence")), ["organisation:both"]);
    assert_eq!(names(Some("read"), None), <[&str; 0]>::default(), "a type that isn't known is of no selection");
    assert_eq!(names(None, Some("report")), ["organisation:reports"]);
}

#[test]
fn a_use_costs_what_it_says_else_what_the_table_says_else_what_the_limit_says() {
    let gate = gate();
    let costs = [Cost { action: Some("read".into()), resource_type: Some("report".into()), cost: 5 }];
    let limits = [(own(), Limit { cost: Some(2), ..bucket("own", 100) }), (shared(), bucket("all", 100))];
    let key = key(&limits, Tz::UTC, &costs);
    let said = LimitedUse { cost: Some(7), ..read("report") };
    assert_eq!(count(&gate, &key, said, NOON).1, left(&[("own", 93), ("organisation:all", 93)]));
    assert_eq!(count(&gate, &key, read("report"), NOON).1, left(&[("own", 88), ("organisation:all", 88)]));
    assert_eq!(count(&gate, &key, read("evidence"), NOON).1, left(&[("own", 86), ("organisation:all", 87)]));
}

#[test]
fn a_listed_cost_that_no_window_admits_says_so() {
    let costs = [Cost { action: Some("read".into()), resource_type: None, cost: 11 }];
    let key = key(&[(own(), bucket("own", 10))], Tz::UTC, &costs);
    assert_eq!(count(&gate(), &key, read("report"), NOON).0, Some(Reason::CostExceedsLimit));
}

#[test]
fn a_quota_of_a_day_is_whole_again_at_the_midnight_of_its_organisation() {
    let quota = Limit { window_seconds: DAY, ..limit("daily", LimitStrategy::Quota, 1) };
    for (zone, last, midnight) in [
        // In the middle of the day of UTC; a day of 23 hours; one of 25.
        (Tz::Pacific__Auckland, "2027-01-15T10:59:59Z", "2027-01-15T11:00:00Z"),
        (Tz::Europe__Berlin, "2027-03-28T21:59:59Z", "2027-03-28T22:00:00Z"),
        (Tz::America__New_York, "2027-11-08T04:59:59Z", "2027-11-08T05:00:00Z"),
    ] {
        let (gate, key) = (gate(), key(&[(shared(), quota.clone())], zone, &[]));
        let reason = |now| count(&gate, &key, LimitedUse::default(), now).0;
        assert_eq!([reason(at(last)), reason(at(last))], [None, Some(Reason::QuotaExhausted)], "{zone}");
        assert_eq!([reason(at(midnight)), reason(at(midnight))], [None, Some(Reason::QuotaExhausted)], "{zone}");
    }
}

#[test]
fn a_quota_that_adds_has_what_days_have_added_and_waits_for_as_many_as_a_use_needs() {
    let account = Some(Account { since: NOON.seconds, beside: 0 });
    let quota = Limit { window_seconds: DAY, refill: Refill::Add, account, ..limit("daily", LimitStrategy::Quota, 10) };
    let (gate, key) = (gate(), key(&[(own(), quota)], Tz::UTC, &[]));
    let take = |cost, days: i64| {
        let now = Moment { seconds: NOON.seconds + days * 86_400, ..NOON };
        let of = LimitedUse { cost: Some(cost), ..LimitedUse::default() };
        let counted = gate.count(&key, Decision::Permit, (&of, None), now);
        (counted.refused, counted.standings[0].remaining, counted.retry_after_seconds)
    };
    assert_eq!(take(4, 0), (None, 6, None));
    assert_eq!(take(1, 3), (None, 35, None), "three days later there are 36");
    assert_eq!(take(51, 3), (Some(Reason::QuotaExhausted), 35, Some(57_600 + 86_400)), "the second midnight");
    assert_eq!(take(35, 3), (None, 0, None));
    assert_eq!(take(1, 3), (Some(Reason::QuotaExhausted), 0, Some(57_600)));
    // All of it is of one account, over the end of days.
    let noted: Vec<_> = gate.ledger.take().0.into_iter().flat_map(|(_, entry)| entry.periods).collect();
    assert!(matches!(&noted[..], [Period { used: 40, is_lacking: true, .. }]), "{noted:?}");
}

#[test]
fn a_use_for_which_a_quota_has_too_little_left_is_noted_of_it_once_its_period_is_known() {
    let gate = gate();
    let quota = Limit { window_seconds: DAY, ..limit("daily", LimitStrategy::Quota, 10) };
    let key = key(&[(own(), quota), (own(), bucket("own", 100))], Tz::UTC, &[]);
    let take = |cost| count(&gate, &key, LimitedUse { cost: Some(cost), ..LimitedUse::default() }, NOON).0;
    let noted = || -> Vec<(i64, bool)> {
        let entries = gate.ledger.take().0.into_iter().flat_map(|(_, entry)| entry.periods);
        entries.map(|Period { used, is_lacking, .. }| (used, is_lacking)).collect()
    };
    assert_eq!((take(6), take(11)), (None, Some(Reason::CostExceedsLimit)));
    assert_eq!(noted(), [(6, false)], "what no day has room for says nothing of this one");
    assert_eq!((take(5), take(2)), (Some(Reason::QuotaExhausted), None));
    assert_eq!(noted(), [(2, true)], "both are of one period");
    assert_eq!(take(101), Some(Reason::CostExceedsLimit));
    assert_eq!(noted(), []);
}

#[test]
fn what_a_reserved_use_does_not_come_to_is_taken_from_no_limit_and_from_nothing_that_is_written_of_a_quota() {
    let gate = gate();
    let quota = Limit { window_seconds: DAY, ..limit("daily", LimitStrategy::Quota, 10) };
    let key = key(&[(own(), quota), (own(), bucket("own", 10))], Tz::UTC, &[]);
    let now = NOON;
    let caller = KeyId::new(DateTime::UNIX_EPOCH);
    let reserve = |decision| {
        let of = LimitedUse { cost: Some(8), is_reserved: true, ..LimitedUse::default() };
        let counted = gate.count(&key, Decision::Permit, (&of, None), now);
        assert_eq!(counted.refused, None);
        gate.reserve(Reserve { caller, decision, cost: 8, seconds: 60, is_durable: false }, (counted.taken, None), now)
    };
    let noted = || gate.ledger.take().0.into_iter().flat_map(|(_, entry)| entry.periods).map(|of| of.used).sum::<i64>();
    let take = |cost| count(&gate, &key, LimitedUse { cost: Some(cost), ..LimitedUse::default() }, now).0;
    assert_eq!(reserve(1), Some(now.seconds + 60));
    assert_eq!(noted(), 8);
    assert_eq!(take(3), Some(Reason::QuotaExhausted));
    let settle = |cost| gate.settle_reserved(1, caller, cost, now).map(|settled| settled.returned);
    assert_eq!(settle(9), Err(SettleFault::Beyond(8)));
    assert_eq!(settle(2), Ok(6));
    assert_eq!(noted(), -6, "eight were written");
    assert_eq!((take(8), take(1)), (None, Some(Reason::QuotaExhausted)));
    assert_eq!(settle(2), Err(SettleFault::Unknown));
}

#[test]
fn a_use_that_is_not_reserved_keeps_nothing() {
    let (gate, key) = (gate(), key(&[(own(), bucket("own", 10))], Tz::UTC, &[]));
    let counted = gate.count(&key, Decision::Permit, (&LimitedUse::default(), None), NOON);
    assert!(counted.taken.is_none());
    let too_much = LimitedUse { cost: Some(20), is_reserved: true, ..LimitedUse::default() };
    assert!(gate.count(&key, Decision::Permit, (&too_much, None), NOON).taken.is_none());
}

#[test]
fn a_node_that_counts_by_shares_lets_through_its_own_and_says_so() {
    let fleet = Fleet::unknown();
    fleet.set(Share::new(2, 1));
    fleet.said(Elapsed::now(), None);
    let gate = gate_of(fleet);
    let quota = Limit { window_seconds: DAY, ..limit("daily", LimitStrategy::Quota, 5) };
    let key = key(&[(own(), quota), (own(), bucket("own", 6))], Tz::UTC, &[]);
    let take = |cost| count(&gate, &key, LimitedUse { cost: Some(cost), ..LimitedUse::default() }, NOON);
    assert_eq!(take(0), (None, left(&[("daily", 2), ("own", 3)])));
    assert_eq!(take(2), (None, left(&[("daily", 0), ("own", 1)])));
    assert_eq!(take(1), (Some(Reason::QuotaExhausted), left(&[("daily", 0), ("own", 1)])));
    let noted: Vec<_> = gate.ledger.take().0.into_iter().flat_map(|(_, entry)| entry.periods).collect();
    assert!(noted.iter().all(|period| period.used == 2 && !period.is_lacking), "others may have some left: {noted:?}");
    assert_eq!(gate.counting().nodes, Some(2));
    gate.fleet().set(Share::NONE);
    assert_eq!(take(1).0, Some(Reason::QuotaExhausted));
    assert_eq!((gate.counting().by, gate.counting().nodes), ("local-share", Some(0)));
    gate.fleet().set(Share::WHOLE);
    // What was used counts on; of a bucket as if the others had used as much of theirs.
    assert_eq!(take(2), (None, left(&[("daily", 1), ("own", 0)])));
}

#[test]
fn what_is_reserved_of_a_share_goes_back_to_it() {
    let fleet = Fleet::unknown();
    fleet.set(Share::new(2, 1));
    fleet.said(Elapsed::now(), None);
    let (gate, caller) = (gate_of(fleet), KeyId::new(DateTime::UNIX_EPOCH));
    let window = limit("hourly", LimitStrategy::FixedWindow, 20);
    let key = key(&[(own(), window), (own(), bucket("own", 20))], Tz::UTC, &[]);
    let of = LimitedUse { cost: Some(8), is_reserved: true, ..LimitedUse::default() };
    let counted = gate.count(&key, Decision::Permit, (&of, None), NOON);
    assert_eq!(counted.refused, None);
    gate.reserve(Reserve { caller, decision: 1, cost: 8, seconds: 60, is_durable: false }, (counted.taken, None), NOON);
    let looks = LimitedUse { cost: Some(0), ..LimitedUse::default() };
    assert_eq!(count(&gate, &key, looks, NOON).1, left(&[("hourly", 2), ("own", 2)]));
    assert_eq!(gate.settle_reserved(1, caller, 1, NOON).map(|settled| settled.returned), Ok(7));
    let (_, stands) = count(&gate, &key, looks, NOON);
    // A bucket keeps what it may have gained in the place of what comes back.
    assert!(stands[0].1 == 9 && (8..=9).contains(&stands[1].1), "{stands:?}");
}
