//! `signing_keys`: what access tokens are signed with, from its publication until nobody needs it to verify one.
//!
//! The private part is a sealed envelope, and is there only as long as the key may come to sign: with the signature
//! goes the means to make another.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::act::Act;
use crate::audit::{AuditEvent, Entry, Target, TargetKind, View};
use crate::change::{self, ChangeKind};
use crate::conn::{Conn, on};
use crate::error::{OrTaken, Record, StoreError};
use crate::schema::signing_keys;
use crate::value::{At, MaybeAt, column, words};

/// How many keys may be published at once. Whoever fetches a set of keys reads no more.
pub const MOST_SIGNING_KEYS: u32 = 100;

words!(
    /// Where a signing key is in its life.
    SigningKeyState, "signing key state", {
        /// Known to who verifies, and not yet used.
        Published = "published",
        /// What tokens are signed with.
        Signing = "signing",
        /// Signs no more; the tokens that it signed are still good.
        Retired = "retired",
        /// Not published any more: what it signed is refused.
        Gone = "gone",
    }
);

/// A signing key.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = signing_keys)]
pub struct SigningKey {
    /// Its id, which is the thumbprint of its public part (RFC 7638).
    pub kid: String,
    /// What it signs with, such as `RS256` (RFC 7518 §3.1).
    pub algorithm: String,
    /// The public part as it is published: a JWK (RFC 7517), as JSON.
    pub public_jwk: String,
    /// The sealed private part, while it may sign.
    pub envelope: Option<String>,
    /// Where it is in its life.
    pub state: SigningKeyState,
    /// Since when whoever verifies may know it.
    #[diesel(deserialize_as = At)]
    pub published_at: DateTime<Utc>,
    /// Since when it signs, or did.
    #[diesel(deserialize_as = MaybeAt)]
    pub signing_at: Option<DateTime<Utc>>,
    /// Since when it doesn't any more.
    #[diesel(deserialize_as = MaybeAt)]
    pub retired_at: Option<DateTime<Utc>>,
    /// Since when it is not published any more.
    #[diesel(deserialize_as = MaybeAt)]
    pub gone_at: Option<DateTime<Utc>>,
}

/// A signing key to be published.
#[derive(Debug, Clone)]
pub struct NewSigningKey {
    /// Its id.
    pub kid: String,
    /// What it signs with.
    pub algorithm: String,
    /// The public part, as JSON.
    pub public_jwk: String,
    /// The sealed private part.
    pub envelope: String,
}

/// Publishes a key, with its line in the change feed. It signs nothing yet.
pub fn publish(conn: &mut Conn, act: &Act, new: &NewSigningKey) -> Result<SigningKey, StoreError> {
    conn.write(|conn| {
        if list(conn)?.len() >= MOST_SIGNING_KEYS as usize {
            return Err(StoreError::TooMany { what: "published signing keys", most: MOST_SIGNING_KEYS });
        }
        let row = (
            signing_keys::kid.eq(&new.kid),
            signing_keys::algorithm.eq(&new.algorithm),
            signing_keys::public_jwk.eq(&new.public_jwk),
            signing_keys::envelope.eq(&new.envelope),
            signing_keys::state.eq(SigningKeyState::Published),
            signing_keys::published_at.eq(column(act.at)),
        );
        on!(conn, c => diesel::insert_into(signing_keys::table).values(row).execute(c))
            .or_taken(Record::SigningKey, &new.kid)?;
        let made = find(conn, &new.kid)?.ok_or_else(|| StoreError::not_found(Record::SigningKey, &new.kid))?;
        tell(conn, act, AuditEvent::SigningKeyPublished, &made)?;
        Ok(made)
    })
}

