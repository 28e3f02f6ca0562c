//! Surroundings that meet the conditions of all levels, and surroundings that miss one of them.

use std::net::IpAddr;

use argus_engine::types::{DateTime as EngineTime, IpPattern, IpValue, Window, ZoneOffset};
use argus_store::Conditions;
use chrono::{DateTime, TimeDelta, Utc};

use crate::Surroundings;

/// How far ahead a window is looked for, and in which steps: a week and a day, every quarter of an hour.
const STEPS: i32 = 8 * 24 * 4;
const STEP_MINUTES: i64 = 15;

/// Addresses that nobody has (RFC 5737, RFC 3849): one of them lies outside most networks.
const STRANGERS: [&str; 4] = ["203.0.113.7", "198.51.100.7", "192.0.2.7", "2001:db8::7"];

/// Countries, types of network: one of each is not among those that a level names.
const COUNTRIES: [&str; 4] = ["AQ", "NZ", "IS", "FJ"];
const NETWORK_TYPES: [&str; 2] = ["other", "another"];

/// The conditions of a key, its project and its organisation.
#[derive(Debug, Clone)]
pub(crate) struct Levels<'c>(pub(crate) Vec<&'c Conditions>);

/// A condition that can be missed: what to say of it, and the surroundings that miss it.
type Missed = (String, Surroundings);

impl Levels<'_> {
    /// Surroundings that meet every condition, as far as there are such. What no level asks for is not known.
    pub(crate) fn fitting(&self, now: DateTime<Utc>) -> Surroundings {
        let device = self.0.iter().any(|level| level.device == Some(true));
        Surroundings {
            ip: self.networks().and_then(|levels| {
                let firsts = levels.iter().flatten().copied().filter_map(first_address);
                firsts.into_iter().find(|address| is_within(&levels, *address))
            }),
            country: self.common(|level| &level.countries),
            network: self.common(|level| &level.network_types),
            device_compliant: device.then_some(true),
            at: self.time(now, true).unwrap_or(now),
        }
    }

    /// For each condition that some level has, surroundings that miss it alone.
    pub(crate) fn missing(&self, fitting: &Surroundings, now: DateTime<Utc>) -> Vec<Missed> {
        let mut missing = Vec::new();
        let mut add = |about: &str, change: &dyn Fn(&mut Surroundings)| {
            let mut surroundings = fitting.clone();
            change(&mut surroundings);
            missing.push((about.to_owned(), surroundings));
        };
        if let Some(levels) = self.networks() {
            let stranger = STRANGERS.iter().filter_map(|text| text.parse().ok());
            if let Some(stranger) = stranger.into_iter().find(|address| !is_within(&levels, *address)) {
                add("from an address outside", &|known| known.ip = Some(stranger));
            }
            add("from an address that is not known", &|known| known.ip = None);
        }
        if let Some(other) = self.other(|level| &level.countries, &COUNTRIES) {
            add("from another country", &|known| known.country = Some(other.to_owned()));
            add("from a country that is not known", &|known| known.country = None);
        }
        if let Some(at) = self.windows().and_then(|_| self.time(now, false)) {
            add("at another time", &|known| known.at = at);
        }
        if let Some(other) = self.other(|level| &level.network_types, &NETWORK_TYPES) {
            add("in another type of network", &|known| known.network = Some(other.to_owned()));
        }
        if fitting.device_compliant == Some(true) {
            add("on a device that is not known to comply", &|known| known.device_compliant = None);
        }
        missing
    }

    /// The networks of each level that names some; `None` where none does.
    fn networks(&self) -> Option<Vec<Vec<IpPattern>>> {
        let read = |level: &&Conditions| level.networks.iter().filter_map(|text| IpPattern::parse(text).ok()).collect();
        let levels: Vec<Vec<IpPattern>> = self.0.iter().map(read).filter(|level: &Vec<_>| !level.is_empty()).collect();
        (!levels.is_empty()).then_some(levels)
    }

    fn windows(&self) -> Option<Vec<Vec<Window>>> {
        let read = |level: &&Conditions| level.windows.iter().filter_map(|text| Window::parse(text).ok()).collect();
        let levels: Vec<Vec<Window>> = self.0.iter().map(read).filter(|level: &Vec<_>| !level.is_empty()).collect();
        (!levels.is_empty()).then_some(levels)
    }

    /// The next time at which every level that names windows has one open, or doesn't.
    fn time(&self, now: DateTime<Utc>, open: bool) -> Option<DateTime<Utc>> {
        let Some(levels) = self.windows() else { return open.then_some(now) };
        let is_open = |at: &DateTime<Utc>| {
            let at = EngineTime::from_unix(at.timestamp(), 0, ZoneOffset::UTC);
            levels.iter().all(|level| level.iter().any(|window| window.contains(at, ZoneOffset::UTC)))
        };
        let times = (0..STEPS).map(|step| now + TimeDelta::minutes(STEP_MINUTES) * step);
        times.into_iter().find(|at| is_open(at) == open)
    }

    /// A word that every level names which names any.
    fn common(&self, words: fn(&Conditions) -> &Vec<String>) -> Option<String> {
        let named = || self.0.iter().map(|level| words(level)).filter(|words| !words.is_empty());
        named().flatten().find(|word| named().all(|words| words.contains(word))).cloned()
    }

    /// A word that some level doesn't name although it names others.
    fn other<'w>(&self, words: fn(&Conditions) -> &Vec<String>, candidates: &[&'w str]) -> Option<&'w str> {
        let mut named = self.0.iter().map(|level| words(level)).filter(|words| !words.is_empty());
        let level = named.next()?;
        candidates.iter().copied().find(|candidate| !level.iter().any(|word| word == candidate))
    }
}

