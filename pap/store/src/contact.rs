//! `contacts`: where people and programs are told of what happens to keys: addresses of e-mail, webhooks.
//!
//! A contact with an owner is told of that owner's keys, one without of all keys of its organisation. What is about the
//! organisation itself, both are told, the former for as long as the owner has a key of it. A webhook's
//! secret is a sealed envelope, bound to its row and its version; during a rotation the older one lies beside it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::act::Act;
use crate::audit::{self, AuditEvent, Entry, Target, TargetKind, View};
use crate::conn::{Conn, on};
use crate::delivery;
use crate::error::{Record, StoreError};
use crate::id::{ContactId, OrganisationId};
use crate::page::{Page, PageSize};
use crate::schema::{contacts, deliveries, organisations};
use crate::value::{At, MaybeAt, Texts, column, set, words};

/// How many contacts an organisation may have. Each notice goes to all of them.
pub const MOST_CONTACTS: u32 = 100;

words!(
    /// How somebody is reached.
    ContactKind, "kind of contact", {
        /// By e-mail.
        Email = "email",
        /// By a signed request to an address of a program.
        Webhook = "webhook",
    }
);

words!(
    /// Whether a contact is told anything.
    ContactState, "state of a contact", {
        /// It is.
        Active = "active",
        /// It isn't.
        Disabled = "disabled",
    }
);

/// A contact.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = contacts)]
pub struct Contact {
    /// Its id.
    pub id: ContactId,
    /// The organisation whose keys it is told of.
    pub organisation_id: OrganisationId,
    /// How it is reached.
    pub kind: ContactKind,
    /// Where: an address of e-mail, or a URL.
    pub address: String,
    /// Whose keys it is told of; none: all.
    pub owner: Option<String>,
    /// What it is told; empty: everything.
    #[diesel(deserialize_as = Texts)]
    pub events: Vec<String>,
    /// Whether it is told anything.
    pub state: ContactState,
    /// Why it isn't, where that wasn't somebody's wish.
    pub disabled_reason: Option<String>,
    /// A webhook's secret, sealed.
    pub envelope: Option<String>,
    /// Which of its secrets that is, from 1.
    pub secret_version: i32,
    /// The one before, sealed, while it still signs.
    pub previous_envelope: Option<String>,
    /// How long it does.
    #[diesel(deserialize_as = MaybeAt)]
    pub previous_until: Option<DateTime<Utc>>,
    /// When it was made.
    #[diesel(deserialize_as = At)]
    pub created_at: DateTime<Utc>,
    /// Higher after every change.
    pub generation: i64,
}

impl Contact {
    /// Whether it is told of something that happened to keys of some owners.
    pub fn is_told(&self, kind: &str, is_among: impl Fn(&str) -> bool) -> bool {
        self.state == ContactState::Active
            && (self.events.is_empty() || self.events.iter().any(|event| event == kind))
            && self.owner.as_deref().is_none_or(is_among)
    }

    fn target(&self) -> Target {
        Target::nameless(TargetKind::Contact, &self.id)
    }

    /// An address of e-mail is a person's; the path of a webhook may be half a secret.
    fn view(&self) -> View {
        let view = View::default().with("kind", self.kind).with("events", &self.events).with("state", self.state);
        let view = view.with("disabled_reason", &self.disabled_reason);
        let view = match self.kind {
            ContactKind::Email => view.with_person("address", &self.address),
            ContactKind::Webhook => view.with("origin", origin(&self.address)),
        };
        match &self.owner {
            Some(owner) => view.with_person("owner", owner),
            None => view,
        }
    }
}

/// Scheme and host of a URL.
fn origin(url: &str) -> &str {
    let start = url.find("://").map_or(0, |at| at + 3);
    let end = url.get(start..).and_then(|rest| rest.find(['/', '?'])).map_or(url.len(), |at| start + at);
    url.get(..end).unwrap_or_default()
}

/// A contact to be made in the organisation of the act.
#[derive(Debug, Clone)]
pub struct NewContact {
    /// Its id, from [`ContactId::new`].
    pub id: ContactId,
    /// How it is reached.
    pub kind: ContactKind,
    /// Where.
    pub address: String,
    /// Whose keys it is told of; none: all.
    pub owner: Option<String>,
    /// What it is told; empty: everything.
    pub events: Vec<String>,
    /// A webhook's secret, sealed.
    pub envelope: Option<String>,
}

