//! What is read from the system, once for all controls: keys, the audit, what was told, what was decided, what stood out.

pub(super) mod alerts;
pub(super) mod chain;
mod keys;
mod reviews;
mod trail;

use std::collections::BTreeMap;

use argus_credentials::Hasher;
use argus_store::anomaly::Anomaly;
use argus_store::contact::ContactState;
use argus_store::delivery::DeliveryState;
use argus_store::evidence::{self, Period};
use argus_store::node::{self, Node};
use argus_store::outbox::NoticeKind;
use argus_store::policy_document::{self, PolicyDocument};
use argus_store::usage::UsageCounts;
use argus_store::{OrganisationId, Store, StoreError};
use chrono::{DateTime, Utc};

use super::report::ChainProof;
use super::{Control, Evidence, controls};
use crate::Addresses;
use crate::audit::AuditTender;
pub(crate) use keys::{KeyFacts, of_key, read as read_keys};
pub(crate) use reviews::{LastReview, Reviews};
pub(super) use trail::{ASKED, Trail, read_excerpts};

/// Of what a report is.
#[derive(Debug, Clone)]
pub(crate) struct Within {
    /// The organisation; none: the whole installation.
    pub(crate) organisation: Option<(OrganisationId, String)>,
    pub(crate) period: Period,
    pub(crate) now: DateTime<Utc>,
}

/// All of it.
#[derive(Debug)]
pub(crate) struct Facts {
    pub(super) within: Within,
    pub(super) now: DateTime<Utc>,
    pub(super) keys: Vec<KeyFacts>,
    pub(super) trail: Trail,
    pub(super) chain: ChainProof,
    /// Checkpoints that were signed in this time.
    pub(super) checkpoints: i64,
    pub(super) fips: Vec<Control>,
    /// Where the installation says that it is found, by what is found there.
    pub(super) addresses: Vec<(&'static str, String)>,
    pub(super) contacts: BTreeMap<ContactState, i64>,
    pub(super) deliveries: BTreeMap<DeliveryState, i64>,
    pub(super) notices: BTreeMap<String, i64>,
    pub(super) usage: UsageCounts,
    pub(super) nodes: Vec<Node>,
    pub(super) policies: Vec<PolicyDocument>,
    /// What stood out first in this time.
    pub(super) alerts: Vec<Anomaly>,
    /// Keys in use that are watched, and up to when the one that was looked at the longest ago was.
    pub(super) watched: (i64, Option<DateTime<Utc>>),
    /// Contacts that are told of what stands out.
    pub(super) told_of_alerts: usize,
    /// Addresses of whoever used replaced credentials, kept in full, and when the oldest was seen.
    pub(super) callers: (i64, Option<DateTime<Utc>>),
    /// Entries of the log of decisions with the address of a caller, and when the oldest was decided.
    pub(super) logged: (i64, Option<DateTime<Utc>>),
    /// Of the people whom the audit of this time names, those who were forgotten.
    pub(super) forgotten: i64,
    /// Reviews of each organisation that has keys in use.
    pub(super) reviews: Vec<Reviews>,
    /// Private parts that should be gone.
    pub(super) remains: i64,
    /// Rows of the tables in which something is stored of people.
    pub(super) register_rows: BTreeMap<&'static str, i64>,
}

impl Facts {
    /// Reads them.
    pub(crate) fn read(
        store: &Store,
        within: &Within,
        (hasher, tender, addresses): (Hasher, Option<&AuditTender>, &Addresses),
    ) -> Result<Self, StoreError> {
        let (now, period) = (within.now, within.period);
        let found = Evidence::read(store, hasher, tender, now)?;
        let chain = chain::prove(store, tender, now)?;
        let id = within.organisation.as_ref().map(|(id, _)| *id);
        let name = within.organisation.as_ref().map(|(_, name)| name.as_str());
        let trail = Trail::read(store, id, period)?;
        let keys = keys::read(store, id)?;
        let reviews = reviews::read(store, &keys, period)?;
        let alerts = alerts::read(store, (id, None), period)?;
        let rest = store.read(|conn| {
            Ok(Self {
                now,
                reviews: Vec::new(),
                checkpoints: evidence::count_checkpoints(conn, period)?,
                fips: controls(&found),
                addresses: addresses.known(),
                contacts: evidence::count_contacts(conn, id)?,
                deliveries: evidence::count_deliveries(conn, id, period)?,
                notices: evidence::count_notices(conn, id, period)?,
                usage: evidence::sum_usage(conn, name, period)?,
                nodes: node::list(conn)?,
                policies: policy_document::list_current(conn)?,
                watched: evidence::count_watched(conn, id)?,
                told_of_alerts: evidence::count_told(conn, id, NoticeKind::AnomalyDetected.as_str())?,
                callers: evidence::find_callers(conn, id)?,
                logged: evidence::find_logged_addresses(conn, name)?,
                forgotten: evidence::count_forgotten(conn, &trail.people)?,
                remains: evidence::count_remains(conn)?,
                register_rows: evidence::count_register_rows(conn, within.organisation.as_ref())?,
                within: within.clone(),
                keys: keys.clone(),
                trail: trail.clone(),
                alerts: alerts.clone(),
                chain: chain.clone(),
            })
        });
        Ok(Self { reviews, ..rest? })
    }

    /// Keys that haven't ended.
    pub(super) fn in_use(&self) -> impl Iterator<Item = &KeyFacts> {
        self.keys.iter().filter(|key| !key.has_ended())
    }

    /// Whether this is the time that the report covers.
    pub(super) fn is_within(&self, at: DateTime<Utc>) -> bool {
        self.within.period.0 <= at && at < self.within.period.1
    }

    /// Whether the report is of the whole installation, and not of one organisation that knows nothing of the others.
    pub(super) fn is_of_all(&self) -> bool {
        self.within.organisation.is_none()
    }
}