/// The first address of a network that a client might have.
fn first_address(pattern: IpPattern) -> Option<IpAddr> {
    let text = pattern.to_string();
    let text = text.split('/').next()?.trim_matches(['[', ']']);
    let base: IpAddr = text.parse().ok()?;
    let next = match base {
        IpAddr::V4(address) => IpAddr::from((u32::from(address) | 1).to_be_bytes()),
        IpAddr::V6(address) => IpAddr::from((u128::from(address) | 1).to_be_bytes()),
    };
    Some(if contains(&pattern, next) { next } else { base })
}

fn is_within(levels: &[Vec<IpPattern>], address: IpAddr) -> bool {
    levels.iter().all(|level| level.iter().any(|pattern| contains(pattern, address)))
}

fn contains(pattern: &IpPattern, address: IpAddr) -> bool {
    IpValue::parse(&written(address)).is_ok_and(|value| pattern.contains(&value))
}

/// As the standard's data type is written.
fn written(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> DateTime<Utc> {
        "2026-11-24T12:00:00Z".parse().unwrap()
    }

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn surroundings_meet_all_levels_at_once() {
        let key = Conditions {
            networks: texts(&["10.0.0.0/8", "[2001:db8::]/32"]),
            countries: texts(&["DE", "AT"]),
            windows: texts(&["Mon-Fri 08:00-18:00 Europe/Berlin"]),
            ..Conditions::default()
        };
        let project = Conditions { networks: texts(&["10.2.0.0/16"]), device: Some(true), ..Conditions::default() };
        let organisation =
            Conditions { countries: texts(&["AT"]), windows: texts(&["Wed 09:00-10:00 UTC"]), ..Conditions::default() };
        let levels = Levels(vec![&key, &project, &organisation]);
        let fitting = levels.fitting(noon());
        assert_eq!(fitting.ip, Some("10.2.0.1".parse().unwrap()));
        assert_eq!(
            (fitting.country.as_deref(), fitting.network, fitting.device_compliant),
            (Some("AT"), None, Some(true))
        );
        assert_eq!(fitting.at, "2026-11-25T09:00:00Z".parse::<DateTime<Utc>>().unwrap());
    }

    #[test]
    fn each_condition_is_missed_by_itself() {
        let key = Conditions {
            networks: texts(&["203.0.113.0/24"]),
            windows: texts(&["daily 00:00-12:15 UTC"]),
            network_types: texts(&["corporate"]),
            ..Conditions::default()
        };
        let levels = Levels(vec![&key]);
        let fitting = levels.fitting(noon());
        let missing = levels.missing(&fitting, noon());
        let abouts: Vec<_> = missing.iter().map(|(about, _)| about.as_str()).collect();
        let expected = [
            "from an address outside",
            "from an address that is not known",
            "at another time",
            "in another type of network",
        ];
        assert_eq!(abouts, expected);
        assert_eq!(missing[0].1.ip, Some("198.51.100.7".parse().unwrap()));
        assert_eq!(missing[2].1.at, "2026-11-24T12:15:00Z".parse::<DateTime<Utc>>().unwrap());
        for (about, surroundings) in missing {
            let same = [
                surroundings.ip == fitting.ip,
                surroundings.network == fitting.network,
                surroundings.at == fitting.at,
                surroundings.country == fitting.country,
            ];
            assert_eq!(same.iter().filter(|same| !**same).count(), 1, "{about}");
        }
    }

    #[test]
    fn what_cannot_be_missed_is_not_missed() {
        let key = Conditions {
            networks: texts(&["0.0.0.0/0", "[::]/0"]),
            windows: texts(&["daily 00:00-24:00 UTC"]),
            ..Conditions::default()
        };
        let levels = Levels(vec![&key]);
        let missing = levels.missing(&levels.fitting(noon()), noon());
        assert_eq!(
            missing.into_iter().map(|(about, _)| about).collect::<Vec<_>>(),
            ["from an address that is not known"]
        );
    }
}
