//! What a detector is told: one use of a key, or many that are alike in everything, and what its owner has declared.

use std::ops::Range;

use chrono::{DateTime, Offset as _, TimeZone as _};
use chrono_tz::Tz;

use super::numbers::{DAY, Seconds};

/// Uses of one key that are alike in everything, the time included (to the second or to the minute).
#[derive(Debug, Clone)]
pub struct Observation<'a> {
    /// When, in seconds since 1970, UTC. An observation that comes late counts for the newest time already seen.
    pub at: Seconds,
    /// How many uses, at least one.
    pub count: u32,
    /// How it ended.
    pub outcome: Outcome,
    /// The credential that was presented, as far as it is told from others.
    pub credential: &'a str,
    /// Its id, where it is known.
    pub credential_id: Option<&'a str>,
    /// The resource asked for.
    pub resource: &'a str,
    /// The action asked for.
    pub action: &'a str,
    /// Whether the action is one of those that can do great harm: create keys, delete, change policies.
    pub powerful: bool,
    /// The family of the client: the user agent without its version, or that of the TLS handshake.
    pub client: Option<&'a str>,
    /// Where it came from.
    pub network: Network<'a>,
    /// The id of the decision, for the alert's list of contributing requests.
    pub request: &'a str,
}

/// How a use ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// Permitted.
    Permitted,
    /// Refused by a policy, a scope, a condition or a limit.
    Denied,
    /// A secret that is not the key's: nobody has proven to hold the key.
    WrongSecret,
    /// The right secret of a credential that has been replaced, after its grace.
    RetiredCredential,
}

/// Where a use came from, as far as it is known.
#[derive(Debug, Clone, Copy, Default)]
pub struct Network<'a> {
    /// The client's address; it is only counted, never kept.
    pub address: &'a str,
    /// Two letters of ISO 3166-1.
    pub country: Option<&'a str>,
    /// The number of the autonomous system.
    pub asn: Option<u32>,
    /// What kind of network it is.
    pub kind: NetworkKind,
    /// Where on Earth the address is thought to be.
    pub place: Option<Place>,
}

/// What kind of network an address belongs to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum NetworkKind {
    /// Unknown, or an ordinary provider.
    #[default]
    Ordinary,
    /// A hosting provider.
    Hosting,
    /// A VPN, a proxy for everybody or an exit of Tor.
    Anonymiser,
}

/// A place with the accuracy that the database claims.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// Within so many kilometres.
    pub radius_km: f64,
}

impl Place {
    /// Along the surface of a sphere, in kilometres.
    pub fn distance_km(&self, other: &Place) -> f64 {
        let (here, there) = (self.latitude.to_radians(), other.latitude.to_radians());
        let across = ((other.longitude - self.longitude).to_radians() / 2.0).sin();
        let along = ((there - here) / 2.0).sin();
        let half_chord = along.mul_add(along, here.cos() * there.cos() * across * across);
        2.0 * 6371.0 * half_chord.clamp(0.0, 1.0).sqrt().asin()
    }
}

/// What is declared of a key: by its owner, its project and its organisation.
#[derive(Debug, Clone, Copy, Default)]
pub struct Surroundings<'a> {
    /// Countries that are allowed: none of them is news.
    pub allowed_countries: &'a [String],
    /// Holidays and outages, in seconds since 1970: in none of them silence or volume is news, and what its hours are like
    /// is not learned.
    pub quiet: &'a [Range<Seconds>],
    /// Its secret is being replaced, and both are good: who uses it may stop for that, which is no silence.
    pub is_rotating: bool,
    /// Where the key is at home: its days begin at midnight there.
    pub zone: Tz,
}

impl Surroundings<'_> {
    /// Whether a time lies in a stretch that is declared.
    pub(super) fn is_quiet(&self, at: Seconds) -> bool {
        self.quiet.iter().any(|stretch| stretch.contains(&at))
    }

    /// The number of the day that a time lies in, from 1970 on.
    pub(super) fn day(&self, at: Seconds) -> i64 {
        let offset = DateTime::from_timestamp(at, 0)
            .map_or(0, |at| self.zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc());
        (at + Seconds::from(offset)).div_euclid(DAY)
    }
}

impl<'a> Observation<'a> {
    /// One permitted use; the rest is filled in by `Observation { client: …, ..Observation::permitted(…) }`.
    pub fn permitted(at: Seconds, resource: &'a str, action: &'a str, network: Network<'a>) -> Self {
        Self {
            at,
            count: 1,
            outcome: Outcome::Permitted,
            credential: "",
            credential_id: None,
            resource,
            action,
            powerful: false,
            client: None,
            network,
            request: "",
        }
    }

    /// Whether the key's holder got what he asked for.
    pub(super) fn succeeded(&self) -> bool {
        self.outcome == Outcome::Permitted
    }
}

/// What is said of the credential that was presented: its id, where it is known.
pub(super) fn named(otherwise: &str, seen: &Observation<'_>) -> String {
    seen.credential_id.map_or_else(|| otherwise.to_owned(), |id| format!("credential {id}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn london_is_344_km_from_paris() {
        let london = Place { latitude: 51.5074, longitude: -0.1278, radius_km: 10.0 };
        let paris = Place { latitude: 48.8566, longitude: 2.3522, radius_km: 10.0 };
        assert!((london.distance_km(&paris) - 343.6).abs() < 1.0);
        assert!(london.distance_km(&london) < 1e-6);
    }
}
