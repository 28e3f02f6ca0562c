//! From what nodes have seen to alerts, over real databases: told once whoever dies, answered as the policy says, taught
//! by people.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking, and its helpers are part of it"
)]

#[path = "../../store/tests/support/postgres.rs"]
mod server;

use argus_insight::anomaly::{NetworkKind, Settings};
use argus_insight::usage::hash;
use argus_insight::watching::{Ended, Seen, Watched, Watcher, encode};
use argus_store::anomaly::{
    self, Anomaly, AnomalyDetector, AnomalyFilter, AnomalyState, Response, Severity, find_watch, list_sightings,
};
use argus_store::audit::{self, AuditEvent, AuditFilter};
use argus_store::credential::{Material, NewCredential, StoredHash};
use argus_store::key::{self, Environment, KeyState, NewKey};
use argus_store::organisation::{self, NewOrganisation, OrganisationChange, OrganisationPolicy, ResponseRule};
use argus_store::outbox::{self, NoticeFilter, NoticeKind};
use argus_store::{Act, Conditions, KeyId, Location, NodeId, OrganisationId, PageSize, Store};
use chrono::{DateTime, TimeDelta, Utc};
use server::PostgresServer;
use tempfile::TempDir;

const HOUR: i64 = 3_600;
const WEEK: i64 = 168 * HOUR;

/// The credential of the key.
const CREDENTIAL: &str = "000000000001";

/// A Monday, 00:00 UTC.
const MONDAY: i64 = 1_799_625_600;

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(MONDAY + seconds, 0).unwrap()
}

/// An organisation with a key, and a node that has seen its uses.
struct World {
    store: Store,
    acme: OrganisationId,
    key: KeyId,
    node: NodeId,
    batch: i64,
    _folder: TempDir,
}

/// The same on a file, and on a server where this machine has one.
fn on_both(responses: &[ResponseRule], test: impl Fn(&mut World)) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("argus.db").display());
    test(&mut World::open(&url, responses, folder));
    match PostgresServer::shared() {
        Some(server) => test(&mut World::open(&server.new_database(), responses, tempfile::tempdir().unwrap())),
        None => println!("skipped on PostgreSQL: this machine has none"),
    }
}

impl World {
    fn open(url: &str, responses: &[ResponseRule], folder: TempDir) -> Self {
        let store = Store::open(Location::parse(url).unwrap()).unwrap();
        let acme = OrganisationId::new(at(0));
        let act = Act::of_host(acme, at(0), "a test");
        let new = NewOrganisation {
            id: acme,
            name: "acme".into(),
            display_name: None,
            conditions: Conditions::default(),
            policy: OrganisationPolicy { responses: responses.to_vec(), ..OrganisationPolicy::default() },
            time_zone: "UTC".into(),
        };
        let of_key = NewKey {
            id: KeyId::new(at(0)),
            project_id: None,
            name: "reader".into(),
            owner: "ada@acme.example".into(),
            environment: Environment::Live,
            scopes: vec!["acme/x:read".into()],
            conditions: Conditions::default(),
            limits: Vec::new(),
            tags: Vec::new(),
            parent_key_id: None,
            not_before: None,
            expires_at: None,
            expiry_exception: None,
            rotation_interval_seconds: None,
            grace_seconds: None,
            durable: false,
        };
        let material = Material::Secret(StoredHash::new("$pbkdf2-sha256$i=600000,l=32$c2FsdA$aGFzaA".into()));
        let credential = NewCredential { id: CREDENTIAL.into(), material, not_before: at(0), expires_at: None };
        let made = store.write(|conn| {
            organisation::create(conn, &act, &new)?;
            key::create(conn, &act, &of_key, &credential)
        });
        let key = made.unwrap().id;
        Self { store, acme, key, node: NodeId::new(at(0)), batch: 0, _folder: folder }
    }

    fn watcher(&self) -> Watcher {
        Watcher::new(self.store.clone(), Settings::default()).unwrap()
    }

    /// A node has seen this.
    fn see(&mut self, seen: Vec<Seen>) {
        self.batch += 1;
        let (of, last) = ((self.node, self.batch), seen.last().unwrap().at);
        let text = encode(&[(self.key, seen)]).unwrap();
        let when = DateTime::from_timestamp(last, 0).unwrap();
        self.store.write_aside(|conn| anomaly::add_sighting(conn, of, when, &text)).unwrap();
    }