/// Makes a contact, with its audit entry. More than [`MOST_CONTACTS`] are [`StoreError::TooMany`].
pub fn create(conn: &mut Conn, act: &Act, new: &NewContact) -> Result<Contact, StoreError> {
    conn.write(|conn| {
        let present = contacts::table.filter(contacts::organisation_id.eq(act.organisation)).count();
        let present: i64 = on!(conn, c => present.get_result(c))?;
        if present >= i64::from(MOST_CONTACTS) {
            return Err(StoreError::TooMany { what: "contacts of an organisation", most: MOST_CONTACTS });
        }
        let row = (
            contacts::id.eq(new.id),
            contacts::organisation_id.eq(act.organisation),
            contacts::kind.eq(new.kind),
            contacts::address.eq(&new.address),
            contacts::owner.eq(&new.owner),
            contacts::events.eq(Texts(new.events.clone())),
            contacts::state.eq(ContactState::Active),
            contacts::envelope.eq(&new.envelope),
            contacts::secret_version.eq(1),
            contacts::created_at.eq(column(act.at)),
            contacts::generation.eq(1),
        );
        on!(conn, c => diesel::insert_into(contacts::table).values(row).execute(c))?;
        let made = require(conn, new.id)?;
        audit::append(conn, act, &Entry::new(AuditEvent::ContactCreated, made.target()).made(made.view()))?;
        Ok(made)
    })
}

/// What becomes of a contact. What is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContactChange {
    /// Where it is reached: by the same way as before.
    pub address: Option<String>,
    /// Whose keys it is told of.
    pub owner: Option<Option<String>>,
    /// What it is told.
    pub events: Option<Vec<String>>,
    /// Whether it is told anything.
    pub state: Option<ContactState>,
}

/// Changes a contact, with its audit entry. A change to what it is already makes none. What waits for one that is
/// disabled goes no further; what waits for one with another address goes there, at once.
///
/// `None` where the organisation of the act has no such contact; [`StoreError::Stale`] where it has changed since it
/// was seen.
pub fn change(
    conn: &mut Conn,
    act: &Act,
    id: ContactId,
    change: &ContactChange,
    seen: i64,
) -> Result<Option<Contact>, StoreError> {
    conn.write(|conn| {
        let Some(before) = find_of(conn, act.organisation, id)? else { return Ok(None) };
        if seen != before.generation {
            return Err(StoreError::Stale { what: Record::Contact, found: before.generation });
        }
        let mut after = before.clone();
        set(&mut after.address, change.address.as_ref());
        set(&mut after.owner, change.owner.as_ref());
        set(&mut after.events, change.events.as_ref());
        set(&mut after.state, change.state.as_ref());
        if after.state != before.state {
            after.disabled_reason = None;
        }
        if after == before {
            return Ok(Some(before));
        }
        let columns = (
            contacts::address.eq(&after.address),
            contacts::owner.eq(&after.owner),
            contacts::events.eq(Texts(after.events.clone())),
            contacts::state.eq(after.state),
            contacts::disabled_reason.eq(&after.disabled_reason),
            contacts::generation.eq(contacts::generation + 1),
        );
        on!(conn, c => diesel::update(contacts::table.find(id)).set(columns).execute(c))?;
        if after.state == ContactState::Disabled {
            delivery::end_waiting(conn, id, act.at, "the contact is disabled")?;
        }
        let mut entry = Entry::new(AuditEvent::ContactChanged, after.target());
        if after.address != before.address {
            delivery::hasten(conn, id, act.at)?;
            // Of a webhook the audit shows the host alone, which may be the same.
            entry = entry.with("has_new_address", true);
        }
        audit::append(conn, act, &entry.changed(&before.view(), &after.view()))?;
        find_of(conn, act.organisation, id)
    })
}

/// Disables a contact that said itself that it is gone, with its audit entry. Whether it was active until then.
pub fn disable(conn: &mut Conn, act: &Act, id: ContactId, reason: &str) -> Result<bool, StoreError> {
    conn.write(|conn| {
        let active = contacts::table.find(id).filter(contacts::state.eq(ContactState::Active));
        let columns = (
            contacts::state.eq(ContactState::Disabled),
            contacts::disabled_reason.eq(reason),
            contacts::generation.eq(contacts::generation + 1),
        );
        if on!(conn, c => diesel::update(active).set(columns).execute(c))? == 0 {
            return Ok(false);
        }
        delivery::end_waiting(conn, id, act.at, reason)?;
        let contact = require(conn, id)?;
        audit::append(conn, act, &Entry::new(AuditEvent::ContactDisabled, contact.target()).made(contact.view()))?;
        Ok(true)
    })
}

/// Gives a webhook another secret, with its audit entry; the one before signs beside it until `previous_until`.
/// `version` is that of the new envelope, and has to follow the one that was seen.
pub fn rotate(
    conn: &mut Conn,
    act: &Act,
    id: ContactId,
    (envelope, version): (&str, i32),
    previous_until: DateTime<Utc>,
) -> Result<Option<Contact>, StoreError> {
    conn.write(|conn| {
        let Some(before) = find_of(conn, act.organisation, id)? else { return Ok(None) };
        if before.secret_version + 1 != version {
            return Err(StoreError::Stale { what: Record::Contact, found: before.generation });
        }
        let columns = (
            contacts::envelope.eq(envelope),
            contacts::secret_version.eq(version),
            contacts::previous_envelope.eq(&before.envelope),
            contacts::previous_until.eq(column(previous_until)),
            contacts::generation.eq(contacts::generation + 1),
        );
        on!(conn, c => diesel::update(contacts::table.find(id)).set(columns).execute(c))?;
        let entry = Entry::new(AuditEvent::ContactRotated, before.target()).with("secret_version", version);
        audit::append(conn, act, &entry)?;
        find_of(conn, act.organisation, id)
    })
}

