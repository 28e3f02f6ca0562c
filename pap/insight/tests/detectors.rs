//! Each detector in its own scenario, and in the scenarios that must leave it silent.

use argus_insight::anomaly::{
    Alert, Detector, MEMORY_BYTES, MemoryError, Network, NetworkKind, Observation, Outcome, Place, Settings, Severity,
    State, Suggestion, Surroundings, Watch,
};

use chrono_tz::Tz;

const MINUTE: i64 = 60;
const HOUR: i64 = 3600;
const DAY: i64 = 86_400;
const WEEK: i64 = 7 * DAY;
const FORM_ONE: u8 = 1;
/// A Monday, 00:00 UTC.
const MONDAY: i64 = 4 * DAY;

/// A key's life, told hour by hour.
struct Life {
    watch: Watch,
    settings: Settings,
    quiet: Vec<std::ops::Range<i64>>,
    allowed: Vec<String>,
    is_rotating: bool,
    zone: Tz,
    now: i64,
    told: Vec<Alert>,
}

fn home() -> Network<'static> {
    Network { address: "192.0.2.1", country: Some("DE"), asn: Some(64_500), place: Some(BERLIN), ..Network::default() }
}

const BERLIN: Place = Place { latitude: 52.52, longitude: 13.4, radius_km: 20.0 };
const SYDNEY: Place = Place { latitude: -33.87, longitude: 151.2, radius_km: 20.0 };

impl Life {
    fn new() -> Self {
        Self {
            watch: Watch::new(MONDAY),
            settings: Settings::default(),
            quiet: vec![],
            allowed: vec![],
            is_rotating: false,
            zone: Tz::UTC,
            now: MONDAY,
            told: vec![],
        }
    }

    fn see(&mut self, seen: &Observation<'_>) {
        let around = Surroundings {
            allowed_countries: &self.allowed,
            quiet: &self.quiet,
            is_rotating: self.is_rotating,
            zone: self.zone,
        };
        self.now = self.now.max(seen.at);
        self.told.extend(self.watch.observe(seen, &around, &self.settings));
    }

    /// Hours of ordinary use: `count(hour since the Monday)` requests each.
    fn hours(&mut self, hours: i64, count: impl Fn(i64) -> u32) -> &mut Self {
        for _ in 0..hours {
            let count = count((self.now - MONDAY) / HOUR);
            if count > 0 {
                let seen = ordinary(self.now, count);
                self.see(&seen);
            }
            self.now += HOUR;
            let around = Surroundings {
                allowed_countries: &self.allowed,
                quiet: &self.quiet,
                is_rotating: self.is_rotating,
                zone: self.zone,
            };
            self.told.extend(self.watch.advance(self.now, &around, &self.settings));
        }
        self
    }

    fn told(&self, detector: Detector) -> Vec<&Alert> {
        self.told.iter().filter(|alert| alert.finding.detector == detector).collect()
    }

    fn only(&self, detector: Detector) -> &Alert {
        let told = self.told(detector);
        assert_eq!(told.len(), 1, "{:#?}", self.told);
        told.first().copied().unwrap_or_else(|| unreachable!("there is one"))
    }

    fn is_silent(&self) {
        assert!(self.told.is_empty(), "{:#?}", self.told);
    }
}

fn ordinary(at: i64, count: u32) -> Observation<'static> {
    Observation { count, client: Some("reporter"), ..Observation::permitted(at, "reports/today", "read", home()) }
}

fn denied(at: i64, resource: &str) -> Observation<'_> {
    Observation { outcome: Outcome::Denied, ..Observation::permitted(at, resource, "read", home()) }
}

/// Fifty an hour, day and night, for four weeks.
fn steady() -> Life {
    let mut life = Life::new();
    life.hours(4 * 168, |hour| 50 + wave(hour));
    life.is_silent();
    life
}

/// A little more and less.
fn wave(hour: i64) -> u32 {
    u32::try_from(hour * 7 % 13).unwrap_or(0)
}

/// Two hundred an hour from eight to five, Monday to Friday, for five weeks.
fn office() -> Life {
    let mut life = Life::new();
    life.hours(5 * 168, office_hours);
    life.is_silent();
    life
}

fn office_hours(hour: i64) -> u32 {
    if (hour / 24) % 7 < 5 && (8..17).contains(&(hour % 24)) { 200 } else { 0 }
}

