//! `deliveries`: one notice on its way to one contact, until it has arrived, or nobody tries any more.
//!
//! [`spread`] makes them of notices, each contact's once. A carrier claims some for a while, tries each, and says what
//! became of it; if it dies in between, they are claimed again. So each arrives at least once, and always under the id
//! of its notice, by which the receiver knows one that comes twice. The name of a claim is a fence: who comes back
//! after his claim has run out marks nothing of another's.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;

use crate::act::Act;
use crate::audit::{self, AuditEvent, Entry, Target, TargetKind};
use crate::conn::{Conn, on};
use crate::contact::{self, ContactKind, ContactState};
use crate::error::{Record, StoreError};
use crate::id::{ContactId, DeliveryId, NoticeId, OrganisationId};
use crate::key::ENDED;
use crate::outbox::Notice;
use crate::page::{Page, PageSize};
use crate::schema::{contacts, deliveries, keys, organisations, outbox};
use crate::value::{At, MaybeAt, column, words};

words!(
    /// How far a delivery is.
    DeliveryState, "state of a delivery", {
        /// It is tried, now or later.
        Waiting = "waiting",
        /// It has arrived.
        Delivered = "delivered",
        /// It has not arrived, and is tried no more unless somebody asks for it.
        Dead = "dead",
    }
);

/// A delivery.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = deliveries)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// Where it goes.
    pub contact_id: ContactId,
    /// The organisation of the contact.
    pub organisation_id: OrganisationId,
    /// The notice that it brings, by which who receives it twice knows it.
    pub notice_id: NoticeId,
    /// What it tells; a word that a newer node may know and this one not.
    pub kind: String,
    /// Who answers for what it is about.
    pub recipient: String,
    /// The rest, as a JSON object.
    pub payload: String,
    /// When the notice was written.
    #[diesel(deserialize_as = At)]
    pub noticed_at: DateTime<Utc>,
    /// How far it is.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: i32,
    /// Why it did not arrive the last time.
    pub fault: Option<String>,
    /// When it is tried next.
    #[diesel(deserialize_as = At)]
    pub due_at: DateTime<Utc>,
    /// When it was made.
    #[diesel(deserialize_as = At)]
    pub created_at: DateTime<Utc>,
    /// When it arrived, or was given up.
    #[diesel(deserialize_as = MaybeAt)]
    pub ended_at: Option<DateTime<Utc>>,
}

/// A delivery to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelivery {
    /// Its id, from [`DeliveryId::new`].
    pub id: DeliveryId,
    /// Where it goes.
    pub contact: ContactId,
    /// The organisation of the contact.
    pub organisation: OrganisationId,
    /// The notice that it brings.
    pub notice: NoticeId,
    /// What it tells.
    pub kind: String,
    /// Who answers for what it is about.
    pub recipient: String,
    /// The rest, as a JSON object.
    pub payload: String,
    /// When the notice was written.
    pub noticed_at: DateTime<Utc>,
}

/// What became of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It has arrived.
    Delivered,
    /// It has not, and is tried again.
    Again {
        /// When.
        due_at: DateTime<Utc>,
        /// Why.
        fault: String,
    },
    /// It has not, and is tried no more.
    Dead {
        /// Why.
        fault: String,
    },
}

/// A claim on deliveries, for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim<'c> {
    /// Its name, unlike that of every other claim: also of the same claimant.
    pub name: &'c str,
    /// When it is made.
    pub at: DateTime<Utc>,
    /// When it runs out, at most [`LONGEST_CLAIM`] later.
    pub until: DateTime<Utc>,
}

/// The longest that a claim lasts. One that ends later was made by a clock that was wrong, and holds nothing.
pub const LONGEST_CLAIM: TimeDelta = TimeDelta::minutes(10);

