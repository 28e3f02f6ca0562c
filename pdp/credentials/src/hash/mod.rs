//! The stored secret: PBKDF2-HMAC-SHA-256 (RFC 8018 §5.2) of the whole key, as a PHC string.
//!
//! `$pbkdf2-sha256$i=600000,l=32$<salt>$<hash>`, both in base64 without padding. A stored count is believed only within
//! bounds: `i=4294967295` in a damaged row would hold a thread for minutes.

#[cfg(test)]
mod tests;

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use pbkdf2::Params;
#[cfg(not(feature = "fips"))]
use pbkdf2::{Algorithm, Pbkdf2};
use subtle::ConstantTimeEq;
use thiserror::Error;
use zeroize::{ZeroizeOnDrop, Zeroizing};

use crate::{
    key::Environment,
    random::{self, NoRandomness},
};

/// Octets of a derived hash.
const OUTPUT: usize = 32;
/// Octets of a new salt, and the fewest of one that is read: SP 800-132 §5.1 asks for 128 bits.
const SALT: usize = 16;
/// The longest salt that the PHC format allows.
const LONGEST_SALT: usize = 48;

/// How many rounds a derivation takes. Never fewer than 600,000, but in the environment `test`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Iterations(Params);

/// A count of rounds that is out of bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{count} iterations are out of bounds: in `{environment}`, from {lowest} to {highest} are allowed",
    lowest = Iterations::lowest(*.environment), highest = Iterations::HIGHEST)]
pub struct IterationsError {
    count: u32,
    environment: Environment,
}

impl Iterations {
    /// What is used where nothing is set, and the least that `live` allows.
    pub const PRODUCTION: u32 = 600_000;
    /// The most, a second's work: more would turn a slip in a setting into an outage.
    pub const HIGHEST: u32 = 10_000_000;
    /// The least that `test` allows: the floor of SP 800-132 §5.2, a tenth of a millisecond.
    pub const LOWEST_IN_TESTS: u32 = 1_000;

    /// 600,000.
    pub const fn production() -> Self {
        // INVARIANT: the recommendation for SHA-256 is 600,000 rounds and 32 octets; a test holds it there.
        Self(Params::RECOMMENDED)
    }

    /// A count from a setting: `live` allows 600,000 and more, `test` 1,000 and more.
    pub fn new(count: u32, environment: Environment) -> Result<Self, IterationsError> {
        let allowed = Self::lowest(environment)..=Self::HIGHEST;
        let params = Params::new_with_output_len(count, OUTPUT).ok().filter(|_| allowed.contains(&count));
        params.map(Self).ok_or(IterationsError { count, environment })
    }

    /// The number of rounds.
    pub fn count(self) -> u32 {
        self.0.rounds()
    }

    const fn lowest(environment: Environment) -> u32 {
        match environment {
            Environment::Live => Self::PRODUCTION,
            Environment::Test => Self::LOWEST_IN_TESTS,
        }
    }

    /// With the feature `fips`, the module derives: nothing that is done outside of it counts.
    #[cfg(feature = "fips")]
    pub(crate) fn derive(self, text: &[u8], salt: &[u8]) -> Zeroizing<[u8; OUTPUT]> {
        let mut output = Zeroizing::new([0; OUTPUT]);
        // INVARIANT: no count that was read is zero.
        let rounds = std::num::NonZeroU32::new(self.count()).unwrap_or(std::num::NonZeroU32::MAX);
        aws_lc_rs::pbkdf2::derive(aws_lc_rs::pbkdf2::PBKDF2_HMAC_SHA256, rounds, salt, text, output.as_mut_slice());
        output
    }

    #[cfg(not(feature = "fips"))]
    pub(crate) fn derive(self, text: &[u8], salt: &[u8]) -> Zeroizing<[u8; OUTPUT]> {
        let mut output = Zeroizing::new([0; OUTPUT]);
        // The struct, not the generic function: its code is compiled, and optimised, in its own crate, which makes
        // debug builds ten times as fast.
        Pbkdf2::new(Algorithm::Pbkdf2Sha256, self.0).hash_password_into(text, salt, output.as_mut_slice());
        output
    }
}

/// Makes stored secrets, and reads those that were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hasher {
    iterations: Iterations,
    fewest: u32,
}

/// A stored secret, read and within bounds. A thread can be lent to it.
#[derive(Clone, ZeroizeOnDrop)]
pub struct StoredHash {
    #[zeroize(skip)]
    iterations: Iterations,
    salt: Box<[u8]>,
    output: [u8; OUTPUT],
}

/// Why a stored secret is not read. A damaged or foreign row: nothing that a caller did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum HashError {
    /// Not the PHC form, or not its one spelling.
    #[error("a stored secret reads `$pbkdf2-sha256$i=<count>,l=32$<salt>$<hash>`")]
    Form,
    /// Another algorithm.
    #[error("a stored secret is not made by `pbkdf2-sha256`")]
    Algorithm,
    /// A count of rounds outside the bounds.
    #[error("a stored secret claims {0} iterations, which is out of bounds")]
    Iterations(u32),
    /// A salt that is too short or too long.
    #[error("a stored secret has a salt of {0} octets, {SALT} to {LONGEST_SALT} are allowed")]
    Salt(usize),
    /// A hash that is not 32 octets long.
    #[error("a stored secret is not {OUTPUT} octets long")]
    Output,
}

