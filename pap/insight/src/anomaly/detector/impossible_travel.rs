//! Two uses too far apart for the time between them, by the key's own set of places.
//!
//! Keys are used by fleets, through carriers and through VPNs. The rule for people would flood their owners; this one
//! is silent where the key is at home in the place or in the network, or in many countries at once.

use serde::{Deserialize, Serialize};

use super::super::alert::{Detector, Finding, Severity, Suggestion};
use super::super::numbers::{HOUR, Seconds, seconds, short};
use super::super::observation::{Observation, Place, Surroundings};
use super::super::profile::{Learning, Profile};
use super::super::recent::Recent;

/// When it tells.
#[derive(Debug, Clone)]
pub struct Parameters {
    /// Two weeks and 200 uses.
    pub learning: Learning,
    /// Apart by so much, after both accuracy radii have been taken off.
    pub distance_km: f64,
    /// Faster than any airliner.
    pub km_per_hour: f64,
    /// A place is the key's own once it was seen on so many days.
    pub days: u8,
    /// A key that was in more countries within one day travels by nature.
    pub countries: u8,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { learning: Learning::default(), distance_km: 500.0, km_per_hour: 1000.0, days: 3, countries: 3 }
    }
}

/// So many places are remembered.
const PLACES: usize = 32;
/// Within so many kilometres it is the same place, whatever accuracy is claimed.
const NEAR_KM: f64 = 50.0;

/// A place of the key's: latitude, longitude, radius, the last day, and on how many days it was seen.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Known(f32, f32, f32, i32, u8);

impl Known {
    fn place(self) -> Place {
        let Self(latitude, longitude, radius, ..) = self;
        Place { latitude: latitude.into(), longitude: longitude.into(), radius_km: radius.into() }
    }

    fn is_near(self, place: &Place) -> bool {
        let known = self.place();
        known.distance_km(place) <= NEAR_KM.max(known.radius_km).max(place.radius_km)
    }
}

/// What it remembers.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(in super::super) struct Memory {
    places: Vec<Known>,
    last: Option<(Known, Seconds)>,
    /// The countries of the day that runs, and the most of any day so far; the most fades by one in four weeks.
    today: Recent<8>,
    day: i64,
    most: u8,
    most_since: i64,
}

impl Memory {
    /// `knows_network`: whether the key came from this autonomous system before.
    pub(in super::super) fn observe(
        &mut self,
        profile: &Profile,
        seen: &Observation<'_>,
        (around, knows_network): (&Surroundings<'_>, bool),
        parameters: &Parameters,
    ) -> Option<Finding> {
        let day = around.day(profile.now);
        self.note_country((day, profile.now), seen);
        let place = seen.network.place.filter(|_| seen.succeeded())?;
        let known = self.places.iter().any(|known| known.4 >= parameters.days && known.is_near(&place));
        let before = self.last;
        let here = self.note(&place, day);
        self.last = Some((here, profile.now));
        let (from, then) = before?;
        let from = from.place();
        let apart = from.distance_km(&place) - from.radius_km - place.radius_km;
        let hours = seconds((profile.now - then).max(1)) / seconds(HOUR);
        let speed = apart / hours;
        if known
            || knows_network
            || apart < parameters.distance_km
            || speed <= parameters.km_per_hour
            || self.most > parameters.countries
            || !profile.has_learned(&parameters.learning)
        {
            return None;
        }
        let minutes = seconds(profile.now - then) / 60.0;
        Some(Finding {
            detector: Detector::ImpossibleTravel,
            severity: Severity::High,
            score: speed / parameters.km_per_hour,
            baseline: parameters.km_per_hour,
            observed: speed,
            explanation: format!(
                "two uses {apart:.0} km apart within {minutes:.0} minutes: near {}, then near {}{}, where the key never works",
                in_words(&from),
                in_words(&place),
                seen.network.country.map_or_else(String::new, |country| format!(" ({country})"))
            ),
            suggestion: Suggestion::Suspend,
        })
    }

    /// A person has said that the last place is the key's own.
    pub(in super::super) fn teach(&mut self) {
        let Some((last, _)) = self.last else { return };
        let place = last.place();
        self.places.iter_mut().filter(|known| known.is_near(&place)).for_each(|known| known.4 = u8::MAX);
    }

    fn note(&mut self, place: &Place, day: i64) -> Known {
        let day = i32::try_from(day).unwrap_or(i32::MAX);
        if let Some(known) = self.places.iter_mut().find(|known| known.is_near(place)) {
            if known.3 != day {
                (known.3, known.4) = (day, known.4.saturating_add(1));
            }
            return *known;
        }
        let new =
            Known(short(place.latitude), short(place.longitude), short(place.radius_km.clamp(0.0, 20_000.0)), day, 1);
        if self.places.len() >= PLACES {
            // The one seen on the fewest days goes, and of those the oldest.
            let least = self.places.iter().enumerate().min_by_key(|(_, known)| (known.4, known.3)).map(|(at, _)| at);
            least.map(|least| self.places.swap_remove(least));
        }
        self.places.push(new);
        new
    }

    /// The most countries of one day, of the days that are over: today's thief must not make today a fleet's day.
    fn note_country(&mut self, (day, now): (i64, Seconds), seen: &Observation<'_>) {
        if day != self.day {
            let today = u8::try_from(self.today.count()).unwrap_or(u8::MAX);
            if today >= self.most || day - self.most_since > 28 {
                self.most = today.max(self.most.saturating_sub(1));
                self.most_since = day;
            }
            self.today.clear();
            self.day = day;
        }
        if let Some(country) = seen.network.country.filter(|_| seen.succeeded()) {
            self.today.note(country.bytes().fold(0, |code, letter| code << 8 | u32::from(letter)), now);
        }
    }
}

/// `52.5° N 13.4° E`
fn in_words(place: &Place) -> String {
    let (north, east) = (if place.latitude < 0.0 { 'S' } else { 'N' }, if place.longitude < 0.0 { 'W' } else { 'E' });
    format!("{:.1}° {north} {:.1}° {east}", place.latitude.abs(), place.longitude.abs())
}
