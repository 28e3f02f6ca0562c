//! Who is told what ahead, and that he is told it once.

use std::net::IpAddr;
use std::sync::Arc;

use argus_store::credential::{self, NewCaller};
use argus_store::key::{self, KeyChange, Rotation};
use argus_store::organisation::OrganisationPolicy;
use argus_store::outbox::NoticeKind;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::{DAY, day, hash, on_both, sweep, sweeper};

#[test]
fn an_end_is_told_fourteen_seven_and_one_day_before_it_and_each_once() {
    on_both(OrganisationPolicy::default(), |fixture| {
        fixture.add("deploy", |_| {});
        let mut expected = Vec::new();
        for hour in (75 * 24)..(91 * 24) {
            // A new sweeper each time: what was told is known by the store alone.
            sweep(&mut sweeper(&fixture.store), day(0) + TimeDelta::hours(hour));
            match hour {
                1_824 => expected.push("key.expiry_ahead 14"),
                1_992 => expected.push("key.expiry_ahead 7"),
                2_136 => expected.push("key.expiry_ahead 1"),
                2_160 => expected.push("key.expired"),
                _ => {}
            }
            assert_eq!(fixture.told(), expected, "hour {hour}");
        }
        let first = &fixture.notices()[0];
        let payload: Value = serde_json::from_str(&first.payload).unwrap();
        assert_eq!((first.recipient.as_str(), &payload["path"]), ("ada@acme.example", &json!("acme/deploy")));
        assert_eq!((&payload["at"], &payload["cause"]), (&json!("2027-04-15T08:00:00Z"), &json!("end")));
    });
}

#[test]
fn of_a_short_life_the_marks_that_lie_within_it_are_told() {
    on_both(OrganisationPolicy::default(), |fixture| {
        fixture.add("brief", |new| new.expires_at = Some(day(10)));
        fixture.add("briefer", |new| new.expires_at = Some(day(2)));
        let mut expected = Vec::new();
        for n in 0..11 {
            sweep(&mut sweeper(&fixture.store), day(n));
            match n {
                1 | 9 => expected.push("key.expiry_ahead 1"),
                2 | 10 => expected.push("key.expired"),
                3 => expected.push("key.expiry_ahead 7"),
                _ => {}
            }
            assert_eq!(fixture.told(), expected, "day {n}");
        }
    });
}

#[test]
fn a_rotation_is_told_ahead_and_one_that_nobody_collects_is_told_again_each_week() {
    on_both(OrganisationPolicy::default(), |fixture| {
        fixture.add("deploy", |new| {
            new.rotation_interval_seconds = Some(30 * DAY);
            new.expires_at = Some(day(300));
        });
        for n in 0..47 {
            sweep(&mut sweeper(&fixture.store), day(n));
        }
        let expected = [
            "key.rotation_ahead 14",
            "key.rotation_ahead 7",
            "key.rotation_ahead 1",
            "key.rotation_opened",
            "key.rotation_uncollected 1",
            "key.rotation_uncollected 7",
            "key.rotation_uncollected 14",
        ];
        assert_eq!(fixture.told(), expected);
    });
}

#[test]
fn what_an_organisation_asks_is_told_ahead_as_well() {
    let policy = OrganisationPolicy {
        max_age_seconds: Some(60 * DAY),
        rotation_interval_seconds: Some(40 * DAY),
        ..OrganisationPolicy::default()
    };
    on_both(policy, |fixture| {
        fixture.add("deploy", |_| {});
        fixture.add("brief", |new| new.expires_at = Some(day(30)));
        for n in 0..60 {
            sweep(&mut sweeper(&fixture.store), day(n));
        }
        let expected = [
            "key.expiry_ahead 14",
            "key.expiry_ahead 7",
            "key.rotation_ahead 14",
            "key.rotation_ahead 14",
            "key.expiry_ahead 1",
            "key.expired",
            "key.rotation_ahead 7",
            "key.rotation_ahead 1",
            "key.rotation_opened",
        ];
        let mut told = fixture.told();
        told.retain(|kind| !kind.starts_with("key.rotation_uncollected"));
        let (until_opened, later) = told.split_at(expected.len());
        // On day 26 both keys' rotation is fourteen days away, but one ends before.
        let sorted = |mut kinds: Vec<String>| {
            kinds.sort();
            kinds
        };
        assert_eq!(sorted(until_opened.to_vec()), sorted(expected.map(str::to_owned).to_vec()));
        assert_eq!(later, ["key.expiry_ahead 14", "key.expiry_ahead 7", "key.expiry_ahead 1"]);
    });
}

