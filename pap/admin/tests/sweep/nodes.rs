//! Several nodes: one sweeps, another takes over, and where two sweep nothing happens twice.

use std::collections::BTreeSet;
use std::sync::Barrier;
use std::thread;

use argus_store::credential::CredentialState;
use argus_store::organisation::OrganisationPolicy;
use chrono::TimeDelta;

use crate::{DAY, day, on_both, sweep, sweeper};

#[test]
fn one_node_sweeps_until_it_resigns_or_is_gone() {
    on_both(OrganisationPolicy::default(), |fixture| {
        let (mut one, mut two) = (sweeper(&fixture.store), sweeper(&fixture.other_node()));
        let at = |seconds| day(1) + TimeDelta::seconds(seconds);
        assert!(sweep(&mut one, at(0)).is_mine);
        assert!(!sweep(&mut two, at(1)).is_mine);
        assert!(sweep(&mut one, at(50)).is_mine, "renewed");
        assert!(!sweep(&mut two, at(100)).is_mine);
        assert!(sweep(&mut two, at(110)).is_mine, "the first is gone for a minute");
        assert!(!sweep(&mut one, at(111)).is_mine, "it comes back late");
        two.resign().unwrap();
        assert!(sweep(&mut one, at(112)).is_mine);
    });
}

#[test]
fn two_nodes_whose_clocks_are_an_hour_apart_both_sweep_and_nothing_happens_twice() {
    const KEYS: usize = 30;
    on_both(OrganisationPolicy::default(), |fixture| {
        let mut keys = Vec::new();
        for n in 0..KEYS {
            keys.push(fixture.add(&format!("rotated-{n}"), |new| new.rotation_interval_seconds = Some(20 * DAY)));
            fixture.add(&format!("ended-{n}"), |new| new.expires_at = Some(day(20)));
        }
        let nodes = [fixture.store.clone(), fixture.other_node()];
        let start = Barrier::new(4);
        let swept = thread::scope(|scope| {
            let start = &start;
            let run = |place: usize| {
                let store = &nodes[place % 2];
                move || {
                    let mut sweeper = sweeper(store);
                    let ahead = TimeDelta::hours(i64::from(place % 2 == 1));
                    start.wait();
                    let mut done = [0; 3];
                    // Before, at and after the time at which all is due, by either clock.
                    for minutes in [-61, -60, -59, -1, 0, 1, 59, 60, 61] {
                        let swept = sweep(&mut sweeper, day(20) + TimeDelta::minutes(minutes) + ahead);
                        done[0] += swept.rotations_opened;
                        done[1] += swept.expired;
                        done[2] += swept.notices;
                    }
                    done
                }
            };
            let running: Vec<_> = (0..4).map(|place| scope.spawn(run(place))).collect();
            running.into_iter().map(|sweeper| sweeper.join().unwrap()).collect::<Vec<_>>()
        });
        let all = |place: usize| swept.iter().map(|done| done[place]).sum::<usize>();
        assert_eq!(
            (all(0), fixture.told().len()),
            (KEYS, all(2) + 2 * KEYS),
            "each notice is written by one: {swept:?}"
        );
        for key in &keys {
            let waiting = fixture.credentials(key).into_iter().filter(|found| found.state == CredentialState::Pending);
            assert_eq!(waiting.count(), 1);
        }
        let notices = fixture.notices();
        let distinct: BTreeSet<_> = notices.iter().map(|notice| (notice.key_id, notice.payload.clone())).collect();
        assert_eq!(distinct.len(), notices.len());
        let told = fixture.told();
        assert_eq!(told.iter().filter(|kind| *kind == "key.expired").count(), KEYS);
        assert_eq!(told.iter().filter(|kind| *kind == "key.rotation_opened").count(), KEYS);
    });
}

#[test]
fn a_sweep_that_begins_anew_after_a_restart_goes_on_where_the_last_one_ended() {
    on_both(OrganisationPolicy::default(), |fixture| {
        let folder = fixture.folder.path().to_owned();
        fixture.add("deploy", |new| new.rotation_interval_seconds = Some(7 * DAY));
        assert_eq!(sweep(&mut sweeper(&fixture.store), day(7)).rotations_opened, 1);
        // The lease of the one that is gone lasts for a minute.
        assert!(!sweep(&mut sweeper(&fixture.store), day(7) + TimeDelta::seconds(59)).is_mine);
        let mut again = sweeper(&fixture.other_node());
        let swept = sweep(&mut again, day(7) + TimeDelta::seconds(60));
        assert_eq!((swept.is_mine, swept.rotations_opened), (true, 0), "{}", folder.display());
    });
}
