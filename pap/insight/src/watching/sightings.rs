//! Uses, summed up in memory until they are told to the watcher.

use std::collections::HashMap;
use std::net::IpAddr;

use argus_store::KeyId;

use super::sighting::{Ended, Seen};
use crate::usage::{Outcome, Place, Presented, UsageEvent, Word, hash};

/// Uses of one key that may be told apart in one go. More are counted with others that ended alike: no detector needs
/// more at once.
const OF_A_KEY: usize = 256;

/// Uses of all keys that may be told apart in one go; beyond, each key has [`AT_LEAST`].
const OF_ALL: usize = 4_096;
const AT_LEAST: usize = 4;

/// What makes uses of a key alike.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Alike {
    outcome: Ended,
    credential: u64,
    resource: u64,
    action: Word,
    client: Option<Word>,
    address: u64,
}

/// What was seen since the last time that it was told.
#[derive(Debug, Default)]
pub struct Sightings {
    of: HashMap<KeyId, HashMap<Alike, Seen>>,
    all: usize,
}

impl Sightings {
    /// Counts a decision, where it says anything of the use of a key. `place_of` is asked where it is the first of its
    /// kind.
    pub fn add(&mut self, event: &UsageEvent, place_of: impl FnOnce(IpAddr) -> Place) {
        let Some((key, outcome, credential)) = of(event) else { return };
        let alike = Alike {
            outcome,
            credential,
            resource: event.resource.unwrap_or_default(),
            action: event.action,
            client: event.client,
            address: event.address.map_or(0, hash_of),
        };
        let own = self.of.entry(key).or_default();
        if let Some(seen) = own.get_mut(&alike) {
            seen.count = seen.count.saturating_add(1);
            return;
        }
        let room = if self.all < OF_ALL { OF_A_KEY } else { AT_LEAST };
        if own.len() >= room
            && let Some(seen) = own.values_mut().find(|seen| seen.outcome == outcome)
        {
            seen.count = seen.count.saturating_add(1);
            return;
        }
        let seen = first(event, &alike, place_of);
        own.insert(alike, seen);
        self.all += 1;
    }

    /// What there is to be told, each key's in the order of time. Afterwards there is nothing.
    pub fn take(&mut self) -> Vec<(KeyId, Vec<Seen>)> {
        self.all = 0;
        let mut all: Vec<_> = std::mem::take(&mut self.of)
            .into_iter()
            .map(|(key, seen)| {
                let mut seen: Vec<_> = seen.into_values().collect();
                seen.sort_by_key(|seen| (seen.at, seen.decision));
                (key, seen)
            })
            .collect();
        all.sort_by_key(|(key, _)| *key);
        all
    }
}

/// Whose use it is, and how it ended. Who presents a key that is suspended, expired or revoked does not use it.
fn of(event: &UsageEvent) -> Option<(KeyId, Ended, u64)> {
    match (event.credential, event.key) {
        (Presented::Guessed(key, credential), _) => Some((key, Ended::WrongSecret, credential)),
        (Presented::Retired(credential), Some(key)) => Some((key, Ended::Retired, credential)),
        (_, Some(key)) if event.outcome == Outcome::Permit => Some((key, Ended::Permitted, 0)),
        (_, Some(key)) if !event.reason.is_some_and(|reason| reason.starts_with("credential_")) => {
            Some((key, Ended::Denied, 0))
        }
        _ => None,
    }
}

fn first(event: &UsageEvent, alike: &Alike, place_of: impl FnOnce(IpAddr) -> Place) -> Seen {
    let place = event.address.map(place_of).unwrap_or_default();
    Seen {
        at: event.at,
        count: 1,
        outcome: alike.outcome,
        credential: alike.credential,
        resource: alike.resource,
        action: event.action.as_str().to_owned(),
        client: event.client.map(|client| client.as_str().to_owned()),
        address: alike.address,
        country: place.country,
        asn: place.system,
        place: place.point,
        kind: place.kind,
        decision: event.decision,
    }
}

fn hash_of(address: IpAddr) -> u64 {
    match address.to_canonical() {
        IpAddr::V4(address) => hash(&address.octets()),
        IpAddr::V6(address) => hash(&address.octets()),
    }
}
