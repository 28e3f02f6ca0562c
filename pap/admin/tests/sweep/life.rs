//! Beginnings, ends, graces, rotations.

use argus_store::credential::CredentialState;
use argus_store::key::{self, KeyState, Rotation};
use argus_store::organisation::OrganisationPolicy;
use argus_store::{KeyId, credential};
use chrono::TimeDelta;

use crate::{DAY, Fixture, day, hash, on_both, sweep, sweeper};

#[test]
fn a_key_begins_and_ends_when_its_times_come_and_only_once() {
    on_both(OrganisationPolicy::default(), |fixture| {
        let made = fixture.add("deploy", |new| (new.not_before, new.expires_at) = (Some(day(1)), Some(day(2))));
        let mut sweeper = sweeper(&fixture.store);
        assert_eq!(sweep(&mut sweeper, day(0)).begun, 0);
        assert_eq!((sweep(&mut sweeper, day(1)).begun, fixture.key(&made).state), (1, KeyState::Active));
        assert_eq!((sweep(&mut sweeper, day(2)).expired, fixture.key(&made).state), (1, KeyState::Expired));
        let again = sweep(&mut sweeper, day(2) + TimeDelta::seconds(1));
        assert_eq!((again.begun, again.expired), (0, 0));
    });
}

#[test]
fn a_clock_that_goes_back_brings_nothing_back() {
    on_both(OrganisationPolicy::default(), |fixture| {
        let ended = fixture.add("ended", |new| new.expires_at = Some(day(2)));
        let rotated = fixture.add("rotated", |new| new.rotation_interval_seconds = Some(2 * DAY));
        let mut sweeper = sweeper(&fixture.store);
        let first = sweep(&mut sweeper, day(2));
        assert_eq!((first.expired, first.rotations_opened), (1, 1));
        for hours in [-1, 0, 1] {
            let swept = sweep(&mut sweeper, day(2) + TimeDelta::hours(hours));
            assert_eq!((swept.expired, swept.rotations_opened), (0, 0), "{hours}");
        }
        assert_eq!(fixture.key(&ended).state, KeyState::Expired);
        assert_eq!(fixture.credentials(&rotated).len(), 2);
    });
}

#[test]
fn a_rotation_on_schedule_waits_to_be_collected_and_the_next_one_is_counted_from_then() {
    on_both(OrganisationPolicy::default(), |fixture| {
        let made = fixture.add("deploy", |new| new.rotation_interval_seconds = Some(7 * DAY));
        let mut sweeper = sweeper(&fixture.store);
        assert_eq!(sweep(&mut sweeper, day(6)).rotations_opened, 0);
        assert_eq!(sweep(&mut sweeper, day(7)).rotations_opened, 1);
        assert_eq!(sweep(&mut sweeper, day(9)).rotations_opened, 0, "it is open");
        let waiting = fixture.credentials(&made).pop().unwrap();
        assert_eq!((waiting.state, fixture.key(&made).state), (CredentialState::Pending, KeyState::Active));

        let rotation = Rotation { id: waiting.id.clone(), hash: hash(), grace_ends_at: day(11) };
        fixture.store.write(|conn| key::collect(conn, &fixture.act(day(10)), made.id, &rotation)).unwrap();
        assert_eq!(fixture.key(&made).rotate_at, Some(day(17)));
        assert_eq!(sweep(&mut sweeper, day(10)).graces_ended, 0, "the grace has begun");
        assert_eq!((sweep(&mut sweeper, day(11)).graces_ended, fixture.key(&made).state), (1, KeyState::Active));
        let states: Vec<_> = fixture.credentials(&made).iter().map(|credential| credential.state).collect();
        assert_eq!(states, [CredentialState::Revoked, CredentialState::Active]);
        assert_eq!(sweep(&mut sweeper, day(16)).rotations_opened, 0);
        assert_eq!(sweep(&mut sweeper, day(17)).rotations_opened, 1);
    });
}

#[test]
fn a_second_rotation_within_a_grace_retires_the_oldest_secret_and_no_grace_outlives_its_key() {
    on_both(OrganisationPolicy::default(), |fixture| {
        let made = fixture.add("deploy", |new| new.expires_at = Some(day(5)));
        for (n, id) in [(1, "aaaaaaaaaaaa"), (2, "bbbbbbbbbbbb")] {
            // Ids are of the whole database, and this test runs on several of them, one after the other.
            let rotation = Rotation { id: id.into(), hash: hash(), grace_ends_at: day(30) };
            fixture.store.write(|conn| key::rotate(conn, &fixture.act(day(n)), made.id, &rotation, None)).unwrap();
        }
        let find = |id: &str| fixture.store.read(|conn| credential::find(conn, id)).unwrap().unwrap();
        let first = fixture.credentials(&made).remove(0);
        assert_eq!((first.state, first.revoked_at), (CredentialState::Revoked, Some(day(2))));
        let second = find("aaaaaaaaaaaa");
        assert_eq!((second.state, second.expires_at), (CredentialState::Active, Some(day(5))), "the key's own end");
        assert_eq!(second.superseded_by.as_deref(), Some("bbbbbbbbbbbb"));
        assert_eq!(find("bbbbbbbbbbbb").expires_at, None);
    });
}

#[test]
fn an_organisation_bounds_the_age_and_the_idleness_of_its_keys_and_has_their_secrets_change() {
    let policy = OrganisationPolicy {
        max_age_seconds: Some(30 * DAY),
        max_idle_seconds: Some(10 * DAY),
        rotation_interval_seconds: Some(7 * DAY),
        ..OrganisationPolicy::default()
    };
    on_both(policy, |fixture| {
        let used = fixture.add("used", |_| {});
        let idle = fixture.add("idle", |_| {});
        let own = fixture.add("own", |new| new.rotation_interval_seconds = Some(20 * DAY));
        let use_at = |key: KeyId, n| {
            fixture.store.write_aside(|conn| key::touch_last_used(conn, &[(key, day(n))])).unwrap();
        };
        let mut sweeper = sweeper(&fixture.store);
        assert_eq!(sweep(&mut sweeper, day(7)).rotations_opened, 2, "but for the key that says when itself");
        assert_eq!(sweep(&mut sweeper, day(8)).rotations_opened, 0);
        for key in [used.id, own.id] {
            use_at(key, 9);
        }
        assert_eq!((sweep(&mut sweeper, day(11)).expired, fixture.key(&idle).state), (1, KeyState::Expired));
        for key in [used.id, own.id] {
            use_at(key, 25);
        }
        assert_eq!(sweep(&mut sweeper, day(30)).expired, 0);
        assert_eq!(sweep(&mut sweeper, day(30) + TimeDelta::seconds(1)).expired, 2, "however much they are used");
        let kinds = fixture.told();
        assert_eq!(kinds.iter().filter(|kind| *kind == "key.expired").count(), 3);
    });
}

#[test]
fn one_sweep_does_all_that_is_due_in_batches() {
    on_both(OrganisationPolicy::default(), |fixture: &Fixture| {
        for n in 0..120 {
            fixture.add(&format!("key-{n}"), |new| new.expires_at = Some(day(1)));
        }
        assert_eq!(sweep(&mut sweeper(&fixture.store), day(1)).expired, 120);
    });
}