#[test]
fn volume_far_above_the_hour_of_the_week_is_told_in_words_and_numbers() {
    let mut life = steady();
    life.see(&ordinary(life.now, 420));
    let alert = life.only(Detector::Volume);
    assert!(alert.finding.explanation.starts_with("420 requests this hour; usual for Mondays 00:00 is 5"));
    assert_eq!(alert.finding.suggestion, Suggestion::Suspend);
    life.see(&ordinary(life.now + MINUTE, 420));
    assert_eq!(life.only(Detector::Volume).times, 1, "one open alert, told once");
}

#[test]
fn volume_is_useful_after_a_day() {
    let mut life = Life::new();
    life.hours(25, |_| 30);
    life.see(&ordinary(life.now, 500));
    life.only(Detector::Volume);
}

#[test]
fn at_night_a_tenth_of_the_days_volume_is_told_of_a_key_that_keeps_hours() {
    let mut life = office();
    life.see(&ordinary(life.now + 2 * HOUR, 150));
    life.only(Detector::Volume);
    life.only(Detector::OffHours);
}

#[test]
fn a_day_of_more_than_ever_is_told_though_no_hour_of_it_stands_out() {
    let mut life = steady();
    let before = life.now;
    // Twice as much at every hour is neither three times as much nor six deviations.
    life.hours(30, |hour| 100 + wave(hour));
    let alert = life.only(Detector::Volume);
    assert!((0..=DAY).contains(&(alert.since - before)), "{alert:#?}");
    let words = &alert.finding.explanation;
    assert!(words.contains("requests within 24 hours; usual for these is 1") && words.contains("27 days"), "{words}");

    // A quarter more, half as much, and a day that the owner has declared are no news.
    steady().hours(48, |hour| (50 + wave(hour)) * 5 / 4).is_silent();
    steady().hours(48, |hour| 25 + wave(hour) / 2).is_silent();
    let mut declared = steady();
    declared.quiet.push(declared.now..declared.now + DAY);
    declared.hours(24, |_| 150).hours(168, |hour| 50 + wave(hour)).is_silent();
}

#[test]
fn what_was_remembered_before_days_were_is_read() {
    let new = Watch::new(MONDAY).to_bytes().unwrap();
    // Untouched, they are nine reals and four counts at the end.
    let old = [&[FORM_ONE], &new[1..new.len() - 76]].concat();
    assert_eq!(Watch::from_bytes(&old).unwrap().to_bytes().unwrap(), new);
}

#[test]
fn a_weekly_batch_and_growth_of_five_per_cent_a_week_are_no_news() {
    let batch = |hour: i64| 20 + if hour % 168 == 50 { 9000 } else { 0 };
    let mut life = Life::new();
    life.hours(168, batch);
    life.told.clear();
    life.hours(5 * 168, batch);
    // An hour late, once.
    life.hours(50, |_| 20).hours(1, |_| 20).hours(1, |_| 9000);
    life.is_silent();

    let mut life = Life::new();
    life.hours(8 * 168, |hour| u32::try_from(300 * (100 + 5 * (hour / 168)) / 100).unwrap());
    life.is_silent();
}

#[test]
fn silence_of_a_busy_key_is_told_within_five_hours() {
    let mut life = steady();
    let before = life.now;
    life.hours(5, |_| 0);
    let alert = life.only(Detector::Silence);
    assert_eq!(alert.since - before, 4 * HOUR);
    assert!(alert.finding.explanation.starts_with("no request for 4 hours; usual for these hours is 2"));
}

#[test]
fn who_stops_to_replace_a_secret_is_not_silent_and_who_does_not_come_back_is() {
    let mut life = steady();
    life.is_rotating = true;
    life.hours(10, |_| 0).is_silent();
    // The grace is over.
    life.is_rotating = false;
    let over = life.now;
    life.hours(5, |_| 0);
    assert_eq!(life.only(Detector::Silence).since - over, 4 * HOUR);
}

#[test]
fn nights_declared_holidays_and_sparse_keys_are_not_silence() {
    let mut life = office();
    life.hours(8, |_| 0).is_silent();
    life.quiet.push(life.now..life.now + 16 * HOUR);
    life.hours(16, |_| 0).is_silent();
    life.hours(168, office_hours).is_silent();

    let mut sparse = Life::new();
    sparse.hours(4 * 168, |hour| u32::from(hour % 5 == 0) * 60);
    sparse.hours(30, |_| 0).is_silent();
}