impl Hasher {
    /// Makes hashes of this count. It reads hashes of the floor of its environment and above: of 600,000 rounds and
    /// more, or, made with fewer, of as many.
    pub fn new(iterations: Iterations) -> Self {
        Self { iterations, fewest: iterations.count().min(Iterations::PRODUCTION) }
    }

    /// The same, that reads hashes of so few rounds as well: what was made by an installation that asked for fewer.
    #[must_use]
    pub fn reading(self, fewest: Iterations) -> Self {
        Self { fewest: self.fewest.min(fewest.count()), ..self }
    }

    /// Derives the stored secret of a new key. Takes 60 ms and more: not on a thread that serves requests.
    pub fn hash(&self, token: &str) -> Result<StoredHash, NoRandomness> {
        let mut salt = vec![0; SALT].into_boxed_slice();
        random::fill(&mut salt)?;
        let output = *self.iterations.derive(token.as_bytes(), &salt);
        Ok(StoredHash { iterations: self.iterations, salt, output })
    }

    /// Reads a stored secret.
    pub fn read(&self, text: &str) -> Result<StoredHash, HashError> {
        let hash = StoredHash::read(text)?;
        let count = hash.iterations.count();
        if count < self.fewest { Err(HashError::Iterations(count)) } else { Ok(hash) }
    }

    /// The iterations of new hashes.
    pub fn iterations(&self) -> Iterations {
        self.iterations
    }

    /// Whether a hash is made with fewer rounds than this makes: then make it anew when the key is next shown right.
    pub fn would_strengthen(&self, hash: &StoredHash) -> bool {
        hash.iterations.count() < self.iterations.count()
    }
}

impl StoredHash {
    fn read(text: &str) -> Result<Self, HashError> {
        let mut fields = text.strip_prefix('$').ok_or(HashError::Form)?.split('$');
        let mut field = || fields.next().ok_or(HashError::Form);
        let (algorithm, parameters, salt, output) = (field()?, field()?, field()?, field()?);
        if algorithm != "pbkdf2-sha256" {
            return Err(HashError::Algorithm);
        }
        let (count, length) = parameters.split_once(',').ok_or(HashError::Form)?;
        if length != "l=32" {
            return Err(HashError::Output);
        }
        let count = count.strip_prefix("i=").and_then(|count| count.parse().ok()).ok_or(HashError::Form)?;
        let hash = Self {
            iterations: Iterations::new(count, Environment::Test).map_err(|_| HashError::Iterations(count))?,
            salt: read_salt(salt)?,
            output: read_output(output)?,
        };
        // `i=0600000` or a fifth field would read the same: only what would be written is accepted.
        if hash.to_string() == text { Ok(hash) } else { Err(HashError::Form) }
    }

    /// Derives again and compares in constant time. Takes 60 ms and more.
    pub fn matches(&self, token: &str) -> bool {
        self.iterations.derive(token.as_bytes(), &self.salt).as_slice().ct_eq(&self.output).into()
    }

    /// The rounds that it was made with.
    pub fn iterations(&self) -> Iterations {
        self.iterations
    }
}

/// Equal where salt, rounds and output are: not a comparison of secrets, but in constant time all the same.
impl PartialEq for StoredHash {
    fn eq(&self, other: &Self) -> bool {
        let same = self.output.ct_eq(&other.output) & self.salt.ct_eq(&other.salt);
        bool::from(same) && self.iterations == other.iterations
    }
}

impl Eq for StoredHash {}

/// The PHC string, as it is stored.
impl fmt::Display for StoredHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (salt, output) = (STANDARD_NO_PAD.encode(&self.salt), STANDARD_NO_PAD.encode(self.output));
        write!(f, "$pbkdf2-sha256$i={},l={OUTPUT}${salt}${output}", self.iterations.count())
    }
}

impl fmt::Debug for StoredHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoredHash($pbkdf2-sha256$i={},…)", self.iterations.count())
    }
}

impl fmt::Debug for Iterations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Iterations({})", self.count())
    }
}

fn read_salt(text: &str) -> Result<Box<[u8]>, HashError> {
    let salt = STANDARD_NO_PAD.decode(text).map_err(|_| HashError::Form)?;
    if (SALT..=LONGEST_SALT).contains(&salt.len()) { Ok(salt.into()) } else { Err(HashError::Salt(salt.len())) }
}

fn read_output(text: &str) -> Result<[u8; OUTPUT], HashError> {
    let output = STANDARD_NO_PAD.decode(text).map_err(|_| HashError::Form)?;
    output.try_into().map_err(|_| HashError::Output)
}
