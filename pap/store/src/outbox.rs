//! `outbox`: who is to be told what about a key, or about an organisation. What happens is written here by the act that
//! does it, in its transaction; what lies ahead by the sweeper.
//!
//! A notice is handed over when it is on its way to all who asked to be told: [`delivery`](crate::delivery) makes one
//! delivery of it for each of them, under the notice's id.

mod below;
mod plan;
mod tell;

use chrono::{DateTime, Utc};
use diesel::prelude::*;

pub(crate) use below::{tell_below, tell_many};
pub use plan::tell_of_plan;
pub(crate) use tell::tell;
pub use tell::{tell_of_limit, tell_of_use};

use crate::conn::{Conn, on};
use crate::error::StoreError;
use crate::id::{KeyId, NoticeId, OrganisationId};
use crate::page::{Page, PageSize};
use crate::schema::{organisations, outbox};
use crate::value::{At, MaybeAt, column, words};

words!(
    /// What is told.
    NoticeKind, "kind of notice", {
        /// A key has a new secret.
        Rotated = "key.rotated",
        /// A key has a new secret that waits to be collected.
        RotationOpened = "key.rotation_opened",
        /// Nobody has collected it.
        RotationUncollected = "key.rotation_uncollected",
        /// A key is to get a new secret soon.
        RotationAhead = "key.rotation_ahead",
        /// An older secret is still used when half of its grace is over.
        OldSecretUsed = "key.old_secret_used",
        /// A key is revoked.
        Revoked = "key.revoked",
        /// A key is suspended.
        Suspended = "key.suspended",
        /// A suspended key is resumed.
        Resumed = "key.resumed",
        /// A key has expired.
        Expired = "key.expired",
        /// A key ends soon.
        ExpiryAhead = "key.expiry_ahead",
        /// A key is used otherwise than it ever was.
        AnomalyDetected = "anomaly.detected",
        /// Four fifths of a quota are used.
        QuotaNearlyUsed = "quota.nearly_used",
        /// All of a quota is used.
        QuotaUsed = "quota.used",
        /// An organisation has a lower plan, and more than that lets it.
        PlanLowered = "plan.lowered",
        /// What is over the plan of an organisation stays as it was for some days only.
        PlanGraceEnding = "plan.grace_ending",
        /// It does no more.
        PlanGraceEnded = "plan.grace_ended",
    }
);

/// A notice.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = outbox)]
pub struct Notice {
    /// Its id, by which who receives it twice knows it.
    pub id: NoticeId,
    /// What it tells.
    pub kind: NoticeKind,
    /// The organisation that it is about, or whose key.
    pub organisation_id: OrganisationId,
    /// The name of that organisation.
    #[diesel(select_expression = organisations::name)]
    pub organisation_name: String,
    /// The key that it is about; none: it is about the organisation.
    pub key_id: Option<KeyId>,
    /// Who is told: who answers for the key, or for one below it; of the organisation its name.
    pub recipient: String,
    /// The rest, as a JSON object.
    pub payload: String,
    /// From when on it is to be handed over.
    #[diesel(deserialize_as = At)]
    pub due_at: DateTime<Utc>,
    /// When it was written.
    #[diesel(deserialize_as = At)]
    pub created_at: DateTime<Utc>,
    /// When it was handed over.
    #[diesel(deserialize_as = MaybeAt)]
    pub handed_at: Option<DateTime<Utc>>,
}

/// A notice to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNotice {
    /// What it tells.
    pub kind: NoticeKind,
    /// The organisation that it is about, or whose key.
    pub organisation: OrganisationId,
    /// The key that it is about, where it isn't about the organisation.
    pub key: Option<KeyId>,
    /// Who is told.
    pub recipient: String,
    /// The rest, as a JSON object.
    pub payload: String,
    /// What makes it another than every other: who was told this is not told again.
    pub dedup_key: String,
}

/// Writes a notice, due at once. Whether it is new; one that was told before is left as it is.
pub fn put(conn: &mut Conn, at: DateTime<Utc>, new: &NewNotice) -> Result<bool, StoreError> {
    let row = (
        outbox::id.eq(NoticeId::new(at)),
        outbox::kind.eq(new.kind),
        outbox::organisation_id.eq(new.organisation),
        outbox::key_id.eq(new.key),
        outbox::recipient.eq(&new.recipient),
        outbox::payload.eq(&new.payload),
        outbox::dedup_key.eq(&new.dedup_key),
        outbox::due_at.eq(column(at)),
        outbox::created_at.eq(column(at)),
    );
    let put = on!(conn, c => diesel::insert_into(outbox::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(put == 1)
}

/// Which of these notices were written already.
pub fn list_told(conn: &mut Conn, dedup_keys: &[String]) -> Result<Vec<String>, StoreError> {
    let told = outbox::table.filter(outbox::dedup_key.eq_any(dedup_keys)).select(outbox::dedup_key);
    Ok(on!(conn, c => told.load(c))?)
}

/// Which notices a list holds. What is `None` doesn't narrow it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NoticeFilter {
    /// Those about keys of this organisation.
    pub organisation: Option<OrganisationId>,
    /// Those about this key.
    pub key: Option<KeyId>,
    /// Those of this kind.
    pub kind: Option<NoticeKind>,
    /// Those that were handed over, or were not.
    pub is_handed: Option<bool>,
}

/// A page of the notices that the filter lets through, beginning after one of them.
pub fn list(
    conn: &mut Conn,
    filter: NoticeFilter,
    after: Option<NoticeId>,
    size: PageSize,
) -> Result<Page<Notice>, StoreError> {
    on!(conn, c => {
        let mut rows = outbox::table.inner_join(organisations::table).select(Notice::as_select()).into_boxed();
        if let Some(organisation) = filter.organisation {
            rows = rows.filter(outbox::organisation_id.eq(organisation));
        }
        if let Some(key) = filter.key {
            rows = rows.filter(outbox::key_id.eq(key));
        }
        if let Some(kind) = filter.kind {
            rows = rows.filter(outbox::kind.eq(kind));
        }
        match filter.is_handed {
            Some(true) => rows = rows.filter(outbox::handed_at.is_not_null()),
            Some(false) => rows = rows.filter(outbox::handed_at.is_null()),
            None => {}
        }
        if let Some(after) = after {
            rows = rows.filter(outbox::id.gt(after));
        }
        Ok(size.cut(rows.order(outbox::id).limit(size.rows()).load(c)?))
    })
}