#[test]
fn a_rate_of_errors_that_is_no_chance_is_told() {
    let mut life = steady();
    life.see(&Observation { count: 15, ..denied(life.now, "reports/today") });
    life.is_silent();
    life.see(&ordinary(life.now, 30));
    life.see(&Observation { count: 10, ..denied(life.now + MINUTE, "reports/today") });
    let alert = life.only(Detector::ErrorRate);
    assert!(alert.finding.explanation.starts_with("25 of 55 requests refused in 15 minutes, at least "));
}

#[test]
fn a_burst_of_ten_errors_and_a_key_that_always_errs_are_no_news() {
    let mut life = steady();
    life.see(&ordinary(life.now, 55));
    life.see(&Observation { count: 3, ..denied(life.now, "reports/today") });
    life.is_silent();

    let mut life = Life::new();
    for _ in 0..4 * 168 {
        life.see(&Observation { count: 40, ..denied(life.now, "reports/today") });
        life.hours(1, |_| 60);
    }
    life.is_silent();
}

#[test]
fn a_new_country_is_told_after_fifty_uses_unless_the_owner_allows_it() {
    let abroad = |at, kind| {
        let network = Network { country: Some("RU"), asn: None, place: None, kind, ..home() };
        Observation::permitted(at, "reports/today", "read", network)
    };
    let mut life = Life::new();
    life.hours(1, |_| 40);
    life.see(&Observation { count: 100, ..abroad(life.now, NetworkKind::Ordinary) });
    life.is_silent();

    let mut life = Life::new();
    life.hours(1, |_| 60);
    life.see(&abroad(life.now, NetworkKind::Anonymiser));
    let alert = life.only(Detector::NewCountry);
    assert_eq!(
        alert.finding.explanation,
        "first request from RU, through an anonymiser; the 60 uses before it came from DE"
    );
    assert_eq!(alert.finding.severity, Severity::High);
    life.see(&abroad(life.now + 9 * DAY, NetworkKind::Anonymiser));
    life.only(Detector::NewCountry);

    let mut life = Life::new();
    life.allowed.push("ru".into());
    life.hours(1, |_| 60);
    life.see(&abroad(life.now, NetworkKind::Anonymiser));
    life.is_silent();
}

#[test]
fn a_new_network_is_told_after_two_weeks() {
    let elsewhere = |at| {
        let network = Network { asn: Some(64_501), kind: NetworkKind::Hosting, ..home() };
        Observation::permitted(at, "reports/today", "read", network)
    };
    let mut young = Life::new();
    young.hours(10 * 24, |_| 60);
    young.see(&elsewhere(young.now));
    young.is_silent();

    let mut life = steady();
    life.see(&elsewhere(life.now));
    let finding = &life.only(Detector::NewNetwork).finding;
    assert_eq!(finding.explanation, "first request from AS64501, a hosting provider; so far the key came from AS64500");
    assert_eq!(finding.severity, Severity::Medium);
}