/// From now on this key signs, and no other: whichever did is retired, and what it signed with wiped from its row. Each
/// of them has its line in the change feed.
///
/// `None` where there is no such key. One that signs already goes on; one that did so before doesn't begin again.
pub fn begin_signing(conn: &mut Conn, act: &Act, kid: &str) -> Result<Option<SigningKey>, StoreError> {
    conn.write(|conn| {
        let Some(found) = find(conn, kid)? else { return Ok(None) };
        match found.state {
            SigningKeyState::Signing => return Ok(Some(found)),
            SigningKeyState::Published => {}
            other => return Err(not_possible(other, "made to sign")),
        }
        for other in list(conn)?.into_iter().filter(|key| key.state == SigningKeyState::Signing) {
            let retired = (
                signing_keys::state.eq(SigningKeyState::Retired),
                signing_keys::retired_at.eq(column(act.at)),
                signing_keys::envelope.eq(None::<String>),
            );
            let row = signing_keys::table.find(&other.kid);
            on!(conn, c => diesel::update(row).set(retired).execute(c))?;
            tell(conn, act, AuditEvent::SigningKeyRetired, &other)?;
        }
        let signing = (signing_keys::state.eq(SigningKeyState::Signing), signing_keys::signing_at.eq(column(act.at)));
        on!(conn, c => diesel::update(signing_keys::table.find(kid)).set(signing).execute(c))?;
        tell(conn, act, AuditEvent::SigningKeySigns, &found)?;
        find(conn, kid)
    })
}

/// Takes a key out of publication for good, with its line in the change feed: whatever it signed is refused, and its
/// private part is wiped. `None` where there is no such key; one that is gone keeps its first time.
pub fn withdraw(conn: &mut Conn, act: &Act, kid: &str) -> Result<Option<SigningKey>, StoreError> {
    conn.write(|conn| {
        let row = signing_keys::table.find(kid).filter(signing_keys::state.ne(SigningKeyState::Gone));
        let gone = (
            signing_keys::state.eq(SigningKeyState::Gone),
            signing_keys::gone_at.eq(column(act.at)),
            signing_keys::envelope.eq(None::<String>),
        );
        let is_new = on!(conn, c => diesel::update(row).set(gone).execute(c))? == 1;
        let found = find(conn, kid)?;
        if let Some(found) = found.as_ref().filter(|_| is_new) {
            tell(conn, act, AuditEvent::SigningKeyWithdrawn, found)?;
        }
        Ok(found)
    })
}

/// The signing key with this id, whatever its state.
pub fn find(conn: &mut Conn, kid: &str) -> Result<Option<SigningKey>, StoreError> {
    let found = signing_keys::table.find(kid);
    Ok(on!(conn, c => found.select(SigningKey::as_select()).first(c).optional())?)
}

/// The key that signs.
pub fn find_signing(conn: &mut Conn) -> Result<Option<SigningKey>, StoreError> {
    let signing = signing_keys::table.filter(signing_keys::state.eq(SigningKeyState::Signing));
    let signing = signing.order(signing_keys::signing_at.desc());
    Ok(on!(conn, c => signing.select(SigningKey::as_select()).first(c).optional())?)
}

/// Every key that is published, oldest first: all but those gone, at most [`MOST_SIGNING_KEYS`].
pub fn list(conn: &mut Conn) -> Result<Vec<SigningKey>, StoreError> {
    let published = signing_keys::table.filter(signing_keys::state.ne(SigningKeyState::Gone));
    let published = published.order((signing_keys::published_at, signing_keys::kid));
    Ok(on!(conn, c => published.select(SigningKey::as_select()).load(c))?)
}

/// A line in the change feed, and an entry in the audit.
fn tell(conn: &mut Conn, act: &Act, event: AuditEvent, key: &SigningKey) -> Result<(), StoreError> {
    let target = Target::nameless(TargetKind::SigningKey, &key.kid);
    let entry = Entry::new(event, target).made(View::default().with("algorithm", &key.algorithm));
    change::append(conn, act, ChangeKind::SigningKey, &key.kid, &entry)
}

fn not_possible(state: SigningKeyState, event: &'static str) -> StoreError {
    StoreError::NotPossible { what: Record::SigningKey, state: state.as_str(), event }
}
