//! What is told of one decision: small, and without what must not be kept.

use std::net::IpAddr;
use std::sync::Arc;

use argus_engine::scope::{Action, ResourcePath, Scope};
use argus_store::KeyId;
use serde::{Deserialize, Serialize};

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
    /// What was made use of, where it was permitted.
    pub exercised: Option<Box<Exercised>>,
}

/// What was presented, as far as whoever watches has to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presented {
    /// A credential of the key; or none, or one that is refused for what it and everybody knows.
    Own,
    /// One that was taken from its key. Of it there is a [hash](super::hash).
    Retired(u64),
    /// A wrong secret of this key's: whoever presented it does not hold the key. Of the credential there is a
    /// [hash](super::hash).
    Guessed(KeyId, u64),
}

/// Which of a key's scopes permitted a use, and on what, as far as that is told apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exercised {
    /// The narrowest scope of the key that covers it.
    pub scope: String,
    /// The first segments of the resource and the action, as a scope: `acme/atlas/evidence:read`.
    pub narrow: String,
}

/// Segments of a resource that are told apart: organisation, project, and what lies in the project.
const SEGMENTS: usize = 3;

impl Exercised {
    /// What was made use of, by what the key grants. None where no scope covers it: then a policy permitted it.
    pub fn of(scopes: &[Scope], resource: &str, action: &str) -> Option<Self> {
        let (path, action) = (ResourcePath::parse(resource).ok()?, Action::parse(action)?);
        let covering = scopes.iter().filter(|scope| scope.covers(&path, action));
        // What is written out most is the narrowest; of the same path, one action is narrower than `admin`.
        let scope = covering.max_by_key(|scope| (scope.path().split('/').count(), scope.action() == action))?;
        let narrow = path.segments().take(SEGMENTS).collect::<Vec<_>>().join("/");
        Some(Self { scope: scope.as_str().to_owned(), narrow: format!("{narrow}:{action}") })
    }
}

/// What a decision came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
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
    fn what_is_made_use_of_is_the_narrowest_scope_and_no_more_of_the_resource_than_its_kind() {
        let scopes = ["acme:admin", "acme/atlas:admin", "acme/atlas:read", "acme/*/evidence:write"];
        let scopes = scopes.map(|scope| Scope::parse(scope).unwrap());
        let of = |resource: &str, action: &str| {
            Exercised::of(&scopes, resource, action).map(|it| format!("{} {}", it.scope, it.narrow))
        };
        let words = |text: &str| Some(text.to_owned());
        assert_eq!(of("acme/atlas/evidence/42", "read"), words("acme/atlas:read acme/atlas/evidence:read"));
        assert_eq!(of("acme/atlas/evidence/42/x", "write"), words("acme/*/evidence:write acme/atlas/evidence:write"));
        assert_eq!(of("acme/atlas", "delete"), words("acme/atlas:admin acme/atlas:delete"));
        assert_eq!(of("acme/other/x", "read"), words("acme:admin acme/other/x:read"));
        assert_eq!((of("beta/x", "read"), of("acme/x", "fly"), of("", "read")), (None, None, None));
    }

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