/// Removes a contact and all that is, or was, on its way to it, with its audit entry. What was removed.
pub fn remove(conn: &mut Conn, act: &Act, id: ContactId) -> Result<Option<Contact>, StoreError> {
    conn.write(|conn| {
        let Some(found) = find_of(conn, act.organisation, id)? else { return Ok(None) };
        let on_the_way = deliveries::table.filter(deliveries::contact_id.eq(id));
        on!(conn, c => diesel::delete(on_the_way).execute(c))?;
        on!(conn, c => diesel::delete(contacts::table.find(id)).execute(c))?;
        let entry = Entry::new(AuditEvent::ContactRemoved, found.target());
        audit::append(conn, act, &entry.changed(&found.view(), &View::default()))?;
        Ok(Some(found))
    })
}

/// Puts a trial on its way to a contact, with its audit entry. [`StoreError::NotPossible`] where it is told nothing.
pub fn test(
    conn: &mut Conn,
    act: &Act,
    contact: &Contact,
    new: &delivery::NewDelivery,
) -> Result<delivery::Delivery, StoreError> {
    conn.write(|conn| {
        require_active(conn, contact.id)?;
        delivery::put(conn, act.at, new)?;
        audit::append(conn, act, &Entry::new(AuditEvent::ContactTested, contact.target()))?;
        delivery::find(conn, new.id)?.ok_or_else(|| StoreError::not_found(Record::Delivery, new.id))
    })
}

/// The contact with this id, of whatever organisation.
pub fn find(conn: &mut Conn, id: ContactId) -> Result<Option<Contact>, StoreError> {
    let found = contacts::table.find(id);
    Ok(on!(conn, c => found.select(Contact::as_select()).first(c).optional())?)
}

/// The same, with the name of its organisation.
pub fn find_anywhere(conn: &mut Conn, id: ContactId) -> Result<Option<(Contact, String)>, StoreError> {
    let found = contacts::table.inner_join(organisations::table).filter(contacts::id.eq(id));
    Ok(on!(conn, c => found.select((Contact::as_select(), organisations::name)).first(c).optional())?)
}

/// All contacts of an organisation: at most [`MOST_CONTACTS`].
pub fn list_of(conn: &mut Conn, organisation: OrganisationId) -> Result<Vec<Contact>, StoreError> {
    let all = contacts::table.filter(contacts::organisation_id.eq(organisation)).order(contacts::id);
    Ok(on!(conn, c => all.select(Contact::as_select()).load(c))?)
}

/// A page of the organisation's contacts, beginning after one of them.
pub fn list(
    conn: &mut Conn,
    organisation: OrganisationId,
    after: Option<ContactId>,
    size: PageSize,
) -> Result<Page<Contact>, StoreError> {
    on!(conn, c => {
        let rows = contacts::table.filter(contacts::organisation_id.eq(organisation));
        let mut rows = rows.select(Contact::as_select()).into_boxed();
        if let Some(after) = after {
            rows = rows.filter(contacts::id.gt(after));
        }
        Ok(size.cut(rows.order(contacts::id).limit(size.rows()).load(c)?))
    })
}

/// Refuses to put anything on its way to a contact that is told nothing: it would wait for ever.
pub(crate) fn require_active(conn: &mut Conn, id: ContactId) -> Result<(), StoreError> {
    match require(conn, id)?.state {
        ContactState::Active => Ok(()),
        state => Err(StoreError::NotPossible { what: Record::Contact, state: state.as_str(), event: "told anything" }),
    }
}

fn find_of(conn: &mut Conn, organisation: OrganisationId, id: ContactId) -> Result<Option<Contact>, StoreError> {
    Ok(find(conn, id)?.filter(|contact| contact.organisation_id == organisation))
}

fn require(conn: &mut Conn, id: ContactId) -> Result<Contact, StoreError> {
    find(conn, id)?.ok_or_else(|| StoreError::not_found(Record::Contact, id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_url_the_audit_tells_no_more_than_the_host() {
        assert_eq!(origin("https://hooks.acme.example:8443/t0ken?x=y"), "https://hooks.acme.example:8443");
        assert_eq!(origin("https://acme.example?x"), "https://acme.example");
        assert_eq!(origin("https://acme.example"), "https://acme.example");
    }
}