    /// Forty uses an hour for these hours, and what the watcher says of them.
    fn live(&mut self, watcher: &mut Watcher, hours: std::ops::Range<i64>) -> Vec<Watched> {
        let mut all = Vec::new();
        // A day at a time: a look for each hour would be minutes of writing.
        for day in hours.collect::<Vec<_>>().chunks(24) {
            self.see(day.iter().map(|hour| Seen { count: 40, ..usual(hour * HOUR) }).collect());
            all.push(watcher.look(at(day[day.len() - 1] * HOUR + 5)).unwrap());
        }
        all
    }

    fn all(&self) -> Vec<Anomaly> {
        let all = AnomalyFilter::default();
        self.store.read(|conn| anomaly::list(conn, &all, None, PageSize::default())).unwrap().items
    }

    fn notices(&self, kind: NoticeKind) -> usize {
        let page = self.store.read(|conn| outbox::list(conn, NoticeFilter::default(), None, PageSize::default()));
        page.unwrap().items.iter().filter(|notice| notice.kind == kind).count()
    }

    fn audited(&self, event: AuditEvent) -> Vec<String> {
        let filter = AuditFilter { event: Some(event), ..AuditFilter::default() };
        let page = self.store.read(|conn| audit::list(conn, &filter, 0, PageSize::default())).unwrap();
        page.items.into_iter().map(|record| record.entry).collect()
    }

    fn state(&self) -> KeyState {
        self.store.read(|conn| key::find(conn, self.key)).unwrap().unwrap().state
    }
}

fn usual(seconds: i64) -> Seen {
    Seen {
        at: MONDAY + seconds,
        count: 1,
        outcome: Ended::Permitted,
        credential: 0,
        resource: 7,
        action: "read".into(),
        client: None,
        address: 1,
        country: Some("DE".into()),
        asn: Some(64_500),
        place: None,
        decision: 5,
        kind: NetworkKind::Ordinary,
    }
}

/// The key is used from so many addresses at once.
fn leaked(seconds: i64, addresses: u64) -> Vec<Seen> {
    (0..addresses).map(|n| Seen { address: 1_000 + n, decision: n.into(), ..usual(seconds) }).collect()
}

const SUSPEND: ResponseRule = ResponseRule {
    detector: Some(AnomalyDetector::SharedKey),
    severity: Severity::Critical,
    response: Response::Suspend,
};

