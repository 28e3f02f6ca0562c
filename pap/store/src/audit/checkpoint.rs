//! `audit_checkpoints`: signed statements of how far the chain had come, by which a missing tail is seen.

use chrono::{DateTime, SecondsFormat, Utc};
use diesel::prelude::*;
use serde_json::{Value, json};

use super::chain::{self, Digest, Head};
use crate::conn::{Conn, on};
use crate::error::StoreError;
use crate::schema::{audit_checkpoints, audit_entries};
use crate::value::{At, column};

/// A checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = audit_checkpoints)]
pub struct Checkpoint {
    /// The number of the last entry before it.
    pub sequence: i64,
    /// The hash of that entry.
    pub hash: Digest,
    /// When it was signed.
    #[diesel(deserialize_as = At)]
    pub at: DateTime<Utc>,
    /// Which key signed it.
    pub key_id: String,
    /// The Ed25519 signature of [`Checkpoint::statement`], in base64url.
    pub signature: String,
}

impl Checkpoint {
    /// What is signed: canonical JSON, `{"at","hash","key_id","sequence","statement":"argus audit checkpoint 1"}`.
    pub fn statement(&self) -> String {
        // Texts and one number that is no larger than the count of entries: all of it is canonical.
        super::canonical(&self.without_signature()).unwrap_or_default()
    }

    /// Its JSON: the statement with the signature.
    pub fn to_json(&self) -> Value {
        let mut whole = self.without_signature();
        if let Some(members) = whole.as_object_mut() {
            members.insert("signature".to_owned(), self.signature.clone().into());
        }
        whole
    }

    fn without_signature(&self) -> Value {
        json!({
            "statement": STATEMENT,
            "sequence": self.sequence,
            "hash": self.hash.to_string(),
            "at": self.at.to_rfc3339_opts(SecondsFormat::Micros, true),
            "key_id": self.key_id,
        })
    }
}

/// What keeps a signature from meaning something else elsewhere.
pub const STATEMENT: &str = "argus audit checkpoint 1";

/// The last entry of the chain.
pub fn find_head(conn: &mut Conn) -> Result<Head, StoreError> {
    chain::head(conn)
}

/// Keeps a checkpoint. `false` where another node has signed the same place.
pub fn add_checkpoint(conn: &mut Conn, checkpoint: &Checkpoint) -> Result<bool, StoreError> {
    let row = (
        audit_checkpoints::sequence.eq(checkpoint.sequence),
        audit_checkpoints::hash.eq(checkpoint.hash),
        audit_checkpoints::at.eq(column(checkpoint.at)),
        audit_checkpoints::key_id.eq(&checkpoint.key_id),
        audit_checkpoints::signature.eq(&checkpoint.signature),
    );
    let added = on!(conn, c =>
        diesel::insert_into(audit_checkpoints::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(added == 1)
}

/// The newest checkpoint.
pub fn find_last_checkpoint(conn: &mut Conn) -> Result<Option<Checkpoint>, StoreError> {
    let last = audit_checkpoints::table.order(audit_checkpoints::sequence.desc());
    Ok(on!(conn, c => last.select(Checkpoint::as_select()).first(c).optional())?)
}

/// The checkpoint at this place.
pub fn find_checkpoint(conn: &mut Conn, sequence: i64) -> Result<Option<Checkpoint>, StoreError> {
    let found = audit_checkpoints::table.find(sequence);
    Ok(on!(conn, c => found.select(Checkpoint::as_select()).first(c).optional())?)
}

/// The last checkpoint of a time or an earlier one, from which what is kept goes on: nothing behind it was cut off.
pub fn find_checkpoint_of(conn: &mut Conn, at: DateTime<Utc>) -> Result<Option<Checkpoint>, StoreError> {
    let first = audit_entries::table.order(audit_entries::sequence).select(audit_entries::sequence);
    let first: Option<i64> = on!(conn, c => first.first(c).optional())?;
    let Some(first) = first else { return Ok(None) };
    let found = audit_checkpoints::table.filter(audit_checkpoints::at.le(column(at)));
    let found = found.filter(audit_checkpoints::sequence.ge(first - 1));
    let found = found.order(audit_checkpoints::sequence.desc());
    Ok(on!(conn, c => found.select(Checkpoint::as_select()).first(c).optional())?)
}

/// The checkpoints after a place, in their order, at most `most` of them.
pub fn list_checkpoints(conn: &mut Conn, after: i64, most: u32) -> Result<Vec<Checkpoint>, StoreError> {
    let later = audit_checkpoints::table.filter(audit_checkpoints::sequence.gt(after));
    let later = later.order(audit_checkpoints::sequence).limit(most.into());
    Ok(on!(conn, c => later.select(Checkpoint::as_select()).load(c))?)
}