fn from(at: i64, place: Place, asn: u32, country: &'static str) -> Observation<'static> {
    let network = Network { place: Some(place), asn: Some(asn), country: Some(country), ..home() };
    Observation::permitted(at, "reports/today", "read", network)
}

#[test]
fn impossible_travel_to_an_unknown_place_is_told() {
    let mut life = steady();
    life.see(&ordinary(life.now, 1));
    life.see(&from(life.now + 30 * MINUTE, SYDNEY, 64_501, "AU"));
    let alert = life.only(Detector::ImpossibleTravel);
    assert_eq!(
        alert.finding.explanation,
        "two uses 16054 km apart within 30 minutes: near 52.5° N 13.4° E, then near 33.9° S 151.2° E (AU), where the key \
         never works"
    );
    assert_eq!(alert.finding.suggestion, Suggestion::Suspend);
}

#[test]
fn fleets_flights_known_networks_and_coarse_places_are_no_impossible_travel() {
    // At home in five regions at once.
    let places =
        [(52.5, 13.4, "DE"), (40.7, -74.0, "US"), (-33.9, 151.2, "AU"), (35.7, 139.7, "JP"), (1.35, 103.8, "SG")];
    let mut fleet = Life::new();
    for hour in 0..4 * 168 {
        for (latitude, longitude, country) in places {
            let place = Place { latitude, longitude, radius_km: 10.0 };
            fleet.see(&from(MONDAY + hour * HOUR, place, 64_510, country));
        }
    }
    fleet.see(&from(fleet.now + MINUTE, Place { latitude: 19.1, longitude: 72.9, radius_km: 10.0 }, 64_999, "SG"));
    assert!(fleet.told(Detector::ImpossibleTravel).is_empty());

    // By plane; through the same carrier; by an address that could be anywhere.
    for (after, place, asn) in [
        (30 * HOUR, SYDNEY, 64_501),
        (MINUTE, SYDNEY, 64_500),
        (MINUTE, Place { radius_km: 16_000.0, ..SYDNEY }, 64_501),
    ] {
        let mut life = steady();
        life.see(&ordinary(life.now, 1));
        life.see(&from(life.now + after, place, asn, "DE"));
        assert!(life.told(Detector::ImpossibleTravel).is_empty());
    }
}

#[test]
fn probing_is_told_from_the_first_use_on_and_a_retry_is_not() {
    let mut life = Life::new();
    for retry in 0..200 {
        life.see(&denied(MONDAY + retry, "reports/secret"));
    }
    life.is_silent();
    for wall in 0..20 {
        life.see(&denied(MONDAY + 300 + 20 * wall, &format!("reports/{wall}")));
    }
    assert!(life.only(Detector::Probing).finding.explanation.contains("20 different resources and 1 action denied"));

    let mut life = Life::new();
    for action in ["delete", "grant", "export", "rotate", "create"] {
        life.see(&Observation { action, ..denied(MONDAY, "reports/today") });
    }
    life.only(Detector::Probing);
}

fn export(life: &mut Life, resources: u32) {
    for resource in 0..resources {
        let name = format!("customers/{resource}");
        life.see(&Observation::permitted(life.now, &name, "read", home()));
    }
}

#[test]
fn fan_out_is_told_and_an_export_at_its_usual_hour_is_not() {
    let mut life = Life::new();
    for _ in 0..4 {
        life.hours(167, |_| 60);
        export(&mut life, 600);
        life.hours(1, |_| 60);
    }
    life.told.clear();
    life.hours(167, |_| 60);
    export(&mut life, 700);
    assert!(life.told(Detector::FanOut).is_empty(), "{:#?}", life.told);
    life.hours(60, |_| 60);
    export(&mut life, 700);
    assert!(life.only(Detector::FanOut).finding.explanation.contains("distinct resources this hour"));
}

#[test]
fn a_key_that_wakes_after_a_month_is_told_and_one_that_was_never_used_is_not() {
    let mut life = Life::new();
    life.see(&ordinary(MONDAY + 90 * DAY, 1));
    life.is_silent();
    life.see(&ordinary(MONDAY + 119 * DAY, 1));
    life.is_silent();
    life.see(&ordinary(MONDAY + 149 * DAY, 1));
    assert_eq!(life.only(Detector::Dormant).finding.explanation, "first success after 30 days of silence");
}

#[test]
fn off_hours_is_told_of_keys_that_keep_hours_only() {
    let mut life = office();
    life.see(&ordinary(life.now + 3 * HOUR, 9));
    life.is_silent();
    life.see(&ordinary(life.now + MINUTE, 3));
    assert!(life.only(Detector::OffHours).finding.explanation.starts_with("12 successes this hour; Mondays 03:00 and"));

    // Twenty uses in some hour or other, each day another.
    let mut stray = Life::new();
    stray.hours(8 * 168, |hour| if hour % 24 == (hour / 24 * 11) % 24 { 20 } else { 0 });
    stray.is_silent();
}

#[test]
fn a_new_client_is_told_beside_another_sign_only() {
    let mut life = steady();
    life.see(&Observation { client: Some("curl"), ..ordinary(life.now, 1) });
    life.is_silent();
    life.hours(5, |_| 50);
    life.see(&Observation { client: Some("scanner"), ..from(life.now, BERLIN, 64_777, "NL") });
    life.only(Detector::NewCountry);
    assert_eq!(
        life.only(Detector::NewClient).finding.explanation,
        "client `scanner` was never seen before, within the hour of new-country, new-network"
    );

    // The sign comes first, and the client half an hour later.
    let mut life = steady();
    life.see(&from(life.now, BERLIN, 64_777, "NL"));
    let at = life.now + 30 * MINUTE;
    life.see(&Observation { client: Some("scanner"), ..ordinary(at, 1) });
    assert!(
        life.only(Detector::NewClient).finding.explanation.ends_with("within the hour of new-country, new-network")
    );
}

#[test]
fn a_key_in_five_networks_at_once_has_leaked() {
    let mut life = steady();
    for asn in 0..5 {
        life.see(&from(life.now, BERLIN, 65_000 + asn, "DE"));
        life.now += MINUTE;
    }
    let alert = life.only(Detector::SharedKey);
    assert_eq!(alert.finding.suggestion, Suggestion::Revoke);
    assert_eq!(alert.finding.explanation, "5 networks and 1 address within an hour; in 28 days at most 1 and 1");

    // And from forty addresses of one provider.
    let mut life = steady();
    for host in 0..40 {
        let address = format!("198.51.100.{host}");
        let network = Network { address: &address, ..home() };
        life.see(&Observation::permitted(life.now, "reports/today", "read", network));
    }
    life.only(Detector::SharedKey);
}

#[test]
fn a_key_that_always_has_many_networks_is_not_shared() {
    let mut life = Life::new();
    for hour in 0..4 * 168 {
        for asn in 0..6 {
            life.see(&from(MONDAY + hour * HOUR, BERLIN, 65_000 + asn, "DE"));
        }
    }
    life.is_silent();
}

#[test]
fn guesses_from_two_networks_are_told_and_a_program_with_an_old_secret_is_not() {
    let wrong = |at, asn| Observation {
        outcome: Outcome::WrongSecret,
        credential: "c1",
        credential_id: Some("4fTq9aGx0LmN"),
        ..Observation::permitted(at, "", "", Network { asn: Some(asn), ..Network::default() })
    };
    let mut life = Life::new();
    for minute in 0..60 {
        life.see(&Observation { count: 3, ..wrong(MONDAY + minute * MINUTE, 64_500) });
    }
    life.is_silent();
    life.see(&wrong(life.now, 64_501));
    assert_eq!(
        life.only(Detector::WrongSecret).finding.explanation,
        "31 wrong secrets for credential 4fTq9aGx0LmN from 2 networks within 10 minutes"
    );
}

#[test]
fn guessing_teaches_nothing_of_the_keys_own_use() {
    let mut life = steady();
    let mut other = steady();
    for minute in 0..50 {
        let network = Network { asn: Some(64_600), ..Network::default() };
        let seen = Observation::permitted(life.now + minute * MINUTE, "", "", network);
        life.see(&Observation { outcome: Outcome::WrongSecret, count: 10_000, ..seen });
    }
    assert!(life.told(Detector::Volume).is_empty());
    life.hours(2, |_| 50);
    let at = life.now;
    other.hours(2, |_| 50);
    for life in [&mut life, &mut other] {
        life.see(&ordinary(at, 420));
    }
    assert_eq!(life.only(Detector::Volume).finding.explanation, other.only(Detector::Volume).finding.explanation);
}

#[test]
fn a_replaced_credential_is_told_at_once() {
    let mut life = Life::new();
    life.see(&Observation { outcome: Outcome::RetiredCredential, ..ordinary(MONDAY, 1) });
    assert_eq!(
        life.only(Detector::OldCredential).finding.explanation,
        "a replaced credential was presented after its grace, from AS64500, DE; it was refused"
    );
    let mut life = Life::new();
    let known = Observation { credential_id: Some("4fTq9aGx0LmN"), ..ordinary(MONDAY, 1) };
    life.see(&Observation { outcome: Outcome::RetiredCredential, ..known });
    assert_eq!(
        life.only(Detector::OldCredential).finding.explanation,
        "credential 4fTq9aGx0LmN was presented after its grace, from AS64500, DE; it was refused"
    );
}

#[test]
fn the_first_powerful_action_of_an_old_key_is_told_once() {
    let delete = |at| Observation { powerful: true, action: "delete", ..ordinary(at, 1) };
    let mut young = Life::new();
    young.see(&delete(MONDAY));
    young.hours(20 * 24, |_| 60);
    young.see(&delete(young.now));
    young.is_silent();

    let mut life = steady();
    life.see(&delete(life.now));
    assert!(life.only(Detector::PowerfulAction).finding.explanation.starts_with("first `delete` after 28 days and"));
    life.see(&delete(life.now + 3 * DAY));
    life.only(Detector::PowerfulAction);
}

#[test]
fn an_alert_marked_false_teaches_its_detector() {
    // The same again a week later, for each detector that has something to learn.
    let again = |detector: Detector, deed: &dyn Fn(&mut Life)| {
        let mut life = steady();
        deed(&mut life);
        life.only(detector);
        let around = Surroundings::default();
        assert!(life.watch.mark_false(detector, &around));
        assert!(!life.watch.mark_false(detector, &around), "it is gone");
        life.told.clear();
        life.now += HOUR;
        let hours = (MONDAY + 5 * WEEK - life.now) / HOUR;
        life.hours(hours, |hour| 50 + wave(hour));
        life.told.clear();
        deed(&mut life);
        assert!(life.told(detector).is_empty(), "{detector:?}: {:#?}", life.told);
    };
    again(Detector::Volume, &|life| life.see(&ordinary(life.now, 700)));
    again(Detector::Silence, &|life| {
        life.hours(5, |_| 0);
    });
    again(Detector::ErrorRate, &|life| life.see(&Observation { count: 60, ..denied(life.now, "reports/today") }));
    again(Detector::FanOut, &|life| export(life, 600));
    again(Detector::Probing, &|life| (0..25).for_each(|wall| life.see(&denied(life.now, &format!("r/{wall}")))));
    again(Detector::SharedKey, &|life| (0..5).for_each(|asn| life.see(&from(life.now, BERLIN, 65_000 + asn, "DE"))));
    again(Detector::ImpossibleTravel, &|life| {
        life.see(&ordinary(life.now, 1));
        life.see(&from(life.now + MINUTE, SYDNEY, 64_501, "AU"));
    });
}

#[test]
fn an_acknowledged_alert_is_not_told_again_and_people_s_words_are_kept() {
    let mut life = steady();
    life.see(&ordinary(life.now, 420));
    assert!(life.watch.acknowledge(Detector::Volume, "load test of the new release"));
    life.see(&ordinary(life.now + HOUR, 900));
    life.only(Detector::Volume);
    let standing: Vec<_> = life.watch.book().standing(life.now).cloned().collect();
    let acknowledged = State::Acknowledged { reason: "load test of the new release".into() };
    assert!(standing.iter().any(|alert| alert.state == acknowledged));
    assert!(life.watch.snooze(Detector::Volume, life.now + DAY));
    assert!(!life.watch.snooze(Detector::Silence, life.now + DAY));
}

#[test]
fn what_is_remembered_survives_and_goes_on_alike() {
    let mut life = office();
    let bytes = life.watch.to_bytes().unwrap();
    let mut copy = Watch::from_bytes(&bytes).unwrap();
    let seen = ordinary(life.now + 2 * HOUR, 150);
    let told = copy.observe(&seen, &Surroundings::default(), &Settings::default());
    life.see(&seen);
    assert_eq!(told, life.told);
    assert_eq!(told.len(), 2);

    let mut newer = bytes.clone();
    newer[0] = 3;
    assert!(matches!(Watch::from_bytes(&newer), Err(MemoryError::Form(3))));
    for broken in [&b""[..], b"\x01", b"\x01{}", b"\x02{}", &bytes[..bytes.len() / 2], &[FORM_ONE; 200]] {
        assert!(matches!(Watch::from_bytes(broken), Err(MemoryError::Damaged(_))));
    }
}

/// Whatever a holder can do to fill the lists, he does, and everything is told at once.
#[test]
fn a_hostile_holder_can_t_make_the_memory_grow() {
    let mut life = office();
    // Half a year: as many hours as are remembered.
    life.hours(26 * 168, office_hours);
    let long = "\u{1}x\"\\".repeat(300);
    for round in 0..3_000_u32 {
        let (address, text) = (format!("203.0.113.{round}"), format!("{round}{long}"));
        let odd = f64::from(round);
        let place =
            Place { latitude: odd * 11.234_567 % 90.0, longitude: odd * 17.654_321 % 180.0, radius_km: 1.234_567 };
        let network = Network {
            address: &address,
            country: Some(["DE", "FR", "US", "JP"][round as usize % 4]),
            asn: Some(u32::MAX - round),
            kind: NetworkKind::Anonymiser,
            place: Some(place),
        };
        let outcome = match round % 4 {
            0 => Outcome::Denied,
            1 => Outcome::WrongSecret,
            2 if round % 50 == 2 => Outcome::RetiredCredential,
            _ => Outcome::Permitted,
        };
        life.see(&Observation {
            at: life.now + 1,
            count: 1 + round * 7919 % 1_000_003,
            outcome,
            credential: &text,
            credential_id: Some(&text),
            resource: &text,
            action: &text,
            powerful: true,
            client: Some(&text),
            network,
            request: &text,
        });
    }
    for detector in Detector::ALL {
        life.watch.acknowledge(detector, &long);
    }
    assert!(life.watch.book().standing(life.now).count() >= 12, "{:?}", life.watch.book());
    let size = life.watch.to_bytes().unwrap().len();
    assert!(size <= MEMORY_BYTES, "{size}");
    println!(
        "what is remembered of a hostile holder's key: {size} octets; of an ordinary one's: {}",
        office().watch.to_bytes().unwrap().len()
    );
}

#[test]
fn a_holiday_is_no_volume_and_teaches_nothing() {
    let mut life = steady();
    life.quiet.push(life.now..life.now + DAY);
    life.hours(24, |_| 900).is_silent();
    let before = life.now;
    life.hours(6 * 24, |hour| 50 + wave(hour)).is_silent();
    assert_eq!(life.now, before + 6 * DAY);
    life.see(&ordinary(life.now, 420));
    assert!(life.only(Detector::Volume).finding.explanation.contains("usual for Mondays 00:00 is 5"));
}

#[test]
fn a_days_end_is_midnight_where_the_organisation_is() {
    for (zone, expected) in [(Tz::UTC, 1), (Tz::Asia__Kolkata, 0)] {
        let mut life = steady();
        life.zone = zone;
        let there = Network { place: Some(SYDNEY), asn: None, country: None, address: "198.51.100.9", ..home() };
        // On three days of Kolkata's and two of Greenwich's.
        for hour in [17 * HOUR, 19 * HOUR, 43 * HOUR] {
            let at = MONDAY + 4 * WEEK + hour;
            life.see(&Observation::permitted(at, "reports/today", "read", there));
        }
        life.hours(60, |hour| 50 + wave(hour));
        life.told.clear();
        life.see(&ordinary(life.now, 1));
        life.see(&Observation::permitted(life.now + 600, "reports/today", "read", there));
        assert_eq!(life.told(Detector::ImpossibleTravel).len(), expected, "{zone}: {:#?}", life.told);
    }
}

/// What each detector tells of, in the order in which a thief may do it.
fn all_deeds(life: &mut Life) {
    let begun = life.now;
    life.see(&ordinary(begun, 1));
    life.see(&from(begun + MINUTE, SYDNEY, 64_501, "AU"));
    life.see(&Observation { client: Some("scanner"), ..ordinary(begun + MINUTE, 1) });
    life.see(&Observation { powerful: true, action: "delete", ..ordinary(begun + MINUTE, 1) });
    life.see(&ordinary(begun + MINUTE, 900));
    (0..8).for_each(|asn| life.see(&from(begun + 2 * MINUTE, BERLIN, 65_000 + asn, "DE")));
    life.see(&Observation { count: 600, ..denied(begun + 2 * MINUTE, "reports/today") });
    (0..25).for_each(|wall| life.see(&denied(begun + 3 * MINUTE, &format!("r/{wall}"))));
    export(life, 700);
    for asn in 0..2 {
        let network = Network { asn: Some(64_900 + asn), ..Network::default() };
        let seen = Observation::permitted(begun + 4 * MINUTE, "", "", network);
        life.see(&Observation { outcome: Outcome::WrongSecret, credential: "c", count: 6, ..seen });
    }
    life.see(&Observation { outcome: Outcome::RetiredCredential, ..ordinary(begun + 4 * MINUTE, 1) });
    life.now += HOUR - (life.now - begun);
    life.hours(6, |_| 0);
}

fn told_of(life: &Life) -> std::collections::BTreeSet<Detector> {
    life.told.iter().map(|alert| alert.finding.detector).collect()
}

#[test]
fn before_two_weeks_and_two_hundred_uses_only_those_tell_that_need_not_learn() {
    use Detector::{NewCountry, OldCredential, Probing, Volume, WrongSecret};
    let mut young = Life::new();
    young.hours(13 * 24, |hour| 50 + wave(hour)).is_silent();
    all_deeds(&mut young);
    assert_eq!(told_of(&young), [NewCountry, OldCredential, Probing, Volume, WrongSecret].into(), "{:#?}", young.told);

    // Of few uses the same holds however long it was.
    let mut sparse = Life::new();
    sparse.hours(5 * 168, |hour| u32::from(hour % 6 == 0)).is_silent();
    sparse.see(&from(sparse.now, SYDNEY, 64_501, "AU"));
    let told = told_of(&sparse);
    assert_eq!(told, [NewCountry].into(), "{:#?}", sparse.told);

    let mut old = steady();
    all_deeds(&mut old);
    let silent: Vec<_> = Detector::ALL.into_iter().filter(|one| !told_of(&old).contains(one)).collect();
    assert_eq!(silent, [Detector::Dormant, Detector::OffHours], "it slept at no time, and keeps no hours");
}

#[test]
fn every_alert_has_its_score_baseline_observed_requests_and_suggestion() {
    let mut life = steady();
    let begun = life.now;
    life.see(&Observation { request: "0190-volume", ..ordinary(life.now, 900) });
    all_deeds(&mut life);
    for alert in &life.told {
        let finding = &alert.finding;
        assert!(finding.score >= 1.0 && finding.baseline >= 0.0 && finding.observed >= 0.0, "{alert:?}");
        assert!(finding.score.is_finite() && finding.baseline.is_finite() && finding.observed.is_finite());
        assert!(!finding.explanation.is_empty() && finding.explanation.len() <= 160, "{alert:?}");
        assert!(alert.since >= begun && alert.times == 1 && alert.state == State::Open, "{alert:?}");
        // Numbers are what a person goes by; a client has a name in their place.
        let has_figure = finding.explanation.contains(|c: char| c.is_ascii_digit() || c == '`');
        assert!(has_figure, "{alert:?}");
    }
    assert_eq!(life.only(Detector::Volume).requests, ["0190-volume"]);
}

#[test]
fn volume_needs_a_hundred_more_than_is_usual() {
    let mut life = Life::new();
    life.hours(4 * 168, |_| 4).is_silent();
    life.see(&ordinary(life.now, 100));
    life.is_silent();
    life.see(&ordinary(life.now, 4));
    assert_eq!(life.only(Detector::Volume).finding.observed.to_string(), "104");
}

#[test]
fn travel_needs_five_hundred_kilometres_and_a_place_that_is_not_known() {
    // 255 km within a minute: the two databases of one provider may be so far apart.
    let hamburg = Place { latitude: 53.55, longitude: 10.0, radius_km: 1.0 };
    let mut life = steady();
    life.see(&ordinary(life.now, 1));
    life.see(&from(life.now + MINUTE, hamburg, 64_501, "DE"));
    assert!(life.told(Detector::ImpossibleTravel).is_empty());

    // On three days before it was there: first by night, when nothing else was seen for long.
    let mut life = steady();
    for _ in 0..3 {
        life.hours(24, |_| 0);
        life.see(&from(life.now, SYDNEY, 64_501, "AU"));
    }
    life.told.clear();
    life.hours(24, |_| 0);
    life.see(&ordinary(life.now, 1));
    life.see(&from(life.now + MINUTE, SYDNEY, 64_502, "AU"));
    assert!(life.told(Detector::ImpossibleTravel).is_empty(), "{:#?}", life.told);
}

#[test]
fn the_28_days_of_the_greatest_hours_end_at_midnight_where_the_organisation_is() {
    // Whether the greatest hour of a day is forgotten so many hours after it. A day in Kolkata begins at 18:30 UTC.
    let is_forgotten = |zone: Tz, hour_of_day: i64, hours: i64| {
        let mut life = Life::new();
        life.zone = zone;
        life.hours(5 * 168 + hour_of_day, |_| 50);
        let at = life.now;
        life.hours(1, |_| 2_000);
        // A person has said that so many are in order, on that day.
        life.watch.teach(Detector::Volume, (at, at, 2_000.0), &Surroundings { zone, ..Surroundings::default() });
        life.hours(hours - 1, |_| 50);
        life.told.clear();
        life.see(&ordinary(life.now, 900));
        life.told(Detector::Volume).iter().any(|alert| alert.finding.suggestion == Suggestion::Suspend)
    };
    let in_both = |hour, hours| [Tz::UTC, Tz::Asia__Kolkata].map(|zone| is_forgotten(zone, hour, hours));
    assert_eq!(in_both(17, 27 * 24), [false, false], "17:00 of the 27th day after");
    assert_eq!(in_both(17, 27 * 24 + 5), [false, true], "22:00 of it, and half past three of the 28th day there");
    assert_eq!(
        in_both(20, 27 * 24 + 9),
        [true, false],
        "05:00 of the 28th day, and of the 27th after the next day there"
    );
}
