//! Acts and callers that were refused, told to the audit beside the requests: nobody waits for it, and nobody can fill
//! the chain with it.
//!
//! Of each key, and of all strangers together, one refusal of a kind is told in a minute, and at most [`MOST`] in all.
//! The next one that is told says how many were not.

use std::collections::HashSet;
use std::fmt;
use std::net::IpAddr;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use argus_store::audit::{self, AuditEvent, Entry, Target, TargetKind};
use argus_store::{Act, Actor, Conn, KeyId, OrganisationId, Store, StoreError, credential, key, organisation};
use chrono::{DateTime, Utc};
use tracing::warn;

use crate::resource::HOST;

/// Refusals that are told in one minute, whoever was refused.
const MOST: usize = 100;

/// Refusals that may wait to be written. The minute's share fits in.
const WAITING: usize = MOST;

/// Somebody who was refused, or something.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) at: DateTime<Utc>,
    pub(crate) request_id: String,
    pub(crate) source: Option<IpAddr>,
    pub(crate) what: Refused,
}

/// What was refused.
#[derive(Debug, Clone)]
pub(crate) enum Refused {
    /// An act, to a caller who is known.
    Act {
        caller: KeyId,
        /// The organisation that the caller belongs to.
        own: String,
        /// The organisation that it was about.
        organisation: String,
        path: String,
        action: String,
        decision_id: String,
    },
    /// A caller. The credential is known where it is one of ours.
    Caller { credential: Option<String> },
}

/// Where refusals are told. Cheap to clone; the thread behind it ends with the last clone.
#[derive(Clone)]
pub(crate) struct Refusals {
    queue: SyncSender<(Refusal, u64)>,
    told: Arc<Mutex<Told>>,
}

/// What was told in this minute, and how much was not since the last that was.
#[derive(Debug, Default)]
struct Told {
    minute: i64,
    who: HashSet<String>,
    left_out: u64,
}

impl Refusals {
    /// Starts the thread that writes them down.
    pub(crate) fn begin(store: Store) -> Self {
        let (queue, refusals) = sync_channel(WAITING);
        let written = thread::Builder::new().name("argus-refusals".into()).spawn(move || write_down(&store, &refusals));
        if let Err(error) = written {
            warn!("refusals are not told to the audit: {error}");
        }
        Self { queue, told: Arc::default() }
    }

    /// Tells of a refusal, if its share of this minute isn't used up. Never waits.
    pub(crate) fn tell(&self, refusal: Refusal) {
        // Nothing that can panic runs under this lock.
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if !told.takes(refusal.at, refusal.what.who()) || self.queue.try_send((refusal, told.left_out)).is_err() {
            told.left_out += 1;
            return;
        }
        told.left_out = 0;
    }
}

impl Told {
    fn takes(&mut self, at: DateTime<Utc>, who: String) -> bool {
        let minute = at.timestamp().div_euclid(60);
        if minute != self.minute {
            self.minute = minute;
            self.who.clear();
        }
        self.who.len() < MOST && self.who.insert(who)
    }
}

impl Refused {
    fn who(&self) -> String {
        match self {
            Self::Act { caller, .. } => format!("act {caller}"),
            Self::Caller { credential } => format!("caller {}", credential.as_deref().unwrap_or_default()),
        }
    }
}

fn write_down(store: &Store, refusals: &Receiver<(Refusal, u64)>) {
    for (refusal, left_out) in refusals {
        if let Err(error) = store.write(|conn| append(conn, &refusal, left_out)) {
            warn!(request.id = refusal.request_id, "a refusal was not told to the audit: {error}");
        }
    }
}

fn append(conn: &mut Conn, refusal: &Refusal, left_out: u64) -> Result<(), StoreError> {
    let (actor, organisation, entry, decision_id) = match &refusal.what {
        Refused::Act { caller, own, organisation, path, action, decision_id } => {
            let entry = Entry::new(AuditEvent::ActRefused, Target::nameless(TargetKind::Resource, path));
            let entry = entry.with("action", action).with("needed_scope", format!("{path}:{action}"));
            let about = find(conn, &[organisation, own, HOST])?;
            (Actor::Key(*caller), about, entry, Some(decision_id.clone()))
        }
        Refused::Caller { credential } => {
            let (about, target) = presented(conn, credential.as_deref())?;
            let entry = Entry::new(AuditEvent::AuthenticationRefused, target).with("credential_id", credential);
            (Actor::Nobody, about, entry, None)
        }
    };
    // Before there is an organisation there is nobody to be refused.
    let Some(organisation) = organisation else { return Ok(()) };
    let entry = entry.with("not_told_before", (left_out > 0).then_some(left_out)).refused();
    let Refusal { at, request_id, source, .. } = refusal.clone();
    audit::append(conn, &Act { actor, organisation, at, request_id, source, decision_id }, &entry)?;
    Ok(())
}

/// The first of these organisations that there is.
fn find(conn: &mut Conn, names: &[&str]) -> Result<Option<OrganisationId>, StoreError> {
    for name in names {
        if let Some(found) = organisation::find_by_name(conn, name)? {
            return Ok(Some(found.id));
        }
    }
    Ok(None)
}

/// The key that was presented, and whose it is. A stranger concerns whoever runs the installation.
fn presented(conn: &mut Conn, credential: Option<&str>) -> Result<(Option<OrganisationId>, Target), StoreError> {
    let found = match credential {
        Some(id) => credential::find(conn, id)?,
        None => None,
    };
    let key = match found {
        Some(found) => key::find(conn, found.key_id)?,
        None => None,
    };
    match key {
        Some(key) => Ok((Some(key.organisation_id), key.target())),
        None => Ok((find(conn, &[HOST])?, Target::nameless(TargetKind::Credential, credential.unwrap_or("unknown")))),
    }
}

impl fmt::Debug for Refusals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Refusals(..)")
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn each_key_has_one_refusal_of_a_kind_in_a_minute_and_all_together_have_a_hundred() {
        let (mut told, noon) = (Told::default(), DateTime::from_timestamp(1_800_000_000, 0).unwrap());
        assert!(told.takes(noon, "act a".into()) && told.takes(noon, "caller a".into()));
        assert!(!told.takes(noon + TimeDelta::seconds(59), "act a".into()));
        assert!(told.takes(noon + TimeDelta::seconds(60), "act a".into()));
        let taken = (0..1_000).filter(|n| told.takes(noon + TimeDelta::seconds(61), format!("act {n}"))).count();
        assert_eq!(taken, MOST - 1);
    }
}