#[test]
fn after_a_long_downtime_only_the_last_mark_is_told_and_none_from_before_the_key() {
    on_both(OrganisationPolicy::default(), |fixture| {
        fixture.add("deploy", |_| {});
        fixture.add("brief", |new| new.expires_at = Some(day(7)));
        sweep(&mut sweeper(&fixture.store), day(1));
        assert_eq!(fixture.told(), Vec::<String>::new(), "seven days before is when the short one was made");
        sweep(&mut sweeper(&fixture.store), day(84));
        assert_eq!(fixture.told(), ["key.expired", "key.expiry_ahead 7"]);
    });
}

#[test]
fn a_new_owner_and_a_new_end_are_told_anew() {
    on_both(OrganisationPolicy::default(), |fixture| {
        let made = fixture.add("deploy", |_| {});
        sweep(&mut sweeper(&fixture.store), day(80));
        let owner = KeyChange { owner: Some("bob@acme.example".into()), ..KeyChange::default() };
        fixture.store.write(|conn| key::change(conn, &fixture.act(day(80)), made.id, &owner, None)).unwrap();
        sweep(&mut sweeper(&fixture.store), day(81));
        let end = KeyChange { expires_at: Some(Some(day(95))), ..KeyChange::default() };
        fixture.store.write(|conn| key::change(conn, &fixture.act(day(81)), made.id, &end, None)).unwrap();
        sweep(&mut sweeper(&fixture.store), day(82));
        let told: Vec<_> = fixture.notices().into_iter().map(|notice| (notice.kind, notice.recipient)).collect();
        let [ada, bob] = ["ada@acme.example", "bob@acme.example"].map(str::to_owned);
        let ahead = NoticeKind::ExpiryAhead;
        assert_eq!(told, [(ahead, ada), (ahead, bob.clone()), (ahead, bob)]);
    });
}

#[test]
fn at_half_time_the_owner_is_told_who_still_uses_the_older_secret() {
    on_both(OrganisationPolicy::default(), |fixture| {
        let made = fixture.add("deploy", |_| {});
        let old = fixture.credentials(&made).remove(0).id;
        let rotation = Rotation { id: "cccccccccccc".into(), hash: hash(), grace_ends_at: day(12) };
        fixture.store.write(|conn| key::rotate(conn, &fixture.act(day(10)), made.id, &rotation, None)).unwrap();
        let seen = |n: u8, at| NewCaller {
            credential_id: old.clone(),
            address: Some(IpAddr::from([203, 0, 113, n])),
            user_agent: (n == 2).then(|| "curl/8".into()),
            at,
        };
        let (early, late) = (day(10) + TimeDelta::hours(1), day(11) - TimeDelta::hours(1));
        fixture.store.write_aside(|conn| credential::note_callers(conn, &[seen(1, early), seen(2, late)])).unwrap();
        let system_of = |address| (address == IpAddr::from([203, 0, 113, 2])).then_some(64_500);
        let mut sweeper = sweeper(&fixture.store).knowing_systems(Arc::new(system_of));
        assert_eq!(sweep(&mut sweeper, day(11) - TimeDelta::seconds(1)).notices, 0);
        assert_eq!(sweep(&mut sweeper, day(11)).notices, 1);
        assert_eq!(sweep(&mut sweeper, day(11) + TimeDelta::hours(1)).notices, 0, "once");
        let notice = fixture.notices().pop().unwrap();
        assert_eq!((notice.kind, notice.recipient.as_str()), (NoticeKind::OldSecretUsed, "ada@acme.example"));
        let payload: Value = serde_json::from_str(&notice.payload).unwrap();
        assert_eq!(
            (&payload["credential_id"], &payload["grace_ends_at"]),
            (&json!(old), &json!("2027-01-27T08:00:00Z"))
        );
        let expected = json!([
            {"ip": "203.0.113.2", "asn": 64_500, "user_agent": "curl/8", "last_seen_at": "2027-01-26T07:00:00Z"},
            {"ip": "203.0.113.1", "asn": null, "user_agent": null, "last_seen_at": "2027-01-25T09:00:00Z"},
        ]);
        assert_eq!(payload["callers"], expected);
    });
}