/// Puts notices on their way: each once to every contact that is told of it and was there when it was written. How many
/// notices that were, at most `most`.
///
/// A notice of an organisation that has no contact at all goes on waiting, as one that nobody has asked for.
pub fn spread(conn: &mut Conn, at: DateTime<Utc>, most: u32) -> Result<usize, StoreError> {
    conn.write(|conn| {
        let reachable = contacts::table.select(contacts::organisation_id).distinct();
        let due = outbox::table.filter(outbox::handed_at.is_null()).filter(outbox::due_at.le(column(at)));
        let due = due.filter(outbox::organisation_id.eq_any(reachable));
        let due = due.order((outbox::due_at, outbox::id)).limit(most.into()).select(outbox::id);
        let ids: Vec<NoticeId> = on!(conn,
            sqlite c => due.load(c),
            postgres c => due.for_update().skip_locked().load(c)
        )?;
        let notices = outbox::table.inner_join(organisations::table).filter(outbox::id.eq_any(&ids));
        let notices = notices.order((outbox::due_at, outbox::id));
        let notices: Vec<Notice> = on!(conn, c => notices.select(Notice::as_select()).load(c))?;
        for notice in &notices {
            let owners = list_owners(conn, notice)?;
            for contact in contact::list_of(conn, notice.organisation_id)? {
                let is_told = contact.is_told(notice.kind.as_str(), |owner| owners.contains(owner));
                if is_told && contact.created_at <= notice.created_at {
                    put(conn, at, &NewDelivery::of(notice, contact.id, at))?;
                }
            }
        }
        let rows = outbox::table.filter(outbox::id.eq_any(&ids));
        on!(conn, c => diesel::update(rows).set(outbox::handed_at.eq(column(at))).execute(c))?;
        Ok(notices.len())
    })
}

/// Whom a notice concerns: who answers for its key, or where it is about the organisation, for any that hasn't ended.
fn list_owners(conn: &mut Conn, notice: &Notice) -> Result<BTreeSet<String>, StoreError> {
    if notice.key_id.is_some() {
        return Ok(BTreeSet::from([notice.recipient.clone()]));
    }
    let live = keys::table.filter(keys::organisation_id.eq(notice.organisation_id)).filter(keys::state.ne_all(ENDED));
    let owners: Vec<String> = on!(conn, c => live.select(keys::owner).distinct().load(c))?;
    Ok(owners.into_iter().collect())
}

impl NewDelivery {
    fn of(notice: &Notice, contact: ContactId, at: DateTime<Utc>) -> Self {
        Self {
            id: DeliveryId::new(at),
            contact,
            organisation: notice.organisation_id,
            notice: notice.id,
            kind: notice.kind.as_str().to_owned(),
            recipient: notice.recipient.clone(),
            payload: notice.payload.clone(),
            noticed_at: notice.created_at,
        }
    }
}

