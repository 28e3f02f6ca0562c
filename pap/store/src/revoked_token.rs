//! `revoked_tokens`: access tokens that are refused before their time, until that time has come.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::act::Act;
use crate::audit::{AuditEvent, Entry, Target, TargetKind};
use crate::change::{self, ChangeKind};
use crate::conn::{Conn, on};
use crate::error::StoreError;
use crate::id::KeyId;
use crate::key;
use crate::schema::revoked_tokens;
use crate::value::{At, column};

/// An access token that was revoked.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = revoked_tokens)]
pub struct RevokedToken {
    /// Its id (RFC 7519 §4.1.7).
    pub jti: String,
    /// The key that it was issued to.
    pub key_id: KeyId,
    /// When it would have ended by itself: nobody asks for it afterwards.
    #[diesel(deserialize_as = At)]
    pub expires_at: DateTime<Utc>,
    /// When it was revoked.
    #[diesel(deserialize_as = At)]
    pub revoked_at: DateTime<Utc>,
}

/// Revokes a token of a key, with its line in the change feed. Whether it was good until now: one already revoked keeps
/// its first time, and adds no line.
pub fn revoke(
    conn: &mut Conn,
    act: &Act,
    key: KeyId,
    (jti, expires_at): (&str, DateTime<Utc>),
) -> Result<bool, StoreError> {
    conn.write(|conn| {
        let row = (
            revoked_tokens::jti.eq(jti),
            revoked_tokens::key_id.eq(key),
            revoked_tokens::expires_at.eq(column(expires_at)),
            revoked_tokens::revoked_at.eq(column(act.at)),
        );
        let added = on!(conn, c =>
            diesel::insert_into(revoked_tokens::table).values(row).on_conflict_do_nothing().execute(c))?;
        if added == 1 {
            let path = key::find(conn, key)?.map(|key| key.path());
            let target = Target { kind: TargetKind::Key, id: key.to_string(), path };
            let entry = Entry::new(AuditEvent::TokenRevoked, target).with("jti", jti).with("expires_at", expires_at);
            change::append(conn, act, ChangeKind::Token, &jti, &entry)?;
        }
        Ok(added == 1)
    })
}

/// The revoked token with this id.
pub fn find(conn: &mut Conn, jti: &str) -> Result<Option<RevokedToken>, StoreError> {
    let found = revoked_tokens::table.find(jti);
    Ok(on!(conn, c => found.select(RevokedToken::as_select()).first(c).optional())?)
}

/// Every revoked token that hasn't ended at `at`: what a decision point keeps in memory. A token lives for minutes, so
/// there are few.
pub fn list(conn: &mut Conn, at: DateTime<Utc>) -> Result<Vec<RevokedToken>, StoreError> {
    let lasting = revoked_tokens::table.filter(revoked_tokens::expires_at.gt(column(at)));
    let lasting = lasting.order(revoked_tokens::jti);
    Ok(on!(conn, c => lasting.select(RevokedToken::as_select()).load(c))?)
}

/// Forgets the tokens that ended before `at`. How many there were.
pub fn forget(conn: &mut Conn, at: DateTime<Utc>) -> Result<usize, StoreError> {
    let ended = revoked_tokens::table.filter(revoked_tokens::expires_at.lt(column(at)));
    Ok(on!(conn, c => diesel::delete(ended).execute(c))?)
}
