//! Handing notices over to whoever carries them on: e-mail, webhooks.
//!
//! A carrier claims some, hands each over, and says so; if it dies in between, they are claimed again a minute later.
//! So each is handed over at least once, and always under the same id, by which the receiver knows one that comes twice.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use argus_credentials::{CredentialId, NoRandomness};
use argus_store::outbox::{self, Claim};
use argus_store::{NoticeId, Store, StoreError};
use chrono::{DateTime, TimeDelta, Utc};

use crate::view::NoticeView;

/// How long a claim lasts: longer than a carrier may try, shorter than anybody minds.
const CLAIM_LASTS: TimeDelta = TimeDelta::minutes(1);

/// The way of notices out of the store. Every call blocks.
#[derive(Debug)]
pub struct Handover {
    store: Store,
    carrier: String,
    claims: AtomicU64,
}

/// Notices that are this carrier's to hand over, until the claim runs out.
#[derive(Debug)]
pub struct Claimed {
    store: Store,
    name: String,
    /// The notices, the oldest first.
    pub notices: Vec<NoticeView>,
}

impl Handover {
    /// The way out for one carrier of this process, which is told from all others by a random name.
    pub fn new(store: Store) -> Result<Self, NoRandomness> {
        Ok(Self { store, carrier: CredentialId::generate()?.to_string(), claims: AtomicU64::new(0) })
    }

    /// Claims notices that are due at `at`, at most `most` of them. No two claims, of whatever carrier, have one in common
    /// while both last.
    pub fn claim(&self, at: DateTime<Utc>, most: u32) -> Result<Claimed, StoreError> {
        // Of each claim its own: who comes back late must not be taken for himself.
        let name = format!("{}/{}", self.carrier, self.claims.fetch_add(1, Relaxed));
        let claim = Claim { name: &name, at, until: at + CLAIM_LASTS };
        let notices = self.store.write_aside(|conn| outbox::claim(conn, &claim, most))?;
        let notices = notices.into_iter().map(NoticeView::from).collect();
        Ok(Claimed { store: self.store.clone(), name, notices })
    }
}

impl Claimed {
    /// Says that a notice was handed over. Whether the claim still held it: if not, another may hand it over as well.
    pub fn handed(&self, id: NoticeId, at: DateTime<Utc>) -> Result<bool, StoreError> {
        self.store.write_aside(|conn| outbox::mark_handed(conn, &self.name, id, at))
    }

    /// Gives a notice back that could not be handed over, to be tried again from `again_at` on. Whether the claim still
    /// held it.
    pub fn put_off(&self, id: NoticeId, again_at: DateTime<Utc>) -> Result<bool, StoreError> {
        self.store.write_aside(|conn| outbox::put_off(conn, &self.name, id, again_at))
    }
}