#[test]
fn a_leaked_key_is_told_once_whoever_dies_and_suspended_as_the_policy_says() {
    on_both(&[SUSPEND], |world| {
        let mut first = world.watcher();
        let quiet = world.live(&mut first, 0..15 * 24);
        assert!(quiet.iter().all(|watched| watched.is_mine && watched.alerts.is_empty()), "{quiet:?}");
        first.resign(at(15 * 24 * HOUR)).unwrap();
        assert_eq!(world.store.read(|conn| list_sightings(conn, &|_| false, 10)).unwrap(), [], "all is learned");

        // Two have been told of nothing yet: what one of them has found and not saved, the other finds again.
        let theft = 15 * 24 * HOUR + 60;
        let mut second = world.watcher();
        assert!(second.look(at(theft - 5)).unwrap().is_mine);
        world.see(leaked(theft, 60));
        let found = second.look(at(theft + 1)).unwrap();
        assert_eq!(found.alerts.len(), 1, "{found:?}");
        let (alert, response) = &found.alerts[0];
        let expected = (AnomalyDetector::SharedKey, Severity::Critical, Response::Suspend, AnomalyState::Open);
        assert_eq!((alert.detector, alert.severity, *response, alert.state), expected);
        assert!(alert.explanation.contains("30 addresses within an hour"), "{}", alert.explanation);
        assert_eq!((world.state(), world.notices(NoticeKind::AnomalyDetected)), (KeyState::Suspended, 1));
        let suspended = world.audited(AuditEvent::KeySuspended);
        assert!(suspended[0].contains("detected threat: ") && suspended[0].contains(r#""cause":"threat""#));
        drop(second);

        let mut third = world.watcher();
        assert!(!third.look(at(theft + 2)).unwrap().is_mine, "the dead one's lease lasts half a minute");
        let again = third.look(at(theft + 40)).unwrap();
        assert_eq!((again.is_mine, again.uses, again.alerts), (true, 60, vec![]));
        third.resign(at(theft + 41)).unwrap();
        let all = world.all();
        assert_eq!((all.len(), all[0].response), (1, Some(Response::Suspend)));
        assert!(all[0].times > 25 && all[0].evidence.observed > 0.0, "every further address is counted: {all:?}");
        assert_eq!(world.notices(NoticeKind::AnomalyDetected), 1);
        assert_eq!(world.audited(AuditEvent::AnomalyDetected).len(), 1);
        assert_eq!(world.audited(AuditEvent::KeySuspended).len(), 1);
    });
}

/// Nodes tell hashes of credentials; whoever watches finds the one of the key that has it.
#[test]
fn who_guesses_or_has_an_old_secret_is_told_with_the_credential() {
    on_both(&[], |world| {
        let mut watcher = world.watcher();
        let of = |outcome, credential: &str, asn| Seen {
            outcome,
            credential: hash(credential.as_bytes()),
            asn: Some(asn),
            count: 6,
            ..usual(60)
        };
        let wrong = |asn| of(Ended::WrongSecret, CREDENTIAL, asn);
        world.see(vec![wrong(64_500), wrong(64_501), of(Ended::Retired, "gone00000000", 64_500)]);
        let found = watcher.look(at(61)).unwrap();
        let mut told: Vec<_> = found.alerts.into_iter().map(|(alert, _)| alert.explanation).collect();
        told.sort_unstable();
        assert_eq!(
            told,
            [
                "12 wrong secrets for credential 000000000001 from 2 networks within 10 minutes",
                "a replaced credential was presented after its grace, from AS64500, DE; it was refused",
            ]
        );
    });
}

#[test]
fn a_key_is_revoked_where_the_policy_says_so_and_with_why() {
    let rule = ResponseRule { response: Response::Revoke, ..SUSPEND };
    on_both(&[rule], |world| {
        let mut watcher = world.watcher();
        world.live(&mut watcher, 0..15 * 24);
        let theft = 15 * 24 * HOUR + 60;
        world.see(leaked(theft, 60));
        let found = watcher.look(at(theft + 1)).unwrap();
        assert_eq!(found.alerts.iter().map(|(_, response)| *response).collect::<Vec<_>>(), [Response::Revoke]);
        assert_eq!((world.state(), world.notices(NoticeKind::Revoked)), (KeyState::Revoked, 1));
        assert!(world.audited(AuditEvent::KeyRevoked)[0].contains("addresses within an hour"));
    });
}

fn lower(world: &World, on: i64) {
    let act = Act::of_host(world.acme, at(on * 24 * HOUR), "a test");
    let lower = OrganisationChange { plan: Some("professional".into()), ..OrganisationChange::default() };
    world.store.write(|conn| organisation::change(conn, &act, &lower, None)).unwrap();
}

#[test]
fn a_plan_without_responses_has_anomalies_told_alone_once_its_grace_is_over() {
    on_both(&[SUSPEND], |world| {
        // Thirty days later is the day of the theft.
        lower(world, -15);
        let mut watcher = world.watcher();
        world.live(&mut watcher, 0..15 * 24);
        let theft = 15 * 24 * HOUR + 60;
        world.see(leaked(theft, 60));
        let found = watcher.look(at(theft + 1)).unwrap();
        assert_eq!(found.alerts.iter().map(|(_, response)| *response).collect::<Vec<_>>(), [Response::Notify]);
        assert_eq!((world.state(), world.notices(NoticeKind::AnomalyDetected)), (KeyState::Active, 1));
    });
}

#[test]
fn responses_go_on_in_the_grace_of_a_plan_without_them() {
    on_both(&[SUSPEND], |world| {
        lower(world, -14);
        let mut watcher = world.watcher();
        world.live(&mut watcher, 0..15 * 24);
        let theft = 15 * 24 * HOUR + 60;
        world.see(leaked(theft, 60));
        watcher.look(at(theft + 1)).unwrap();
        assert_eq!(world.state(), KeyState::Suspended);
    });
}

#[test]
fn what_is_marked_false_is_learned_and_not_told_again() {
    on_both(&[], |world| {
        let mut watcher = world.watcher();
        world.live(&mut watcher, 0..15 * 24);
        let day = 15 * 24 * HOUR;
        world.see(leaked(day, 60));
        assert_eq!(watcher.look(at(day + 1)).unwrap().alerts.len(), 1);
        let found = world.all().remove(0);
        assert_eq!((found.response, world.state()), (Some(Response::Notify), KeyState::Active));
        let act = Act::of_host(world.acme, at(day + 60), "a test");
        let marked = world.store.write(|conn| anomaly::mark_false(conn, &act, found.id, Some("a fleet"))).unwrap();
        assert!(!marked.unwrap().is_learned);
        watcher.look(at(day + 61)).unwrap();
        watcher.look(at(day + 75)).unwrap();
        assert!(world.all()[0].is_learned);
        // Another watcher knows it from the store.
        watcher.resign(at(day + 76)).unwrap();
        let mut other = world.watcher();
        for hour in 1..5 {
            world.see(leaked(day + hour * HOUR, 60));
            assert_eq!(other.look(at(day + hour * HOUR + 1)).unwrap().alerts, [], "hour {hour}");
        }
        assert_eq!(world.all().len(), 1);
    });
}

#[test]
fn an_alert_is_marked_false_long_after_it_was_over() {
    on_both(&[], |world| {
        let mut watcher = world.watcher();
        world.live(&mut watcher, 0..4 * 168);
        let burst = |week: i64| Seen { count: 900, ..usual(week * WEEK + 30) };
        world.see(vec![burst(4)]);
        let told = watcher.look(at(4 * WEEK + 31)).unwrap().alerts;
        assert_eq!(told.iter().map(|told| told.0.detector).collect::<Vec<_>>(), [AnomalyDetector::Volume]);
        world.live(&mut watcher, 4 * 168 + 1..4 * 168 + 80);
        let act = Act::of_host(world.acme, at(4 * WEEK + 80 * HOUR), "a test");
        world.store.write(|conn| anomaly::mark_false(conn, &act, told[0].0.id, None)).unwrap();
        let rest = world.live(&mut watcher, 4 * 168 + 80..5 * 168);
        world.see(vec![burst(5)]);
        let again = watcher.look(at(5 * WEEK + 31)).unwrap();
        let told: Vec<_> = rest.iter().chain([&again]).flat_map(|watched| &watched.alerts).collect();
        assert!(told.is_empty(), "the job is in order: {told:?}");
    });
}

#[test]
fn silence_is_told_though_nothing_is_seen() {
    on_both(&[ResponseRule { detector: None, severity: Severity::Low, response: Response::Rotate }], |world| {
        let mut watcher = world.watcher();
        world.live(&mut watcher, 0..3 * 168);
        let mut alerts = Vec::new();
        for minute in (0..8 * 60).step_by(10) {
            alerts.extend(watcher.look(at(3 * WEEK + minute * 60)).unwrap().alerts);
        }
        assert_eq!(alerts.len(), 1, "{alerts:?}");
        assert_eq!((alerts[0].0.detector, alerts[0].1), (AnomalyDetector::Silence, Response::Rotate));
        assert_eq!(world.audited(AuditEvent::RotationOpened).len(), 1);
        assert!(alerts[0].0.explanation.starts_with("no request for 4 hours"), "{}", alerts[0].0.explanation);
    });
}

/// What people change of the organisation while its key is watched.
fn change(world: &World, seconds: i64, change: &OrganisationChange) {
    let act = Act::of_host(world.acme, at(seconds), "a test");
    world.store.write(|conn| organisation::change(conn, &act, change, None)).unwrap().unwrap();
}

#[test]
fn on_a_holiday_of_the_organisations_calendar_neither_silence_nor_volume_is_told() {
    on_both(&[], |world| {
        let mut watcher = world.watcher();
        world.live(&mut watcher, 0..3 * 168);
        // The fourth Tuesday, where it is one: from Monday 23:00 UTC on.
        let policy =
            OrganisationPolicy { holidays: vec!["2027-02-02".parse().unwrap()], ..OrganisationPolicy::default() };
        let berlin = Some("Europe/Berlin".to_owned());
        change(world, 3 * WEEK, &OrganisationChange { policy: Some(policy), time_zone: berlin, ..Default::default() });
        world.live(&mut watcher, 3 * 168..3 * 168 + 23);
        let mut alerts = Vec::new();
        for minute in (0..20 * 60).step_by(10) {
            alerts.extend(watcher.look(at(3 * WEEK + 23 * HOUR + minute * 60)).unwrap().alerts);
        }
        world.see(vec![Seen { count: 900, ..usual(3 * WEEK + 43 * HOUR + 30) }]);
        alerts.extend(watcher.look(at(3 * WEEK + 43 * HOUR + 31)).unwrap().alerts);
        assert_eq!(alerts, [], "all of that is the holiday");
        // The day after is like any other.
        for minute in (0..8 * 60).step_by(10) {
            alerts.extend(watcher.look(at(3 * WEEK + 47 * HOUR + minute * 60)).unwrap().alerts);
        }
        world.see(vec![Seen { count: 900, ..usual(3 * WEEK + 56 * HOUR + 30) }]);
        alerts.extend(watcher.look(at(3 * WEEK + 56 * HOUR + 31)).unwrap().alerts);
        let told: Vec<_> = alerts.iter().map(|told| told.0.detector).collect();
        assert_eq!(told, [AnomalyDetector::Silence, AnomalyDetector::Volume]);
        assert!(alerts[1].0.explanation.contains("usual for Wednesdays 09:00"), "{}", alerts[1].0.explanation);
    });
}

#[test]
fn a_country_that_the_organisation_allows_is_no_news() {
    on_both(&[], |world| {
        let mut watcher = world.watcher();
        world.live(&mut watcher, 0..60);
        let conditions = Conditions { countries: vec!["DE".into(), "FR".into()], ..Conditions::default() };
        change(world, 60 * HOUR, &OrganisationChange { conditions: Some(conditions), ..Default::default() });
        world.live(&mut watcher, 60..70);
        let from =
            |country: &str, minutes: i64| Seen { country: Some(country.into()), ..usual(70 * HOUR + minutes * 60) };
        world.see(vec![from("FR", 1)]);
        assert_eq!(watcher.look(at(70 * HOUR + 61)).unwrap().alerts, []);
        world.see(vec![from("BR", 2)]);
        let told = watcher.look(at(70 * HOUR + 121)).unwrap().alerts;
        let graver = |told: &[(Anomaly, Response)]| told.iter().map(|told| told.0.severity).collect::<Vec<_>>();
        assert_eq!((told[0].0.detector, graver(&told)), (AnomalyDetector::NewCountry, vec![Severity::Medium]));
    });
}

#[test]
fn a_new_country_is_graver_through_an_anonymiser() {
    on_both(&[], |world| {
        let mut watcher = world.watcher();
        world.live(&mut watcher, 0..70);
        world.see(vec![Seen { country: Some("BR".into()), kind: NetworkKind::Anonymiser, ..usual(70 * HOUR + 60) }]);
        let told = watcher.look(at(70 * HOUR + 61)).unwrap().alerts;
        assert_eq!((told.len(), told[0].0.severity), (1, Severity::High));
        assert!(told[0].0.explanation.contains("BR, through an anonymiser"), "{}", told[0].0.explanation);
    });
}

#[test]
fn one_node_watches_at_a_time_and_a_key_of_no_organisation_or_that_has_ended_is_nobodys() {
    on_both(&[], |world| {
        let (mut one, mut two) = (world.watcher(), world.watcher());
        assert!(one.look(at(1)).unwrap().is_mine && !two.look(at(2)).unwrap().is_mine);
        one.resign(at(3)).unwrap();
        assert!(two.look(at(4)).unwrap().is_mine);
        let stranger = encode(&[(KeyId::new(at(0)), vec![usual(5)])]).unwrap();
        let act = Act::of_host(world.acme, at(5), "a test");
        world.store.write(|conn| anomaly::add_sighting(conn, (world.node, 99), at(5), &stranger)).unwrap();
        world.store.write(|conn| anomaly::add_sighting(conn, (world.node, 100), at(5), "no base64")).unwrap();
        world.store.write(|conn| key::revoke(conn, &act, world.key, &key::Revocation::manual("gone"))).unwrap();
        world.batch = 200;
        world.see(vec![usual(6)]);
        assert_eq!(two.look(at(7)).unwrap().uses, 0);
        two.resign(at(8)).unwrap();
        assert_eq!(world.store.read(|conn| list_sightings(conn, &|_| false, 10)).unwrap(), []);
        assert_eq!(world.store.read(|conn| find_watch(conn, world.key)).unwrap(), None);
    });
}

#[test]
fn a_key_is_watched_from_its_creation_and_two_watchers_in_turn_know_what_one_would() {
    on_both(&[], |world| {
        let mut watcher = world.watcher();
        world.live(&mut watcher, 0..60);
        watcher.resign(at(60 * HOUR)).unwrap();
        let mut watcher = world.watcher();
        world.live(&mut watcher, 60..70);
        // After a first use from elsewhere: there is no waiting for days.
        world.see(vec![Seen { country: Some("BR".into()), address: 2, ..usual(70 * HOUR) }]);
        let told = watcher.look(at(70 * HOUR + 1)).unwrap().alerts;
        assert_eq!(told[0].0.detector, AnomalyDetector::NewCountry);
        let ids = &told[0].0.evidence.request_ids;
        assert_eq!(ids[..], ["00000000-0000-0000-0000-000000000005".to_owned()]);
        assert!(told[0].0.first_seen_at - at(0) == TimeDelta::hours(70));
    });
}
