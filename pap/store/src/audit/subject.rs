//! All that is kept of a person: what a data subject may ask for (GDPR art. 15).

use diesel::prelude::*;

use super::read::Record;
use crate::conn::{Conn, on};
use crate::contact::Contact;
use crate::credential::SeenCaller;
use crate::delivery::Delivery;
use crate::error::StoreError;
use crate::id::{OrganisationId, PersonId, ReviewId};
use crate::limit::{self, SharedLimit};
use crate::outbox::Notice;
use crate::review::ReviewItem;
use crate::schema::{
    audit_entries, contacts, credential_callers, credentials, deliveries, keys, organisations, outbox, persons,
    review_items, reviews,
};

/// What is kept of a person of an organisation beside the keys that he answers for.
#[derive(Debug, Clone, Default)]
pub struct SubjectData {
    /// What the audit calls him; `None` where it doesn't know him.
    pub person: Option<PersonId>,
    /// Entries that speak of him, as they are kept.
    pub entries: Vec<Record>,
    /// Contacts by which he is told, or that have his address.
    pub contacts: Vec<Contact>,
    /// Limits that his keys share.
    pub limits: Vec<SharedLimit>,
    /// Notices to him.
    pub notices: Vec<Notice>,
    /// Deliveries of notices to him.
    pub deliveries: Vec<Delivery>,
    /// Who used older secrets of his keys.
    pub callers: Vec<SeenCaller>,
    /// His keys as they were when somebody looked at what they granted.
    pub reviewed: Vec<(ReviewId, ReviewItem)>,
}

/// Finds it by his name, as keys have it.
pub fn find_subject(conn: &mut Conn, organisation: OrganisationId, name: &str) -> Result<SubjectData, StoreError> {
    let digest = conn.veil().map(|veil| veil.digest(organisation, name));
    let person = persons::table.filter(persons::name_digest.eq(digest.unwrap_or_default())).select(persons::id);
    let person: Option<PersonId> = on!(conn, c => person.first(c).optional())?;
    let entries = match person {
        Some(person) => {
            // An id holds nothing that LIKE takes for something else.
            let named = audit_entries::table.filter(audit_entries::entry.like(format!("%\"{person}\"%")));
            let named = named.order(audit_entries::sequence);
            on!(conn, c => named.select(Record::as_select()).load(c))?
        }
        None => Vec::new(),
    };
    let own = contacts::table.filter(contacts::organisation_id.eq(organisation));
    let own = own.filter(contacts::owner.eq(name).or(contacts::address.eq(name))).order(contacts::id);
    let told = outbox::table.inner_join(organisations::table).filter(outbox::organisation_id.eq(organisation));
    let told = told.filter(outbox::recipient.eq(name)).order(outbox::id);
    let sent = deliveries::table.filter(deliveries::organisation_id.eq(organisation));
    let sent = sent.filter(deliveries::recipient.eq(name)).order(deliveries::id);
    let seen = credential_callers::table.inner_join(credentials::table.inner_join(keys::table));
    let seen = seen.filter(keys::organisation_id.eq(organisation)).filter(keys::owner.eq(name));
    let reviewed = review_items::table.inner_join(keys::table).inner_join(reviews::table);
    let reviewed = reviewed.filter(reviews::organisation_id.eq(organisation)).filter(review_items::owner.eq(name));
    let reviewed = reviewed.order((review_items::review_id, review_items::key_id));
    let limits = limit::list_of(conn, organisation)?;
    Ok(SubjectData {
        person,
        entries,
        contacts: on!(conn, c => own.select(Contact::as_select()).load(c))?,
        limits: limits.into_iter().filter(|limit| limit.owner.as_deref() == Some(name)).collect(),
        notices: on!(conn, c => told.select(Notice::as_select()).load(c))?,
        deliveries: on!(conn, c => sent.select(Delivery::as_select()).load(c))?,
        callers: on!(conn, c => seen.select(SeenCaller::as_select()).load(c))?,
        reviewed: on!(conn, c => reviewed.select((review_items::review_id, ReviewItem::as_select())).load(c))?,
    })
}
