//! What is told of one decision: small, and without what must not be kept.

use std::net::IpAddr;
use std::sync::Arc;

use argus_store::KeyId;

/// One decision.
#[derive(Debug, Clone)]
pub struct UsageEvent {
    /// When it was asked for, in seconds since 1970.
    pub at: i64,
    /// The organisation that decided, by its name.
    pub organisation: Arc<str>,
    /// The key that was presented, as far as it is known and its secret was right.
    pub key: Option<KeyId>,
    /// What it came to.
    pub outcome: Outcome,
    /// Why it is no Permit.
    pub reason: Option<&'static str>,
    /// From the arrival of the request.
    pub nanoseconds: u64,
    /// What it costs, where it is permitted.
    pub cost: u64,
    /// The client's address, where it is known. It goes no further than into a sketch.
    pub address: Option<IpAddr>,
    /// The resource, by its [hash](super::hash).
    pub resource: Option<u64>,
    /// The action.
    pub action: Word,
    /// What the client calls itself, without its version.
    pub client: Option<Word>,
    /// The id of the decision, as a number.
    pub decision: u128,
    /// What the presented credential makes of it.
    pub credential: Presented,
}

/// What was presented, as far as whoever watches has to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presented {
    /// A credential of the key; or none, or one that is refused for what it and everybody knows.
    Own,
    /// One that was taken from its key.
    Retired,
    /// A wrong secret of this key's: whoever presented it does not hold the key. Of the credential there is a
    /// [hash](super::hash).
    Guessed(KeyId, u64),
}

/// What a decision came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Permit.
    Permit,
    /// Deny.
    Denial,
    /// No policy applies.
    NotApplicable,
    /// The policies could not be evaluated.
    Error,
}

/// A short word without an allocation. What is longer, or no word, is `other`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Word {
    octets: [u8; Word::LONGEST],
    length: u8,
}

impl Word {
    const LONGEST: usize = 23;

    /// The word that stands for all others.
    pub const OTHER: &'static str = "other";

    /// Takes a word of letters, digits, `-`, `_`, `.` and `:`.
    pub fn new(text: &str) -> Self {
        let is_plain = |octet: u8| octet.is_ascii_alphanumeric() || b"-_.:".contains(&octet);
        let is_word = !text.is_empty() && text.len() <= Self::LONGEST && text.bytes().all(is_plain);
        let text = if is_word { text } else { Self::OTHER };
        let mut octets = [0; Self::LONGEST];
        octets.iter_mut().zip(text.bytes()).for_each(|(place, octet)| *place = octet);
        Self { octets, length: u8::try_from(text.len()).unwrap_or_default() }
    }

    /// The word.
    pub fn as_str(&self) -> &str {
        let octets = self.octets.get(..self.length.into()).unwrap_or_default();
        std::str::from_utf8(octets).unwrap_or(Self::OTHER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_kept_and_what_is_none_is_other() {
        for word in ["read", "urn:acme:approve", "a.b-c_d"] {
            assert_eq!(Word::new(word).as_str(), word);
        }
        for text in ["", "two words", "ä", "twenty-four-letters-long", "\u{0}"] {
            assert_eq!(Word::new(text).as_str(), "other", "{text}");
        }
    }
}
