//! What is read from the running system.

use std::collections::{BTreeMap, BTreeSet};

use argus_credentials::{CryptographicModule, Hasher, MasterKey, self_tests};
use argus_store::evidence::{self, KeyCare};
use argus_store::wrapped_key::{self, WrappedKey};
use argus_store::{Store, StoreError, signing_key};
use chrono::{DateTime, TimeDelta, Utc};

use crate::audit::AuditTender;

/// Hashes that are read at once.
const BATCH: u32 = 1_000;

/// How late a rotation may be. The sweeper opens one within a minute.
const LATE: TimeDelta = TimeDelta::days(1);

/// All of it.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    /// Each primitive, and whether it gives its known answer now.
    pub(super) self_tests: Vec<(&'static str, bool)>,
    /// What the cryptographic module says of itself.
    pub(super) module: Option<CryptographicModule>,
    /// Secrets by the iterations of their hash.
    pub(super) iterations: BTreeMap<u32, u64>,
    /// Secrets by the octets of their salt.
    pub(super) salts: BTreeMap<usize, u64>,
    /// Secrets by the octets of the hash.
    pub(super) lengths: BTreeMap<usize, u64>,
    /// Salts that two secrets have.
    pub(super) repeated_salts: u64,
    /// Secrets whose hash can't be read, or isn't PBKDF2-HMAC-SHA-256.
    pub(super) unreadable_hashes: u64,
    /// What new hashes are made with.
    pub(super) new_iterations: u32,
    /// Envelopes by what they hold.
    pub(super) envelopes: BTreeMap<String, u64>,
    /// What is no envelope where one should be.
    pub(super) unsealed: u64,
    /// The master keys that the envelopes need.
    pub(super) master_keys: BTreeSet<String>,
    /// The master key at hand, by its name.
    pub(super) master_key: Option<String>,
    pub(super) care: KeyCare,
    /// Days since a credential was last made.
    pub(super) newest_credential_days: Option<i64>,
    /// Days since the newest key of each purpose was made.
    pub(super) newest_key_days: BTreeMap<String, i64>,
    /// Signing keys that are published, by their algorithm.
    pub(super) signing_keys: BTreeMap<String, u64>,
    /// Private parts that should be gone.
    pub(super) remains: i64,
    /// Signing keys and people whose private part was destroyed.
    pub(super) destroyed: (i64, i64),
}

impl Evidence {
    /// Reads it.
    pub(crate) fn read(
        store: &Store,
        hasher: Hasher,
        tender: Option<&AuditTender>,
        now: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        let mut found = Self {
            self_tests: self_tests(),
            module: Some(CryptographicModule::ask()),
            new_iterations: hasher.iterations().count(),
            ..Self::default()
        };
        found.read_hashes(store)?;
        store.read(|conn| {
            found.care = evidence::find_key_care(conn, now - LATE)?;
            found.newest_credential_days = evidence::find_newest_credential(conn)?.map(|at| (now - at).num_days());
            found.remains = evidence::count_remains(conn)?;
            found.destroyed = evidence::count_destroyed(conn)?;
            for (purpose, envelopes) in evidence::list_envelopes(conn)? {
                found.note_envelopes(&purpose, &envelopes);
                let newest = wrapped_key::list(conn, &purpose)?.iter().map(|key: &WrappedKey| key.created_at).max();
                if let Some(newest) = newest {
                    found.newest_key_days.insert(purpose, (now - newest).num_days());
                }
            }
            for key in signing_key::list(conn)? {
                *found.signing_keys.entry(key.algorithm).or_default() += 1;
            }
            Ok(())
        })?;
        found.master_key = tender.map(|tender| tender.keys().master_key_name().to_owned());
        Ok(found)
    }

    fn read_hashes(&mut self, store: &Store) -> Result<(), StoreError> {
        let (mut after, mut salts) = (String::new(), BTreeSet::new());
        loop {
            let batch = store.read(|conn| evidence::list_hashes(conn, &after, BATCH))?;
            let Some((last, _)) = batch.last() else { return Ok(()) };
            after.clone_from(last);
            for (_, hash) in &batch {
                match Parameters::read(hash.as_str()) {
                    Some(parameters) => self.note_hash(&parameters, &mut salts),
                    None => self.unreadable_hashes += 1,
                }
            }
        }
    }

    fn note_hash(&mut self, parameters: &Parameters<'_>, salts: &mut BTreeSet<String>) {
        *self.iterations.entry(parameters.iterations).or_default() += 1;
        *self.salts.entry(octets(parameters.salt)).or_default() += 1;
        *self.lengths.entry(octets(parameters.hash)).or_default() += 1;
        if !salts.insert(parameters.salt.to_owned()) {
            self.repeated_salts += 1;
        }
    }

    fn note_envelopes(&mut self, purpose: &str, envelopes: &[String]) {
        self.envelopes.insert(purpose.to_owned(), envelopes.len() as u64);
        for envelope in envelopes {
            match MasterKey::name_in(envelope) {
                Some(name) => {
                    self.master_keys.insert(name.to_owned());
                }
                None => self.unsealed += 1,
            }
        }
    }
}

/// What a stored hash says of how it was made: `$pbkdf2-sha256$i=600000,l=32$salt$hash`.
struct Parameters<'a> {
    iterations: u32,
    salt: &'a str,
    hash: &'a str,
}

impl<'a> Parameters<'a> {
    fn read(phc: &'a str) -> Option<Self> {
        let mut parts = phc.strip_prefix("$pbkdf2-sha256$")?.split('$');
        let (parameters, salt, hash) = (parts.next()?, parts.next()?, parts.next()?);
        let iterations = parameters.split(',').find_map(|parameter| parameter.strip_prefix("i="))?;
        Some(Self { iterations: iterations.parse().ok()?, salt, hash })
    }
}

/// Octets of a text in base64 without padding.
fn octets(text: &str) -> usize {
    text.len() * 3 / 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parameters_of_a_hash_are_those_that_it_was_made_with() {
        let phc = "$pbkdf2-sha256$i=600000,l=32$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let read = Parameters::read(phc).unwrap();
        assert_eq!((read.iterations, octets(read.salt), octets(read.hash)), (600_000, 16, 32));
        assert!(Parameters::read("$argon2id$v=19$m=1,t=1,p=1$AAAA$AAAA").is_none());
    }
}
