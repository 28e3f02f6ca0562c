//! A process that delivers notices, and is killed at it: everything is delivered, and what comes twice has its id.
//!
//! The test starts itself again as the process to be killed, which writes a line for every delivery before it settles it.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking, and its helpers are part of it"
)]

#[cfg(unix)]
#[path = "support/postgres.rs"]
mod server;
#[path = "support/victim.rs"]
mod victim;

use std::collections::BTreeMap;
use std::env;

use argus_store::contact::{ContactKind, NewContact};
use argus_store::delivery::{Claim, DeliveryFilter, Outcome};
use argus_store::organisation::{NewOrganisation, OrganisationPolicy};
use argus_store::outbox::{NewNotice, NoticeKind};
use argus_store::{
    Act, Conditions, ContactId, KeyId, OrganisationId, PageSize, Store, contact, delivery, organisation, outbox,
};
use chrono::{DateTime, TimeDelta, Utc};
use victim::{Victim, on_each_database, open};

const NOTICES: usize = 60;
const ROUNDS: usize = 12;
const ROUND: &str = "ARGUS_CLAIMANT_ROUND";
const VICTIM: Victim = Victim {
    test: "a_notice_whose_claimant_is_killed_is_handed_over_again_under_its_id_and_none_is_lost",
    variable: "ARGUS_CLAIMANT_DATABASE",
    mark: "handed over ",
};

#[test]
fn a_notice_whose_claimant_is_killed_is_handed_over_again_under_its_id_and_none_is_lost() {
    if let Some(url) = VICTIM.database() {
        hand_over_until_killed(&url);
    }
    on_each_database(kill_often);
}

fn kill_often(url: &str) {
    fill(&open(url));
    let mut handed: BTreeMap<String, usize> = BTreeMap::new();
    for round in 0..ROUNDS {
        // Killed after another number of lines in each round. The next one comes when the claim of the last is over.
        for id in VICTIM.said_before_the_kill(url, &[(ROUND, round.to_string())], 1 + round % 4) {
            *handed.entry(id).or_default() += 1;
        }
    }
    let store = open(url);
    let every = PageSize::new(200).unwrap();
    let all = store.read(|conn| delivery::list(conn, DeliveryFilter::default(), None, every)).unwrap().items;
    let (marked, unmarked): (Vec<_>, Vec<_>) = all.into_iter().partition(|delivery| delivery.ended_at.is_some());
    assert_eq!(marked.len() + unmarked.len(), NOTICES);
    for delivery in &marked {
        assert!(handed.contains_key(&delivery.notice_id.to_string()), "settled, and never delivered");
    }
    let again: usize = handed.values().map(|times| times - 1).sum();
    // One that was killed between the line and the mark, or while the mark was made, hands over one again.
    assert!(again <= ROUNDS, "{again} were handed over again");
    println!("{} handed over, {again} of them again, {} left", handed.len(), unmarked.len());
    assert!(handed.len() >= ROUNDS, "{}", handed.len());
}

fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

fn fill(store: &Store) {
    let id = OrganisationId::new(noon());
    let acme = NewOrganisation {
        id,
        name: "acme".into(),
        display_name: None,
        conditions: Conditions::default(),
        policy: OrganisationPolicy::default(),
        time_zone: "UTC".into(),
    };
    store
        .write(|conn| {
            let act = Act::of_host(id, noon(), "a test");
            organisation::create(conn, &act, &acme)?;
            contact::create(conn, &act, &webhook())?;
            for n in 0..NOTICES {
                let new = NewNotice {
                    kind: NoticeKind::ExpiryAhead,
                    organisation: id,
                    key: Some(KeyId::new(noon())),
                    recipient: "ada@acme.example".into(),
                    payload: "{}".into(),
                    dedup_key: n.to_string(),
                };
                outbox::put(conn, noon(), &new)?;
            }
            Ok(())
        })
        .unwrap();
    while store.write_aside(|conn| delivery::spread(conn, noon(), 25)).unwrap() > 0 {}
}

fn webhook() -> NewContact {
    NewContact {
        id: ContactId::new(noon()),
        kind: ContactKind::Webhook,
        address: "https://hooks.acme.example".into(),
        owner: None,
        events: Vec::new(),
        envelope: None,
    }
}

fn hand_over_until_killed(url: &str) -> ! {
    let store = open(url);
    let round = env::var(ROUND).unwrap();
    let at = noon() + TimeDelta::minutes(2 * round.parse::<i64>().unwrap());
    for turn in 0.. {
        let name = format!("{round}/{turn}");
        let claim = Claim { name: &name, at, until: at + TimeDelta::minutes(1) };
        let claimed = store.write_aside(|conn| delivery::claim(conn, &claim, &[ContactKind::Webhook], 3)).unwrap();
        for taken in claimed {
            println!("{}{}", VICTIM.mark, taken.notice_id);
            let settled = store.write_aside(|conn| delivery::settle(conn, &name, taken.id, &Outcome::Delivered, at));
            assert!(settled.unwrap());
        }
    }
    unreachable!()
}
