//! A process that hands notices over, and is killed at it: everything is handed over, and what comes twice has its id.
//!
//! The test starts itself again as the process to be killed, which writes a line for every notice before it marks it.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking, and its helpers are part of it"
)]

#[cfg(unix)]
#[path = "support/postgres.rs"]
mod server;

use std::collections::BTreeMap;
use std::env;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use argus_store::organisation::{NewOrganisation, OrganisationPolicy};
use argus_store::outbox::{Claim, NewNotice, NoticeFilter, NoticeKind};
use argus_store::{Act, Conditions, KeyId, Location, OrganisationId, PageSize, Store, organisation, outbox};
use chrono::{DateTime, TimeDelta, Utc};

const NOTICES: usize = 60;
const ROUNDS: usize = 12;
const VICTIM: &str = "ARGUS_CLAIMANT_DATABASE";
const ROUND: &str = "ARGUS_CLAIMANT_ROUND";
/// Begins the lines of the victim: its standard output is shared with the test harness.
const HANDED: &str = "handed over ";

#[test]
fn a_notice_whose_claimant_is_killed_is_handed_over_again_under_its_id_and_none_is_lost() {
    if let Ok(url) = env::var(VICTIM) {
        hand_over_until_killed(&url);
    }
    let folder = tempfile::tempdir().unwrap();
    kill_often(&format!("sqlite://{}", folder.path().join("argus.db").display()));
    #[cfg(unix)]
    if let Some(server) = server::PostgresServer::shared() {
        kill_often(&server.new_database());
    }
}

fn kill_often(url: &str) {
    fill(&open(url));
    let mut handed: BTreeMap<String, usize> = BTreeMap::new();
    for round in 0..ROUNDS {
        for id in handed_before_the_kill(url, round) {
            *handed.entry(id).or_default() += 1;
        }
    }
    let store = open(url);
    let all =
        store.read(|conn| outbox::list(conn, NoticeFilter::default(), None, PageSize::new(200).unwrap())).unwrap();
    let (marked, unmarked): (Vec<_>, Vec<_>) = all.items.into_iter().partition(|notice| notice.handed_at.is_some());
    assert_eq!(marked.len() + unmarked.len(), NOTICES);
    for notice in &marked {
        assert!(handed.contains_key(&notice.id.to_string()), "marked, and never handed over");
    }
    let again: usize = handed.values().map(|times| times - 1).sum();
    // One that was killed between the line and the mark, or while the mark was made, hands over one again.
    assert!(again <= ROUNDS, "{again} were handed over again");
    println!("{} handed over, {again} of them again, {} left", handed.len(), unmarked.len());
    assert!(handed.len() >= ROUNDS, "{}", handed.len());
}

fn open(url: &str) -> Store {
    Store::open(Location::parse(url).unwrap()).unwrap()
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
    };
    store
        .write(|conn| {
            organisation::create(conn, &Act::of_host(id, noon(), "a test"), &acme)?;
            for n in 0..NOTICES {
                let new = NewNotice {
                    kind: NoticeKind::ExpiryAhead,
                    organisation: id,
                    key: KeyId::new(noon()),
                    recipient: "ada@acme.example".into(),
                    payload: "{}".into(),
                    dedup_key: n.to_string(),
                };
                outbox::put(conn, noon(), &new)?;
            }
            Ok(())
        })
        .unwrap();
}

/// The victim of each round is killed after another number of lines, and the next one comes when its claim is over.
fn handed_before_the_kill(url: &str, round: usize) -> Vec<String> {
    let this = "a_notice_whose_claimant_is_killed_is_handed_over_again_under_its_id_and_none_is_lost";
    let mut victim = Command::new(env::current_exe().unwrap())
        .args([this, "--exact", "--nocapture"])
        .env(VICTIM, url)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(victim.stdout.take().unwrap());
    let mut text = String::new();
    while text.lines().filter(|line| line.starts_with(HANDED)).count() < 1 + round % 4 {
        assert_ne!(output.read_line(&mut text).unwrap(), 0, "the victim died by itself: {text}");
    }
    victim.kill().unwrap();
    victim.wait().unwrap();
    output.read_to_string(&mut text).unwrap();
    // A line without its end was cut off by the kill: its notice was not marked either.
    let whole = text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n'));
    whole.filter_map(|line| line.strip_prefix(HANDED)).map(str::to_owned).collect()
}

fn hand_over_until_killed(url: &str) -> ! {
    let store = open(url);
    let round = env::var(ROUND).unwrap();
    let at = noon() + TimeDelta::minutes(2 * round.parse::<i64>().unwrap());
    // Ends the line that the harness may have begun.
    println!();
    for turn in 0.. {
        let name = format!("{round}/{turn}");
        let claim = Claim { name: &name, at, until: at + TimeDelta::minutes(1) };
        let claimed = store.write_aside(|conn| outbox::claim(conn, &claim, 3)).unwrap();
        for notice in claimed {
            println!("{HANDED}{}", notice.id);
            assert!(store.write_aside(|conn| outbox::mark_handed(conn, &name, notice.id, at)).unwrap());
        }
    }
    unreachable!()
}
