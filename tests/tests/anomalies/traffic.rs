//! Eight weeks of 200 keys, drawn from a seed: days and weeks, holidays, growth and noise; and in most of their lives,
//! once, something that should be told.
//!
//! Each detector has its incidents, on keys whose habits it can judge. What is told of a key within a day of its incident
//! is told of the incident, whichever detector does so; everything else is false.

use std::collections::BTreeMap;
use std::time::Instant;

use argus_insight::anomaly::{
    Alert, Detector, MEMORY_BYTES, Network, Observation, Outcome, Place, Settings, Surroundings, Watch,
};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
const WEEKS: i64 = 8;
const KEYS: usize = 200;
/// A Monday, 00:00 UTC.
const MONDAY: i64 = 1_799_625_600;
/// Two days in the fifth week on which offices are closed.
const HOLIDAYS: std::ops::Range<i64> = 4 * 7..4 * 7 + 2;

const HOME: Place = Place { latitude: 52.52, longitude: 13.4, radius_km: 20.0 };
const FAR: Place = Place { latitude: -33.87, longitude: 151.2, radius_km: 20.0 };

/// A generator of our own: the same lives on any machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn share(&mut self) -> f64 {
        (self.roll() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.roll() % bound
    }

    /// About normal, of variance 1.
    fn noise(&mut self) -> f64 {
        (0..12).map(|_| self.share()).sum::<f64>() - 6.0
    }
}

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Habit {
    Steady,
    Office,
    Batch,
    Growing,
    Fleet,
    Sparse,
}

/// How many uses an hour has, before noise.
fn mean(habit: Habit, level: f64, hour: i64) -> f64 {
    let (day, of_day) = (hour.div_euclid(24), hour.rem_euclid(24));
    let (is_weekday, is_work) = (day.rem_euclid(7) < 5, (8..18).contains(&of_day));
    let daily = 1.0 + 0.5 * ((of_day - 8) as f64 * std::f64::consts::PI / 12.0).sin();
    let weekly = if is_weekday { 1.0 } else { 0.7 };
    match habit {
        Habit::Steady | Habit::Fleet => level * daily * weekly,
        Habit::Growing => level * daily * weekly * (1.0 + 0.05 * (day / 7) as f64),
        // A few people work on holidays.
        Habit::Office if HOLIDAYS.contains(&day) && is_work => 0.15 * level,
        Habit::Office => {
            if is_weekday && is_work {
                level
            } else {
                0.0
            }
        }
        Habit::Batch => {
            if hour.rem_euclid(168) == 50 {
                40.0 * level
            } else {
                0.4 * level
            }
        }
        Habit::Sparse => {
            if is_weekday && of_day == 10 {
                6.0
            } else {
                0.0
            }
        }
    }
}

/// A key, its incident, and what was told of it.
struct Life {
    watch: Watch,
    settings: Settings,
    habit: Habit,
    level: f64,
    dice: Dice,
    told: Vec<Alert>,
}

impl Life {
    fn see(&mut self, seen: &Observation<'_>) {
        self.told.extend(self.watch.observe(seen, &Surroundings::default(), &self.settings));
    }

    /// One hour of what the key always does.
    fn hour(&mut self, hour: i64) {
        let expected = mean(self.habit, self.level, hour);
        let noisy = expected + self.dice.noise() * (expected.sqrt() + 0.1 * expected);
        let uses = if expected > 0.0 { noisy.max(0.0).round() as u32 } else { 0 };
        let at = MONDAY + hour * HOUR;
        // In four parts, of which each has its resource and its address; some are refused.
        for part in 0..4_u32 {
            let count = uses / 4 + u32::from(part < uses % 4);
            if count == 0 {
                continue;
            }
            let resource = format!("reports/{}", self.dice.below(6));
            let fleet = self.habit == Habit::Fleet;
            let own = self.dice.below(if fleet { 12 } else { 2 });
            let address = format!("192.0.2.{own}");
            let at = at + i64::from(part) * 700 + 5;
            let refused = (0..count).filter(|_| self.dice.share() < 0.01).count() as u32;
            for (count, outcome) in [(count - refused, Outcome::Permitted), (refused, Outcome::Denied)] {
                let place = own % 4;
                let network = Network {
                    address: &address,
                    country: Some(if fleet { ["DE", "US", "BR", "IN"][place as usize] } else { "DE" }),
                    asn: Some(if fleet { 64_500 + place as u32 } else { 64_500 }),
                    place: Some(HOME),
                    ..Network::default()
                };
                if count > 0 {
                    let seen =
                        Observation { count, outcome, client: Some("reporter"), ..use_of(at, &resource, network) };
                    self.see(&seen);
                }
            }
        }
        let after = MONDAY + (hour + 1) * HOUR;
        self.told.extend(self.watch.advance(after, &Surroundings::default(), &self.settings));
    }

