//! Telling owners that a quota of theirs is nearly used, or used: once of each period.

use std::sync::{Mutex, PoisonError};

use argus_insight::notify::{QuotaUse, tell_quota, tell_shared_quota};
use argus_pdp::{QuotaOf, QuotaStanding, QuotaWatch};
use argus_store::outbox::NoticeKind;
use argus_store::{Conn, KeyId, LimitId, Store};
use chrono::{DateTime, Utc};
use tracing::warn;

/// More quotas than are seen to come to their end within one period. What is forgotten here the store still knows.
const REMEMBERED: usize = 10_000;

/// Puts the notices into the outbox.
#[derive(Debug)]
pub(super) struct QuotaNotices {
    store: Store,
    /// What was told from here, so that the store is not asked at each use.
    told: Mutex<Vec<Told>>,
}

/// One thing that was told.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    of: Whose,
    name: String,
    resets_at: DateTime<Utc>,
    kind: NoticeKind,
}

/// Whose quota it is, whichever key was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    Key(KeyId),
    Limit(LimitId),
}

impl QuotaNotices {
    pub(super) fn new(store: &Store) -> Self {
        Self { store: store.clone(), told: Mutex::default() }
    }
}

impl QuotaWatch for QuotaNotices {
    fn used(&self, standing: &QuotaStanding<'_>) {
        let QuotaStanding { of: quota_of, name, used, limit, is_lacking, resets_at } = *standing;
        let quota = QuotaUse { name, used, limit, is_lacking, resets_at };
        let Some(kind) = quota.kind() else { return };
        let of = match quota_of {
            QuotaOf::Key(key) => Whose::Key(key),
            QuotaOf::Limit { limit, .. } => Whose::Limit(limit),
        };
        let now = Utc::now();
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let is_told = |told: &Told| told.of == of && told.name == name && told.resets_at == resets_at;
        if told.iter().any(|told| is_told(told) && told.kind == kind) {
            return;
        }
        // What isn't told for once is told at the next use: whatever was let through then is written first.
        let tell = |conn: &mut Conn| match quota_of {
            QuotaOf::Key(key) => tell_quota(conn, now, key, &quota),
            QuotaOf::Limit { limit, key } => tell_shared_quota(conn, now, (limit, key), &quota),
        };
        if let Err(cause) = self.store.write_aside(tell) {
            warn!(quota = name, "nobody could be told of the quota {name}: {cause}");
            return;
        }
        told.retain(|told| told.resets_at > now);
        if told.len() < REMEMBERED {
            told.push(Told { of, name: name.to_owned(), resets_at, kind });
        }
    }
}
