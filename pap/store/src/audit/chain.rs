//! How entries hold on to each other.
//!
//! Whoever may not see an entry can still be shown its digest, and check the whole chain around it.

use std::fmt;
use std::str::FromStr;

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::prelude::*;
use sha2::{Digest as _, Sha256};

use crate::UnknownValue;
use crate::conn::{Conn, on};
use crate::error::StoreError;
use crate::schema::{audit_checkpoints, audit_entries};
use crate::value::text_sql;

/// A SHA-256, written as 64 hexadecimal digits in lower case.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow, serde::Serialize, serde::Deserialize,
)]
#[diesel(sql_type = diesel::sql_types::Text)]
#[serde(try_from = "String", into = "String")]
pub struct Digest([u8; 32]);

/// What stands before the first entry.
pub const ORIGIN: Digest = Digest([0; 32]);

/// The end of a chain, and what the next entry holds on to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The number of the last entry; 0 where there is none.
    pub sequence: i64,
    /// Its hash.
    pub hash: Digest,
}

/// The digest of an entry: of its canonical text.
pub fn digest(entry: &str) -> Digest {
    Digest(Sha256::digest(entry).into())
}

/// The hash of an entry: the SHA-256 of `{"digest":"…","previous":"…","sequence":n}`, which is canonical JSON.
pub fn link(sequence: i64, previous: &Digest, digest: &Digest) -> Digest {
    let link = format!("{{\"digest\":\"{digest}\",\"previous\":\"{previous}\",\"sequence\":{sequence}}}");
    Digest(Sha256::digest(link).into())
}

impl Digest {
    /// Its octets.
    pub fn octets(&self) -> &[u8; 32] {
        &self.0
    }
}

/// The last entry. Where retention has cut all of them off, the last checkpoint stands for it.
pub(super) fn head(conn: &mut Conn) -> Result<Head, StoreError> {
    let last = audit_entries::table.order(audit_entries::sequence.desc());
    let last = last.select((audit_entries::sequence, audit_entries::hash));
    let found: Option<(i64, Digest)> = on!(conn, c => last.first(c).optional())?;
    if let Some((sequence, hash)) = found {
        return Ok(Head { sequence, hash });
    }
    let kept = audit_checkpoints::table.order(audit_checkpoints::sequence.desc());
    let kept = kept.select((audit_checkpoints::sequence, audit_checkpoints::hash));
    let kept: Option<(i64, Digest)> = on!(conn, c => kept.first(c).optional())?;
    let (sequence, hash) = kept.unwrap_or((0, ORIGIN));
    Ok(Head { sequence, hash })
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl FromStr for Digest {
    type Err = UnknownValue;

    fn from_str(text: &str) -> Result<Self, UnknownValue> {
        let unknown = || UnknownValue { what: "SHA-256", text: text.to_owned() };
        let mut octets = [0; 32];
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        if pairs.len() != octets.len() || !rest.is_empty() {
            return Err(unknown());
        }
        for (place, pair) in octets.iter_mut().zip(pairs) {
            let [high, low] = pair.map(|digit| match digit {
                b'0'..=b'9' => Some(digit - b'0'),
                b'a'..=b'f' => Some(digit - b'a' + 10),
                _ => None,
            });
            *place = high.ok_or_else(unknown)? << 4 | low.ok_or_else(unknown)?;
        }
        Ok(Self(octets))
    }
}

impl TryFrom<String> for Digest {
    type Error = UnknownValue;

    fn try_from(text: String) -> Result<Self, UnknownValue> {
        text.parse()
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

text_sql!(Digest);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_read_in_its_one_form() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(digest("abc").to_string(), abc);
        assert_eq!(abc.parse(), Ok(digest("abc")));
        for other in ["", &abc.to_uppercase(), &abc.replace('b', "g"), &format!("{abc}00"), &abc.replace("ad", "a")] {
            assert!(other.parse::<Digest>().is_err(), "{other}");
        }
    }

    #[test]
    fn a_hash_changes_with_each_thing_that_it_holds_on_to() {
        let (one, other) = (digest("1"), digest("2"));
        let hashes = [link(1, &ORIGIN, &one), link(2, &ORIGIN, &one), link(1, &one, &one), link(1, &ORIGIN, &other)];
        for (place, hash) in hashes.iter().enumerate() {
            assert_eq!(hashes.iter().filter(|other| *other == hash).count(), 1, "{place}");
        }
        let text = format!("{{\"digest\":\"{one}\",\"previous\":\"{ORIGIN}\",\"sequence\":1}}");
        assert_eq!(digest(&text), link(1, &ORIGIN, &one));
    }
}