    /// What should be told by this detector, in an hour that has just been lived.
    fn strike(&mut self, detector: Detector, hour: i64) {
        // The hour is over: this comes in the last minutes of it, or the watch would count it for the next.
        let at = MONDAY + hour * HOUR + 1_900;
        let home = Network {
            address: "192.0.2.1",
            country: Some("DE"),
            asn: Some(64_500),
            place: Some(HOME),
            ..Network::default()
        };
        let usual = use_of(at, "reports/1", home);
        match detector {
            Detector::Volume => {
                let count = 10 * mean(self.habit, self.level, hour).max(40.0) as u32;
                self.see(&Observation { count, ..usual });
            }
            Detector::ErrorRate => {
                let count = mean(self.habit, self.level, hour).max(60.0) as u32;
                self.see(&Observation { count, outcome: Outcome::Denied, ..usual });
            }
            Detector::NewCountry => {
                self.see(&Observation {
                    network: Network { address: "198.51.100.1", country: Some("KP"), ..home },
                    ..usual
                });
            }
            Detector::NewNetwork => {
                self.see(&Observation {
                    network: Network { address: "198.51.100.1", asn: Some(65_001), ..home },
                    ..usual
                });
            }
            Detector::ImpossibleTravel => {
                self.see(&usual);
                let network = Network { address: "198.51.100.1", asn: Some(65_002), place: Some(FAR), ..home };
                self.see(&use_of(at + 600, "reports/1", network));
            }
            Detector::Probing => (0..25).for_each(|n| {
                let resource = format!("admin/{n}");
                self.see(&Observation { outcome: Outcome::Denied, ..use_of(at + n * 10, &resource, home) });
            }),
            Detector::FanOut => (0..600).for_each(|n| {
                let resource = format!("customers/{n}");
                self.see(&use_of(at + n, &resource, home));
            }),
            Detector::Dormant | Detector::OffHours => self.see(&Observation { count: 30, ..usual }),
            Detector::NewClient => {
                let network = Network { address: "198.51.100.1", asn: Some(65_003), ..home };
                self.see(&Observation { client: Some("curl"), ..use_of(at, "reports/1", network) });
            }
            Detector::SharedKey => (0..60).for_each(|n| {
                let address = format!("203.0.113.{n}");
                let network = Network { address: &address, asn: Some(65_100 + n as u32 % 20), ..home };
                self.see(&use_of(at + n, "reports/1", network));
            }),
            Detector::WrongSecret => (0..15).for_each(|n| {
                let address = format!("203.0.113.{}", n % 3);
                let network = Network { address: &address, asn: Some(65_200 + n as u32 % 3), ..home };
                let seen = use_of(at + n * 20, "reports/1", network);
                self.see(&Observation { outcome: Outcome::WrongSecret, credential: "c1", ..seen });
            }),
            Detector::OldCredential => self.see(&Observation { outcome: Outcome::RetiredCredential, ..usual }),
            Detector::PowerfulAction => self.see(&Observation { action: "delete", powerful: true, ..usual }),
            // Silence is what is not lived.
            _ => {}
        }
    }
}

fn use_of<'a>(at: i64, resource: &'a str, network: Network<'a>) -> Observation<'a> {
    Observation { client: Some("reporter"), ..Observation::permitted(at, resource, "read", network) }
}

/// On whose keys a detector's incidents happen.
fn habit_for(detector: Option<Detector>, n: u64) -> Habit {
    let any = [Habit::Steady, Habit::Office, Habit::Batch, Habit::Growing, Habit::Fleet];
    match detector {
        Some(Detector::Dormant) => Habit::Sparse,
        Some(Detector::OffHours) => Habit::Office,
        Some(Detector::Silence) => [Habit::Steady, Habit::Growing][n as usize % 2],
        // Fleets are at home in many places, and batches are all volume.
        Some(Detector::Volume | Detector::ErrorRate) => [Habit::Steady, Habit::Office, Habit::Growing][n as usize % 3],
        Some(
            Detector::NewCountry
            | Detector::NewNetwork
            | Detector::ImpossibleTravel
            | Detector::SharedKey
            | Detector::NewClient,
        ) => any[n as usize % 4],
        _ => any[n as usize % 5],
    }
}

/// In the last weeks, when the key is at work; at night for what is told of nights.
fn hour_for(detector: Detector, habit: Habit, dice: &mut Dice) -> i64 {
    let day = 5 * 7 + 1 + dice.below(14) as i64;
    let workday = if day.rem_euclid(7) >= 5 { day + 2 } else { day };
    match detector {
        Detector::OffHours => workday * 24 + 2,
        Detector::Dormant => 7 * 7 * 24 + 10,
        _ if habit == Habit::Office => workday * 24 + 9 + dice.below(8) as i64,
        _ => day * 24 + dice.below(20) as i64,
    }
}