/// Puts one on its way, due at once. One that is there already is left as it is.
pub(crate) fn put(conn: &mut Conn, at: DateTime<Utc>, new: &NewDelivery) -> Result<(), StoreError> {
    let row = (
        deliveries::id.eq(new.id),
        deliveries::contact_id.eq(new.contact),
        deliveries::organisation_id.eq(new.organisation),
        deliveries::notice_id.eq(new.notice),
        deliveries::kind.eq(&new.kind),
        deliveries::recipient.eq(&new.recipient),
        deliveries::payload.eq(&new.payload),
        deliveries::noticed_at.eq(column(new.noticed_at)),
        deliveries::state.eq(DeliveryState::Waiting),
        deliveries::attempts.eq(0),
        deliveries::due_at.eq(column(at)),
        deliveries::created_at.eq(column(at)),
    );
    on!(conn, c => diesel::insert_into(deliveries::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

/// Claims deliveries by these ways that are due and that nobody holds, the oldest first. Several claimants get
/// different ones.
pub fn claim(
    conn: &mut Conn,
    claim: &Claim<'_>,
    kinds: &[ContactKind],
    most: u32,
) -> Result<Vec<Delivery>, StoreError> {
    conn.write(|conn| {
        let at = column(claim.at);
        let latest = claim.at.checked_add_signed(LONGEST_CLAIM).unwrap_or(claim.at);
        let is_over = deliveries::claimed_until.le(at).or(deliveries::claimed_until.gt(column(latest)));
        let of_kinds = contacts::table.filter(contacts::kind.eq_any(kinds));
        let of_kinds = of_kinds.filter(contacts::state.eq(ContactState::Active)).select(contacts::id);
        let free = deliveries::table.filter(deliveries::ended_at.is_null());
        let free = free.filter(deliveries::due_at.le(at)).filter(deliveries::contact_id.eq_any(of_kinds));
        let free = free.filter(deliveries::claimed_until.is_null().or(is_over.assume_not_null()));
        let free = free.order((deliveries::due_at, deliveries::id)).limit(most.into()).select(deliveries::id);
        let ids: Vec<DeliveryId> = on!(conn,
            sqlite c => free.load(c),
            postgres c => free.for_update().skip_locked().load(c)
        )?;
        let until = column(claim.until.min(latest));
        let columns = (deliveries::claimed_by.eq(claim.name), deliveries::claimed_until.eq(until));
        let rows = deliveries::table.filter(deliveries::id.eq_any(&ids));
        on!(conn, c => diesel::update(rows).set(columns).execute(c))?;
        let claimed = deliveries::table.filter(deliveries::id.eq_any(&ids));
        let claimed = claimed.order((deliveries::due_at, deliveries::id));
        Ok(on!(conn, c => claimed.select(Delivery::as_select()).load(c))?)
    })
}

/// Holds a delivery for longer, until the claim runs out. Whether it was still held by it.
pub fn renew(conn: &mut Conn, claim: &Claim<'_>, id: DeliveryId) -> Result<bool, StoreError> {
    let held = deliveries::table.find(id).filter(deliveries::claimed_by.eq(claim.name));
    let until = deliveries::claimed_until.eq(column(claim.until));
    Ok(on!(conn, c => diesel::update(held).set(until).execute(c))? == 1)
}

/// Notes what became of an attempt. Whether the delivery was still held by this claim; if not, another may have tried
/// it as well.
pub fn settle(
    conn: &mut Conn,
    claim: &str,
    id: DeliveryId,
    outcome: &Outcome,
    at: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let (state, fault, due_at) = match outcome {
        Outcome::Delivered => (DeliveryState::Delivered, None, None),
        Outcome::Again { due_at, fault } => (DeliveryState::Waiting, Some(fault), Some(*due_at)),
        Outcome::Dead { fault } => (DeliveryState::Dead, Some(fault), None),
    };
    let held = deliveries::table.find(id).filter(deliveries::claimed_by.eq(claim));
    let held = held.filter(deliveries::state.eq(DeliveryState::Waiting));
    let columns = (
        deliveries::state.eq(state),
        deliveries::fault.eq(fault),
        deliveries::attempts.eq(deliveries::attempts + 1),
        deliveries::due_at.eq(column(due_at.unwrap_or(at))),
        deliveries::ended_at.eq(due_at.is_none().then(|| column(at))),
        deliveries::claimed_by.eq(None::<String>),
        deliveries::claimed_until.eq(None::<chrono::NaiveDateTime>),
    );
    Ok(on!(conn, c => diesel::update(held).set(columns).execute(c))? == 1)
}

/// Has all that waits for a contact tried at once, from the first attempt on. What is under way is left alone.
pub(crate) fn hasten(conn: &mut Conn, id: ContactId, at: DateTime<Utc>) -> Result<(), StoreError> {
    let waiting = deliveries::table.filter(deliveries::contact_id.eq(id));
    let waiting = waiting.filter(deliveries::state.eq(DeliveryState::Waiting));
    let columns = (deliveries::attempts.eq(0), deliveries::due_at.eq(column(at)));
    on!(conn, c => diesel::update(waiting).set(columns).execute(c))?;
    Ok(())
}

/// Gives up all that waits for a contact.
pub(crate) fn end_waiting(conn: &mut Conn, id: ContactId, at: DateTime<Utc>, fault: &str) -> Result<(), StoreError> {
    let waiting = deliveries::table.filter(deliveries::contact_id.eq(id));
    let waiting = waiting.filter(deliveries::state.eq(DeliveryState::Waiting));
    let columns = (
        deliveries::state.eq(DeliveryState::Dead),
        deliveries::fault.eq(fault),
        deliveries::ended_at.eq(column(at)),
        deliveries::claimed_by.eq(None::<String>),
        deliveries::claimed_until.eq(None::<chrono::NaiveDateTime>),
    );
    on!(conn, c => diesel::update(waiting).set(columns).execute(c))?;
    Ok(())
}

/// Sends again what could not be delivered, from the first attempt on, with its audit entry.
///
/// `None` where the organisation of the act has no such delivery; [`StoreError::NotPossible`] where it isn't dead, or
/// its contact is told nothing.
pub fn replay(conn: &mut Conn, act: &Act, id: DeliveryId) -> Result<Option<Delivery>, StoreError> {
    conn.write(|conn| {
        let Some(found) = find(conn, id)?.filter(|found| found.organisation_id == act.organisation) else {
            return Ok(None);
        };
        if found.state != DeliveryState::Dead {
            let (what, state) = (Record::Delivery, found.state.as_str());
            return Err(StoreError::NotPossible { what, state, event: "replayed" });
        }
        contact::require_active(conn, found.contact_id)?;
        let columns = (
            deliveries::state.eq(DeliveryState::Waiting),
            deliveries::attempts.eq(0),
            deliveries::due_at.eq(column(act.at)),
            deliveries::ended_at.eq(None::<chrono::NaiveDateTime>),
        );
        on!(conn, c => diesel::update(deliveries::table.find(id)).set(columns).execute(c))?;
        let target = Target::nameless(TargetKind::Contact, &found.contact_id);
        let entry = Entry::new(AuditEvent::DeliveryReplayed, target).with("delivery_id", id);
        audit::append(conn, act, &entry.with("type", &found.kind))?;
        find(conn, id)
    })
}

/// The delivery with this id.
pub fn find(conn: &mut Conn, id: DeliveryId) -> Result<Option<Delivery>, StoreError> {
    let found = deliveries::table.find(id);
    Ok(on!(conn, c => found.select(Delivery::as_select()).first(c).optional())?)
}

/// The same, with the name of its organisation.
pub fn find_anywhere(conn: &mut Conn, id: DeliveryId) -> Result<Option<(Delivery, String)>, StoreError> {
    let Some(found) = find(conn, id)? else { return Ok(None) };
    let owner = crate::organisation::find(conn, found.organisation_id)?;
    Ok(owner.map(|owner| (found, owner.name)))
}

/// Which deliveries a list holds. What is `None` doesn't narrow it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeliveryFilter {
    /// Those to contacts of this organisation.
    pub organisation: Option<OrganisationId>,
    /// Those to this contact.
    pub contact: Option<ContactId>,
    /// Those of this notice.
    pub notice: Option<NoticeId>,
    /// Those that are this far.
    pub state: Option<DeliveryState>,
}

/// A page of the deliveries that the filter lets through, beginning after one of them.
pub fn list(
    conn: &mut Conn,
    filter: DeliveryFilter,
    after: Option<DeliveryId>,
    size: PageSize,
) -> Result<Page<Delivery>, StoreError> {
    on!(conn, c => {
        let mut rows = deliveries::table.select(Delivery::as_select()).into_boxed();
        if let Some(organisation) = filter.organisation {
            rows = rows.filter(deliveries::organisation_id.eq(organisation));
        }
        if let Some(contact) = filter.contact {
            rows = rows.filter(deliveries::contact_id.eq(contact));
        }
        if let Some(notice) = filter.notice {
            rows = rows.filter(deliveries::notice_id.eq(notice));
        }
        if let Some(state) = filter.state {
            rows = rows.filter(deliveries::state.eq(state));
        }
        if let Some(after) = after {
            rows = rows.filter(deliveries::id.gt(after));
        }
        Ok(size.cut(rows.order(deliveries::id).limit(size.rows()).load(c)?))
    })
}

/// When the oldest delivery that waits was made, whoever holds it.
pub fn find_oldest_waiting(conn: &mut Conn) -> Result<Option<DateTime<Utc>>, StoreError> {
    let waiting = deliveries::table.filter(deliveries::ended_at.is_null());
    let oldest = waiting.order(deliveries::created_at).select(deliveries::created_at);
    let oldest: Option<chrono::NaiveDateTime> = on!(conn, c => oldest.first(c).optional())?;
    Ok(oldest.map(|oldest| oldest.and_utc()))
}