#[derive(Default)]
struct Figures {
    incidents: u32,
    found: u32,
    rightly: u32,
    falsely: u32,
    delays: Vec<i64>,
}

/// What a false alert was about.
fn cause(alert: &Alert, habit: Habit) -> String {
    let hour = (alert.since - MONDAY).div_euclid(HOUR);
    let when = match (hour.div_euclid(24), hour / 168) {
        (day, _) if HOLIDAYS.contains(&day) => "on a holiday",
        (_, 0) => "in the first week",
        (_, 1) => "in the second week",
        _ => "later",
    };
    let job = if habit == Habit::Batch && hour.rem_euclid(168) == 50 { ", at the hour of the weekly job" } else { "" };
    format!("{:?} of a key of the habit {habit:?} {when}{job}", alert.finding.detector)
}

/// How long after an incident its alert may come.
const IN_TIME: i64 = 6 * HOUR;

#[test]
fn incidents_in_eight_weeks_of_200_keys_are_told_and_little_else() {
    let began = Instant::now();
    let mut figures: BTreeMap<Detector, Figures> =
        Detector::ALL.into_iter().map(|detector| (detector, Figures::default())).collect();
    let (mut worst_false, mut causes) = (0, BTreeMap::<String, u32>::new());
    for n in 0..KEYS {
        // Thirteen keys for each detector; the rest live in peace.
        let detector = Detector::ALL.get(n / 13).copied();
        let mut dice = Dice(0x5EED + n as u64);
        let habit = habit_for(detector, dice.roll());
        let level = 40.0 + dice.below(400) as f64;
        let (settings, watch) = (Settings::default(), Watch::new(MONDAY));
        let struck = detector.map(|detector| (detector, hour_for(detector, habit, &mut dice)));
        let mut life = Life { watch, settings, habit, level, dice, told: vec![] };
        for hour in 0..WEEKS * 168 {
            let is_silent = match struck {
                Some((Detector::Silence, at)) => (at..at + 12).contains(&hour),
                Some((Detector::Dormant, at)) => (at - 36 * 24..at).contains(&hour),
                _ => false,
            };
            if let Some((detector, at)) = struck.filter(|struck| struck.1 == hour) {
                life.strike(detector, at);
            }
            if is_silent {
                let after = MONDAY + (hour + 1) * HOUR;
                life.told.extend(life.watch.advance(after, &Surroundings::default(), &life.settings));
            } else {
                life.hour(hour);
            }
        }
        assert!(life.watch.to_bytes().unwrap().len() <= MEMORY_BYTES);
        let mut falsely = 0;
        for alert in &life.told {
            let own = figures.get_mut(&alert.finding.detector).unwrap();
            let of_incident = struck.is_some_and(|(_, hour)| {
                let start = MONDAY + hour * HOUR;
                (start..start + DAY).contains(&alert.since)
            });
            if of_incident {
                own.rightly += 1;
            } else {
                own.falsely += 1;
                *causes.entry(cause(alert, habit)).or_default() += 1;
            }
            falsely += u32::from(!of_incident);
        }
        worst_false = worst_false.max(falsely);
        if let Some((detector, hour)) = struck {
            let start = MONDAY + hour * HOUR;
            let own = figures.get_mut(&detector).unwrap();
            own.incidents += 1;
            let told = life.told.iter().filter(|alert| alert.finding.detector == detector);
            let first = told.map(|alert| alert.since - start).find(|delay| (0..=IN_TIME).contains(delay));
            own.found += u32::from(first.is_some());
            own.delays.extend(first);
        }
    }
    println!("detector            incidents  recall  precision  false  delay (median, minutes)");
    for (detector, own) in &mut figures {
        own.delays.sort_unstable();
        let delay = own.delays.get(own.delays.len() / 2).copied().unwrap_or_default() / 60;
        let precision = f64::from(own.rightly) / f64::from((own.rightly + own.falsely).max(1));
        let recall = f64::from(own.found) / f64::from(own.incidents.max(1));
        let name = format!("{detector:?}");
        println!("{name:20} {:8}  {recall:6.2}  {precision:9.2}  {:5}  {delay}", own.incidents, own.falsely);
    }
    let months = KEYS as f64 * WEEKS as f64 * 7.0 / 30.0;
    let falsely: u32 = figures.values().map(|own| own.falsely).sum();
    for (cause, count) in causes {
        println!("{count} false: {cause}");
    }
    println!(
        "{falsely} false alerts in {months:.0} months of keys, {worst_false} on one key at most; {:?}",
        began.elapsed()
    );
    for (detector, own) in &figures {
        assert!(
            f64::from(own.found) >= 0.9 * f64::from(own.incidents),
            "{detector:?}: {} of {}",
            own.found,
            own.incidents
        );
    }
    assert!(f64::from(falsely) <= months, "{falsely} false alerts");
    assert!(worst_false <= 2, "on one key: one a month");
}
